"""Closings: which days of the office lack one, and the totals that each tells.

Every day since the log's first has the closing of a shift or, before anything of a later day is booked, an entry of the
machine. A clock that went back makes the days due again that it shows anew.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta, tzinfo
from typing import Self
from zoneinfo import ZoneInfo

from printd.errors import Refused
from printd.events.base import Event, EventError
from printd.events.clock import ClockWentBack
from printd.events.closings import DayClosed, StockTotals
from printd.events.configuration import Configuration, ShopConfigured
from printd.events.kinds import read
from printd.events.shifts import ShiftClosed
from printd.events.shop import LogRolledBack, ShopOpened, ShopRestored
from printd.ledger.entry import Entry, EntryError
from printd.store import attempts, blanks, clock_jumps, closings, configuration, log, test_prints
from printd.store.rows import Connection
from printd.words import places
from printd.words.moments import midnight, office_day, parse
from printd.words.places import Kind
from printd.words.serials import SerialRange, parse_serial
from printd.words.states import AttemptState

_DAY = timedelta(days=1)
UNCLOSED: tuple[type[Event], ...] = (ClockWentBack, DayClosed, ShopRestored, LogRolledBack)
"""What is booked although days lack a closing: what tells the time, and first of all how a restored shop goes on."""

_AT = slice(7, 27)  # of an entry's bytes, which begin with its time
_TELLS = re.compile(
    rb'"kind":"(?:clock\.went_back|day\.closed|log\.rolled_back|shift\.closed|shop\.(?:configured|opened|restored))","seq":'
)


@dataclass
class Days:
    """Which days lack a closing, by the entries so far.

    :param zone: the office's; ``None``: no entry tells it, and so nobody knows when its days end.
    :param first_at: time of the first entry; empty: there is none yet.
    :param last: day of the last closing.
    :param back: times that the clock went back to since then.
    """

    zone: tzinfo | None
    first_at: str
    last: date | None = None
    back: list[str] = field(default_factory=list)
    _within: tuple[str, str] = ("", "")  # moments between which no day ends: from one until before another

    def day_of(self, at: str) -> date:
        """Return the day that it is in the office at a moment; where nobody knows the office's zone, in UTC."""
        return office_day(parse(at), self.zone or UTC)

    def lacking(self, at: str) -> list[date]:
        """Return the days that must have a closing before anything is booked at a moment, in order."""
        if self.zone is None or self._within[0] <= at < self._within[1]:
            return []
        day = self.day_of(at)
        due = self.day_of(self.first_at) if self.last is None else self.last + _DAY
        due = min([due, *map(self.day_of, self.back)])
        lacking = [due + number * _DAY for number in range((day - due).days)]
        if not lacking:
            self._within = midnight(day, self.zone), midnight(day + _DAY, self.zone)
        return lacking

    def check_closed(self, at: str) -> None:
        """Make sure that something may be booked at a moment.

        :raises Refused: a day before it has no closing.
        """
        lacking = self.lacking(at)
        if lacking:
            raise Refused(
                f"The day {lacking[0].isoformat()} has no closing.",
                why="Nothing of a later day is booked before it is closed.",
                consequence="Nothing was booked.",
            )

    def take(self, at: str, event: Event) -> None:
        """Take note of an entry that was booked at a moment."""
        self.first_at = self.first_at or at
        if isinstance(event, (ShiftClosed, DayClosed)):
            self.last, self.back = date.fromisoformat(event.day), []
        elif isinstance(event, ClockWentBack):
            self.back, self._within = [*self.back, event.to], ("", "")
        elif isinstance(event, (ShopConfigured, ShopOpened)) and event.configuration is not None:
            self.zone, self._within = _zone(event.configuration), ("", "")

    def copy(self) -> Self:
        """Return one that goes on by itself."""
        return copy(self)


def days(connection: Connection) -> Days:
    """Return which days lack a closing, by the tables."""
    told, last = configuration.last_configuration(connection), closings.last_closing(connection)
    after = -1 if last is None else last["seq"]
    return Days(
        None if told is None else _zone(Configuration.model_validate_json(told["content"])),
        log.last_at(connection, 1) or "",
        None if last is None else date.fromisoformat(last["day"]),
        [row["after"] for row in clock_jumps.jumps(connection, after)],
    )


def _zone(told: Configuration) -> tzinfo:
    return ZoneInfo(told.timezone)


def totals(connection: Connection, back: Collection[str] = ()) -> tuple[StockTotals, ...]:
    """Return where every blank is, by stock type.

    :param back: places of which everything is taken to be in the store, as a closing takes it there.
    """
    held: dict[str, Counter[str]] = defaultdict(Counter)
    for row in blanks.held(connection):
        place = Kind.STORE if row["place"] in back else places.kind(row["place"])
        held[row["stock_type"]][place or ""] += row["pieces"]
    doubts = Counter(blanks.stock_of(connection, one)["stock_type"] for one in _in_doubt(connection))
    return tuple(
        StockTotals.model_validate(
            {
                "stock_type": stock_type,
                "announced": announced,
                "received": announced - held[stock_type][Kind.TRANSIT],
                "in_doubt": doubts[stock_type],
                **{kind.value: held[stock_type][kind] for kind in Kind},
            }
        )
        for stock_type, announced in sorted(closings.announced(connection).items())
    )


def _in_doubt(connection: Connection) -> list[SerialRange]:
    doubt = (AttemptState.IN_DOUBT,)
    rows = [*attempts.attempts_in(connection, doubt), *test_prints.in_(connection, doubt)]
    return [parse_serial(row["serial"]) for row in rows]


def lacking(told: StockTotals) -> int:
    """Return how many pieces lack in totals so that what came equals what is somewhere; zero where they add up."""
    somewhere = sum(getattr(told, kind) for kind in Kind)
    return (told.announced - somewhere) or (told.received - (told.announced - told.transit))


def unclosed(entries: Iterable[tuple[int, bytes, bytes]]) -> Iterator[tuple[int, list[date]]]:
    """Yield every entry that was booked although days before it had no closing, with those days.

    What is no entry at all is passed over: whoever proves the log tells it.

    :param entries: number, bytes and leaf hash of each.
    """
    told = Days(None, "")
    for seq, body, _ in entries:
        tells = _TELLS.search(body)
        try:
            lacking = told.lacking(body[_AT].decode("ascii", "replace"))
            event = None
            if tells is not None:
                entry = Entry.from_body(body)
                event = read(entry.kind, entry.data)
            if isinstance(event, DayClosed):
                lacking = [] if event.day in map(str, lacking[:1]) else lacking[:1]
            elif isinstance(event, UNCLOSED):
                lacking = []
            if lacking:
                yield seq, lacking
                told.last, told.back = lacking[-1], []
            if event is not None:
                told.take(entry.at, event)
        except (EntryError, EventError, ValueError, OverflowError):
            continue
