"""SQL of count sheets."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import rows
from printd.store.tables.counts import CountSheetRow, count_sheet


def add_sheet(connection: Connection, row: CountSheetRow) -> None:
    """Write what one person counted."""
    connection.execute(count_sheet.insert(), row)


def last_sheets(connection: Connection, subject: str) -> dict[str, CountSheetRow]:
    """Return each person's last sheet of a subject, by name."""
    query = sa.select(count_sheet).where(count_sheet.c.subject == subject).order_by(count_sheet.c.seq)
    return {row["person"]: row for row in rows(connection, query, CountSheetRow)}
