"""Moments: as the log writes them, and as the office's clock showed them, the one way in which people are told a time.

The log, JSON and the daemon's own log lines keep UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo

_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def stamp(moment: datetime) -> str:
    """Return a moment as the log writes it: RFC 3339, UTC, whole seconds."""
    return moment.astimezone(UTC).strftime(_FORMAT)


def parse(at: str) -> datetime:
    """Return a whole moment of the log.

    :raises ValueError: it is no moment.
    """
    return datetime.strptime(at, _FORMAT).replace(tzinfo=UTC)


def midnight(day: date, zone: tzinfo) -> str:
    """Return the moment at which a day of the office begins, as the log writes it."""
    return stamp(datetime.combine(day, time(), zone))


def said(text: str, zone: tzinfo, today: date) -> str:
    """Return a moment that people say on the office's clock, as the log writes it.

    :param text: ``16.05`` or ``16:05``, of today, or with the day before it: ``2026-11-30 16.05``.
    :raises ValueError: it is none of these, or no clock shows it.
    """
    day, _, clock = text.strip().rpartition(" ")
    hour, minute = clock.replace(":", ".").split(".")
    on = date.fromisoformat(day.strip()) if day else today
    return stamp(datetime.combine(on, time(int(hour), int(minute)), zone))


def office_day(at: datetime, zone: tzinfo) -> date:
    """Return the day that it is in the office at a moment."""
    return at.astimezone(zone).date()


def local(at: str, zone: tzinfo) -> datetime:
    """Return a moment of the log, whole or cut after the minute, on the office's clock.

    :raises ValueError: it is no moment.
    """
    return datetime.fromisoformat(at.removesuffix("Z")).replace(tzinfo=UTC).astimezone(zone)


def moment(at: str, zone: tzinfo) -> str:
    """Return a moment of the log with the name of the office's zone: ``2026-11-30 09:43:12 WITA``.

    What is no moment, as it may stand in a table that somebody altered, is told as it stands.
    """
    try:
        here = local(at, zone)
    except (ValueError, OverflowError):
        return at
    return f"{here:%Y-%m-%d %H:%M:%S} {_abbreviation(here)}"


def second(at: str, zone: tzinfo) -> str:
    """Return a moment of the log to the second, for a table whose heading names the zone."""
    try:
        return f"{local(at, zone):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError):
        return at


def minute(at: str, zone: tzinfo) -> str:
    """Return a moment of the log to the minute, for a table whose heading names the zone."""
    try:
        return f"{local(at, zone):%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return at


def zone_name(zone: tzinfo) -> str:
    """Return the abbreviation of a zone; where its clocks change in the year, both."""
    winter, summer = (_abbreviation(datetime(2026, month, 1, tzinfo=zone)) for month in (1, 7))
    return winter if winter == summer else f"{winter}/{summer}"


def _abbreviation(here: datetime) -> str:
    name = f"{here:%Z}"
    return f"UTC{name}" if name.startswith(("+", "-")) else name
