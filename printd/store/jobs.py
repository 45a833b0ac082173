"""SQL of printing: jobs, attempts, printers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import Row, begins, first, rows
from printd.store.schema import (
    BLANK_TAKEN,
    LIVE_JOB,
    OPEN_ATTEMPT,
    attempt,
    delivery,
    job,
    movement,
    printer,
    record,
    serial_range,
)
from printd.words import places
from printd.words.states import JobState

RETIRED = "retired:"
"""Address of a printer that works here no more: there is nothing at it to speak with."""


def add_job(connection: Connection, row: dict[str, Any]) -> None:
    """Write a new job."""
    connection.execute(job.insert(), row)


def set_job(connection: Connection, job_id: str, state: str, held_because: str | None) -> None:
    """Write a job's new state."""
    connection.execute(job.update().where(job.c.id == job_id).values(state=state, held_because=held_because))


def set_cancelled(connection: Connection, job_id: str, at: str) -> None:
    """Write when a job was cancelled."""
    connection.execute(job.update().where(job.c.id == job_id).values(cancelled_at=at))


def set_looked_up(connection: Connection, job_id: str, at: str, seq: int) -> None:
    """Write when a job's record was looked up at the registry."""
    connection.execute(job.update().where(job.c.id == job_id).values(looked_up_at=at, looked_up_seq=seq))


_FIND_JOB = sa.select(job).where(job.c.id == sa.bindparam("k"))


def find_job(connection: Connection, job_id: str) -> Row | None:
    """Return one job."""
    return first(connection, _FIND_JOB, k=job_id)


def jobs_beginning(connection: Connection, start: str) -> list[str]:
    """Return up to three job ids that begin with these characters."""
    query = sa.select(job.c.id).where(*begins(job.c.id, start)).limit(3)
    return list(connection.execute(query).scalars())


def live_job_of(connection: Connection, holder: str) -> Row | None:
    """Return the live job of a person."""
    query = sa.select(job).where(job.c.holder == holder, sa.text(LIVE_JOB))
    return first(connection, query)


def job_of_record(connection: Connection, record_id: str) -> Row | None:
    """Return the job of a record."""
    return first(connection, sa.select(job).where(job.c.record_id == record_id))


def queued_kinds(connection: Connection) -> list[tuple[str, str | None, str | None, str | None]]:
    """Return stock type, generation, reason and sub-district of the jobs that wait in the queue, each kind once."""
    kind = (job.c.stock_type, job.c.generation, job.c.reason, job.c.area)
    return [tuple(row) for row in connection.execute(sa.select(*kind).where(job.c.state == JobState.QUEUED).distinct())]


def loaded(connection: Connection) -> list[tuple[str, str, str]]:
    """Return printer, stock type and generation of the blanks in all hoppers, each kind once."""
    query = (
        sa.select(printer.c.name, delivery.c.stock_type, delivery.c.generation)
        .join_from(printer, serial_range, serial_range.c.place == places.start(places.Kind.HOPPER) + printer.c.name)
        .join(delivery, delivery.c.id == serial_range.c.delivery_id)
        .where(printer.c.uri != RETIRED)
        .distinct()
    )
    return [tuple(row) for row in connection.execute(query)]


def count_queued(connection: Connection, stock_type: str) -> int:
    """Return how many jobs of a stock type wait in the queue."""
    query = sa.select(sa.func.count()).where(job.c.state == JobState.QUEUED, job.c.stock_type == stock_type)
    return int(connection.execute(query).scalar() or 0)


def attempts_since(connection: Connection, after: int) -> list[Row]:
    """Return the attempts that began after an entry, whatever the clock said, in the order in which they began."""
    query = (
        sa.select(attempt)
        .join_from(attempt, movement, movement.c.attempt_id == attempt.c.id)
        .where(movement.c.seq > after, movement.c.target == places.start(places.Kind.PRINTER) + attempt.c.printer)
        .order_by(movement.c.seq)
    )
    return rows(connection, query)


_OVER = (JobState.FINISHED, JobState.HANDED_OVER, JobState.CANCELLED)
_BY_URGENCY = (
    (JobState.IN_DOUBT,),
    (JobState.PRINTING,),
    (JobState.HELD,),
    (JobState.PRINTED,),
    (JobState.QUEUED,),
    _OVER,
)


def by_urgency(connection: Connection, query: sa.Select[Any], state: str | None, limit: int | None) -> list[Row]:
    """Return the rows of a query over jobs: first what waits for a person or prints, then the queue, then what is over.

    The first two stand in the order of the queue, what is over newest first.

    :param query: has ``place_in_queue`` among its columns.
    :param state: only jobs in this state.
    """
    found: list[Row] = []
    for group in _BY_URGENCY:
        left = None if limit is None else limit - len(found)
        order = [job.c.place_in_queue.desc() if group is _OVER else job.c.place_in_queue]
        if group == (JobState.QUEUED,):
            order.insert(0, sa.nulls_last(job.c.override_seq))  # what two people put first
        part: list[Row] = []
        for one in group if state is None else {state}.intersection(group):  # each by itself: the index has them so
            part += rows(connection, query.where(job.c.state == one).order_by(*order).limit(left))
        if group is _OVER:
            part.sort(key=lambda row: int(row["place_in_queue"]), reverse=True)
        found += part[:left]
    return found


