"""Acts on deliveries: announce, receive, look."""

from __future__ import annotations

from typing import Any

from printd.custody import manifest, places
from printd.custody.serials import SerialRange
from printd.desk.desk import Desk, Person, known, sent, two_people
from printd.errors import Refused
from printd.store import blanks


def announce(desk: Desk, name: str, content: str, by: str) -> dict[str, Any]:
    """Book a manifest of the province; its blanks are on the way from now on.

    :param name: file name, whose ending says JSON or CSV.
    :param content: the file's bytes, base64.
    """
    operator = known(desk, by)
    told = manifest.read(sent(content), name=name)
    desk.shop.books.enter(
        "delivery.announced",
        {
            "delivery": told.delivery,
            "bast_number": told.bast_number,
            "bast_date": told.bast_date,
            "stock_type": told.stock_type,
            "generation": told.generation,
            "identified_by": told.identified_by,
            "cartons": [[one.label, *one.serials.to_json()] for one in told.cartons],
            "serials": [part.to_json() for part in told.serials],
        },
        [operator],
    )
    return show(desk, told.delivery)


def receive(desk: Desk, delivery: str, by: Person, second: Person) -> dict[str, Any]:
    """Book an announced delivery into the store, signed by two people."""
    signed = two_people(desk, by, second)
    with desk.shop.books.booking() as booking:
        row = blanks.find_delivery(booking.connection, delivery)
        if row is None:
            raise Refused(
                f"No delivery {delivery} was announced.",
                consequence="Nothing was received.",
                remedy="Announce its manifest first: printd deliveries announce FILE",
            )
        if row["state"] != "announced":
            raise Refused(
                f"Delivery {delivery} was received already, at {row['received_at']} by {row['received_by']} and "
                f"{row['received_with']}.",
                consequence="Nothing was received twice.",
            )
        parts = blanks.in_place(booking.connection, places.transit(delivery))
        booking.enter(
            "delivery.received",
            {
                "delivery": delivery,
                "serials": [SerialRange(one.prefix, one.width, one.first, one.last).to_json() for one in parts],
            },
            signed,
        )
    return show(desk, delivery)


def list_(desk: Desk) -> list[dict[str, Any]]:
    """Return all deliveries."""
    with desk.shop.store.reading() as connection:
        return [dict(row) for row in blanks.deliveries(connection)]


def show(desk: Desk, delivery: str) -> dict[str, Any]:
    """Return one delivery with its cartons and where its blanks are."""
    with desk.shop.store.reading() as connection:
        row = blanks.find_delivery(connection, delivery)
        if row is None:
            raise Refused(f"There is no delivery {delivery}.", remedy="See all with: printd deliveries list")
        cartons = [
            {
                "carton": one["label"],
                "first": part.first_serial,
                "last": part.last_serial,
                "pieces": len(part),
            }
            for one in blanks.cartons(connection, delivery)
            for part in (SerialRange(one["prefix"], one["width"], one["first"], one["last"]),)
        ]
        where = {place: pieces for of, place, pieces in blanks.sums(connection) if of == delivery}
    return {**row, "cartons": cartons, "places": where}
