"""Table of the closings: which day of the office each stands for."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from printd.store.metadata import metadata


class ClosingRow(TypedDict):
    """One closing: of a shift, or of a day on which none closed."""

    seq: int
    day: str


closing = Table(
    "closing",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("day", String(10), nullable=False),
)
