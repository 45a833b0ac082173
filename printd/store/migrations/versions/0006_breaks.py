"""Breaks in a shop's time: clocks that went back, generations of the log that ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "clock_jump",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("before", sa.String(length=20), nullable=False),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_clock_jump_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_clock_jump")),
    )
    op.create_table(
        "generation",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(length=255), nullable=False),
        sa.Column("log_key", sa.Text(), nullable=False),
        sa.Column("next_key", sa.Text(), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_generation_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_generation")),
    )
