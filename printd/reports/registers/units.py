"""What each unit has, gets and gives of blanks: the office, each of its sites, and what is on its way between them.

In every row ``opening + received + loaned_in + recovered = used_good + spoiled + loaned_out + returned + skipped +
missing + closing``, and so in their sum: what one unit sends another gets, and between the two it is on its way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from printd.custody import flows
from printd.store.movements import Flow
from printd.words import places
from printd.words.places import Kind

OFFICE = "office"
"""The office itself."""

BETWEEN = Kind.TRANSFER.value
"""What is on its way between units, as one of them."""

Figures = dict[str, int]
"""Pieces by the word for what came or went (:data:`printd.custody.flows.COMING` and ``GOING``)."""

_LEAVES: Mapping[Kind, str] = {
    Kind.HOLDER: "used_good",
    Kind.SPOILED: "spoiled",
    Kind.MISSING: "missing",
    Kind.RETURNED: "returned",
}
"""What a blank counts as that leaves a site, or the way to one; elsewhere another unit gets it."""


def nothing() -> Figures:
    """Return the figures of a unit in which nothing happened."""
    return dict.fromkeys((*flows.COMING, *flows.GOING), 0)


def moved(some: Iterable[Flow]) -> dict[tuple[str, str], Figures]:
    """Return what came and went, by unit and stock type."""
    rows = list(some)
    found: dict[tuple[str, str], Figures] = defaultdict(nothing)
    for stock_type, net in flows.net(rows).items():
        found[OFFICE, stock_type] = net
    for row in rows:
        source, target = _unit(row["source"]), _unit(row["target"])
        if source == target:
            continue
        if target:
            found[target, row["stock_type"]]["loaned_in"] += row["pieces"]
        if source:
            name = _LEAVES.get(places.kind(row["target"]) or Kind.STORE, "loaned_out")
            found[source, row["stock_type"]][name] += row["pieces"]
    return dict(found)


def left(opening: int, figures: Mapping[str, int]) -> int:
    """Return what a unit has in the end."""
    return opening + sum(figures[key] for key in flows.COMING) - sum(figures[key] for key in flows.GOING)


def in_order(units: Iterable[str]) -> list[str]:
    """Return units as tables name them: the office first, what is on its way last."""
    return sorted(units, key=lambda one: (one != OFFICE, one == BETWEEN, one))


def _unit(place: str) -> str:
    """Return the unit that a place belongs to, of those beside the office; empty: none."""
    match places.kind(place):
        case Kind.SITE:
            return place
        case Kind.TRANSFER:
            return BETWEEN
        case _:
            return ""
