"""SQL of the policy: what was printed today, what may be taken next, what was overridden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.office_schema import override, policy, shift
from printd.store.rows import Row, first, rows
from printd.store.schema import attempt, delivery, job, printer, serial_range, test_print
from printd.words import places
from printd.words.states import UNSETTLED, AttemptState, JobState, Quality


def add_policy(connection: Connection, row: dict[str, Any]) -> None:
    """Write a policy that applies from now on."""
    connection.execute(policy.insert(), row)


def last_policy(connection: Connection) -> Row | None:
    """Return the policy that applies."""
    return first(connection, sa.select(policy).order_by(policy.c.seq.desc()).limit(1))


def add_override(connection: Connection, row: dict[str, Any]) -> None:
    """Write who let a job go first, and why."""
    connection.execute(override.insert(), row)
    connection.execute(job.update().where(job.c.id == row["job_id"]).values(override_seq=row["seq"]))


def overrides(connection: Connection) -> list[Row]:
    """Return all overrides, oldest first."""
    return rows(connection, sa.select(override).order_by(override.c.seq))


def printed_since(connection: Connection, at: str) -> list[Row]:
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
    return rows(connection, query)


def unprinted(connection: Connection) -> dict[str, int]:
    """Return blanks in store, shift and hoppers by stock type."""
    amount = sa.func.sum(serial_range.c.last - serial_range.c.first + 1)
    # Named one by one, since only an exact name is looked up in the index of places.
    here = sa.or_(
        serial_range.c.place == places.STORE,
        serial_range.c.place.in_(sa.select(places.start(places.Kind.SHIFT) + shift.c.id).where(shift.c.current == 1)),
        serial_range.c.place.in_(sa.select(places.start(places.Kind.HOPPER) + printer.c.name)),
    )
    query = (
        sa.select(delivery.c.stock_type, amount)
        .join_from(serial_range, delivery, delivery.c.id == serial_range.c.delivery_id)
        .where(here)
        .group_by(delivery.c.stock_type)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def next_jobs(
    connection: Connection,
    limit: int,
    stock_type: str,
    generation: str,
    *,
    overridden: bool = False,
    reasons: Sequence[str] | None = None,
    other_than: Sequence[str] = (),
    not_areas: Sequence[str] = (),
) -> list[Row]:
    """Return the queued jobs next in line for a blank, of some reasons, in the order of the queue."""
    query = (
        sa.select(job.c.id, job.c.record_id, job.c.reason, job.c.area)
        .where(
            job.c.state == JobState.QUEUED,
            job.c.stock_type == stock_type,
            sa.or_(job.c.generation.is_(None), job.c.generation == generation),
        )
        .order_by(job.c.override_seq if overridden else job.c.place_in_queue)
        .limit(limit)
    )
    if overridden:
        query = query.where(job.c.override_seq.is_not(None))
    if reasons is not None:
        query = query.where(job.c.reason.in_(reasons))
    if other_than:
        query = query.where(sa.or_(job.c.reason.is_(None), job.c.reason.not_in(other_than)))
    if not_areas:
        query = query.where(sa.or_(job.c.area.is_(None), job.c.area.not_in(not_areas)))
    return rows(connection, query)


def attempts_today(connection: Connection, printer: str, at: str) -> list[Row]:
    """Return a printer's attempts and test prints since a moment that moved a card, oldest first."""
    found = []
    for table in (attempt, test_print):
        query = (
            sa.select(table.c.opened_at, table.c.state)
            .where(table.c.printer == printer, table.c.opened_at >= at, table.c.state != AttemptState.UNUSED)
            .order_by(table.c.opened_at)
        )
        found += rows(connection, query)
    return sorted(found, key=lambda row: str(row["opened_at"]))
