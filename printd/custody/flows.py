"""The identity of a period (domain reference section 5.2 rule 3): what came in equals what went out and what is left.

``opening + received + loaned_in + recovered = used_good + spoiled + loaned_out + returned + skipped + missing +
closing``, for each stock type. A blank is on hand while it lies in the store, with a shift, in a printer or in its
output; it is used once its card is found good. What happens to it after it left is no flow of the office: a spoiled
blank that is destroyed stays spoiled, a good card that is handed over or brought back stays used. Neither is what never
came: a piece of a delivery that nobody found in it, or that was given back at the door, was never the office's.

What a shift had in its hands is told by place, not by time (:func:`by_shift`): what came to it out of the store, and
where each of those went. A piece of a delivery that is found missing, a card that vanishes from the shelf and a blank
that a site spoils while it works are nothing of the shift's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from printd.store.blanks import Held
from printd.store.movements import Flow
from printd.words.places import Kind, kind

COMING = ("received", "loaned_in", "recovered")
GOING = ("used_good", "spoiled", "loaned_out", "returned", "skipped", "missing")

ON_HAND = frozenset({Kind.STORE, Kind.SHIFT, Kind.HOPPER, Kind.PRINTER, Kind.OUTPUT})

BROUGHT = ("issued", "found")
TAKEN = ("good", "spoiled", "returned", "skipped", "missing")

IN_HAND = frozenset({Kind.SHIFT, Kind.HOPPER, Kind.PRINTER, Kind.OUTPUT})
"""Where a shift's blanks are: what it holds, and what lies in printers and waits for the check."""

_BROUGHT = MappingProxyType({Kind.STORE: "issued", Kind.SKIPPED: "found", Kind.MISSING: "found"})
_TAKEN = MappingProxyType(
    {
        Kind.STORE: "returned",
        **dict.fromkeys((Kind.FINISHED, Kind.HOLDER, Kind.INVALID), "good"),
        Kind.SPOILED: "spoiled",
        Kind.SKIPPED: "skipped",
        Kind.MISSING: "missing",
    }
)

_ACCOUNTS = MappingProxyType(
    {
        **dict.fromkeys(ON_HAND, "on_hand"),
        **dict.fromkeys((Kind.FINISHED, Kind.HOLDER, Kind.INVALID), "used_good"),
        **dict.fromkeys((Kind.TRANSFER, Kind.SITE), "loaned_out"),
        Kind.SPOILED: "spoiled",
        Kind.RETURNED: "returned",
        Kind.SKIPPED: "skipped",
        Kind.MISSING: "missing",
        Kind.TRANSIT: "transit",
    }
)


def account(place: str) -> str:
    """Return what a blank in this place counts as; a destroyed one is what it was before.

    :raises ValueError: there is no such place.
    """
    return _ACCOUNTS[kind(place) or Kind(place)]


def net(moved: Iterable[Flow]) -> dict[str, dict[str, int]]:
    """Return the flows of a period by stock type."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys((*COMING, *GOING), 0))
    for row in moved:
        if kind(row["target"]) is Kind.DESTROYED:
            continue
        source, target, pieces = account(row["source"]), account(row["target"]), row["pieces"]
        if source == target:
            continue
        flows = found[row["stock_type"]]
        if source == "loaned_out" and target != "on_hand":
            continue  # it left the office before; what its new keeper does with it is the site's flow
        if source == "transit" and target in ("missing", "returned"):
            continue  # it never came
        if source == "transit":
            flows["loaned_in" if row["due_back"] else "received"] += pieces
        elif source in ("skipped", "missing"):
            flows["recovered"] += pieces
        elif source == "loaned_out":
            flows["loaned_in"] += pieces
        elif source != "on_hand":
            flows[source] -= pieces
        if target != "on_hand":
            flows[target] += pieces
    return dict(found)


def by_shift(moved: Iterable[Flow]) -> dict[str, dict[str, int]]:
    """Return what came into the hands of a shift and what left them, by stock type.

    What came back out of the spoil bin or from the shelf, since another blank was meant, did not leave them.
    """
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys((*BROUGHT, *TAKEN), 0))
    for row in moved:
        source, target = Kind(row["source"].partition(":")[0]), Kind(row["target"].partition(":")[0])
        if (source in IN_HAND) == (target in IN_HAND):
            continue
        flows = found[row["stock_type"]]
        if source in IN_HAND:
            flows[_TAKEN[target]] += row["pieces"]
        elif source in _BROUGHT:
            flows[_BROUGHT[source]] += row["pieces"]
        else:
            flows[_TAKEN[source]] -= row["pieces"]
    return dict(found)


def in_hand(held: Iterable[Held]) -> dict[str, int]:
    """Return pieces in the hands of a shift by stock type."""
    found: dict[str, int] = defaultdict(int)
    for row in held:
        if kind(row["place"]) in IN_HAND:
            found[row["stock_type"]] += row["pieces"]
    return dict(found)


def shift_gap(carried_in: int, flows: Mapping[str, int], carried_over: int) -> int:
    """Return what lacks so that all that a shift had is accounted for: zero where nothing does."""
    return carried_in + sum(flows[key] for key in BROUGHT) - sum(flows[key] for key in TAKEN) - carried_over


def standing(moved: Iterable[Flow]) -> dict[str, int]:
    """Return what all flows until a moment leave on hand, by stock type."""
    return {one: sum(row[key] for key in COMING) - sum(row[key] for key in GOING) for one, row in net(moved).items()}


def on_hand(held: Iterable[Held]) -> dict[str, int]:
    """Return pieces on hand by stock type."""
    found: dict[str, int] = defaultdict(int)
    for row in held:
        if kind(row["place"]) in ON_HAND:
            found[row["stock_type"]] += row["pieces"]
    return dict(found)


def gap(opening: int, flows: Mapping[str, int], closing: int) -> int:
    """Return what the identity lacks: zero where it holds."""
    return opening + sum(flows[key] for key in COMING) - sum(flows[key] for key in GOING) - closing
