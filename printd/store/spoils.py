"""SQL of spoiled blanks: one row a piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from printd.store.office_schema import spoil

_INSERT = spoil.insert()


def add_spoils(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write spoiled blanks."""
    connection.execute(_INSERT, list(rows))