def list_jobs(connection: Connection, state: str | None, limit: int | None) -> list[Row]:
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
    return by_urgency(connection, query, state, limit)


def count_jobs(connection: Connection, state: str | None = None) -> dict[str, int]:
    """Return the number of jobs by state, or of those in one."""
    query = sa.select(job.c.state, sa.func.count()).group_by(job.c.state).order_by(job.c.state)
    if state is not None:
        query = query.where(job.c.state == state)
    return {row[0]: row[1] for row in connection.execute(query)}


def add_attempt(connection: Connection, row: dict[str, Any]) -> None:
    """Write a new attempt."""
    connection.execute(attempt.insert(), row)


def set_attempt(connection: Connection, attempt_id: str, **values: Any) -> None:
    """Write what became of an attempt."""
    connection.execute(attempt.update().where(attempt.c.id == attempt_id).values(**values))


_FIND_ATTEMPT = sa.select(attempt).where(attempt.c.id == sa.bindparam("k"))


def find_attempt(connection: Connection, attempt_id: str) -> Row | None:
    """Return one attempt."""
    return first(connection, _FIND_ATTEMPT, k=attempt_id)


def attempt_on(connection: Connection, serial: str) -> Row | None:
    """Return the attempt that printed or spoiled a blank."""
    query = sa.select(attempt).where(
        attempt.c.serial == serial, sa.text(BLANK_TAKEN), attempt.c.state.in_(("printed", "spoiled"))
    )
    return first(connection, query)


def attempt_holding(connection: Connection, serial: str) -> Row | None:
    """Return the attempt that has a blank: one under way or in doubt on it, or one that printed or spoiled it."""
    return first(connection, sa.select(attempt).where(attempt.c.serial == serial, sa.text(BLANK_TAKEN)))


def attempts_of(connection: Connection, job_id: str) -> list[Row]:
    """Return the attempts of a job, first to last."""
    query = sa.select(attempt).where(attempt.c.job_id == job_id).order_by(attempt.c.number)
    return rows(connection, query)


def attempts_in(connection: Connection, states: Sequence[str], on_printer: str | None = None) -> list[Row]:
    """Return attempts that are not over, in the states ``open`` or ``in_doubt``, on one printer or on all."""
    not_over = sa.text(OPEN_ATTEMPT), attempt.c.state.in_(states)  # in the index's own words, or it is not used
    query = sa.select(attempt).where(*not_over)
    if on_printer is not None:
        query = query.where(attempt.c.printer == on_printer)
    # Sorted here: asked for in order, the database would rather walk through all attempts by their time.
    return sorted(rows(connection, query), key=lambda row: (row["opened_at"], row["id"]))


def attempts_by_id(connection: Connection, ids: Sequence[str]) -> dict[str, Row]:
    """Return some attempts by their ids."""
    return {row["id"]: row for row in rows(connection, sa.select(attempt).where(attempt.c.id.in_(ids)))}


def add_printer(connection: Connection, row: dict[str, Any]) -> None:
    """Write a new printer."""
    connection.execute(printer.insert(), row)


def set_printer(connection: Connection, name: str, **values: Any) -> None:
    """Write a printer's new settings."""
    connection.execute(printer.update().where(printer.c.name == name).values(**values))


_FIND_PRINTER = sa.select(printer).where(printer.c.name == sa.bindparam("k"))


def find_printer(connection: Connection, name: str) -> Row | None:
    """Return one printer."""
    return first(connection, _FIND_PRINTER, k=name)


def is_retired(row: Row) -> bool:
    """Tell whether a printer works here no more."""
    return bool(row["uri"] == RETIRED)


def printers(connection: Connection, *, retired: bool = False) -> list[Row]:
    """Return the printers by name, with ``retired`` also those that work here no more."""
    query = sa.select(printer).order_by(printer.c.name)
    return rows(connection, query if retired else query.where(printer.c.uri != RETIRED))


def next_blank(connection: Connection, place: str) -> Row | None:
    """Return the lowest range of a place with stock type and generation of its delivery."""
    query = (
        sa.select(
            serial_range.c.prefix,
            serial_range.c.width,
            serial_range.c.first,
            delivery.c.stock_type,
            delivery.c.generation,
        )
        .join_from(serial_range, delivery, delivery.c.id == serial_range.c.delivery_id)
        .where(serial_range.c.place == place)
        .order_by(serial_range.c.prefix, serial_range.c.width, serial_range.c.first)
        .limit(1)
    )
    return first(connection, query)
