"""SQL of test prints: which blank a printer tried itself on, and how that stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.attempts import OPEN_ATTEMPT
from printd.store.tables.test_prints import TEST_TAKEN, TestPrintRow, test_print
from printd.words.states import AttemptState, TestPrintState


def add(connection: Connection, row: TestPrintRow) -> None:
    """Write a new test print."""
    connection.execute(test_print.insert(), row)


class TestPrintChange(TypedDict, total=False):
    """What became of a test print."""

    serial: str
    state: TestPrintState
    evidence: str
    closed_at: str | None
    settled_by: str | None
    settled_with: str | None


def set_(connection: Connection, test: str, **values: Unpack[TestPrintChange]) -> None:
    """Write what became of a test print."""
    connection.execute(test_print.update().where(test_print.c.id == test).values(**values))


def find(connection: Connection, test: str) -> TestPrintRow | None:
    """Return one test print."""
    return first(connection, sa.select(test_print).where(test_print.c.id == test), TestPrintRow)


# In the words of the index, or it is not used.
_OPEN_ON = sa.select(test_print).where(sa.text(OPEN_ATTEMPT), test_print.c.printer == sa.bindparam("p"))


def open_on(connection: Connection, printer: str) -> TestPrintRow | None:
    """Return the test print of a printer that is under way or in doubt."""
    return first(connection, _OPEN_ON, TestPrintRow, p=printer)


def on(connection: Connection, serial: str) -> TestPrintRow | None:
    """Return the test print that spent a blank, or may have spent it: under way or in doubt."""
    return first(
        connection, sa.select(test_print).where(sa.text(TEST_TAKEN), test_print.c.serial == serial), TestPrintRow
    )


def in_(connection: Connection, states: Sequence[TestPrintState | AttemptState]) -> list[TestPrintRow]:
    """Return the test prints that are not over, in the states ``open`` or ``in_doubt``, oldest first."""
    query = sa.select(test_print).where(sa.text(OPEN_ATTEMPT), test_print.c.state.in_(states))
    return sorted(rows(connection, query, TestPrintRow), key=lambda row: (row["opened_at"], row["id"]))


# Of those that began within one second, the one that has not ended, or ended last, began last.
_LAST_FIRST = (test_print.c.opened_at.desc(), sa.nulls_first(test_print.c.closed_at.desc()), test_print.c.id)


def list_(connection: Connection, printer: str | None, limit: int | None) -> list[TestPrintRow]:
    """Return test prints, of one printer or of all, the last first."""
    query = sa.select(test_print).order_by(*_LAST_FIRST).limit(limit)
    if printer is not None:
        query = query.where(test_print.c.printer == printer)
    return rows(connection, query, TestPrintRow)


def count(connection: Connection, printer: str | None) -> int:
    """Return the number of test prints, of one printer or of all."""
    query = sa.select(sa.func.count()).select_from(test_print)
    if printer is not None:
        query = query.where(test_print.c.printer == printer)
    return int(connection.execute(query).scalar_one())


def ended_between(connection: Connection, low: str, high: str) -> list[TestPrintRow]:
    """Return the test prints that ended from one moment up to, not including, another."""
    query = sa.select(test_print).where(test_print.c.closed_at >= low, test_print.c.closed_at < high)
    return rows(connection, query.order_by(test_print.c.closed_at, test_print.c.id), TestPrintRow)
