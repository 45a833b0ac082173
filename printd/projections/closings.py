"""What closings do to the tables: they tell where every blank is, and the books refuse whatever is not so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from printd.books import closings as books
from printd.books.projection import Projection, on
from printd.errors import Refused
from printd.events.closings import DayClosed, StockTotals
from printd.ledger.entry import Entry
from printd.remedies import Do
from printd.store import closings
from printd.store.rows import Connection

_STAYS = "Nothing was closed."


def keep(connection: Connection, day: str, totals: Sequence[StockTotals], entry: Entry) -> None:
    """Write a closing, once what it moves is moved.

    :raises Refused: its totals are not where the blanks are, or do not add up.
    """
    for one in totals:
        lacking = books.lacking(one)
        if lacking:
            raise Refused(
                f"The books do not add up for stock type {one.stock_type}: {lacking:+} pieces.",
                consequence=_STAYS,
                remedy=("Run: ", Do("audit.replay"), ", and call the auditor."),
            )
    if tuple(totals) != books.totals(connection):
        raise Refused(
            "The totals of that closing are not those of the books.",
            why="A closing tells where every blank is, as the entries say it.",
            consequence=_STAYS,
        )
    closings.add_closing(connection, {"seq": entry.seq, "day": day})


def _day_closed(connection: Connection, event: DayClosed, entry: Entry) -> None:
    due = books.days(connection).lacking(entry.at)
    if not due or event.day != due[0].isoformat():
        raise Refused(
            f"The day {event.day} is not the next one that lacks a closing.",
            why="Each day of the office on which no shift closed has one, in order, once it is over.",
            consequence=_STAYS,
        )
    keep(connection, event.day, event.totals, entry)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(dict((on(DayClosed, _day_closed),)))
