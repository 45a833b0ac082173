"""Table of names and addresses that an act needs and the log must not hold."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Column, Index, LargeBinary, String, Table

from printd.store.columns import serial_text
from printd.store.metadata import metadata


class SealedRow(TypedDict):
    """Personal fields of an act, sealed; salt and tag where they are of a holder, as with a record."""

    id: str
    wrapped_key: bytes
    fields: bytes
    salt: bytes | None
    tag: str | None


sealed = Table(  # names and addresses that an act needs and the log must not hold
    "sealed",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("fields", LargeBinary, nullable=False),
    Column("salt", LargeBinary),
    Column("tag", serial_text(64)),
    Index("ix_sealed_tag", "tag"),
)
