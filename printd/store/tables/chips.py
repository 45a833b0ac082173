"""Table of chips and the blanks that they are in."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Column, String, Table

from printd.store.columns import serial_text
from printd.store.metadata import metadata


class ChipRow(TypedDict):
    """One chip and its blank."""

    uid: str
    serial: str
    bound_at: str
    bound_by: str | None


chip = Table(
    "chip",
    metadata,
    Column("uid", String(20), primary_key=True),
    Column("serial", serial_text(100), nullable=False, unique=True),
    Column("bound_at", String(20), nullable=False),
    Column("bound_by", String(64)),
)
