"""The identity of a period (domain reference section 5.2 rule 3): what came in equals what went out and what is left.

``opening + received + loaned_in + recovered = used_good + spoiled + loaned_out + returned + skipped + missing +
closing``, for each stock type. A blank is on hand while it lies in the store, with a shift, in a printer or in its
output; it is used once its card is found good. What happens to it after it left is no flow of the office: a spoiled
blank that is destroyed stays spoiled, a good card that is handed over or brought back stays used.
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
