"""Tables of sites, and of what they reported."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

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
