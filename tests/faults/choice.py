"""Which cases a run lives through: ``PRINTD_FAULTS`` acts for each fault and way to find the shop."""

from __future__ import annotations

import os

from faults.catalogue import CASES
from faults.folder_faults import FAULTS

EACH = int(os.environ.get("PRINTD_FAULTS", "1"))
"""Acts that have no turn among so many have one beside; ``make faults`` takes all."""

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


_PAPERS = ("no room for papers", "acts")
"""Faults that only acts with papers meet."""


def chosen() -> list[tuple[str, str, str]]:
    """Return the cases of this run: fault, life, act."""
    pairs = [(name, life) for name, fault in FAULTS.items() for life in fault.lives]
    acts = sorted(CASES, key=lambda name: (not CASES[name].writes, not CASES[name].books, name))
    papers = [name for name in acts if CASES[name].papers]
    shared = []
    turns = {True: 0, False: 0}
    for name, life in pairs:
        few = len(papers) > EACH and name in _PAPERS
        for _ in range(min(EACH, len(acts))):
            which = papers if few else acts
            shared.append((name, life, which[turns[few] % len(which)]))
            turns[few] += 1
    turned = {act for _, _, act in shared}
    without = [
        (*pairs[number % len(pairs)], act) for number, act in enumerate(one for one in acts if one not in turned)
    ]
    return list(dict.fromkeys([*_ALWAYS, *shared, *without]))
