"""Tables of seals: what lies sealed beside the log, as the entries say it, and the months whose keys are destroyed."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, text

from printd.store.metadata import metadata

KEPT = "erased_seq IS NULL"


class SealRow(TypedDict):
    """Something that was sealed: its name, the entry that brought it and when, the digest of its envelope in hex.

    ``erased_seq`` is the entry by which it was erased.
    """

    name: str
    seq: int
    at: str
    digest: str
    erased_seq: int | None


seal = Table(
    "seal",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("seq", BigInteger, ForeignKey("entry.seq"), nullable=False),
    Column("at", String(20), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("erased_seq", BigInteger),
    Index("uq_seal_seq", "seq", unique=True),
    Index("ix_seal_kept", "at", sqlite_where=text(KEPT), postgresql_where=text(KEPT)),
)


class EndedMonthRow(TypedDict):
    """A month whose key is destroyed: by which entry and when, and how much of it was kept apart."""

    month: str
    seq: int
    at: str
    kept: int


ended_month = Table(
    "ended_month",
    metadata,
    Column("month", String(32), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("at", String(20), nullable=False),
    Column("kept", BigInteger, nullable=False),
)
