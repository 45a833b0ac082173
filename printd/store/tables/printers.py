"""Table of printers."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Boolean, Column, String, Table, Text

from printd.store.metadata import metadata


class PrinterRow(TypedDict):
    """One printer."""

    name: str
    uri: str
    family: str
    model: str
    serial_number: str
    operator: str | None
    resumed_seq: int | None
    paused: bool
    pause_reason: str


printer = Table(
    "printer",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("uri", String(200), nullable=False),
    Column("family", String(32), nullable=False),
    Column("model", String(64), nullable=False),
    Column("serial_number", String(64), nullable=False, unique=True),
    Column("operator", String(64)),
    Column("resumed_seq", BigInteger),  # number of the entry in which the operator let it work
    Column("paused", Boolean, nullable=False),
    Column("pause_reason", Text, nullable=False),
)
