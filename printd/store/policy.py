"""SQL of the jobs that two people let go first, whatever the policy says."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import rows
from printd.store.tables.jobs import job
from printd.store.tables.policy import OverrideRow, override


def add_override(connection: Connection, row: OverrideRow) -> None:
    """Write who let a job go first, and why."""
    connection.execute(override.insert(), row)
    connection.execute(job.update().where(job.c.id == row["job_id"]).values(override_seq=row["seq"]))


def overrides(connection: Connection) -> list[OverrideRow]:
    """Return all overrides, oldest first."""
    return rows(connection, sa.select(override).order_by(override.c.seq), OverrideRow)
