"""SQL of samples of a stock count."""

from __future__ import annotations

from typing import TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first
from printd.store.tables.samples import SampleRow, sample


def add_sample(connection: Connection, row: SampleRow) -> None:
    """Write a drawn sample."""
    connection.execute(sample.insert(), row)


class SampleChange(TypedDict, total=False):
    """What was found of a sample."""

    counted_at: str
    counted_by: str
    counted_with: str
    missing: str
    bound: int


def set_sample(connection: Connection, sample_id: str, **values: Unpack[SampleChange]) -> None:
    """Write what was found of a sample."""
    connection.execute(sample.update().where(sample.c.id == sample_id).values(**values))


def uncounted(connection: Connection) -> str | None:
    """Return the id of a sample that was drawn and not counted."""
    query = sa.select(sample.c.id).where(sample.c.counted_at.is_(None)).order_by(sample.c.id).limit(1)
    found: str | None = connection.execute(query).scalar()
    return found


def find_sample(connection: Connection, sample_id: str) -> SampleRow | None:
    """Return one sample."""
    return first(connection, sa.select(sample).where(sample.c.id == sample_id), SampleRow)
