"""Tables of consumables: those in printers, those in the cupboard, and what came in."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, String, Table

from printd.store.metadata import metadata


class ConsumableRow(TypedDict):
    """One consumable that was put into a printer; ``unbooked``: none of its label had ever been booked in."""

    seq: int
    kind: str
    printer: str
    label: str
    nominal: int
    opened_at: str
    opened_by: str
    ended_at: str | None
    document: str | None
    unbooked: bool


consumable = Table(
    "consumable",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("printer", String(64), ForeignKey("printer.name"), nullable=False),
    Column("label", String(64), nullable=False),
    Column("nominal", BigInteger, nullable=False),  # cards it is made for
    Column("opened_at", String(20), nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("ended_at", String(20)),
    Column("document", String(100)),
    Column("unbooked", Boolean, nullable=False),
    CheckConstraint("kind IN ('ribbon', 'film', 'cleaning')", name="kind"),
    Index("ix_consumable_printer_kind", "printer", "kind"),
)


class SupplyRow(TypedDict):
    """What lies of one consumable in the cupboard."""

    kind: str
    label: str
    pieces: int
    nominal: int


supply = Table(
    "supply",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("label", String(64), primary_key=True),
    Column("pieces", BigInteger, nullable=False),
    Column("nominal", BigInteger, nullable=False),
    CheckConstraint("pieces >= 0", name="pieces"),
)


class SupplyReceiptRow(TypedDict):
    """Consumables that came into the cupboard at once."""

    seq: int
    kind: str
    label: str
    pieces: int
    document: str | None
    at: str
    by: str


supply_receipt = Table(
    "supply_receipt",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("label", String(64), nullable=False),
    Column("pieces", BigInteger, nullable=False),
    Column("document", String(100)),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
)
