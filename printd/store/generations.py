"""SQL of generations of the log that ended because entries were lost."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import rows
from printd.store.tables.generations import GenerationRow, generation


def add_generation(connection: Connection, row: GenerationRow) -> None:
    """Write that a generation of the log ended."""
    connection.execute(generation.insert(), row)


def generations(connection: Connection) -> list[GenerationRow]:
    """Return the generations that ended, oldest first: ``seq`` of the entry that says so, its origin and key."""
    return rows(connection, sa.select(generation).order_by(generation.c.seq), GenerationRow)
