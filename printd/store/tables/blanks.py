"""Table of the blanks: which serials are in which place."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from printd.store.columns import serial_text
from printd.store.metadata import metadata


class SerialRangeRow(TypedDict):
    """Consecutive serials in one place."""

    prefix: str
    width: int
    first: int
    last: int
    place: str
    delivery_id: str


serial_range = Table(
    "serial_range",
    metadata,
    Column("prefix", serial_text(64), primary_key=True),
    Column("width", Integer, primary_key=True, autoincrement=False),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("place", String(100), nullable=False),
    Column("delivery_id", String(64), ForeignKey("delivery.id"), nullable=False),
    CheckConstraint("first >= 0 AND last >= first", name="order"),
    Index("ix_serial_range_place", "place", "prefix", "width", "first"),
)
