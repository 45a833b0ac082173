"""Tables of what witnesses say of the log's checkpoints; they belong to the log, and no entry tells them."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table

from printd.store.metadata import metadata


class CosignatureRow(TypedDict):
    """A cosignature: size of the checkpoint, label of the key, time in POSIX seconds, its line, when it came."""

    size: int
    key: str
    time: int
    line: bytes
    received_at: str


cosignature = Table(
    "cosignature",
    metadata,
    Column("size", BigInteger, ForeignKey("checkpoint.size"), primary_key=True, autoincrement=False),
    Column("key", String(300), primary_key=True),
    Column("time", BigInteger, primary_key=True, autoincrement=False),
    Column("line", LargeBinary, nullable=False),
    Column("received_at", String(20), nullable=False),
)


class ContradictionRow(TypedDict):
    """A checkpoint that this log's key signed and this log does not have, as a witness holds it, and the own one."""

    key: str
    size: int
    note: bytes
    own: bytes
    seen_at: str


contradiction = Table(
    "contradiction",
    metadata,
    Column("key", String(300), primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", LargeBinary, nullable=False),
    Column("own", LargeBinary, nullable=False),
    Column("seen_at", String(20), nullable=False),
)
