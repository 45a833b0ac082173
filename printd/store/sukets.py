"""SQL of temporary certificates."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import rows
from printd.store.tables.sukets import SuketRow, suket


def add_suket(connection: Connection, row: SuketRow) -> None:
    """Write a temporary certificate."""
    connection.execute(suket.insert(), row)


def open_sukets(connection: Connection, holder: str) -> list[SuketRow]:
    """Return the temporary certificates of a person that no card has replaced, oldest first."""
    query = sa.select(suket).where(suket.c.holder == holder, suket.c.converted_at.is_(None))
    return rows(connection, query.order_by(suket.c.issued_on, suket.c.id), SuketRow)


def convert_sukets(connection: Connection, holder: str, at: str, job: str | None) -> None:
    """Write that a card has replaced all temporary certificates of a person, renewed ones too.

    :param job: of the card; ``None``: a site printed it.
    """
    connection.execute(
        suket.update()
        .where(suket.c.holder == holder, suket.c.converted_at.is_(None))
        .values(converted_at=at, job_id=job)
    )


def sukets(connection: Connection) -> list[SuketRow]:
    """Return all temporary certificates, oldest first."""
    return rows(connection, sa.select(suket).order_by(suket.c.issued_on, suket.c.id), SuketRow)
