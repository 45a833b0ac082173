"""SQL of shifts, counts and samples, and the flows of blanks between places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.office_schema import count_sheet, sample, shift
from printd.store.rows import Row, first, rows
from printd.store.schema import delivery, movement, serial_range
from printd.words.states import ShiftState


def add_shift(connection: Connection, row: dict[str, Any]) -> None:
    """Write a new shift."""
    connection.execute(shift.insert(), row)


def set_shift(connection: Connection, shift_id: str, **values: Any) -> None:
    """Write how a shift stands."""
    connection.execute(shift.update().where(shift.c.id == shift_id).values(**values))


_CURRENT = sa.select(shift).where(shift.c.current == 1)


def current(connection: Connection) -> Row | None:
    """Return the shift that is not closed yet."""
    return first(connection, _CURRENT)


def find_shift(connection: Connection, shift_id: str) -> Row | None:
    """Return one shift."""
    return first(connection, sa.select(shift).where(shift.c.id == shift_id))


def shifts(connection: Connection) -> list[Row]:
    """Return all shifts, oldest first."""
    return rows(connection, sa.select(shift).order_by(shift.c.opened_seq))


def last_closed(connection: Connection) -> Row | None:
    """Return the shift that was closed last."""
    query = sa.select(shift).where(shift.c.state == ShiftState.CLOSED).order_by(shift.c.closed_seq.desc()).limit(1)
    return first(connection, query)


def last_movement(connection: Connection) -> int:
    """Return the entry of the last movement of any blank; -1 before the first."""
    found = connection.execute(sa.select(sa.func.max(movement.c.seq))).scalar()
    return -1 if found is None else int(found)


def flows(connection: Connection, after: int) -> list[Row]:
    """Return pieces moved after an entry, by stock type, loan, source, target and reason."""
    amount = sa.func.sum(movement.c.last - movement.c.first + 1).label("pieces")
    keys = (delivery.c.stock_type, delivery.c.due_back, movement.c.source, movement.c.target, movement.c.why)
    query = (
        sa.select(*keys, amount)
        .join_from(movement, delivery, delivery.c.id == movement.c.delivery_id)
        .where(movement.c.seq > after)
        .group_by(*keys)
    )
    return [{**row, "pieces": int(row["pieces"])} for row in rows(connection, query)]


def held(connection: Connection, places: Sequence[str] | None = None) -> list[Row]:
    """Return pieces by stock type and place, of these places or of all."""
    amount = sa.func.sum(serial_range.c.last - serial_range.c.first + 1).label("pieces")
    query = (
        sa.select(delivery.c.stock_type, serial_range.c.place, amount)
        .join_from(serial_range, delivery, delivery.c.id == serial_range.c.delivery_id)
        .group_by(delivery.c.stock_type, serial_range.c.place)
        .order_by(delivery.c.stock_type, serial_range.c.place)
    )
    if places is not None:
        query = query.where(serial_range.c.place.in_(places))
    return [{**row, "pieces": int(row["pieces"])} for row in rows(connection, query)]


def in_place_of_type(connection: Connection, place: str, stock_type: str, limit: int) -> list[Row]:
    """Return the lowest ranges of a stock type in a place, with their delivery's generation."""
    query = (
        sa.select(
            serial_range.c.prefix,
            serial_range.c.width,
            serial_range.c.first,
            serial_range.c.last,
            serial_range.c.delivery_id,
            delivery.c.generation,
        )
        .join_from(serial_range, delivery, delivery.c.id == serial_range.c.delivery_id)
        .where(serial_range.c.place == place, delivery.c.stock_type == stock_type)
        .order_by(delivery.c.announced_at, serial_range.c.prefix, serial_range.c.width, serial_range.c.first)
        .limit(limit)
    )
    return rows(connection, query)


def add_sample(connection: Connection, row: dict[str, Any]) -> None:
    """Write a drawn sample."""
    connection.execute(sample.insert(), row)


def set_sample(connection: Connection, sample_id: str, **values: Any) -> None:
    """Write what was found of a sample."""
    connection.execute(sample.update().where(sample.c.id == sample_id).values(**values))


def find_sample(connection: Connection, sample_id: str) -> Row | None:
    """Return one sample."""
    return first(connection, sa.select(sample).where(sample.c.id == sample_id))


def sheets_after(connection: Connection, subject: str, seq: int) -> list[Row]:
    """Return the sheets of a subject that were written after an entry, oldest first."""
    query = sa.select(count_sheet).where(count_sheet.c.subject == subject, count_sheet.c.seq > seq)
    return rows(connection, query.order_by(count_sheet.c.seq))
