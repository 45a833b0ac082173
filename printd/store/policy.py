"""SQL of the policy: what applies, and what two people let go first."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.jobs import job
from printd.store.tables.policy import OverrideRow, PolicyRow, override, policy


def add_policy(connection: Connection, row: PolicyRow) -> None:
    """Write a policy that applies from now on."""
    connection.execute(policy.insert(), row)


def last_policy(connection: Connection) -> PolicyRow | None:
    """Return the policy that applies."""
    return first(connection, sa.select(policy).order_by(policy.c.seq.desc()).limit(1), PolicyRow)


def add_override(connection: Connection, row: OverrideRow) -> None:
    """Write who let a job go first, and why."""
    connection.execute(override.insert(), row)
    connection.execute(job.update().where(job.c.id == row["job_id"]).values(override_seq=row["seq"]))


def overrides(connection: Connection) -> list[OverrideRow]:
    """Return all overrides, oldest first."""
    return rows(connection, sa.select(override).order_by(override.c.seq), OverrideRow)
