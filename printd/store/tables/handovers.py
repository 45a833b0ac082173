"""Tables of cards that were handed over, and of what was tried to reach their holders."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, String, Table

from printd.store.metadata import metadata


class HandoverRow(TypedDict):
    """Who took a card."""

    attempt_id: str
    at: str
    by: str
    receiver: str
    old_card: str
    basis: str | None
    why_unknown: str | None


handover = Table(
    "handover",
    metadata,
    Column("attempt_id", String(36), ForeignKey("attempt.id"), primary_key=True),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("receiver", String(16), nullable=False),  # holder, proxy, unknown
    Column("old_card", String(24), nullable=False),  # taken, none, unknown
    Column("basis", String(200)),
    Column("why_unknown", String(200)),
)


class TryRow(TypedDict):
    """One try to reach the holder of a card."""

    seq: int
    attempt_id: str
    at: str
    by: str
    how: str
    reached: bool


holder_try = Table(
    "holder_try",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("attempt_id", String(36), ForeignKey("attempt.id"), nullable=False),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("how", String(16), nullable=False),  # phone, visit, message
    Column("reached", Boolean, nullable=False),
    Index("ix_holder_try_attempt_id", "attempt_id"),
)
