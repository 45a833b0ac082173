"""SQL of what the shop runs under."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.configuration import ConfigurationRow, configuration


def add_configuration(connection: Connection, row: ConfigurationRow) -> None:
    """Write what the shop runs under from now on."""
    connection.execute(configuration.insert(), row)


def find_configuration(connection: Connection, seq: int) -> ConfigurationRow | None:
    """Return what an entry says that the shop runs under."""
    return first(connection, sa.select(configuration).where(configuration.c.seq == seq), ConfigurationRow)


def last_configuration(connection: Connection) -> ConfigurationRow | None:
    """Return what the shop runs under."""
    newest = sa.select(configuration).order_by(configuration.c.seq.desc()).limit(1)
    return first(connection, newest, ConfigurationRow)


def configurations(connection: Connection) -> list[ConfigurationRow]:
    """Return all that it ever ran under, oldest first."""
    return rows(connection, sa.select(configuration).order_by(configuration.c.seq), ConfigurationRow)


def unanswered(connection: Connection) -> list[ConfigurationRow]:
    """Return what nobody answers for yet, oldest first."""
    waiting = sa.select(configuration).where(configuration.c.answered_seq.is_(None)).order_by(configuration.c.seq)
    return rows(connection, waiting, ConfigurationRow)


def answer(connection: Connection, seq: int, answered_seq: int) -> None:
    """Write which entry answers for what another one found."""
    change = configuration.update().where(configuration.c.seq == seq).values(answered_seq=answered_seq)
    connection.execute(change)
