"""SQL of shifts."""

from __future__ import annotations

from typing import TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.shifts import ShiftRow, shift
from printd.words.states import ShiftState


def add_shift(connection: Connection, row: ShiftRow) -> None:
    """Write a new shift."""
    connection.execute(shift.insert(), row)


class ShiftChange(TypedDict, total=False):
    """How a shift stands."""

    state: ShiftState
    current: int | None
    counting_since: str | None
    closed_seq: int
    closed_at: str
    closed_by: str
    closed_with: str
    approved_by: str | None
    act: str


def set_shift(connection: Connection, shift_id: str, **values: Unpack[ShiftChange]) -> None:
    """Write how a shift stands."""
    connection.execute(shift.update().where(shift.c.id == shift_id).values(**values))


_CURRENT = sa.select(shift).where(shift.c.current == 1)


def current(connection: Connection) -> ShiftRow | None:
    """Return the shift that is not closed yet."""
    return first(connection, _CURRENT, ShiftRow)


def find_shift(connection: Connection, shift_id: str) -> ShiftRow | None:
    """Return one shift."""
    return first(connection, sa.select(shift).where(shift.c.id == shift_id), ShiftRow)


def shifts(connection: Connection) -> list[ShiftRow]:
    """Return all shifts, oldest first."""
    return rows(connection, sa.select(shift).order_by(shift.c.opened_seq), ShiftRow)


def last_closed(connection: Connection) -> ShiftRow | None:
    """Return the shift that was closed last."""
    query = sa.select(shift).where(shift.c.state == ShiftState.CLOSED).order_by(shift.c.closed_seq.desc()).limit(1)
    return first(connection, query, ShiftRow)
