"""SQL of blanks: which serials are in which place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypedDict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.blanks import serial_range
from printd.store.tables.deliveries import delivery
from printd.store.tables.printers import printer
from printd.store.tables.shifts import shift
from printd.words.places import STORE, Kind, start
from printd.words.serials import SerialRange


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


def replace(connection: Connection, gone: Sequence[RangeRow], come: Sequence[RangeRow]) -> None:
    """Take rows out and put rows in."""
    stay = set(gone) & set(come)
    out = [{"p": row.prefix, "w": row.width, "f": row.first} for row in gone if row not in stay]
    new = [row._asdict() for row in come if row not in stay]
    if out:
        connection.execute(_DELETE, out)
    if new:
        connection.execute(_INSERT, new)


_IN_PLACE = (
    sa.select(*_COLUMNS)
    .where(serial_range.c.place == sa.bindparam("at"))
    .order_by(serial_range.c.prefix, serial_range.c.width, serial_range.c.first)
)


def in_place(connection: Connection, place: str) -> list[RangeRow]:
    """Return everything in a place, lowest serial first."""
    return [RangeRow(*row) for row in connection.execute(_IN_PLACE, {"at": place})]


class NextBlank(TypedDict):
    """The lowest blank of a place, with stock type and generation of its delivery."""

    prefix: str
    width: int
    first: int
    stock_type: str
    generation: str


_NEXT_BLANK = (
    sa.select(
        serial_range.c.prefix,
        serial_range.c.width,
        serial_range.c.first,
        delivery.c.stock_type,
        delivery.c.generation,
    )
    .join_from(serial_range, delivery, delivery.c.id == serial_range.c.delivery_id)
    .where(serial_range.c.place == sa.bindparam("at"))
    .order_by(serial_range.c.prefix, serial_range.c.width, serial_range.c.first)
    .limit(1)
)


def next_blank(connection: Connection, place: str) -> NextBlank | None:
    """Return the lowest range of a place with stock type and generation of its delivery."""
    return first(connection, _NEXT_BLANK, NextBlank, at=place)


_LOWEST = (
    sa.select(
        serial_range.c.prefix,
        serial_range.c.width,
        serial_range.c.first,
        serial_range.c.last,
    )
    .join_from(serial_range, delivery, delivery.c.id == serial_range.c.delivery_id)
    .where(serial_range.c.place == sa.bindparam("at"), delivery.c.stock_type == sa.bindparam("kind"))
    .order_by(delivery.c.announced_at, serial_range.c.prefix, serial_range.c.width, serial_range.c.first)
    .limit(sa.bindparam("most", type_=sa.Integer))
)


def lowest(connection: Connection, place: str, stock_type: str, limit: int) -> list[SerialRange]:
    """Return the lowest ranges of a stock type in a place, of the delivery first that was announced first."""
    asked = {"at": place, "kind": stock_type, "most": limit}
    return [SerialRange(*row) for row in connection.execute(_LOWEST, asked)]


def sums(connection: Connection) -> list[tuple[str, str, int]]:
    """Return (delivery, place, pieces) for every place that holds blanks."""
    pieces = sa.func.sum(serial_range.c.last - serial_range.c.first + 1)
    query = (
        sa.select(serial_range.c.delivery_id, serial_range.c.place, pieces)
        .group_by(serial_range.c.delivery_id, serial_range.c.place)
        .order_by(serial_range.c.delivery_id, serial_range.c.place)
    )
    return [(row[0], row[1], int(row[2])) for row in connection.execute(query)]


class Held(TypedDict):
    """Pieces of a stock type in one place."""

    stock_type: str
    place: str
    pieces: int


_HELD = (
    sa.select(
        delivery.c.stock_type,
        serial_range.c.place,
        sa.cast(sa.func.sum(serial_range.c.last - serial_range.c.first + 1), sa.BigInteger).label("pieces"),
    )
    .join_from(serial_range, delivery, delivery.c.id == serial_range.c.delivery_id)
    .group_by(delivery.c.stock_type, serial_range.c.place)
    .order_by(delivery.c.stock_type, serial_range.c.place)
)
_HELD_IN = _HELD.where(serial_range.c.place.in_(sa.bindparam("places", expanding=True)))


def held(connection: Connection, places: Sequence[str] | None = None) -> list[Held]:
    """Return pieces by stock type and place, of these places or of all."""
    if places is None:
        return rows(connection, _HELD, Held)
    return rows(connection, _HELD_IN, Held, places=list(places))


class HeldOf(TypedDict):
    """Pieces of one delivery in one place."""

    delivery_id: str
    place: str
    pieces: int


def held_by_delivery(connection: Connection) -> list[HeldOf]:
    """Return pieces by delivery and place."""
    amount = sa.cast(sa.func.sum(serial_range.c.last - serial_range.c.first + 1), sa.BigInteger).label("pieces")
    keys = (serial_range.c.delivery_id, serial_range.c.place)
    return rows(connection, sa.select(*keys, amount).group_by(*keys).order_by(*keys), HeldOf)


def unprinted(connection: Connection) -> dict[str, int]:
    """Return blanks in store, shift and hoppers by stock type."""
    amount = sa.func.sum(serial_range.c.last - serial_range.c.first + 1)
    # Named one by one, since only an exact name is looked up in the index of places.
    here = sa.or_(
        serial_range.c.place == STORE,
        serial_range.c.place.in_(sa.select(start(Kind.SHIFT) + shift.c.id).where(shift.c.current == 1)),
        serial_range.c.place.in_(sa.select(start(Kind.HOPPER) + printer.c.name)),
    )
    query = (
        sa.select(delivery.c.stock_type, amount)
        .join_from(serial_range, delivery, delivery.c.id == serial_range.c.delivery_id)
        .where(here)
        .group_by(delivery.c.stock_type)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def places(connection: Connection) -> list[str]:
    """Return the places that hold blanks."""
    query = sa.select(serial_range.c.place).distinct().order_by(serial_range.c.place)
    return list(connection.execute(query).scalars())


class Span(TypedDict):
    """What every row has that names consecutive serials: of a carton, a movement, a place."""

    prefix: str
    width: int
    first: int
    last: int


def serials_of(row: Span) -> SerialRange:
    """Return the serials of a row that has a range: of a carton, a movement, a place."""
    return SerialRange(row["prefix"], row["width"], row["first"], row["last"])


class Stock(TypedDict):
    """A delivery, and what its blanks are; ``id`` is the delivery's."""

    id: str
    stock_type: str
    generation: str


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


def stock_of(connection: Connection, blank: SerialRange) -> Stock:
    """Return delivery, stock type and generation of a blank that is in the books; of a range, those of its first."""
    found = first(connection, _STOCK_OF, Stock, p=blank.prefix, w=blank.width, n=blank.first)
    assert found is not None
    return found
