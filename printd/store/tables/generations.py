"""Table of the generations of the log that ended because entries were lost."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table, Text

from printd.store.metadata import metadata


class GenerationRow(TypedDict):
    """One generation of the log that ended."""

    seq: int
    origin: str
    log_key: str
    next_key: str
    missing: int


generation = Table(  # of the log, that ended because entries were lost
    "generation",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("origin", String(255), nullable=False),
    Column("log_key", Text, nullable=False),
    Column("next_key", Text, nullable=False),
    Column("missing", BigInteger, nullable=False),
)
