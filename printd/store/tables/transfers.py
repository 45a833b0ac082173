"""Table of transfers between sites."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, String, Table, Text

from printd.store.columns import Word
from printd.store.metadata import metadata
from printd.words.states import TransferState


class TransferRow(TypedDict):
    """One transfer; ``serials``, ``conditions``, ``givers``, ``receivers`` and ``arrived_seals`` are JSON."""

    id: str
    source: str
    target: str
    pieces: int
    serials: str
    document: str
    due_back: str | None
    carrier: str
    seals: str
    state: TransferState
    sent_at: str
    sent_by: str
    sent_with: str
    acknowledged_at: str | None
    acknowledged_by: str | None
    acknowledged_with: str | None
    acknowledgement: str | None
    purpose: str | None
    conditions: str
    givers: str
    receivers: str | None
    received_on: str | None
    arrived_seals: str | None


transfer = Table(
    "transfer",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("source", String(100), nullable=False),
    Column("target", String(100), nullable=False),
    Column("pieces", BigInteger, nullable=False),
    Column("serials", Text, nullable=False),
    Column("document", String(100), nullable=False),
    Column("due_back", String(10)),
    Column("carrier", String(32), nullable=False),
    Column("seals", Text, nullable=False),
    Column("state", Word(TransferState, 16), nullable=False),
    Column("sent_at", String(20), nullable=False),
    Column("sent_by", String(64), nullable=False),
    Column("sent_with", String(64), nullable=False),
    Column("acknowledged_at", String(20)),
    Column("acknowledged_by", String(64)),
    Column("acknowledged_with", String(64)),
    Column("acknowledgement", String(255)),
    Column("purpose", String(200)),
    Column("conditions", Text, nullable=False),  # the office's own; none: those that papers have
    Column("givers", Text, nullable=False),
    Column("receivers", Text),
    Column("received_on", String(10)),
    Column("arrived_seals", Text),
)
