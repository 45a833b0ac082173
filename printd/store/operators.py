"""SQL of operators and their passwords."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.operators import OperatorRow, operator, operator_secret


def put_operator(connection: Connection, name: str, role: str, active: bool) -> None:
    """Write an operator, new or changed."""
    known = connection.execute(operator.update().where(operator.c.name == name).values(role=role, active=active))
    if known.rowcount == 0:
        connection.execute(operator.insert(), {"name": name, "role": role, "active": active})


_FIND_OPERATOR = sa.select(operator).where(operator.c.name == sa.bindparam("n"))


def find_operator(connection: Connection, name: str) -> OperatorRow | None:
    """Return one operator."""
    return first(connection, _FIND_OPERATOR, OperatorRow, n=name)


def operators(connection: Connection) -> list[OperatorRow]:
    """Return all operators by name."""
    return rows(connection, sa.select(operator).order_by(operator.c.name), OperatorRow)


def put_password(connection: Connection, name: str, password_hash: str) -> None:
    """Write an operator's password hash, new or changed."""
    connection.execute(operator_secret.delete().where(operator_secret.c.name == name))
    connection.execute(operator_secret.insert(), {"name": name, "password_hash": password_hash})


def password_hash(connection: Connection, name: str) -> str | None:
    """Return an operator's password hash."""
    return connection.execute(sa.select(operator_secret.c.password_hash).where(operator_secret.c.name == name)).scalar()
