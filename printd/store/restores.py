"""SQL of restores: the backups that this database was restored from."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import rows
from printd.store.tables.restores import RestoreRow, restored


def add_restore(connection: Connection, row: RestoreRow) -> None:
    """Write that the database was restored from a backup, for good."""
    connection.execute(restored.insert(), row)


def restores(connection: Connection) -> list[RestoreRow]:
    """Return the backups that the database was restored from: the log in each, and what people told."""
    return rows(connection, sa.select(restored).order_by(restored.c.size), RestoreRow)
