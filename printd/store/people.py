"""SQL of operators and records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.jobs import by_urgency
from printd.store.office_schema import returned_card, suket
from printd.store.rows import Row, begins, first, rows
from printd.store.schema import (
    WAITING_RECORD,
    job,
    operator,
    operator_secret,
    quarantine,
    record,
    record_secret,
    sealed,
)


def put_operator(connection: Connection, name: str, role: str, active: bool) -> None:
    """Write an operator, new or changed."""
    known = connection.execute(operator.update().where(operator.c.name == name).values(role=role, active=active))
    if known.rowcount == 0:
        connection.execute(operator.insert(), {"name": name, "role": role, "active": active})


_FIND_OPERATOR = sa.select(operator).where(operator.c.name == sa.bindparam("n"))


def find_operator(connection: Connection, name: str) -> Row | None:
    """Return one operator."""
    return first(connection, _FIND_OPERATOR, n=name)


def operators(connection: Connection) -> list[Row]:
    """Return all operators by name."""
    return rows(connection, sa.select(operator).order_by(operator.c.name))


def put_password(connection: Connection, name: str, password_hash: str) -> None:
    """Write an operator's password hash, new or changed."""
    connection.execute(operator_secret.delete().where(operator_secret.c.name == name))
    connection.execute(operator_secret.insert(), {"name": name, "password_hash": password_hash})


def password_hash(connection: Connection, name: str) -> str | None:
    """Return an operator's password hash."""
    return connection.execute(sa.select(operator_secret.c.password_hash).where(operator_secret.c.name == name)).scalar()


def add_record(connection: Connection, row: dict[str, Any]) -> None:
    """Write the public half of an accepted record."""
    connection.execute(record.insert(), row)


def add_record_secret(connection: Connection, row: dict[str, Any]) -> None:
    """Write the sealed half of an accepted record."""
    connection.execute(record_secret.insert(), row)


def record_secret_of(connection: Connection, record_id: str) -> Row | None:
    """Return the sealed half of a record."""
    return first(connection, sa.select(record_secret).where(record_secret.c.record_id == record_id))


_AT_ONCE = 10_000  # values in one statement; SQLite takes 32,766


def record_secrets_of(connection: Connection, holders: Sequence[str]) -> dict[str, Row]:
    """Return by holder the sealed half of the newest record of each that was not erased yet."""
    found: dict[str, Row] = {}
    for start in range(0, len(holders), _AT_ONCE):
        wanted = record.c.holder.in_(holders[start : start + _AT_ONCE])
        query = sa.select(record.c.holder, record_secret).where(record.c.id == record_secret.c.record_id)
        ordered = query.where(wanted).order_by(record.c.received_at, record.c.id)
        found |= {row["holder"]: row for row in rows(connection, ordered)}
    return found


def sealed_of(connection: Connection, holders: Sequence[str]) -> dict[str, list[str]]:
    """Return by holder the names under which something is sealed of each: invalid cards, then certificates."""
    found: dict[str, list[str]] = {}
    for table, kind in ((returned_card, "card:"), (suket, "suket:")):
        for start in range(0, len(holders), _AT_ONCE):
            name = sa.literal(kind) + table.c.id
            query = sa.select(table.c.holder, sealed.c.id).join_from(table, sealed, sealed.c.id == name)
            wanted = table.c.holder.in_(holders[start : start + _AT_ONCE])
            for row in rows(connection, query.where(wanted).order_by(sealed.c.id)):
                found.setdefault(row["holder"], []).append(row["id"])
    return found


def find_record(connection: Connection, record_id: str) -> Row | None:
    """Return the public half of a record."""
    return first(connection, sa.select(record).where(record.c.id == record_id))


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


def list_records(connection: Connection, limit: int | None) -> list[Row]:
    """Return records with the state of their job, in the order of the jobs: the live ones first."""
    query = sa.select(record, job.c.id.label("job"), job.c.state.label("job_state"), job.c.place_in_queue).join_from(
        record, job, job.c.record_id == record.c.id
    )
    return by_urgency(connection, query, None, limit)


def count_records(connection: Connection) -> int:
    """Return the number of records."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(record)).scalar_one())


def unacknowledged(connection: Connection) -> list[Row]:
    """Return the records whose warnings nobody has answered for, oldest first."""
    query = sa.select(record).where(sa.text(WAITING_RECORD)).order_by(record.c.received_at, record.c.id)
    return rows(connection, query)


def add_quarantine(connection: Connection, row: dict[str, Any]) -> None:
    """Write a refused record, sealed, with the reason."""
    connection.execute(quarantine.insert(), row)


def quarantined(connection: Connection) -> list[Row]:
    """Return the refused records and their reasons, without their content."""
    query = sa.select(quarantine.c.id, quarantine.c.received_at, quarantine.c.codes, quarantine.c.message)
    return rows(connection, query.order_by(quarantine.c.received_at, quarantine.c.id))


def find_quarantine(connection: Connection, quarantine_id: str) -> Row | None:
    """Return one refused record with its sealed content."""
    return first(connection, sa.select(quarantine).where(quarantine.c.id == quarantine_id))


def drop_quarantine(connection: Connection, quarantine_id: str) -> None:
    """Erase a refused record."""
    connection.execute(quarantine.delete().where(quarantine.c.id == quarantine_id))


def add_sealed(connection: Connection, name: str, wrapped_key: bytes, fields: bytes) -> None:
    """Write personal fields of an act, sealed."""
    connection.execute(sealed.insert(), {"id": name, "wrapped_key": wrapped_key, "fields": fields})


def find_sealed(connection: Connection, name: str) -> Row | None:
    """Return the sealed fields of an act."""
    return first(connection, sa.select(sealed).where(sealed.c.id == name))
