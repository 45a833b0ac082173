"""SQL of deliveries and their cartons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.deliveries import CartonRow, DeliveryRow, carton, delivery
from printd.words.serials import SerialRange, parse_serial
from printd.words.states import DeliveryState


def add_delivery(connection: Connection, row: DeliveryRow, cartons: Sequence[CartonRow]) -> None:
    """Write an announced delivery and its cartons."""
    connection.execute(delivery.insert(), row)
    if cartons:
        connection.execute(carton.insert(), list(cartons))


class Received(TypedDict):
    """What became of a delivery: when and by whom it was received, how many were counted, how it changed hands."""

    received_at: str
    received_by: str
    received_with: str
    counted: int
    handover: str | None


def set_received(connection: Connection, delivery_id: str, received: Received) -> None:
    """Mark a delivery as received by two people."""
    connection.execute(
        delivery.update().where(delivery.c.id == delivery_id).values(state=DeliveryState.RECEIVED, **received)
    )


def find_delivery(connection: Connection, delivery_id: str) -> DeliveryRow | None:
    """Return one delivery."""
    return first(connection, sa.select(delivery).where(delivery.c.id == delivery_id), DeliveryRow)


def deliveries(connection: Connection) -> list[DeliveryRow]:
    """Return all deliveries, oldest first."""
    return rows(connection, sa.select(delivery).order_by(delivery.c.announced_at, delivery.c.id), DeliveryRow)


def grow_delivery(connection: Connection, delivery_id: str, pieces: int) -> None:
    """Add pieces to what a delivery announced: a document says that more came."""
    grown = delivery.c.announced + pieces
    connection.execute(delivery.update().where(delivery.c.id == delivery_id).values(announced=grown))


def cartons(connection: Connection, delivery_id: str) -> list[CartonRow]:
    """Return the cartons of a delivery."""
    query = sa.select(carton).where(carton.c.delivery_id == delivery_id).order_by(carton.c.prefix, carton.c.first)
    return rows(connection, query, CartonRow)


_before = carton.alias("before")


_CARTONS_TOUCHING = (
    sa.select(carton)
    .where(
        carton.c.prefix == sa.bindparam("p"),
        carton.c.width == sa.bindparam("w"),
        carton.c.first <= sa.bindparam("hi"),
        # As with the ranges: cartons never overlap.
        carton.c.first
        >= sa.func.coalesce(
            sa.select(sa.func.max(_before.c.first))
            .where(
                _before.c.prefix == sa.bindparam("p"),
                _before.c.width == sa.bindparam("w"),
                _before.c.first <= sa.bindparam("lo"),
            )
            .scalar_subquery(),
            sa.bindparam("lo"),
        ),
        carton.c.last >= sa.bindparam("lo"),
    )
    .order_by(carton.c.first)
)


def cartons_touching(connection: Connection, serials: SerialRange) -> list[CartonRow]:
    """Return the cartons that hold a serial of a range, in order."""
    span = {"p": serials.prefix, "w": serials.width, "lo": serials.first, "hi": serials.last}
    return rows(connection, _CARTONS_TOUCHING, CartonRow, **span)


def carton_of(connection: Connection, serial: str) -> str | None:
    """Return the label of the carton a blank came in."""
    found = cartons_touching(connection, parse_serial(serial))
    return found[0]["label"] if found else None


def find_carton(connection: Connection, delivery_id: str, label: str) -> CartonRow | None:
    """Return one carton."""
    return first(
        connection, sa.select(carton).where(carton.c.delivery_id == delivery_id, carton.c.label == label), CartonRow
    )


def open_carton(connection: Connection, delivery_id: str, label: str, at: str, by: str, second: str) -> None:
    """Mark a carton as opened."""
    connection.execute(
        carton.update()
        .where(carton.c.delivery_id == delivery_id, carton.c.label == label)
        .values(opened_at=at, opened_by=by, opened_with=second)
    )
