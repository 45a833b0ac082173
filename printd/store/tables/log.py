"""Tables of the log: its entries, the hashes above them, where it ends, and the checkpoints that were signed."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, LargeBinary, Table

from printd.store.metadata import metadata


class EntryRow(TypedDict):
    """One entry of the log as it was written."""

    seq: int
    body: bytes
    leaf_hash: bytes


entry = Table(
    "entry",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary(32), nullable=False),
)


class NodeRow(TypedDict):
    """The hash of one complete subtree above the leaves."""

    level: int
    idx: int
    hash: bytes


node = Table(
    "node",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)


class LogStateRow(TypedDict):
    """Where the log ends."""

    id: int
    size: int
    frontier: bytes


log_state = Table(
    "log_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    CheckConstraint("id = 1", name="single"),
)


class CheckpointRow(TypedDict):
    """The root of one size of the log."""

    size: int
    root: bytes


checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
)


class CheckpointNoteRow(TypedDict):
    """The signed note of a checkpoint."""

    size: int
    note: bytes


checkpoint_note = Table(
    "checkpoint_note",
    metadata,
    Column("size", BigInteger, ForeignKey("checkpoint.size"), primary_key=True, autoincrement=False),
    Column("note", LargeBinary, nullable=False),
)
