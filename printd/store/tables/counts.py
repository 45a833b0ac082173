"""Table of count sheets: what one person counted."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text

from printd.store.metadata import metadata


class CountSheetRow(TypedDict):
    """What one person counted; ``sheet`` is JSON."""

    seq: int
    subject: str
    person: str
    at: str
    sheet: str


count_sheet = Table(
    "count_sheet",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("subject", String(100), nullable=False),  # delivery:<id>, shift:<id>, stock:<id>
    Column("person", String(64), nullable=False),
    Column("at", String(20), nullable=False),
    Column("sheet", Text, nullable=False),
    Index("ix_count_sheet_subject_person", "subject", "person"),
)
