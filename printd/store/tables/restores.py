"""Table of the backups that this database was restored from; it belongs to the database, not to the log."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table, Text

from printd.store.metadata import metadata


class RestoreRow(TypedDict):
    """One backup: how long the log was in it, when it was made, and the later heads that people told, one a line."""

    size: int
    root: bytes
    made_at: str
    told: str


restored = Table(  # backups that this database was restored from: how long the log was in each
    "restored",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("made_at", String(20), nullable=False),
    Column("told", Text, nullable=False),
)
