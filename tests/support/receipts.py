"""Receiving deliveries in tests: two blind counts of what was announced, the receipt, every carton opened."""

from __future__ import annotations

from printd.custody.receipt import SeenCarton, Sheet
from printd.desk import deliveries
from printd.desk.desk import Desk
from printd.desk.proofs import Person
from printd.store import blanks
from printd.store import deliveries as store_deliveries


def count_twice(desk: Desk, delivery: str, by: Person, second: Person) -> list[str]:
    """Let two people count a delivery that is whole; return the labels of its cartons."""
    with desk.shop.store.reading() as connection:
        cartons = [row["label"] for row in store_deliveries.cartons(connection, delivery)]
        row = store_deliveries.find_delivery(connection, delivery)
    assert row is not None
    sheet = Sheet(pieces=row["announced"], cartons=[SeenCarton(carton=label) for label in cartons])
    for person in (by, second):
        deliveries.count(desk, delivery, sheet, person)
    return cartons


def receive_whole(desk: Desk, delivery: str, by: Person, second: Person) -> None:
    """Receive a delivery that came as announced, and open its cartons."""
    cartons = count_twice(desk, delivery, by, second)
    deliveries.receive(desk, delivery, by, second)
    for label in cartons:
        deliveries.open_(desk, delivery, label, by, second)


def on_its_way(desk: Desk, delivery: str) -> list[str]:
    """Return what a delivery announced and nobody has counted yet, past the desk, which does not tell."""
    with desk.shop.store.reading() as connection:
        rows = blanks.in_place(connection, f"transit:{delivery}")
    parts = [row.serials for row in rows]
    return [part.serial(number) for part in parts for number in range(part.first, part.last + 1)]
