"""How long blanks have been where no blank should stay: spoiled, skipped, missing, invalid, on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from printd.custody.places import kind
from printd.custody.serials import SerialRange
from printd.store import blanks
from printd.store.rows import Connection

WAITING = frozenset({"spoiled", "skipped", "missing", "invalid", "transit", "transfer"})


def ages(connection: Connection, now: datetime, late_days: int) -> list[dict[str, Any]]:
    """Return ranges with place, since when and age in whole days, oldest first.

    A delivery that was announced and not yet received is as old as its announcement.
    """
    found: list[dict[str, Any]] = []
    announced = {row["id"]: row["announced_at"] for row in blanks.deliveries(connection)}
    for place in blanks.places(connection):
        if kind(place) not in WAITING:
            continue
        for row in blanks.in_place(connection, place):
            since_parts = blanks.came_there(connection, row) or [(row.first, row.last, announced[row.delivery_id])]
            for low, high, since in since_parts:
                moment = datetime.strptime(since, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
                age = (now - moment).days
                part = SerialRange(row.prefix, row.width, low, high)
                found.append(
                    {
                        "place": place,
                        "first": part.first_serial,
                        "last": part.last_serial,
                        "pieces": len(part),
                        "since": since,
                        "age_days": age,
                        "late": age > late_days,
                    }
                )
    return sorted(found, key=lambda one: (one["since"], one["place"], one["first"]))
