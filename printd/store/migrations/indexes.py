"""Indexes of migrations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def index(name: str, table: str, columns: list[str], where: str | None = None) -> None:
    """Make an index, unique where its name says so (printd.store.metadata)."""
    condition = None if where is None else sa.text(where)
    op.create_index(
        name, table, columns, unique=name.startswith("uq_"), sqlite_where=condition, postgresql_where=condition
    )
