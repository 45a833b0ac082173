"""Table of the papers that were made of acts."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from printd.store.metadata import metadata


class PaperRow(TypedDict):
    """One paper; ``entry`` is the number of the act's entry, ``seq`` that of the paper's own."""

    seq: int
    paper: str
    name: str
    entry: int
    size: int
    root: str
    digest: str
    copy: bool
    number: str | None
    year: int | None
    running: int | None
    at: str
    by: str
    pages: int | None


paper = Table(
    "paper",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("paper", String(16), nullable=False),
    Column("name", String(100), nullable=False),
    Column("entry", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("root", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("copy", Boolean, nullable=False),
    Column("number", Text),
    Column("year", Integer),
    Column("running", BigInteger),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("pages", BigInteger),
    Index("ix_paper_entry", "entry"),
    Index("ix_paper_year_running", "year", "running"),
)
