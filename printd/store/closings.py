"""SQL of closings: which days of the office have one, and what all blanks add up to."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first
from printd.store.tables.closings import ClosingRow, closing
from printd.store.tables.deliveries import delivery


def add_closing(connection: Connection, row: ClosingRow) -> None:
    """Write which day a closing stands for."""
    connection.execute(closing.insert(), row)


def last_closing(connection: Connection) -> ClosingRow | None:
    """Return the last closing; ``None``: there was none."""
    return first(connection, sa.select(closing).order_by(closing.c.seq.desc()).limit(1), ClosingRow)


def announced(connection: Connection) -> dict[str, int]:
    """Return pieces that deliveries brought into the books, by stock type."""
    pieces = sa.func.sum(delivery.c.announced)
    query = sa.select(delivery.c.stock_type, pieces).group_by(delivery.c.stock_type)
    return {row[0]: int(row[1]) for row in connection.execute(query)}
