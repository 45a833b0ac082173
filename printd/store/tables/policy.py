"""Table of the jobs that two people let go first, whatever the printing policy says."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table, Text

from printd.store.metadata import metadata


class OverrideRow(TypedDict):
    """One job that two people let go first."""

    seq: int
    job_id: str
    reason: str
    at: str
    by: str
    second: str


override = Table(
    "override",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("job_id", String(36), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("second", String(64), nullable=False),
)
