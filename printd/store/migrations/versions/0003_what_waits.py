"""What waits is found without reading all that ever was: records with open warnings, jobs in the order of the queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_WAITING = "warnings <> '' AND acknowledged_by IS NULL"


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("ix_job_place_in_queue", "job", ["place_in_queue"])
    op.create_index(
        "ix_record_waiting",
        "record",
        ["received_at"],
        sqlite_where=sa.text(_WAITING),
        postgresql_where=sa.text(_WAITING),
    )
