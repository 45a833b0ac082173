"""SQL of clock jumps: the times that the clock went back."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import rows
from printd.store.tables.clock_jumps import ClockJumpRow, clock_jump


def add_jump(connection: Connection, row: ClockJumpRow) -> None:
    """Write that the clock went back."""
    connection.execute(clock_jump.insert(), row)


def jumps(connection: Connection, after: int = -1) -> list[ClockJumpRow]:
    """Return the times the clock went back after an entry, oldest first: ``seq``, ``before``, ``after``."""
    return rows(
        connection, sa.select(clock_jump).where(clock_jump.c.seq > after).order_by(clock_jump.c.seq), ClockJumpRow
    )
