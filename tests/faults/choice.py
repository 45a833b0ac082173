"""Which cases a run lives through: ``PRINTD_FAULTS`` acts for each fault and way to find the shop."""

from __future__ import annotations

import os

from faults.catalogue import CASES
from faults.folder_faults import FAULTS

EACH = int(os.environ.get("PRINTD_FAULTS", "2"))
"""Two are so many that every act has its turn; ``make faults`` takes all."""

WHOLE = len(CASES) <= EACH

_ALWAYS = (
    # What once went wrong for people who tried.
    ("folder", "after a kill", "printers.pause"),
    ("immutable folder", "after a kill", "printers.pause"),
    ("acts", "after a clean stop", "deliveries.receive"),
    ("disk full", "under a daemon", "printers.pause"),
    ("disk full", "after a kill", "printers.pause"),
    ("disk full", "after a clean stop", "printers.pause"),
)


def chosen() -> list[tuple[str, str, str]]:
    """Return the cases of this run: fault, life, act."""
    pairs = [(name, life) for name, fault in FAULTS.items() for life in fault.lives]
    acts = sorted(CASES, key=lambda name: (not CASES[name].writes, not CASES[name].books, name))
    shared = [
        (name, life, acts[(number * EACH + one) % len(acts)])
        for number, (name, life) in enumerate(pairs)
        for one in range(EACH)
    ]
    return list(dict.fromkeys([*_ALWAYS, *shared]))
