"""How long blanks have been where no blank should stay: spoiled, skipped, missing, invalid, on the way."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from printd.custody.clock import presently
from printd.store import blanks, deliveries, movements
from printd.store.rows import Connection
from printd.words.moments import parse
from printd.words.places import Kind, kind, transit
from printd.words.serials import SerialRange
from printd.words.states import DeliveryState

WAITING = frozenset({Kind.SPOILED, Kind.SKIPPED, Kind.MISSING, Kind.INVALID, Kind.TRANSIT, Kind.TRANSFER})


class Waiting(TypedDict):
    """Blanks of one place since one moment; of a delivery that is not counted yet neither serials nor pieces."""

    place: str
    first: str | None
    last: str | None
    pieces: int | None
    since: str
    age_days: int
    late: bool


class _Lying(TypedDict):
    place: str
    first: str | None
    last: str | None
    pieces: int | None
    since: str


def ages(connection: Connection, now: datetime, late_days: int) -> list[Waiting]:
    """Return ranges with place, since when and age in whole days, oldest first.

    A delivery that was announced and not yet received is as old as its announcement; what it announced is not told,
    because it will be counted blind.
    """
    found: list[_Lying] = []
    announced, awaited = {}, {}
    for delivery in deliveries.deliveries(connection):
        announced[delivery["id"]] = delivery["announced_at"]
        if delivery["state"] == DeliveryState.ANNOUNCED:
            awaited[transit(delivery["id"])] = delivery["announced_at"]
    for place in blanks.places(connection):
        if kind(place) not in WAITING:
            continue
        if place in awaited:
            found.append({"place": place, "first": None, "last": None, "pieces": None, "since": awaited[place]})
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
    moments = presently(connection, [one["since"] for one in found], now)
    days = [(now - parse(at)).days for at in moments]
    aged: list[Waiting] = [
        {**one, "age_days": age, "late": age > late_days} for one, age in zip(found, days, strict=True)
    ]
    return sorted(aged, key=lambda one: (one["since"], one["place"], one["first"] or ""))
