"""SQL of discrepancies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.discrepancies import DiscrepancyRow, discrepancy
from printd.words.states import DisputeState


def add_discrepancies(connection: Connection, found: Sequence[DiscrepancyRow]) -> None:
    """Write newly found differences."""
    if found:
        connection.execute(discrepancy.insert(), list(found))


def find_discrepancy(connection: Connection, name: str) -> DiscrepancyRow | None:
    """Return one difference."""
    return first(connection, sa.select(discrepancy).where(discrepancy.c.id == name), DiscrepancyRow)


def discrepancies(connection: Connection, state: str | None = None, subject: str | None = None) -> list[DiscrepancyRow]:
    """Return differences, oldest first."""
    query = sa.select(discrepancy).order_by(discrepancy.c.opened_at, discrepancy.c.id)
    if state is not None:
        query = query.where(discrepancy.c.state == state)
    if subject is not None:
        query = query.where(discrepancy.c.subject == subject)
    return rows(connection, query, DiscrepancyRow)


class DiscrepancyChange(TypedDict, total=False):
    """What became of a difference."""

    state: DisputeState
    closed_at: str
    closed_by: str
    closed_with: str
    document: str
    outcome: str


def set_discrepancy(connection: Connection, name: str, **values: Unpack[DiscrepancyChange]) -> None:
    """Write what became of a difference."""
    connection.execute(discrepancy.update().where(discrepancy.c.id == name).values(**values))
