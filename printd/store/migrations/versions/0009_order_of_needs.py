"""Where in the log a delivery was announced and a request was made: what came first is told by that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("delivery", sa.Column("announced_seq", sa.BigInteger(), nullable=True))
    op.add_column("request", sa.Column("seq", sa.BigInteger(), nullable=True))
