"""What entries of movements do to the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.custody import routes
from printd.custody.movements import move
from printd.errors import Refused
from printd.events.blanks import BlanksMoved
from printd.ledger.entry import Entry
from printd.projections import spoilage
from printd.projections.shifts import check_not_counted, the_current
from printd.remedies import Do
from printd.store import blanks, movements, printers
from printd.store.rows import Connection
from printd.words import places
from printd.words.causes import step_outside
from printd.words.serials import SerialRange, minus, parse_serial

_BY_THE_SHIFT = ("issue", "load", "unload")
"""Reasons for which only a shift that is open and not being counted has blanks moved."""


def _moved(connection: Connection, event: BlanksMoved, entry: Entry) -> None:
    source, target, why, ranges = event.from_, event.to, event.why, event.serials
    routes.check(why, source, target)
    for place in (source, target):
        if places.kind(place) is places.Kind.SHIFT:
            _check_shift(connection, places.whose(place), why)
    if why == "found":
        _check_whole(connection, ranges)
    elif why == "load":
        check_printer(connection, places.whose(target))
    move(connection, ranges, source, target, seq=entry.seq, at=entry.at, why=why)
    if why == "load":
        _check_one_stock_type(connection, target, ranges)
    if target == places.SPOILED:
        step = event.step or step_outside(source)
        printer = places.whose(source) if places.kind(source) is places.Kind.HOPPER else None
        spoilage.keep(connection, entry, ranges, event.cause or why, step, printer=printer)


def _check_shift(connection: Connection, shift: str, why: str) -> None:
    """Make sure that blanks come to, and leave, the shift that is not closed: nobody answers for those of another.

    :raises Refused: it is another, or it is being counted and the reason is not what a count itself finds.
    """
    now = the_current(connection)
    if now["id"] != shift:
        raise Refused(
            f"{shift} is not the shift that is open: that is {now['id']}.",
            why="Only the open shift answers for blanks.",
            consequence="Nothing was moved.",
        )
    if why in _BY_THE_SHIFT:
        check_not_counted(now)


def check_printer(connection: Connection, printer: str) -> None:
    """Make sure that there is a printer for blanks to be loaded into.

    :raises Refused: there is none of this name, or it is retired.
    """
    row = printers.find_printer(connection, printer)
    if row is None:
        raise Refused(f"There is no printer {printer}.", remedy=("See all with: ", Do("printers.list")))
    if printers.is_retired(row):
        raise Refused(f"{printer} is retired.", consequence="Nothing was moved.")


def _check_one_stock_type(connection: Connection, hopper: str, loaded: Sequence[SerialRange]) -> None:
    """Make sure that a hopper holds one stock type: a printer takes what comes next, whatever the job needs.

    :param loaded: what lies in the hopper now and did not before.
    :raises Refused: it holds two; the whole entry is undone.
    """
    now = [row["stock_type"] for row in blanks.held(connection, [hopper])]
    if len(now) == 1:
        return
    lay_there = minus([row.serials for row in blanks.in_place(connection, hopper)], loaded)
    before = [blanks.stock_of(connection, part)["stock_type"] for part in lay_there[:1]]
    printer, other = places.whose(hopper), (*before, *now)[0]
    kinds = [(part, blanks.stock_of(connection, part)["stock_type"]) for part in loaded]
    part, kind = next((one for one in kinds if one[1] != other), (loaded[0], now[-1]))
    raise Refused(
        f"{part}: type {kind}, but blanks of type {other} lie in {printer}.",
        why="One hopper holds one stock type.",
        consequence="Nothing was moved.",
        remedy=("Unload them first: ", Do("blanks.unload", printer=printer)),
    )


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
                remedy=("Two people book it as spoiled: ", Do("blanks.spoil")),
            )


_NO_BLANKS = (places.OUTPUT, places.FINISHED, places.INVALID, places.SPOILED)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(dict((on(BlanksMoved, _moved),)))
