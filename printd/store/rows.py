"""Rows as typed dictionaries: what leaves the store is data, not a cursor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

__all__ = ["AT_ONCE", "Connection", "begins", "first", "rows"]

AT_ONCE = 10_000
"""Values in one statement; SQLite takes 32,766."""

R = TypeVar("R", bound=Mapping[str, object])
"""The ``TypedDict`` of a row: of a table (``printd.store.tables``), or of a query, beside which it stands."""


def first(connection: Connection, query: sa.Select[Any], row: type[R], **values: Any) -> R | None:
    """Return the first row of a query; ``values`` fill its named parameters."""
    found = _typed(connection, query, values, row).first()
    return None if found is None else cast("R", dict(found))


def rows(connection: Connection, query: sa.Select[Any], row: type[R], **values: Any) -> list[R]:
    """Return all rows of a query; ``values`` fill its named parameters."""
    return [cast("R", dict(one)) for one in _typed(connection, query, values, row)]


def _typed(
    connection: Connection, query: sa.Select[Any], values: Mapping[str, Any], row: type[Mapping[str, object]]
) -> sa.MappingResult:
    """Return what a query finds; its columns are those that the type of its rows names."""
    found = connection.execute(query, values).mappings()
    assert set(found.keys()) == row.__annotations__.keys(), (row.__name__, sorted(found.keys()))
    return found


def begins(column: sa.Column[str], start: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the condition that an id begins so; the range is what an index can look up, ids being hexadecimal."""
    return column >= start, column < start + "g", column.startswith(start, autoescape=True)
