"""Why blanks are spoiled: the trade's fixed causes, and the step at which each happens."""

from __future__ import annotations

from printd.words import places

SPOIL_CAUSES = (
    "factory_defect",
    "no_chip",
    "encode_fail",
    "print_fade",
    "print_blur",
    "print_offset",
    "missing_text",
    "ribbon_break",
    "jam",
    "bent_heat",
    "scorch",
    "wrong_data",
    "wrong_blank_type",
    "operator_error",
    "power_loss",
    "test_print",
    "other",
)

STEPS = ("receipt", "store", "encode", "print", "qc")
"""Where in the life of a blank it was spoiled (domain reference section 6, spoil event)."""

_ENCODING = frozenset({"no_chip", "encode_fail"})


def step_in_attempt(cause: str) -> str:
    """Return the step of an attempt at which a cause strikes: the chip is written before anything is printed."""
    return "encode" if cause in _ENCODING else "print"


def step_outside(place: str) -> str:
    """Return the step at which a blank that no attempt holds was spoiled, by the kind of place it lay in."""
    return "receipt" if places.kind(place) in (places.Kind.TRANSIT, places.Kind.TRANSFER) else "store"
