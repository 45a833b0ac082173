"""The tables of the first shop for what is used up beside blanks, and for temporary certificates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from printd.store.migrations.indexes import index


def create_supplies() -> None:
    """Make the tables of ribbons, films, cleaning kits and *suket*."""
    op.create_table(
        "supply",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("nominal", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("pieces >= 0", name=op.f("ck_supply_pieces")),
        sa.PrimaryKeyConstraint("kind", "label", name=op.f("pk_supply")),
    )
    op.create_table(
        "consumable",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("printer", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("nominal", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.String(length=20), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.String(length=20), nullable=True),
        sa.Column("document", sa.String(length=100), nullable=True),
        sa.Column("unbooked", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('ribbon', 'film', 'cleaning')", name=op.f("ck_consumable_kind")),
        sa.ForeignKeyConstraint(["printer"], ["printer.name"], name=op.f("fk_consumable_printer")),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_consumable_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_consumable")),
    )
    index("ix_consumable_printer_kind", "consumable", ["printer", "kind"])
    op.create_table(
        "supply_receipt",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=True),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_supply_receipt_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_supply_receipt")),
    )
    op.create_table(
        "suket",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("issued_on", sa.String(length=10), nullable=False),
        sa.Column("expires_on", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("entered_at", sa.String(length=20), nullable=False),
        sa.Column("entered_by", sa.String(length=64), nullable=False),
        sa.Column("converted_at", sa.String(length=20), nullable=True),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suket")),
    )
    index("ix_suket_holder", "suket", ["holder"])
