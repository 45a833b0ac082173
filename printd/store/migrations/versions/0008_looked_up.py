"""When somebody looked up at the registry a record that had been pulled too long ago."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("job", sa.Column("looked_up_at", sa.String(length=20), nullable=True))
    op.add_column("job", sa.Column("looked_up_seq", sa.BigInteger(), nullable=True))
