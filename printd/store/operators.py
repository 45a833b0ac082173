"""SQL of operators and their sealed keys."""

from __future__ import annotations

from typing import TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.operators import OperatorRow, OperatorSecretRow, operator, operator_secret
from printd.words.roles import Role


def add_operator(connection: Connection, row: OperatorRow) -> None:
    """Write a new operator."""
    connection.execute(operator.insert(), row)


class OperatorChange(TypedDict, total=False):
    """What is new about an operator."""

    role: Role
    active: bool
    key: str
    sealed: str


def set_operator(connection: Connection, name: str, **values: Unpack[OperatorChange]) -> None:
    """Write what is new about an operator."""
    connection.execute(operator.update().where(operator.c.name == name).values(**values))


_FIND_OPERATOR = sa.select(operator).where(operator.c.name == sa.bindparam("n"))


def find_operator(connection: Connection, name: str) -> OperatorRow | None:
    """Return one operator."""
    return first(connection, _FIND_OPERATOR, OperatorRow, n=name)


def operators(connection: Connection) -> list[OperatorRow]:
    """Return all operators by name."""
    return rows(connection, sa.select(operator).order_by(operator.c.name), OperatorRow)


def put_sealed_key(connection: Connection, name: str, sealed_key: str) -> None:
    """Write an operator's sealed key, new or changed."""
    connection.execute(operator_secret.delete().where(operator_secret.c.name == name))
    connection.execute(operator_secret.insert(), {"name": name, "sealed_key": sealed_key})


def secrets(connection: Connection) -> list[OperatorSecretRow]:
    """Return the sealed keys of all operators, by name."""
    return rows(connection, sa.select(operator_secret).order_by(operator_secret.c.name), OperatorSecretRow)


def sealed_key(connection: Connection, name: str) -> str | None:
    """Return an operator's sealed key."""
    return connection.execute(sa.select(operator_secret.c.sealed_key).where(operator_secret.c.name == name)).scalar()
