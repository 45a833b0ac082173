"""Table of the differences between what a document says and what two people counted."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from printd.store.columns import Word
from printd.store.metadata import metadata
from printd.words.states import DisputeState


class DiscrepancyRow(TypedDict):
    """One difference; ``serials`` is JSON."""

    id: str
    subject: str
    kind: str
    pieces: int
    serials: str
    note: str
    state: DisputeState
    opened_at: str
    opened_by: str
    opened_with: str
    closed_at: str | None
    closed_by: str | None
    closed_with: str | None
    document: str | None
    outcome: str | None


discrepancy = Table(
    "discrepancy",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("subject", String(100), nullable=False),  # delivery:<id>, transfer:<id>, site:<name>
    Column("kind", String(24), nullable=False),
    Column("pieces", BigInteger, nullable=False),
    Column("serials", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("state", Word(DisputeState, 16), nullable=False),
    Column("opened_at", String(20), nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("opened_with", String(64), nullable=False),
    Column("closed_at", String(20)),
    Column("closed_by", String(64)),
    Column("closed_with", String(64)),
    Column("document", String(100)),
    Column("outcome", String(16)),
    Index("ix_discrepancy_state", "state"),
)
