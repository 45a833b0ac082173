"""Tables of deliveries and their cartons."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from printd.store.columns import Word, serial_text
from printd.store.metadata import metadata
from printd.words.states import DeliveryState


class DeliveryRow(TypedDict):
    """One delivery; ``handover`` is JSON."""

    id: str
    bast_number: str
    bast_date: str
    stock_type: str
    generation: str
    identified_by: str
    announced: int
    state: DeliveryState
    announced_at: str
    announced_seq: int | None
    announced_by: str
    received_at: str | None
    received_by: str | None
    received_with: str | None
    sender: str | None
    due_back: str | None
    unit_value: int | None
    seals: str | None
    signed_by: str | None
    counted: int | None
    handover: str | None


delivery = Table(
    "delivery",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("bast_number", String(100), nullable=False),
    Column("bast_date", String(10), nullable=False),
    Column("stock_type", String(8), nullable=False),
    Column("generation", String(32), nullable=False),
    Column("identified_by", String(8), nullable=False),
    Column("announced", BigInteger, nullable=False),
    Column("state", Word(DeliveryState, 16), nullable=False),
    Column("announced_at", String(20), nullable=False),
    Column("announced_seq", BigInteger),
    Column("announced_by", String(64), nullable=False),
    Column("received_at", String(20)),
    Column("received_by", String(64)),
    Column("received_with", String(64)),
    Column("sender", String(64)),  # an office or site; nobody named: the province
    Column("due_back", String(10)),  # a loan
    Column("unit_value", BigInteger),  # rupiah
    Column("seals", Text),
    Column("signed_by", String(255)),
    Column("counted", BigInteger),
    Column("handover", Text),  # who gave it, on which papers; nothing: nobody told
    CheckConstraint("announced > 0", name="announced"),
)


class CartonRow(TypedDict):
    """One carton of a delivery."""

    delivery_id: str
    label: str
    prefix: str
    width: int
    first: int
    last: int
    opened_at: str | None
    opened_by: str | None
    opened_with: str | None


carton = Table(
    "carton",
    metadata,
    Column("delivery_id", String(64), ForeignKey("delivery.id"), primary_key=True),
    Column("label", String(64), primary_key=True),
    Column("prefix", serial_text(64), nullable=False),
    Column("width", Integer, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("opened_at", String(20)),  # closed until two people open it
    Column("opened_by", String(64)),
    Column("opened_with", String(64)),
    Index("ix_carton_prefix_width_first", "prefix", "width", "first"),
)
