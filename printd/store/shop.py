"""SQL of what the log says of the one shop that a database holds."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first
from printd.store.tables.shop import ShopRow, shop

_FIND = sa.select(shop)


def open_shop(connection: Connection, origin: str) -> None:
    """Write what the first entry says."""
    connection.execute(shop.insert(), {"id": 1, "origin": origin})


def set_origin(connection: Connection, origin: str) -> None:
    """Write the name of the log's next generation."""
    connection.execute(shop.update().values(origin=origin))


def find_shop(connection: Connection) -> ShopRow | None:
    """Return what the log says of the shop; ``None``: it has no first entry."""
    return first(connection, _FIND, ShopRow)
