"""SQL of attempts: one try of a job on one blank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.attempts import BLANK_TAKEN, OPEN_ATTEMPT, AttemptRow, attempt
from printd.store.tables.jobs import job
from printd.store.tables.movements import movement
from printd.store.tables.test_prints import test_print
from printd.words import places
from printd.words.states import UNSETTLED, AttemptState, Quality, TestPrintState


def add_attempt(connection: Connection, row: AttemptRow) -> None:
    """Write a new attempt."""
    connection.execute(attempt.insert(), row)


class AttemptChange(TypedDict, total=False):
    """What became of an attempt."""

    serial: str
    state: AttemptState
    cause: str | None
    quality: Quality
    evidence: str
    closed_at: str | None
    checked_at: str
    checked_by: str


def set_attempt(connection: Connection, attempt_id: str, **values: Unpack[AttemptChange]) -> None:
    """Write what became of an attempt."""
    connection.execute(attempt.update().where(attempt.c.id == attempt_id).values(**values))


_FIND_ATTEMPT = sa.select(attempt).where(attempt.c.id == sa.bindparam("k"))


def find_attempt(connection: Connection, attempt_id: str) -> AttemptRow | None:
    """Return one attempt."""
    return first(connection, _FIND_ATTEMPT, AttemptRow, k=attempt_id)


def attempt_on(connection: Connection, serial: str) -> AttemptRow | None:
    """Return the attempt that printed or spoiled a blank."""
    query = sa.select(attempt).where(
        attempt.c.serial == serial,
        sa.text(BLANK_TAKEN),
        attempt.c.state.in_((AttemptState.PRINTED, AttemptState.SPOILED)),
    )
    return first(connection, query, AttemptRow)


def attempt_holding(connection: Connection, serial: str) -> AttemptRow | None:
    """Return the attempt that has a blank: one under way or in doubt on it, or one that printed or spoiled it."""
    return first(connection, sa.select(attempt).where(attempt.c.serial == serial, sa.text(BLANK_TAKEN)), AttemptRow)


def attempts_of(connection: Connection, job_id: str) -> list[AttemptRow]:
    """Return the attempts of a job, first to last."""
    query = sa.select(attempt).where(attempt.c.job_id == job_id).order_by(attempt.c.number)
    return rows(connection, query, AttemptRow)


def attempts_in(
    connection: Connection, states: Sequence[AttemptState], on_printer: str | None = None
) -> list[AttemptRow]:
    """Return attempts that are not over, in the states ``open`` or ``in_doubt``, on one printer or on all."""
    not_over = sa.text(OPEN_ATTEMPT), attempt.c.state.in_(states)  # in the index's own words, or it is not used
    query = sa.select(attempt).where(*not_over)
    if on_printer is not None:
        query = query.where(attempt.c.printer == on_printer)
    # Sorted here: asked for in order, the database would rather walk through all attempts by their time.
    return sorted(rows(connection, query, AttemptRow), key=lambda row: (row["opened_at"], row["id"]))


def attempts_by_id(connection: Connection, ids: Sequence[str]) -> dict[str, AttemptRow]:
    """Return some attempts by their ids."""
    return {row["id"]: row for row in rows(connection, sa.select(attempt).where(attempt.c.id.in_(ids)), AttemptRow)}


def attempts_since(connection: Connection, after: int) -> list[AttemptRow]:
    """Return the attempts that began after an entry, whatever the clock said, in the order in which they began."""
    query = (
        sa.select(attempt)
        .join_from(attempt, movement, movement.c.attempt_id == attempt.c.id)
        .where(movement.c.seq > after, movement.c.target == places.start(places.Kind.PRINTER) + attempt.c.printer)
        .order_by(movement.c.seq)
    )
    return rows(connection, query, AttemptRow)


class Tried(TypedDict):
    """When a printer tried itself or a blank, and how that stands."""

    opened_at: str
    state: AttemptState | TestPrintState


def attempts_today(connection: Connection, printer: str, at: str) -> list[Tried]:
    """Return a printer's attempts and test prints since a moment that moved a card, oldest first."""
    found: list[Tried] = []
    for table in (attempt, test_print):
        query = (
            sa.select(table.c.opened_at, table.c.state)
            .where(table.c.printer == printer, table.c.opened_at >= at, table.c.state != AttemptState.UNUSED)
            .order_by(table.c.opened_at)
        )
        found += rows(connection, query, Tried)
    return sorted(found, key=lambda row: row["opened_at"])


class Printed(TypedDict):
    """Cards of one reason for one sub-district."""

    reason: str | None
    area: str | None
    cards: int


def printed_since(connection: Connection, at: str) -> list[Printed]:
    """Return cards by reason and sub-district whose attempt began at a moment or later and was not lost."""
    amount = sa.func.count().label("cards")
    query = (
        sa.select(job.c.reason, job.c.area, amount)
        .join_from(attempt, job, job.c.id == attempt.c.job_id)
        .where(
            attempt.c.opened_at >= at,
            attempt.c.state.in_((*UNSETTLED, AttemptState.PRINTED)),
            sa.or_(attempt.c.quality.is_(None), attempt.c.quality == Quality.GOOD),
        )
        .group_by(job.c.reason, job.c.area)
    )
    return rows(connection, query, Printed)


class PrintedAhead(TypedDict):
    """One card, whose attempt began later than now."""

    reason: str | None
    area: str | None
    opened_at: str


def printed_ahead(connection: Connection, now: str) -> list[PrintedAhead]:
    """Return reason, sub-district and moment of the cards whose attempt began later than now, and was not lost."""
    query = (
        sa.select(job.c.reason, job.c.area, attempt.c.opened_at)
        .join_from(attempt, job, job.c.id == attempt.c.job_id)
        .where(
            attempt.c.opened_at > now,
            attempt.c.state.in_((*UNSETTLED, AttemptState.PRINTED)),
            sa.or_(attempt.c.quality.is_(None), attempt.c.quality == Quality.GOOD),
        )
    )
    return rows(connection, query, PrintedAhead)
