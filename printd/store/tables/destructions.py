"""Table of destructions."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, String, Table, Text

from printd.store.metadata import metadata


class DestructionRow(TypedDict):
    """One destruction; ``witnesses``, ``serials``, ``basis``, ``orders`` and ``photos`` are JSON."""

    id: str
    ba_number: str
    at: str
    by: str
    second: str
    method: str
    place: str
    witnesses: str
    serials: str
    blanks: int
    cards: int
    begun: str | None
    ended: str | None
    voided: str | None
    recounted: int | None
    basis: str
    orders: str
    photos: str
    left_blanks: int | None
    left_cards: int | None


destruction = Table(
    "destruction",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("ba_number", String(100), nullable=False),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("second", String(64), nullable=False),
    Column("method", String(16), nullable=False),
    Column("place", Text, nullable=False),
    Column("witnesses", Text, nullable=False),
    Column("serials", Text, nullable=False),
    Column("blanks", BigInteger, nullable=False),
    Column("cards", BigInteger, nullable=False),
    Column("begun", String(20)),
    Column("ended", String(20)),
    Column("voided", String(16)),
    Column("recounted", BigInteger),
    Column("basis", Text, nullable=False),
    Column("orders", Text, nullable=False),
    Column("photos", Text, nullable=False),
    Column("left_blanks", BigInteger),
    Column("left_cards", BigInteger),
)
