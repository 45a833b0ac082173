"""SQL of requests for blanks."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import rows
from printd.store.tables.deliveries import delivery
from printd.store.tables.requests import RequestRow, request


def add_request(connection: Connection, row: RequestRow) -> None:
    """Write a request for blanks."""
    connection.execute(request.insert(), row)


def find_request(connection: Connection, name: str) -> RequestRow | None:
    """Return one request for blanks."""
    return next(iter(rows(connection, sa.select(request).where(request.c.id == name), RequestRow)), None)


def unanswered(connection: Connection, stock_type: str) -> RequestRow | None:
    """Return the last request for blanks of a type, where no delivery of it but a loan was announced since.

    What came first is told by the log's order: both may bear the same second.
    """
    came = sa.select(delivery.c.id).where(
        delivery.c.stock_type == stock_type, delivery.c.due_back.is_(None), delivery.c.announced_seq > request.c.seq
    )
    query = (
        sa.select(request)
        .where(request.c.stock_type == stock_type, ~came.exists())
        .order_by(request.c.seq.desc())
        .limit(1)
    )
    return next(iter(rows(connection, query, RequestRow)), None)
