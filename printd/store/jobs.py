"""SQL of jobs: the queue, and where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import begins, first, rows
from printd.store.tables.attempts import attempt
from printd.store.tables.jobs import LIVE_JOB, JobRow, job
from printd.store.tables.records import record
from printd.words.reasons import HeldBecause
from printd.words.states import JobState


def add_job(connection: Connection, row: JobRow) -> None:
    """Write a new job."""
    connection.execute(job.insert(), row)


def set_job(connection: Connection, job_id: str, state: JobState, held_because: HeldBecause | None) -> None:
    """Write a job's new state."""
    connection.execute(job.update().where(job.c.id == job_id).values(state=state, held_because=held_because))


def set_jobs_in(connection: Connection, state: str, new: str, held_because: str | None) -> None:
    """Write the same new state of every job that is in one."""
    connection.execute(job.update().where(job.c.state == state).values(state=new, held_because=held_because))


def set_cancelled(connection: Connection, job_id: str, at: str) -> None:
    """Write when a job was cancelled."""
    connection.execute(job.update().where(job.c.id == job_id).values(cancelled_at=at))


def set_looked_up(connection: Connection, job_id: str, at: str, seq: int) -> None:
    """Write when a job's record was looked up at the registry."""
    connection.execute(job.update().where(job.c.id == job_id).values(looked_up_at=at, looked_up_seq=seq))


_FIND_JOB = sa.select(job).where(job.c.id == sa.bindparam("k"))


def find_job(connection: Connection, job_id: str) -> JobRow | None:
    """Return one job."""
    return first(connection, _FIND_JOB, JobRow, k=job_id)


def jobs_beginning(connection: Connection, start: str) -> list[str]:
    """Return up to three job ids that begin with these characters."""
    query = sa.select(job.c.id).where(*begins(job.c.id, start)).limit(3)
    return list(connection.execute(query).scalars())


def live_job_of(connection: Connection, holder: str) -> JobRow | None:
    """Return the live job of a person."""
    query = sa.select(job).where(job.c.holder == holder, sa.text(LIVE_JOB))
    return first(connection, query, JobRow)


def job_of_record(connection: Connection, record_id: str) -> JobRow | None:
    """Return the job of a record."""
    return first(connection, sa.select(job).where(job.c.record_id == record_id), JobRow)


def queued_kinds(connection: Connection) -> list[tuple[str, str | None, str | None, str | None]]:
    """Return stock type, generation, reason and sub-district of the jobs that wait in the queue, each kind once."""
    kind = (job.c.stock_type, job.c.generation, job.c.reason, job.c.area)
    return [tuple(row) for row in connection.execute(sa.select(*kind).where(job.c.state == JobState.QUEUED).distinct())]


def count_queued(connection: Connection, stock_type: str) -> int:
    """Return how many jobs of a stock type wait in the queue."""
    query = sa.select(sa.func.count()).where(job.c.state == JobState.QUEUED, job.c.stock_type == stock_type)
    return int(connection.execute(query).scalar() or 0)


class NextJob(TypedDict):
    """One job that waits in the queue, as far as the policy asks."""

    id: str
    record_id: str
    reason: str | None
    area: str | None


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
) -> list[NextJob]:
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
    return rows(connection, query, NextJob)


_OVER = (JobState.FINISHED, JobState.HANDED_OVER, JobState.CANCELLED)


_BY_URGENCY = (
    (JobState.IN_DOUBT,),
    (JobState.PRINTING,),
    (JobState.HELD,),
    (JobState.PRINTED,),
    (JobState.QUEUED,),
    _OVER,
)


class _Queued(TypedDict):
    place_in_queue: int


_Q = TypeVar("_Q", bound=_Queued)


def by_urgency(
    connection: Connection, query: sa.Select[Any], row: type[_Q], state: JobState | None, limit: int | None
) -> list[_Q]:
    """Return the rows of a query over jobs: first what waits for a person or prints, then the queue, then what is over.

    The first two stand in the order of the queue, what is over newest first.

    :param query: has ``place_in_queue`` among its columns.
    :param state: only jobs in this state.
    """
    found: list[_Q] = []
    for group in _BY_URGENCY:
        left = None if limit is None else limit - len(found)
        order = [job.c.place_in_queue.desc() if group is _OVER else job.c.place_in_queue]
        if group == (JobState.QUEUED,):
            order.insert(0, sa.nulls_last(job.c.override_seq))  # what two people put first
        part: list[_Q] = []
        for one in group if state is None else {state}.intersection(group):  # each by itself: the index has them so
            part += rows(connection, query.where(job.c.state == one).order_by(*order).limit(left), row)
        if group is _OVER:
            part.sort(key=lambda one: one["place_in_queue"], reverse=True)
        found += part[:left]
    return found


class ListedJob(JobRow):
    """One job with its record's warnings and its last attempt: id, number, serial and printer."""

    warnings: str
    attempt: str | None
    attempts: int | None
    serial: str | None
    printer: str | None


def list_jobs(connection: Connection, state: JobState | None, limit: int | None) -> list[ListedJob]:
    """Return jobs with their record's warnings and last attempt, the live ones first (:func:`by_urgency`)."""
    last = sa.select(sa.func.max(attempt.c.number)).where(attempt.c.job_id == job.c.id).correlate(job).scalar_subquery()
    query = (
        sa.select(
            *(column for column in job.c if column is not job.c.reason),
            sa.func.coalesce(job.c.reason, record.c.reason).label("reason"),
            record.c.warnings,
            attempt.c.id.label("attempt"),
            attempt.c.number.label("attempts"),
            attempt.c.serial,
            attempt.c.printer,
        )
        .join_from(job, record, record.c.id == job.c.record_id)
        .join(attempt, sa.and_(attempt.c.job_id == job.c.id, attempt.c.number == last), isouter=True)
    )
    return by_urgency(connection, query, ListedJob, state, limit)


def count_jobs(connection: Connection, state: JobState | None = None) -> dict[str, int]:
    """Return the number of jobs by state, or of those in one."""
    query = sa.select(job.c.state, sa.func.count()).group_by(job.c.state).order_by(job.c.state)
    if state is not None:
        query = query.where(job.c.state == state)
    return {row[0]: row[1] for row in connection.execute(query)}
