"""Acts on blanks: load and unload a hopper, book a spoiled or skipped one, look where they are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from printd.books import Booking
from printd.custody import places
from printd.custody.causes import SPOIL_CAUSES
from printd.custody.movements import whereabouts
from printd.custody.serials import SerialRange, join, parse_range, parse_serial
from printd.desk.desk import Desk, Person, two_people
from printd.errors import Refused
from printd.store import blanks, jobs


def load(desk: Desk, printer: str, serials: list[list[str]], by: Person, second: Person) -> dict[str, Any]:
    """Issue blanks from the store into a printer's hopper, signed by two people (design rule 7).

    :param serials: pairs of first and last serial.
    """
    return _hopper(desk, printer, serials, two_people(desk, by, second), places.STORE, places.hopper(printer), "load")


def unload(desk: Desk, printer: str, serials: list[list[str]], by: Person, second: Person) -> dict[str, Any]:
    """Take blanks from a printer's hopper back into the store, signed by two people."""
    signed = two_people(desk, by, second)
    return _hopper(desk, printer, serials, signed, places.hopper(printer), places.STORE, "unload")


def spoil(desk: Desk, serial: str, cause: str, by: Person, second: Person) -> dict[str, Any]:
    """Book a blank in store, hopper or skipped as spoiled, signed by two people."""
    check_cause(cause)
    signed = two_people(desk, by, second)
    place = _place(desk, serial)
    if place != places.STORE and place != places.SKIPPED and not place.startswith("hopper:"):
        raise Refused(
            f"{serial} is in {place}; only a blank in store, hopper or skipped is spoiled this way.",
            consequence="Nothing was changed.",
            remedy="A printed card is judged with: printd jobs check",
        )
    return _move_one(desk, serial, place, places.SPOILED, cause, signed)


def skip(desk: Desk, serial: str, by: Person, second: Person) -> dict[str, Any]:
    """Book a blank that left its hopper unprinted (double feed) and is not in hand, signed by two people."""
    signed = two_people(desk, by, second)
    place = _place(desk, serial)
    if not place.startswith("hopper:"):
        raise Refused(f"{serial} is in {place}; only a blank of a hopper can be skipped.")
    return _move_one(desk, serial, place, places.SKIPPED, "skipped", signed)


def find(desk: Desk, serial: str, by: Person, second: Person) -> dict[str, Any]:
    """Book a skipped blank that was found whole back into the store, signed by two people."""
    signed = two_people(desk, by, second)
    return _move_one(desk, serial, places.SKIPPED, places.STORE, "found", signed)


def show(desk: Desk, serial: str) -> dict[str, Any]:
    """Return a blank's whole life: delivery, place, every movement with its attempt."""
    one = parse_serial(serial)
    with desk.shop.store.reading() as connection:
        rows = blanks.touching(connection, one.prefix, one.width, one.first, one.last)
        if not rows:
            raise Refused(
                f"{serial} belongs to no delivery of this shop.",
                consequence="A blank with this serial must not be printed.",
                remedy="Read it again; if it is right, report it as foreign.",
            )
        life = blanks.life(connection, one.prefix, one.width, one.first)
        attempts = jobs.attempts_by_id(connection, [row["attempt_id"] for row in life if row["attempt_id"]])
        delivery = blanks.find_delivery(connection, rows[0].delivery_id)
    assert delivery is not None
    steps = [
        {
            "entry": row["seq"],
            "at": row["at"],
            "from": row["source"],
            "to": row["target"],
            "why": row["why"],
            "attempt": row["attempt_id"],
            "job": attempts[row["attempt_id"]]["job_id"] if row["attempt_id"] in attempts else None,
            "cause": attempts[row["attempt_id"]]["cause"] if row["attempt_id"] in attempts else None,
        }
        for row in life
    ]
    return {"serial": serial, "place": rows[0].place, "delivery": dict(delivery), "life": steps}


def where(desk: Desk) -> dict[str, Any]:
    """Return the sums by delivery and place, beside what was announced."""
    with desk.shop.store.reading() as connection:
        announced = {row["id"]: row["announced"] for row in blanks.deliveries(connection)}
        sums = blanks.sums(connection)
    deliveries: dict[str, dict[str, Any]] = {
        name: {"announced": pieces, "places": {}, "balance": -pieces} for name, pieces in announced.items()
    }
    total: dict[str, int] = {}
    for name, place, pieces in sums:
        deliveries[name]["places"][place] = pieces
        deliveries[name]["balance"] += pieces
        total[place] = total.get(place, 0) + pieces
    return {"deliveries": deliveries, "places": total, "announced": sum(announced.values())}


def in_(desk: Desk, place: str, limit: int = 1000) -> list[str]:
    """Return the serials in a place, lowest first."""
    with desk.shop.store.reading() as connection:
        rows = blanks.in_place(connection, place)
    ranges = (SerialRange(row.prefix, row.width, row.first, row.last) for row in rows)
    return list(islice((part.serial(number) for part in ranges for number in range(part.first, part.last + 1)), limit))


def check_cause(cause: str) -> None:
    """Make sure that a spoil cause is one of the trade's.

    :raises Refused: it is not; the sentence lists them.
    """
    if cause not in SPOIL_CAUSES:
        raise Refused(f"{cause!r} is not a spoil cause.", remedy=f"Choose one of: {', '.join(SPOIL_CAUSES)}.")


def _hopper(
    desk: Desk, printer: str, serials: list[list[str]], by: Sequence[str], source: str, target: str, why: str
) -> dict[str, Any]:
    with desk.shop.books.booking() as booking:
        if jobs.find_printer(booking.connection, printer) is None:
            raise Refused(f"There is no printer {printer}.", remedy="See all with: printd printers list")
        moved = _move(booking, serials, source, target, why, by)
    desk.wake()
    return moved


def _place(desk: Desk, serial: str) -> str:
    with desk.shop.store.reading() as connection:
        place = whereabouts(connection, parse_serial(serial))[0][1]
    if place is None:
        raise Refused(f"{serial} belongs to no delivery of this shop.", consequence="Nothing was changed.")
    return place


def _move(
    booking: Booking, serials: list[list[str]], source: str, target: str, why: str, by: Sequence[str]
) -> dict[str, Any]:
    ranges: list[SerialRange] = join(parse_range(pair[0], pair[-1]) for pair in serials)
    if not ranges:
        raise Refused("No serial was named.", remedy="Name the first and last serial to move.")
    data = {"serials": [part.to_json() for part in ranges], "from": source, "to": target, "why": why}
    entry = booking.enter("blanks.moved", data, by)
    return {**data, "entry": entry.seq, "pieces": sum(len(part) for part in ranges)}


def _move_one(desk: Desk, serial: str, source: str, target: str, why: str, by: Sequence[str]) -> dict[str, Any]:
    with desk.shop.books.booking() as booking:
        moved = _move(booking, [[serial, serial]], source, target, why, by)
    desk.wake()
    return moved
