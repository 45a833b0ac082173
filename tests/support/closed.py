"""What the closing of a shift tells of the books, where a test enters one past the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from printd.books import closings
from printd.store.rows import Connection
from printd.words.moments import stamp


def closed(connection: Connection, now: datetime, *back: str) -> dict[str, Any]:
    """Return day and totals of a closing.

    :param now: the time, with its zone.
    :param back: places of which all goes back into the store with it.
    """
    totals = [one.data() for one in closings.totals(connection, back)]
    return {"day": closings.days(connection).day_of(stamp(now)).isoformat(), "totals": totals}
