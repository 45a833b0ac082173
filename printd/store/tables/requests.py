"""Table of requests for blanks."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, String, Table, Text

from printd.store.metadata import metadata


class RequestRow(TypedDict):
    """One request for blanks; ``facts``, ``collector``, ``year`` and the two of the letter are JSON."""

    id: str
    seq: int | None
    at: str
    by: str
    stock_type: str
    asked: int
    facts: str
    difference: str | None
    collector: str | None
    year: str | None
    addressee: str
    through: str


request = Table(
    "request",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("seq", BigInteger),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("stock_type", String(8), nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("facts", Text, nullable=False),
    Column("difference", Text),  # none: what was computed is asked for, or nobody could compute it
    Column("collector", Text),  # none: nobody was named
    Column("year", Text),
    Column("addressee", Text, nullable=False),
    Column("through", Text, nullable=False),
)
