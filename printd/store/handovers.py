"""SQL of hand-overs, and of what was tried to reach holders."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.handovers import HandoverRow, TryRow, handover, holder_try


def add_handover(connection: Connection, row: HandoverRow) -> None:
    """Write who took a card."""
    connection.execute(handover.insert(), row)


def handover_of(connection: Connection, attempts: Sequence[str]) -> HandoverRow | None:
    """Return who took the card that one of some attempts made; ``None``: nobody did."""
    return first(connection, sa.select(handover).where(handover.c.attempt_id.in_(attempts)), HandoverRow)


def add_try(connection: Connection, row: TryRow) -> None:
    """Write that somebody tried to reach a holder."""
    connection.execute(holder_try.insert(), row)


def tries_before(connection: Connection, at: str) -> list[TryRow]:
    """Return what was tried before a moment to reach holders, in order."""
    query = sa.select(holder_try).where(holder_try.c.at < at).order_by(holder_try.c.seq)
    return rows(connection, query, TryRow)


def count_tries(connection: Connection, attempt: str) -> int:
    """Return how often somebody tried to reach the holder of the card that an attempt made."""
    query = sa.select(sa.func.count()).select_from(holder_try).where(holder_try.c.attempt_id == attempt)
    return int(connection.execute(query).scalar_one())
