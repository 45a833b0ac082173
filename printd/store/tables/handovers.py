"""Table of cards that were handed over."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Column, ForeignKey, String, Table

from printd.store.metadata import metadata


class HandoverRow(TypedDict):
    """Who took a card."""

    attempt_id: str
    at: str
    by: str
    receiver: str
    old_card: str


handover = Table(
    "handover",
    metadata,
    Column("attempt_id", String(36), ForeignKey("attempt.id"), primary_key=True),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("receiver", String(16), nullable=False),  # holder, proxy, unknown
    Column("old_card", String(24), nullable=False),  # taken, none, unknown
)
