"""Opening an incident: that something about blanks is not as it must be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from printd.books.booking import Booking
from printd.store import movements
from printd.words.serials import SerialRange, pieces, to_json

Kind = Literal["missing", "extra", "seal_broken", "unknown_uid", "uid_elsewhere", "other"]


def open_incident(booking: Booking, kind: Kind, serials: Sequence[SerialRange], note: str, by: Sequence[str]) -> str:
    """Enter an incident in somebody's transaction; return its id.

    What the books last knew of the first serial is kept with it.
    """
    name = f"incident-{booking.size}"
    last: dict[str, Any] = {}
    if serials:
        one = serials[0]
        life = movements.life(booking.connection, one)
        if life:
            step = life[-1]
            last = {key: step[key] for key in ("seq", "at", "source", "target", "why")}
    booking.enter(
        "incident.opened",
        {
            "incident": name,
            "kind": kind,
            "serials": to_json(serials),
            "pieces": pieces(serials),
            "note": note,
            "last_event": json.dumps(last, sort_keys=True),
        },
        by,
    )
    return name
