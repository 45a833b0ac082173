"""Rows as plain dictionaries: what leaves the store is data, not a cursor."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Row = dict[str, Any]

__all__ = ["Connection", "Row", "first", "rows"]


def first(connection: Connection, query: sa.Select[Any], **values: Any) -> Row | None:
    """Return the first row of a query; ``values`` fill its named parameters."""
    row = connection.execute(query, values).mappings().first()
    return None if row is None else dict(row)


def rows(connection: Connection, query: sa.Select[Any], **values: Any) -> list[Row]:
    """Return all rows of a query; ``values`` fill its named parameters."""
    return [dict(row) for row in connection.execute(query, values).mappings()]


def begins(column: sa.Column[str], start: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the condition that an id begins so; the range is what an index can look up, ids being hexadecimal."""
    return column >= start, column < start + "g", column.startswith(start, autoescape=True)
