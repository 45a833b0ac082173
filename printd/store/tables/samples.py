"""Table of samples of a stock count."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, String, Table, Text

from printd.store.metadata import metadata


class SampleRow(TypedDict):
    """One sample; ``drawn`` and ``missing`` are JSON."""

    id: str
    seed: str
    population: int
    drawn: str
    drawn_at: str
    drawn_by: str
    counted_at: str | None
    counted_by: str | None
    counted_with: str | None
    missing: str | None
    bound: int | None


sample = Table(
    "sample",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("seed", String(64), nullable=False),
    Column("population", BigInteger, nullable=False),
    Column("drawn", Text, nullable=False),
    Column("drawn_at", String(20), nullable=False),
    Column("drawn_by", String(64), nullable=False),
    Column("counted_at", String(20)),
    Column("counted_by", String(64)),
    Column("counted_with", String(64)),
    Column("missing", Text),
    Column("bound", BigInteger),  # at most so many of the population are missing, with 95 % confidence
)
