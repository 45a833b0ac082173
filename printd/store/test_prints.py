"""SQL of test prints: which blank a printer tried itself on, and how that stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import Row, first, rows
from printd.store.schema import OPEN_ATTEMPT, TEST_TAKEN, test_print


def add(connection: Connection, row: dict[str, Any]) -> None:
    """Write a new test print."""
    connection.execute(test_print.insert(), row)


def set_(connection: Connection, test: str, **values: Any) -> None:
    """Write what became of a test print."""
    connection.execute(test_print.update().where(test_print.c.id == test).values(**values))


def find(connection: Connection, test: str) -> Row | None:
    """Return one test print."""
    return first(connection, sa.select(test_print).where(test_print.c.id == test))


# In the words of the index, or it is not used.
_OPEN_ON = sa.select(test_print).where(sa.text(OPEN_ATTEMPT), test_print.c.printer == sa.bindparam("p"))


def open_on(connection: Connection, printer: str) -> Row | None:
    """Return the test print of a printer that is under way or in doubt."""
    return first(connection, _OPEN_ON, p=printer)


def on(connection: Connection, serial: str) -> Row | None:
    """Return the test print that spent a blank, or may have spent it: under way or in doubt."""
    return first(connection, sa.select(test_print).where(sa.text(TEST_TAKEN), test_print.c.serial == serial))


def in_(connection: Connection, states: Sequence[str]) -> list[Row]:
    """Return the test prints that are not over, in the states ``open`` or ``in_doubt``, oldest first."""
    query = sa.select(test_print).where(sa.text(OPEN_ATTEMPT), test_print.c.state.in_(states))
    return sorted(rows(connection, query), key=lambda row: (row["opened_at"], row["id"]))


# Of those that began within one second, the one that has not ended, or ended last, began last.
_LAST_FIRST = (test_print.c.opened_at.desc(), sa.nulls_first(test_print.c.closed_at.desc()), test_print.c.id)


def list_(connection: Connection, printer: str | None, limit: int | None) -> list[Row]:
    """Return test prints, of one printer or of all, the last first."""
    query = sa.select(test_print).order_by(*_LAST_FIRST).limit(limit)
    if printer is not None:
        query = query.where(test_print.c.printer == printer)
    return rows(connection, query)


def count(connection: Connection, printer: str | None) -> int:
    """Return the number of test prints, of one printer or of all."""
    query = sa.select(sa.func.count()).select_from(test_print)
    if printer is not None:
        query = query.where(test_print.c.printer == printer)
    return int(connection.execute(query).scalar_one())


def ended_between(connection: Connection, low: str, high: str) -> list[Row]:
    """Return the test prints that ended from one moment up to, not including, another."""
    query = sa.select(test_print).where(test_print.c.closed_at >= low, test_print.c.closed_at < high)
    return rows(connection, query.order_by(test_print.c.closed_at, test_print.c.id))
