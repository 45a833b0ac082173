"""Table of shifts."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, String, Table, Text

from printd.store.columns import Word
from printd.store.metadata import metadata
from printd.words.states import ShiftState


class ShiftRow(TypedDict):
    """One shift; ``act`` is JSON."""

    id: str
    state: ShiftState
    current: int | None
    opened_seq: int
    opened_at: str
    opened_by: str
    opened_with: str
    counting_since: str | None
    closed_seq: int | None
    closed_at: str | None
    closed_by: str | None
    closed_with: str | None
    approved_by: str | None
    act: str | None


shift = Table(
    "shift",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("state", Word(ShiftState, 16), nullable=False),
    Column("current", Integer),  # 1 until it closes: one shift at a time
    Column("opened_seq", BigInteger, nullable=False),
    Column("opened_at", String(20), nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("opened_with", String(64), nullable=False),
    Column("counting_since", String(20)),
    Column("closed_seq", BigInteger),
    Column("closed_at", String(20)),
    Column("closed_by", String(64)),
    Column("closed_with", String(64)),
    Column("approved_by", String(64)),
    Column("act", Text),
    CheckConstraint("state IN ('open', 'counting', 'closed')", name="state"),
    Index("uq_shift_current", "current", unique=True),
)
