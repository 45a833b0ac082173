"""Table of seals: what lies sealed beside the log, as the entries say it."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from printd.store.metadata import metadata


class SealRow(TypedDict):
    """Something that is sealed: its name, the entry that brought it, and the digest of its ciphertext in hex."""

    name: str
    seq: int
    digest: str


seal = Table(
    "seal",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("seq", BigInteger, ForeignKey("entry.seq"), nullable=False),
    Column("digest", String(64), nullable=False),
)
