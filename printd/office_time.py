"""A moment of the log as the office's clock showed it: the one way in which people are told a time.

The log, JSON and the daemon's own log lines keep UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


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
