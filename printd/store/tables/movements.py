"""Table of the movements of blanks between places."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, text

from printd.store.columns import serial_text
from printd.store.metadata import metadata


class MovementRow(TypedDict):
    """One movement of consecutive serials."""

    seq: int
    part: int
    prefix: str
    width: int
    first: int
    last: int
    source: str
    target: str
    at: str
    why: str
    attempt_id: str | None
    delivery_id: str | None


movement = Table(
    "movement",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("prefix", serial_text(64), nullable=False),
    Column("width", Integer, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("source", String(100), nullable=False),
    Column("target", String(100), nullable=False),
    Column("at", String(20), nullable=False),
    Column("why", String(40), nullable=False),
    Column("attempt_id", String(36)),
    Column("delivery_id", String(64)),
    # A blank's life is found by two short look-ups: its own movements, and the few that moved many at once.
    Index("ix_movement_single", "prefix", "width", "first"),
    Index(
        "ix_movement_many",
        "prefix",
        "width",
        "first",
        "last",
        sqlite_where=text("last > first"),
        postgresql_where=text("last > first"),
    ),
    Index("ix_movement_at", "at"),
)
