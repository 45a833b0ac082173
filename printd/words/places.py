"""The places a blank can be in. A blank is in exactly one."""

from __future__ import annotations

STORE = "store"
OUTPUT = "output"
FINISHED = "finished"
HOLDER = "holder"
SPOILED = "spoiled"
SKIPPED = "skipped"
MISSING = "missing"
DESTROYED = "destroyed"
INVALID = "invalid"
"""Brought back by its holder, kept for destruction."""

RETURNED = "returned"
"""Given back to the province."""


def transit(delivery: str) -> str:
    """On the way, announced under a delivery, or in dispute at its receipt."""
    return f"transit:{delivery}"


def shift(shift_id: str) -> str:
    """Issued to a shift, not yet loaded."""
    return f"shift:{shift_id}"


def hopper(printer: str) -> str:
    """In the input hopper of a printer."""
    return f"hopper:{printer}"


def inside(printer: str) -> str:
    """Taken by an attempt: inside the printer, or wherever an attempt in doubt left it."""
    return f"printer:{printer}"


def transfer(transfer_id: str) -> str:
    """On the way to or from another site, in the hands of a named carrier."""
    return f"transfer:{transfer_id}"


def site(name: str) -> str:
    """At another office, a sub-district or a mobile unit, which acknowledged it."""
    return f"site:{name}"


def kind(place: str) -> str:
    """Return what kind of place it is: the word before the colon."""
    return place.partition(":")[0]
