"""Table of what is known of how a printer puts colours and places them."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table, Text

from printd.store.metadata import metadata


class CalibrationRow(TypedDict):
    """One printer's calibration."""

    printer: str
    seq: int
    at: str
    by: str
    settings: str


calibration = Table(
    "calibration",
    metadata,
    Column("printer", String(64), ForeignKey("printer.name"), primary_key=True),
    Column("seq", BigInteger, ForeignKey("entry.seq"), nullable=False),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("settings", Text, nullable=False),  # canonical JSON, as the entry carries them
)
