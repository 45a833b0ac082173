"""What a report looks at: one state of the books, a period in days of the office, perhaps one site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from printd.errors import Refused
from printd.store import log, operators
from printd.store.rows import Connection
from printd.words import moments


@dataclass(frozen=True)
class View:
    """One look at the books.

    :param first: first day, and ``last`` the last one, both included.
    :param site: name of a site, or empty for the office itself.
    :param size: of the log, with ``root`` in hex.
    """

    connection: Connection
    zone: ZoneInfo
    first: date
    last: date
    site: str
    size: int
    root: str

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise Refused(
                f"The period from {self.first} to {self.last} runs backwards.", remedy="Give the earlier day first."
            )

    @property
    def as_of(self) -> str:
        """The office's day of the last entry, ISO."""
        at = log.last_at(self.connection, self.size)
        return self.last.isoformat() if at is None else self.day(at).isoformat()

    @property
    def low(self) -> str:
        """First moment of the period, as the log writes time."""
        return self.start(self.first)

    @property
    def high(self) -> str:
        """First moment after the period."""
        return self.start(self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        """Every day of the period on which there was a shop."""
        at = log.last_at(self.connection, 1)
        first = self.first if at is None else max(self.first, self.day(at))
        return [first + timedelta(days=number) for number in range((self.last - first).days + 1)]

    @property
    def last_at(self) -> str:
        """Moment of the last entry, or the end of the period where that is earlier: what is late is late by then."""
        at = log.last_at(self.connection, self.size)
        return self.high if at is None else min(at, self.high)

    @cached_property
    def _people(self) -> dict[str, str]:
        return {one["name"]: one["legal_name"] for one in operators.operators(self.connection)}

    def names(self, *logins: str | None) -> str | None:
        """Return people of the shop by their legal names; ``None``: nobody is named."""
        return "; ".join(self._people.get(one, one) for one in logins if one) or None

    def start(self, day: date) -> str:
        """Return the first moment of a day."""
        return moments.midnight(day, self.zone)

    def day(self, at: str) -> date:
        """Return the office's day of a moment of the log, whole or cut after the minute."""
        return moments.local(at, self.zone).date()

    def local(self, at: str | None) -> str | None:
        """Return a moment as the office's clock showed it."""
        return None if at is None else moments.minute(at, self.zone)
