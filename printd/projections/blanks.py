"""What entries of movements do to the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from printd.books.booking import Projection
from printd.custody import routes
from printd.custody.movements import move
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.projections import spoilage
from printd.store import movements
from printd.store.rows import Connection
from printd.words import places
from printd.words.causes import step_outside
from printd.words.serials import SerialRange, from_json, parse_serial


def _moved(connection: Connection, entry: Entry) -> None:
    data = entry.data
    routes.check(data["why"], data["from"], data["to"])
    ranges = from_json(data["serials"])
    if data["why"] == "found":
        _check_whole(connection, ranges)
    move(
        connection,
        ranges,
        data["from"],
        data["to"],
        seq=entry.seq,
        at=entry.at,
        why=data["why"],
    )
    if data["to"] == places.SPOILED:
        step = data.get("step") or step_outside(data["from"])
        printer = places.whose(data["from"]) if places.kind(data["from"]) is places.Kind.HOPPER else None
        spoilage.keep(connection, entry, ranges, data.get("cause", data["why"]), step, printer=printer)


def _check_whole(connection: Connection, ranges: Sequence[SerialRange]) -> None:
    """Make sure that what was lost was a blank, and no card: only that goes back to those that will be printed.

    :raises Refused: it was printed or spoiled before it was lost.
    """
    for one in (part.serial(number) for part in ranges for number in range(part.first, part.last + 1)):
        blank = parse_serial(one)
        life = movements.life(connection, blank)
        before = life[-1]["source"] if life else ""
        if before in _NO_BLANKS:
            raise Refused(
                f"{one} was no unprinted blank when it was lost: it was in {before}.",
                consequence="Nothing was changed.",
                remedy="Two people book it as spoiled: printd blanks spoil",
            )


_NO_BLANKS = (places.OUTPUT, places.FINISHED, places.INVALID, places.SPOILED)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType({"blanks.moved": _moved})
