"""Tables of operators, and of their sealed keys, which no log may hold."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Boolean, CheckConstraint, Column, String, Table, Text

from printd.store.columns import Word
from printd.store.metadata import metadata
from printd.words.roles import Role


class OperatorRow(TypedDict):
    """One operator."""

    name: str
    role: Role
    active: bool
    key: str
    sealed: str
    legal_name: str
    nip: str | None
    position: str
    rank: str


operator = Table(
    "operator",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", Word(Role, 16), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("key", Text, nullable=False),  # verifier key of type 0xff
    Column("sealed", String(64), nullable=False),
    Column("legal_name", Text, nullable=False),
    Column("nip", String(18)),
    Column("position", Text, nullable=False),
    Column("rank", Text, nullable=False),
    CheckConstraint(f"role IN ({', '.join(repr(str(one)) for one in Role)})", name="role"),
)


class OperatorSecretRow(TypedDict):
    """The sealed key of an operator, as canonical JSON."""

    name: str
    sealed_key: str


operator_secret = Table(
    "operator_secret",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("sealed_key", Text, nullable=False),
)
