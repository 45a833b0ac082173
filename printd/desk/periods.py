"""Days of the office as moments of the log."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from printd.errors import Refused
from printd.words.moments import midnight


def utc_bounds(zone: ZoneInfo, first: date, last: date) -> tuple[str, str]:
    """Return the first moment of a day and the first moment after another, as the log writes time.

    :raises Refused: the period runs backwards.
    """
    if last < first:
        raise Refused(f"The period from {first} to {last} runs backwards.", remedy="Give the earlier day first.")
    return midnight(first, zone), midnight(last + timedelta(days=1), zone)
