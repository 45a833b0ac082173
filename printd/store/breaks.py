"""SQL of breaks in a shop's time: clocks that went back, generations of the log that ended, restores."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.office_schema import clock_jump, generation
from printd.store.rows import Row, rows
from printd.store.schema import attempt, job, restored
from printd.words.states import UNSETTLED, AttemptState, Quality


def add_jump(connection: Connection, row: dict[str, Any]) -> None:
    """Write that the clock went back."""
    connection.execute(clock_jump.insert(), row)


def jumps(connection: Connection, after: int = -1) -> list[Row]:
    """Return the times the clock went back after an entry, oldest first: ``seq``, ``before``, ``after``."""
    return rows(connection, sa.select(clock_jump).where(clock_jump.c.seq > after).order_by(clock_jump.c.seq))


def add_generation(connection: Connection, row: dict[str, Any]) -> None:
    """Write that a generation of the log ended."""
    connection.execute(generation.insert(), row)


def generations(connection: Connection) -> list[Row]:
    """Return the generations that ended, oldest first: ``seq`` of the entry that says so, its origin and key."""
    return rows(connection, sa.select(generation).order_by(generation.c.seq))


def add_restore(connection: Connection, row: dict[str, Any]) -> None:
    """Write that the database was restored from a backup, for good."""
    connection.execute(restored.insert(), row)


def restores(connection: Connection) -> list[Row]:
    """Return the backups that the database was restored from: ``size`` and ``root`` of the log, ``made_at``."""
    return rows(connection, sa.select(restored).order_by(restored.c.size))


def printed_ahead(connection: Connection, now: str) -> list[Row]:
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
    return rows(connection, query)
