"""Tables of operators, and of their passwords' hashes, which no log may hold."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Boolean, CheckConstraint, Column, String, Table, Text

from printd.store.metadata import metadata


class OperatorRow(TypedDict):
    """One operator."""

    name: str
    role: str
    active: bool


operator = Table(
    "operator",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("active", Boolean, nullable=False),
    CheckConstraint("role IN ('operator', 'supervisor')", name="role"),
)


class OperatorSecretRow(TypedDict):
    """The hash of an operator's password."""

    name: str
    password_hash: str


operator_secret = Table(
    "operator_secret",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("password_hash", Text, nullable=False),
)
