"""Table of names and addresses that an act needs and the log must not hold."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Column, LargeBinary, String, Table

from printd.store.metadata import metadata


class SealedRow(TypedDict):
    """Personal fields of an act, sealed."""

    id: str
    wrapped_key: bytes
    fields: bytes


sealed = Table(  # names and addresses that an act needs and the log must not hold
    "sealed",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("fields", LargeBinary, nullable=False),
)
