"""Which ways are open to a blank that people move: for each reason, from what kind of place to what kind.

Attempts, receipts, transfers, destructions and the closing of a shift book their own movements in their own entries;
everything else is an entry ``blanks.moved``, whose reason must allow the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.errors import Refused
from printd.words.causes import SPOIL_CAUSES
from printd.words.places import kind

_UNPRINTED = frozenset({"store", "shift", "hopper", "skipped"})

ROUTES: Mapping[str, tuple[frozenset[str], frozenset[str]]] = MappingProxyType(
    {
        "issue": (frozenset({"store"}), frozenset({"shift"})),
        "load": (frozenset({"shift"}), frozenset({"hopper"})),
        "unload": (frozenset({"hopper"}), frozenset({"shift"})),
        "return": (frozenset({"shift", "hopper"}), frozenset({"store"})),
        "skipped": (frozenset({"hopper"}), frozenset({"skipped"})),
        "found": (frozenset({"skipped", "missing"}), frozenset({"store", "shift"})),
        "missing": (_UNPRINTED | {"spoiled", "invalid", "site", "transfer"}, frozenset({"missing"})),
        "give_back": (frozenset({"store"}), frozenset({"returned"})),
        "site_used": (frozenset({"site"}), frozenset({"holder"})),
        "site_spoiled": (frozenset({"site"}), frozenset({"spoiled"})),
        **dict.fromkeys(SPOIL_CAUSES, (_UNPRINTED | {"missing"}, frozenset({"spoiled"}))),
    }
)


def check(why: str, source: str, target: str) -> None:
    """Make sure that people may move a blank this way for this reason.

    :raises Refused: the reason is unknown, or does not lead from the one place to the other.
    """
    way = ROUTES.get(why)
    if way is None:
        raise Refused(f"Nothing is moved for the reason {why!r}.", consequence="Nothing was moved.")
    if kind(source) == "destroyed":
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
