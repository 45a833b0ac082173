"""SQL of custody: ranges in places, deliveries, the movements of a blank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import Row, first, rows
from printd.store.schema import carton, delivery, movement, serial_range
from printd.words.places import SPOILED, STORE, transit
from printd.words.serials import SerialRange, parse_serial
from printd.words.states import DeliveryState


class RangeRow(NamedTuple):
    """One row of consecutive serials in one place."""

    prefix: str
    width: int
    first: int
    last: int
    place: str
    delivery_id: str

    @property
    def serials(self) -> SerialRange:
        """The serials of the row."""
        return SerialRange(self.prefix, self.width, self.first, self.last)


_COLUMNS = (
    serial_range.c.prefix,
    serial_range.c.width,
    serial_range.c.first,
    serial_range.c.last,
    serial_range.c.place,
    serial_range.c.delivery_id,
)

_prior = serial_range.alias("prior")
_TOUCHING = (
    sa.select(*_COLUMNS)
    .where(
        serial_range.c.prefix == sa.bindparam("p"),
        serial_range.c.width == sa.bindparam("w"),
        serial_range.c.first <= sa.bindparam("hi"),
        # Rows never overlap, so only the last row that begins at or before ``lo`` can reach into it.
        serial_range.c.first
        >= sa.func.coalesce(
            sa.select(sa.func.max(_prior.c.first))
            .where(
                _prior.c.prefix == sa.bindparam("p"),
                _prior.c.width == sa.bindparam("w"),
                _prior.c.first <= sa.bindparam("lo"),
            )
            .scalar_subquery(),
            sa.bindparam("lo"),
        ),
        serial_range.c.last >= sa.bindparam("lo"),
    )
    .order_by(serial_range.c.first)
)


def touching(connection: Connection, serials: SerialRange) -> list[RangeRow]:
    """Return the rows that share a serial with a range, in order."""
    span = {"p": serials.prefix, "w": serials.width, "lo": serials.first, "hi": serials.last}
    rows = connection.execute(_TOUCHING, span)
    return [RangeRow(*row) for row in rows]


_DELETE = serial_range.delete().where(
    serial_range.c.prefix == sa.bindparam("p"),
    serial_range.c.width == sa.bindparam("w"),
    serial_range.c.first == sa.bindparam("f"),
)
_INSERT = serial_range.insert()
_INSERT_MOVEMENT = movement.insert()


def replace(connection: Connection, gone: Sequence[RangeRow], come: Sequence[RangeRow]) -> None:
    """Take rows out and put rows in."""
    stay = set(gone) & set(come)
    out = [{"p": row.prefix, "w": row.width, "f": row.first} for row in gone if row not in stay]
    new = [row._asdict() for row in come if row not in stay]
    if out:
        connection.execute(_DELETE, out)
    if new:
        connection.execute(_INSERT, new)


def in_place(connection: Connection, place: str) -> list[RangeRow]:
    """Return everything in a place, lowest serial first."""
    query = (
        sa.select(*_COLUMNS)
        .where(serial_range.c.place == place)
        .order_by(serial_range.c.prefix, serial_range.c.width, serial_range.c.first)
    )
    return [RangeRow(*row) for row in connection.execute(query)]


def sums(connection: Connection) -> list[tuple[str, str, int]]:
    """Return (delivery, place, pieces) for every place that holds blanks."""
    pieces = sa.func.sum(serial_range.c.last - serial_range.c.first + 1)
    query = (
        sa.select(serial_range.c.delivery_id, serial_range.c.place, pieces)
        .group_by(serial_range.c.delivery_id, serial_range.c.place)
        .order_by(serial_range.c.delivery_id, serial_range.c.place)
    )
    return [(row[0], row[1], int(row[2])) for row in connection.execute(query)]


def add_movements(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Write the movements of one entry."""
    connection.execute(_INSERT_MOVEMENT, list(rows))


def life(connection: Connection, blank: SerialRange) -> list[Row]:
    """Return every movement of one blank, oldest first; of a range, that of its first."""
    number = blank.first
    same = (movement.c.prefix == blank.prefix, movement.c.width == blank.width)
    alone = sa.select(movement).where(*same, movement.c.first == number, movement.c.last == number)
    many = sa.select(movement).where(
        *same, movement.c.last > movement.c.first, movement.c.first <= number, movement.c.last >= number
    )
    both = sa.union_all(alone, many).subquery()
    return rows(connection, sa.select(both).order_by(both.c.seq, both.c.part))


def movements_from(connection: Connection, seq: int) -> list[Row]:
    """Return every movement that entries from a number on booked, oldest first."""
    later = sa.select(movement).where(movement.c.seq >= seq).order_by(movement.c.seq, movement.c.part)
    return rows(connection, later)


