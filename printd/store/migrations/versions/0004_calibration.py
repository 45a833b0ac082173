"""What is known of how a printer puts colours and places them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "calibration",
        sa.Column("printer", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["printer"], ["printer.name"], name=op.f("fk_calibration_printer")),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_calibration_seq")),
        sa.PrimaryKeyConstraint("printer", name=op.f("pk_calibration")),
    )
