"""Table of the times that the clock went back."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from printd.store.metadata import metadata


class ClockJumpRow(TypedDict):
    """One time that the clock went back."""

    seq: int
    before: str
    after: str


clock_jump = Table(  # the clock went back
    "clock_jump",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("before", String(20), nullable=False),
    Column("after", String(20), nullable=False),
)
