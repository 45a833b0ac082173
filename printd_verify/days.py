"""Days of the office, by the entries: each has a closing, of a shift or by the machine, before a later one begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from printd_verify.entries import moment
from printd_verify.findings import Findings
from printd_verify.places import Handler

_DAY: Final = timedelta(days=1)
_FIXED: Final = {
    "UTC": 0, "Asia/Jakarta": 7, "Asia/Pontianak": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9,
}  # fmt: skip
"""Zones whose clocks are never put forward or back: not every machine knows all zones."""

_UNCLOSED: Final = frozenset({"clock.went_back", "day.closed", "shop.restored", "log.rolled_back"})
"""What is written although days lack a closing: what tells the time, and first of all how a restored shop goes on."""

_EARLIEST: Final = timezone(timedelta(hours=-12))
"""Where it is a day last: whatever the office's zone is, that day has begun there."""

_NEVER: Final = ""


class Days:
    """Which days have a closing.

    :ivar low: from this moment on, and before ``high``, nothing is to be looked at.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._zone: tzinfo | None = None
        self._guesses = findings.began_later
        self._due: date | None = None
        self.low = self.high = _NEVER
        self.handlers: dict[str, Handler] = {
            "shop.opened": self._configured,
            "shop.configured": self._configured,
            "clock.went_back": self._back,
            "day.closed": self._day_closed,
            "shift.closed": self._shift_closed,
        }

    def look(self, seq: int, kind: str, at: str) -> None:
        """Make sure that every day before that of an entry is closed."""
        if kind in _UNCLOSED:
            return
        day = self._day(at)
        if day is None:
            return
        if self._due is not None and self._due < day:
            self._missing(seq, self._due, day)
            self._due = day
        zone = self._zone or _EARLIEST
        self.low, self.high = _midnight(day, zone), _midnight(day + _DAY, zone)

    def _shift_closed(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        told, today = _read(data["day"]), self._day(at)
        if told is None or (self._zone is not None and today is not None and told != today):
            self._findings.doubt("closing_day", seq, day=data["day"], at=at)
            return
        if self._due is not None and self._due < told:
            self._missing(seq, self._due, told)
        self._take(told)

    def _day_closed(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        told, today = _read(data["day"]), self._day(at)
        if told is None or (self._zone is not None and today is not None and told >= today):
            self._findings.doubt("day_not_over", seq, day=data["day"], at=at)
            return
        if self._due is not None and told < self._due:
            self._findings.doubt("day_again", seq, day=data["day"])
            return
        if self._due is not None and self._due < told:
            self._missing(seq, self._due, told)
        self._take(told)

    def _take(self, day: date) -> None:
        self._due = day + _DAY
        self.low = self.high = _NEVER

    def _missing(self, seq: int, first: date, end: date) -> None:
        last = end - _DAY
        self._findings.doubt(
            "day_missing", seq, first=first.isoformat(), last=last.isoformat(), days=(end - first).days
        )

    def _configured(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        if "configuration" in data:
            self._zone = _zone(data["configuration"]["timezone"])
            self._guesses = self._zone is None
            self.low = self.high = _NEVER
            if seq == 0 and not self._guesses:
                self._due = self._day(at)

    def _back(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        """A clock that went back makes the days due again that it shows anew."""
        day = self._day(data["to"])
        self.low = self.high = _NEVER
        if self._zone is None or day is None:
            self._due = None
        elif self._due is not None:
            self._due = min(self._due, day)

    def _day(self, at: str) -> date | None:
        """Return the day at a moment; of an office whose zone no entry tells, the earliest that it can be.

        ``None``: no entry tells it, nor is it asked.
        """
        if self._zone is None and not self._guesses:
            return None
        try:
            return moment(at).astimezone(self._zone or _EARLIEST).date()
        except OverflowError:  # the first or last day of all
            return None


def _midnight(day: date, zone: tzinfo) -> str:
    """Return when a day begins, as the log writes moments."""
    return datetime.combine(day, time(), zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read(day: str) -> date | None:
    try:
        return date.fromisoformat(day) if date.max.isoformat() > day else None
    except ValueError:
        return None


def _zone(name: str) -> tzinfo | None:
    """Return a zone; ``None``: this machine does not know it."""
    if name in _FIXED:
        return timezone(timedelta(hours=_FIXED[name]))
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
