"""Table of spoiled blanks: one row a piece."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table

from printd.store.columns import serial_text
from printd.store.metadata import metadata


class SpoilRow(TypedDict):
    """One spoiled blank."""

    serial: str
    seq: int
    at: str
    delivery_id: str
    carton: str | None
    cause: str
    step: str
    printer: str | None
    operator: str | None
    attempt_id: str | None
    approved_by: str | None


spoil = Table(
    "spoil",
    metadata,
    Column("serial", serial_text(100), primary_key=True),
    Column("seq", BigInteger, ForeignKey("entry.seq"), nullable=False),
    Column("at", String(20), nullable=False),
    Column("delivery_id", String(64), nullable=False),
    Column("carton", String(64)),
    Column("cause", String(20), nullable=False),
    Column("step", String(16), nullable=False),
    Column("printer", String(64)),
    Column("operator", String(64)),
    Column("attempt_id", String(36)),
    Column("approved_by", String(64)),
    Index("ix_spoil_at", "at"),
)
