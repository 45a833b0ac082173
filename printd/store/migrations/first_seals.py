"""The tables of the first shop of what lies sealed beside its log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from printd.store.migrations.indexes import index

_TAG = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")  # sorts by its bytes on every database


def create_seals() -> None:
    """Make the tables of records, refused ones and acts as they lie sealed, of their seals, and of ended months."""
    op.create_table(
        "quarantine",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("received_at", sa.String(length=20), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "record_secret",
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=False),
        sa.Column("photo", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("tag", _TAG, nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_record_secret")),
    )
    index("ix_record_secret_tag", "record_secret", ["tag"])
    op.create_table(
        "seal",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("erased_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_seal_seq")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_seal")),
    )
    index("ix_seal_kept", "seal", ["at"], where="erased_seq IS NULL")
    index("uq_seal_seq", "seal", ["seq"])
    op.create_table(
        "sealed",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("tag", _TAG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed")),
    )
    index("ix_sealed_tag", "sealed", ["tag"])
    op.create_table(
        "ended_month",
        sa.Column("month", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_ended_month")),
    )