def add_delivery(connection: Connection, row: dict[str, Any], cartons: Sequence[dict[str, Any]]) -> None:
    """Write an announced delivery and its cartons."""
    connection.execute(delivery.insert(), row)
    if cartons:
        connection.execute(carton.insert(), list(cartons))


def set_received(connection: Connection, delivery_id: str, at: str, by: str, second: str, counted: int) -> None:
    """Mark a delivery as received by two people."""
    connection.execute(
        delivery.update()
        .where(delivery.c.id == delivery_id)
        .values(state=DeliveryState.RECEIVED, received_at=at, received_by=by, received_with=second, counted=counted)
    )


def find_delivery(connection: Connection, delivery_id: str) -> Row | None:
    """Return one delivery."""
    return first(connection, sa.select(delivery).where(delivery.c.id == delivery_id))


def deliveries(connection: Connection) -> list[Row]:
    """Return all deliveries, oldest first."""
    return rows(connection, sa.select(delivery).order_by(delivery.c.announced_at, delivery.c.id))


def cartons(connection: Connection, delivery_id: str) -> list[Row]:
    """Return the cartons of a delivery."""
    query = sa.select(carton).where(carton.c.delivery_id == delivery_id).order_by(carton.c.prefix, carton.c.first)
    return rows(connection, query)


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


def serials_of(row: Row) -> SerialRange:
    """Return the serials of a row that has a range: of a carton, a movement, a place."""
    return SerialRange(row["prefix"], row["width"], row["first"], row["last"])


def cartons_touching(connection: Connection, serials: SerialRange) -> list[Row]:
    """Return the cartons that hold a serial of a range, in order."""
    span = {"p": serials.prefix, "w": serials.width, "lo": serials.first, "hi": serials.last}
    return rows(connection, _CARTONS_TOUCHING, **span)


_STOCK_OF = (
    sa.select(delivery.c.id, delivery.c.stock_type, delivery.c.generation)
    .join_from(serial_range, delivery, delivery.c.id == serial_range.c.delivery_id)
    .where(
        serial_range.c.prefix == sa.bindparam("p"),
        serial_range.c.width == sa.bindparam("w"),
        serial_range.c.first <= sa.bindparam("n"),
    )
    .order_by(serial_range.c.first.desc())
    .limit(1)
)


def stock_of(connection: Connection, blank: SerialRange) -> Row:
    """Return delivery, stock type and generation of a blank that is in the books; of a range, those of its first."""
    found = first(connection, _STOCK_OF, p=blank.prefix, w=blank.width, n=blank.first)
    assert found is not None
    return found


def places(connection: Connection) -> list[str]:
    """Return the places that hold blanks."""
    query = sa.select(serial_range.c.place).distinct().order_by(serial_range.c.place)
    return list(connection.execute(query).scalars())


def came_there(connection: Connection, row: RangeRow) -> list[tuple[int, int, str]]:
    """Return parts of a row with the moment each came to its place, in order; empty where none ever moved."""
    same = (movement.c.prefix == row.prefix, movement.c.width == row.width, movement.c.target == row.place)
    columns = (movement.c.seq, movement.c.first, movement.c.last, movement.c.at)
    inside = sa.select(*columns).where(*same, movement.c.first >= row.first, movement.c.first <= row.last)
    across = sa.select(*columns).where(
        *same, movement.c.last > movement.c.first, movement.c.first < row.first, movement.c.last >= row.first
    )
    since: dict[int, str] = {}
    for _, low, high, at in sorted(connection.execute(sa.union_all(inside, across)).all()):
        since.update(dict.fromkeys(range(max(low, row.first), min(high, row.last) + 1), at))
    parts: list[tuple[int, int, str]] = []
    for number in sorted(since):
        if parts and parts[-1][1] + 1 == number and parts[-1][2] == since[number]:
            parts[-1] = (parts[-1][0], number, since[number])
        else:
            parts.append((number, number, since[number]))
    return parts


def carton_of(connection: Connection, serial: str) -> str | None:
    """Return the label of the carton a blank came in."""
    found = cartons_touching(connection, parse_serial(serial))
    return found[0]["label"] if found else None


def received_serials(connection: Connection, delivery_id: str) -> list[SerialRange]:
    """Return everything that arrived of a delivery.

    What its discrepancies closed as missing or returned did not.
    """
    query = (
        sa.select(movement.c.prefix, movement.c.width, movement.c.first, movement.c.last)
        .where(movement.c.source == transit(delivery_id), movement.c.target.in_((STORE, SPOILED)))
        .order_by(movement.c.seq, movement.c.part)
    )
    return [SerialRange(*row) for row in connection.execute(query)]
