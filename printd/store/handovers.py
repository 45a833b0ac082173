"""SQL of hand-overs."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first
from printd.store.tables.handovers import HandoverRow, handover


def add_handover(connection: Connection, row: HandoverRow) -> None:
    """Write who took a card."""
    connection.execute(handover.insert(), row)


def handover_of(connection: Connection, attempts: Sequence[str]) -> HandoverRow | None:
    """Return who took the card that one of some attempts made; ``None``: nobody did."""
    return first(connection, sa.select(handover).where(handover.c.attempt_id.in_(attempts)), HandoverRow)
