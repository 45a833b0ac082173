"""Table of what the shop ran under, from one moment to the next."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table, Text

from printd.store.metadata import metadata


class ConfigurationRow(TypedDict):
    """What the shop runs under from one moment on.

    ``content`` is JSON; ``answered_seq`` the entry by which two people answer for it, ``None``: nobody has yet.
    """

    seq: int
    at: str
    content: str
    answered_seq: int | None


configuration = Table(
    "configuration",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("at", String(20), nullable=False),
    Column("content", Text, nullable=False),
    Column("answered_seq", BigInteger, ForeignKey("entry.seq")),
)
