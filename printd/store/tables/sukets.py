"""Table of temporary certificates."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Column, Index, String, Table

from printd.store.metadata import metadata


class SuketRow(TypedDict):
    """One temporary certificate."""

    id: str
    holder: str
    issued_on: str
    expires_on: str
    status: str
    entered_at: str
    entered_by: str
    converted_at: str | None
    job_id: str | None


suket = Table(
    "suket",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("holder", String(32), nullable=False),
    Column("issued_on", String(10), nullable=False),
    Column("expires_on", String(10), nullable=False),
    Column("status", String(8), nullable=False),
    Column("entered_at", String(20), nullable=False),
    Column("entered_by", String(64), nullable=False),
    Column("converted_at", String(20)),
    Column("job_id", String(36)),
    Index("ix_suket_holder", "holder"),
)
