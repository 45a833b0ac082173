"""SQL of requests for blanks."""

from __future__ import annotations

from typing import Any, TypedDict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import rows
from printd.store.tables.deliveries import delivery
from printd.store.tables.requests import RequestRow, request
from printd.words.states import DeliveryState


class OpenRequest(TypedDict):
    """The last request for blanks of a type, for which not as many have come as it asks for.

    :ivar came: pieces counted at the receipt of the deliveries that were announced since.
    :ivar deliveries: that were announced since.
    :ivar coming: deliveries among them that nobody has counted yet.
    """

    request: str
    at: str
    asked: int
    came: int
    deliveries: int
    coming: int


def add_request(connection: Connection, row: RequestRow) -> None:
    """Write a request for blanks."""
    connection.execute(request.insert(), row)


def find_request(connection: Connection, name: str) -> RequestRow | None:
    """Return one request for blanks."""
    return next(iter(rows(connection, sa.select(request).where(request.c.id == name), RequestRow)), None)


def open_request(connection: Connection, stock_type: str) -> OpenRequest | None:
    """Return the last request for blanks of a type, while fewer have come since than it asks for; loans do not count.

    What came first is told by the log's order: both may bear the same second.
    """
    last = sa.select(request).where(request.c.stock_type == stock_type).order_by(request.c.seq.desc()).limit(1)
    row = next(iter(rows(connection, last, RequestRow)), None)
    if row is None:
        return None
    figures: tuple[sa.Label[Any], ...] = (
        sa.cast(sa.func.coalesce(sa.func.sum(delivery.c.counted), 0), sa.BigInteger).label("came"),
        sa.func.count().label("deliveries"),
        sa.func.count(sa.case((delivery.c.state == DeliveryState.ANNOUNCED, 1))).label("coming"),
    )
    since = sa.select(*figures).where(
        delivery.c.stock_type == stock_type, delivery.c.due_back.is_(None), delivery.c.announced_seq > row["seq"]
    )
    (found,) = rows(connection, since, _Since)
    if found["came"] >= row["asked"]:
        return None
    return {"request": row["id"], "at": row["at"], "asked": row["asked"], **found}


class _Since(TypedDict):
    came: int
    deliveries: int
    coming: int
