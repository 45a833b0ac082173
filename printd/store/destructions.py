"""SQL of destructions."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.destructions import DestructionRow, destruction


def add_destruction(connection: Connection, row: DestructionRow) -> None:
    """Write a destruction."""
    connection.execute(destruction.insert(), row)


def find_destruction(connection: Connection, name: str) -> DestructionRow | None:
    """Return one destruction."""
    return first(connection, sa.select(destruction).where(destruction.c.id == name), DestructionRow)


def destructions(connection: Connection) -> list[DestructionRow]:
    """Return all destructions, oldest first."""
    return rows(connection, sa.select(destruction).order_by(destruction.c.at, destruction.c.id), DestructionRow)
