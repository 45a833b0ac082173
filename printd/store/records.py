"""SQL of records: their public and their sealed half, and those that were refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.columns import as_bytes
from printd.store.jobs import by_urgency
from printd.store.rows import AT_ONCE, begins, first, rows
from printd.store.tables.jobs import job
from printd.store.tables.records import (
    WAITING_RECORD,
    QuarantineRow,
    RecordRow,
    RecordSecretRow,
    quarantine,
    record,
    record_secret,
)
from printd.words.states import JobState


def add_record(connection: Connection, row: RecordRow) -> None:
    """Write the public half of an accepted record."""
    connection.execute(record.insert(), row)


def add_record_secret(connection: Connection, row: RecordSecretRow) -> None:
    """Write the sealed half of an accepted record."""
    connection.execute(record_secret.insert(), row)


def record_secret_of(connection: Connection, record_id: str) -> RecordSecretRow | None:
    """Return the sealed half of a record."""
    return first(connection, as_bytes(record_secret).where(record_secret.c.record_id == record_id), RecordSecretRow)


def sealed_records_of(connection: Connection, holders: Sequence[str]) -> dict[str, str]:
    """Return by holder the id of the newest record of each that was not erased yet."""
    found: dict[str, str] = {}
    for start in range(0, len(holders), AT_ONCE):
        wanted = record.c.holder.in_(holders[start : start + AT_ONCE])
        query = sa.select(record.c.holder, record.c.id).where(record.c.id == record_secret.c.record_id)
        for row in connection.execute(query.where(wanted).order_by(record.c.received_at, record.c.id)):
            found[row.holder] = row.id
    return found


def find_record(connection: Connection, record_id: str) -> RecordRow | None:
    """Return the public half of a record."""
    return first(connection, sa.select(record).where(record.c.id == record_id), RecordRow)


def records_beginning(connection: Connection, start: str) -> list[str]:
    """Return up to three record ids that begin with these characters."""
    query = sa.select(record.c.id).where(*begins(record.c.id, start)).limit(3)
    return list(connection.execute(query).scalars())


def record_by_digest(connection: Connection, digest: str) -> str | None:
    """Return the id of the record with this content."""
    return connection.execute(sa.select(record.c.id).where(record.c.digest == digest)).scalar()


def set_acknowledged(connection: Connection, record_id: str, by: str) -> None:
    """Write who answered for a record's warnings."""
    connection.execute(record.update().where(record.c.id == record_id).values(acknowledged_by=by))


class ListedRecord(RecordRow):
    """One record with its job: id, state and place in the queue."""

    job: str
    job_state: JobState
    place_in_queue: int


def list_records(connection: Connection, limit: int | None) -> list[ListedRecord]:
    """Return records with the state of their job, in the order of the jobs: the live ones first."""
    query = sa.select(record, job.c.id.label("job"), job.c.state.label("job_state"), job.c.place_in_queue).join_from(
        record, job, job.c.record_id == record.c.id
    )
    return by_urgency(connection, query, ListedRecord, None, limit)


def count_records(connection: Connection) -> int:
    """Return the number of records."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(record)).scalar_one())


def unacknowledged(connection: Connection) -> list[RecordRow]:
    """Return the records whose warnings nobody has answered for, oldest first."""
    query = sa.select(record).where(sa.text(WAITING_RECORD)).order_by(record.c.received_at, record.c.id)
    return rows(connection, query, RecordRow)


def add_quarantine(connection: Connection, row: QuarantineRow) -> None:
    """Write a refused record, sealed, with the reason."""
    connection.execute(quarantine.insert(), row)


class Refusal(TypedDict):
    """A refused record and its reasons, without its content."""

    id: str
    received_at: str
    codes: str
    message: str


def quarantined(connection: Connection) -> list[Refusal]:
    """Return the refused records and their reasons, without their content."""
    query = sa.select(quarantine.c.id, quarantine.c.received_at, quarantine.c.codes, quarantine.c.message)
    return rows(connection, query.order_by(quarantine.c.received_at, quarantine.c.id), Refusal)


def find_quarantine(connection: Connection, quarantine_id: str) -> QuarantineRow | None:
    """Return one refused record with its sealed content."""
    return first(connection, as_bytes(quarantine).where(quarantine.c.id == quarantine_id), QuarantineRow)


def drop_quarantine(connection: Connection, quarantine_id: str) -> None:
    """Erase a refused record."""
    connection.execute(quarantine.delete().where(quarantine.c.id == quarantine_id))
