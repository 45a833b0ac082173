"""SQL of spoiled blanks: one row a piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import rows
from printd.store.tables.attempts import attempt
from printd.store.tables.spoils import SpoilRow, spoil
from printd.words.serials import SerialRange
from printd.words.states import AttemptState

_INSERT = spoil.insert()


def add_spoils(connection: Connection, rows: Sequence[SpoilRow]) -> None:
    """Write spoiled blanks."""
    if rows:
        connection.execute(_INSERT, list(rows))


def known(connection: Connection, serials: Sequence[str]) -> set[str]:
    """Return which of some blanks were spoiled before."""
    found: set[str] = set()
    for start in range(0, len(serials), 500):
        query = sa.select(spoil.c.serial).where(spoil.c.serial.in_(serials[start : start + 500]))
        found.update(connection.execute(query).scalars())
    return found


def put_on(connection: Connection, serial: str, other: str, delivery: str, carton: str | None) -> None:
    """Write of a spoiled blank that it was another one, which came with this delivery, in this carton."""
    values = {"serial": other, "delivery_id": delivery, "carton": carton}
    connection.execute(spoil.update().where(spoil.c.serial == serial).values(**values))


def by_cause(connection: Connection, after: int) -> dict[str, int]:
    """Return how many blanks were spoiled after an entry, by cause."""
    query = sa.select(spoil.c.cause, sa.func.count()).where(spoil.c.seq > after).group_by(spoil.c.cause)
    return {row[0]: row[1] for row in connection.execute(query.order_by(spoil.c.cause))}


def cause_of(connection: Connection, serials: Sequence[str]) -> dict[str, str]:
    """Return why each of some blanks was spoiled, by serial; one that never was is left out."""
    found: dict[str, str] = {}
    for start in range(0, len(serials), 500):
        query = sa.select(spoil.c.serial, spoil.c.cause).where(spoil.c.serial.in_(serials[start : start + 500]))
        found.update((row.serial, row.cause) for row in connection.execute(query))
    return found


def causes_of(connection: Connection, ranges: Sequence[SerialRange]) -> dict[str, int]:
    """Return how many blanks of some ranges were spoiled, by cause."""
    found: dict[str, int] = {}
    for part in ranges:
        serials = [part.serial(number) for number in range(part.first, part.last + 1)]
        for start in range(0, len(serials), 500):
            query = sa.select(spoil.c.cause, sa.func.count()).where(spoil.c.serial.in_(serials[start : start + 500]))
            for cause, pieces in connection.execute(query.group_by(spoil.c.cause)):
                found[cause] = found.get(cause, 0) + pieces
    return dict(sorted(found.items()))


def spoils_of(connection: Connection, ranges: Sequence[SerialRange]) -> list[SpoilRow]:
    """Return how the blanks of some ranges were spoiled, in order of their serials."""
    found: list[SpoilRow] = []
    for part in ranges:
        serials = [part.serial(number) for number in range(part.first, part.last + 1)]
        for start in range(0, len(serials), 500):
            named = spoil.c.serial.in_(serials[start : start + 500])
            found += rows(connection, sa.select(spoil).where(named).order_by(spoil.c.serial), SpoilRow)
    return found


def spoiled_between(connection: Connection, first: str, last: str) -> list[SpoilRow]:
    """Return the blanks that were spoiled from one moment up to, not including, another."""
    query = sa.select(spoil).where(spoil.c.at >= first, spoil.c.at < last).order_by(spoil.c.seq, spoil.c.serial)
    return rows(connection, query, SpoilRow)


class TriedBlank(TypedDict):
    """A blank on which a card was tried for good, by whom and when."""

    serial: str
    printer: str
    operator: str
    at: str


def tried_between(connection: Connection, first: str, last: str) -> list[TriedBlank]:
    """Return the blanks on which a card was tried for good: attempts that ended printed or spoiled, with carton."""
    query = (
        sa.select(attempt.c.serial, attempt.c.printer, attempt.c.operator, attempt.c.closed_at.label("at"))
        .where(
            attempt.c.state.in_((AttemptState.PRINTED, AttemptState.SPOILED)),
            attempt.c.opened_at >= first,
            attempt.c.opened_at < last,
        )
        .order_by(attempt.c.opened_at)
    )
    return rows(connection, query, TriedBlank)
