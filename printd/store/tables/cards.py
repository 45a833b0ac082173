"""Table of invalid cards that came back."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Column, Index, String, Table

from printd.store.columns import serial_text
from printd.store.metadata import metadata


class CardRow(TypedDict):
    """One invalid card that came back."""

    id: str
    holder: str | None
    cause: str
    serial: str | None
    from_site: str
    received_at: str
    received_by: str
    destruction_id: str | None


returned_card = Table(
    "returned_card",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("holder", String(32)),
    Column("cause", String(24), nullable=False),
    Column("serial", serial_text(100)),
    Column("from_site", String(64), nullable=False),
    Column("received_at", String(20), nullable=False),
    Column("received_by", String(64), nullable=False),
    Column("destruction_id", String(40)),
    Index("ix_returned_card_destruction_id", "destruction_id"),
)
