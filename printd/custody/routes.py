"""Which ways are open to a blank that people move: for each reason, from what kind of place to what kind.

Attempts, receipts, transfers, destructions and the closing of a shift book their own movements in their own entries;
everything else is an entry ``blanks.moved``, whose reason must allow the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.errors import Refused
from printd.words.causes import SPOIL_CAUSES
from printd.words.places import Kind, kind

_UNPRINTED = frozenset({Kind.STORE, Kind.SHIFT, Kind.HOPPER, Kind.SKIPPED})

ROUTES: Mapping[str, tuple[frozenset[Kind], frozenset[Kind]]] = MappingProxyType(
    {
        "issue": (frozenset({Kind.STORE}), frozenset({Kind.SHIFT})),
        "load": (frozenset({Kind.SHIFT}), frozenset({Kind.HOPPER})),
        "unload": (frozenset({Kind.HOPPER}), frozenset({Kind.SHIFT})),
        "return": (frozenset({Kind.SHIFT, Kind.HOPPER}), frozenset({Kind.STORE})),
        "skipped": (frozenset({Kind.HOPPER}), frozenset({Kind.SKIPPED})),
        "found": (frozenset({Kind.SKIPPED, Kind.MISSING}), frozenset({Kind.STORE, Kind.SHIFT})),
        "missing": (_UNPRINTED | {Kind.SPOILED, Kind.INVALID, Kind.SITE, Kind.TRANSFER}, frozenset({Kind.MISSING})),
        "give_back": (frozenset({Kind.STORE}), frozenset({Kind.RETURNED})),
        "site_spoiled": (frozenset({Kind.SITE}), frozenset({Kind.SPOILED})),
        **dict.fromkeys(SPOIL_CAUSES, (_UNPRINTED | {Kind.MISSING}, frozenset({Kind.SPOILED}))),
    }
)


def check(why: str, source: str, target: str) -> None:
    """Make sure that people may move a blank this way for this reason.

    :raises Refused: the reason is unknown, or does not lead from the one place to the other.
    """
    way = ROUTES.get(why)
    if way is None:
        raise Refused(f"Nothing is moved for the reason {why!r}.", consequence="Nothing was moved.")
    if kind(source) is Kind.DESTROYED:
        raise Refused(
            "A destroyed blank never moves again.",
            consequence="Nothing was moved.",
            remedy="If the serial is in your hand, two pieces carry it: open an incident.",
        )
    if kind(source) not in way[0] or kind(target) not in way[1]:
        raise Refused(
            f"No blank goes from {source} to {target} for the reason {why}.",
            why=f"{why} leads from {' or '.join(sorted(way[0]))} to {' or '.join(sorted(way[1]))}.",
            consequence="Nothing was moved.",
        )
