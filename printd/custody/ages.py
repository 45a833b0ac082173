"""How long blanks have been where no blank should stay: spoiled, skipped, missing, invalid, on the way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from printd.custody.clock import presently
from printd.store import blanks, deliveries, movements
from printd.store.rows import Connection
from printd.words.moments import parse
from printd.words.places import Kind, kind, transit
from printd.words.serials import SerialRange
from printd.words.states import DeliveryState

WAITING = frozenset({Kind.SPOILED, Kind.SKIPPED, Kind.MISSING, Kind.INVALID, Kind.TRANSIT, Kind.TRANSFER})


def ages(connection: Connection, now: datetime, late_days: int) -> list[dict[str, Any]]:
    """Return ranges with place, since when and age in whole days, oldest first.

    A delivery that was announced and not yet received is as old as its announcement; what it announced is not told,
    because it will be counted blind.
    """
    found: list[dict[str, Any]] = []
    announced, awaited = {}, {}
    for delivery in deliveries.deliveries(connection):
        announced[delivery["id"]] = delivery["announced_at"]
        if delivery["state"] == DeliveryState.ANNOUNCED:
            awaited[transit(delivery["id"])] = delivery["announced_at"]
    for place in blanks.places(connection):
        if kind(place) not in WAITING:
            continue
        if place in awaited:
            nothing = dict.fromkeys(("first", "last", "pieces"))
            found.append({"place": place, **nothing, "since": awaited[place]})
            continue
        for row in blanks.in_place(connection, place):
            since_parts = movements.came_there(connection, row) or [(row.first, row.last, announced[row.delivery_id])]
            for low, high, since in since_parts:
                part = SerialRange(row.prefix, row.width, low, high)
                found.append(
                    {
                        "place": place,
                        "first": part.first_serial,
                        "last": part.last_serial,
                        "pieces": len(part),
                        "since": since,
                    }
                )
    for one, at in zip(found, presently(connection, [one["since"] for one in found], now), strict=True):
        age = (now - parse(at)).days
        one.update(age_days=age, late=age > late_days)
    return sorted(found, key=lambda one: (one["since"], one["place"], one["first"] or ""))
