"""Tables of records: the public half of each, its sealed half, and records that were refused."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Column, Index, LargeBinary, String, Table, Text, text

from printd.store.columns import serial_text
from printd.store.metadata import metadata

WAITING_RECORD = "warnings <> '' AND acknowledged_by IS NULL"


class RecordRow(TypedDict):
    """The public half of a record."""

    id: str
    holder: str
    digest: str
    source: str
    remote_status: str
    reason: str
    stock_type: str
    warnings: str
    acknowledged_by: str | None
    received_at: str
    area: str | None
    nik_area: str | None


record = Table(
    "record",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("holder", String(32), nullable=False),
    Column("digest", String(43), nullable=False, unique=True),
    Column("source", String(32), nullable=False),
    Column("remote_status", String(40), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("stock_type", String(8), nullable=False),
    Column("warnings", Text, nullable=False),
    Column("acknowledged_by", String(64)),
    Column("received_at", String(20), nullable=False),
    Column("area", String(16)),  # sub-district of the address
    Column("nik_area", String(8)),  # regency where the NIK was given
    Index("ix_record_received_at", "received_at"),
    Index(
        "ix_record_waiting",
        "received_at",
        sqlite_where=text(WAITING_RECORD),
        postgresql_where=text(WAITING_RECORD),
    ),
)


class RecordSecretRow(TypedDict):
    """The sealed half of a record."""

    record_id: str
    wrapped_key: bytes
    fields: bytes
    photo: bytes
    signature: bytes | None
    salt: bytes
    tag: str


record_secret = Table(
    "record_secret",
    metadata,
    Column("record_id", String(36), primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("fields", LargeBinary, nullable=False),
    Column("photo", LargeBinary, nullable=False),
    Column("signature", LargeBinary),
    Column("salt", LargeBinary, nullable=False),  # of its holder's pseudonym
    Column("tag", serial_text(64), nullable=False),  # by which its holder is found, behind the name of its month's key
    Index("ix_record_secret_tag", "tag"),
)


class QuarantineRow(TypedDict):
    """A refused record, sealed, with the reason."""

    id: str
    received_at: str
    codes: str
    message: str
    wrapped_key: bytes
    files: bytes


quarantine = Table(
    "quarantine",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("received_at", String(20), nullable=False),
    Column("codes", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("files", LargeBinary, nullable=False),
)
