"""SQL of sites and transfers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.office_schema import site, site_report, transfer
from printd.store.rows import Row, first, rows


def put_site(connection: Connection, row: dict[str, Any]) -> None:
    """Write a site, new or changed."""
    known = connection.execute(site.update().where(site.c.name == row["name"]).values(**row))
    if known.rowcount == 0:
        connection.execute(site.insert(), row)


def find_site(connection: Connection, name: str) -> Row | None:
    """Return one site."""
    return first(connection, sa.select(site).where(site.c.name == name))


def sites(connection: Connection) -> list[Row]:
    """Return all sites by name."""
    return rows(connection, sa.select(site).order_by(site.c.name))


def add_report(connection: Connection, row: dict[str, Any]) -> None:
    """Write what a site reported."""
    connection.execute(site_report.insert(), row)


def add_transfer(connection: Connection, row: dict[str, Any]) -> None:
    """Write a transfer that left."""
    connection.execute(transfer.insert(), row)


def set_transfer(connection: Connection, name: str, **values: Any) -> None:
    """Write what became of a transfer."""
    connection.execute(transfer.update().where(transfer.c.id == name).values(**values))


def find_transfer(connection: Connection, name: str) -> Row | None:
    """Return one transfer."""
    return first(connection, sa.select(transfer).where(transfer.c.id == name))


def transfers(connection: Connection) -> list[Row]:
    """Return all transfers, oldest first."""
    return rows(connection, sa.select(transfer).order_by(transfer.c.sent_at, transfer.c.id))
