"""Tables of sites, of what they reported, and of the cards that they printed."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from printd.store.columns import serial_text
from printd.store.metadata import metadata


class SiteRow(TypedDict):
    """One site."""

    name: str
    kind: str
    title: str
    area: str
    key: str


site = Table(
    "site",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("title", String(100), nullable=False),
    Column("area", String(16), nullable=False),
    Column("key", Text, nullable=False),
    CheckConstraint("kind IN ('office', 'subdistrict', 'mobile')", name="kind"),
)


class SiteReportRow(TypedDict):
    """What a site reported for a day."""

    seq: int
    site: str
    day: str
    stock_type: str
    pieces: int
    book: int
    ribbon: int | None
    film: int | None
    at: str
    by: str


site_report = Table(
    "site_report",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("site", String(64), ForeignKey("site.name"), nullable=False),
    Column("day", String(10), nullable=False),
    Column("stock_type", String(8), nullable=False),
    Column("pieces", BigInteger, nullable=False),
    Column("book", BigInteger, nullable=False),
    Column("ribbon", Integer),
    Column("film", Integer),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Index("ix_site_report_site_day", "site", "day"),
)


class SiteCardRow(TypedDict):
    """A card that a site printed and gave out, as its report names it."""

    id: str
    seq: int
    site: str
    document: str
    serial: str
    job: str
    holder: str
    nik_area: str
    reason: str | None
    printer: str
    operator: str
    checker: str
    printed_on: str
    handed_over_on: str
    receiver: str
    old_card: str
    at: str
    by: str
    by_second: str


site_card = Table(
    "site_card",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("seq", BigInteger, ForeignKey("entry.seq"), nullable=False),
    Column("site", String(64), ForeignKey("site.name"), nullable=False),
    Column("document", String(100), nullable=False),
    Column("serial", serial_text(100), nullable=False),
    Column("job", String(100), nullable=False),
    Column("holder", String(32), nullable=False),
    Column("nik_area", String(8), nullable=False),
    Column("reason", String(24)),
    Column("printer", String(100), nullable=False),
    Column("operator", String(100), nullable=False),
    Column("checker", String(100), nullable=False),
    Column("printed_on", String(10), nullable=False),
    Column("handed_over_on", String(10), nullable=False),
    Column("receiver", String(16), nullable=False),
    Column("old_card", String(24), nullable=False),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("by_second", String(64), nullable=False),
    Index("ix_site_card_at", "at"),
    Index("ix_site_card_holder", "holder"),
    Index("uq_site_card_job", "site", "job", unique=True),
)
