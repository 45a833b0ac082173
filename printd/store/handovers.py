"""SQL of hand-overs."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from printd.store.tables.handovers import HandoverRow, handover


def add_handover(connection: Connection, row: HandoverRow) -> None:
    """Write who took a card."""
    connection.execute(handover.insert(), row)
