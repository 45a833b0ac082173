"""SQL of invalid cards that came back."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import begins, rows
from printd.store.tables.cards import CardRow, returned_card


def add_card(connection: Connection, row: CardRow) -> None:
    """Write an invalid card that came back."""
    connection.execute(returned_card.insert(), row)


def cards_by_id(connection: Connection, ids: Sequence[str]) -> dict[str, CardRow]:
    """Return some invalid cards by their ids."""
    return {
        row["id"]: row for row in rows(connection, sa.select(returned_card).where(returned_card.c.id.in_(ids)), CardRow)
    }


def cards_beginning(connection: Connection, start: str) -> list[str]:
    """Return up to three ids of invalid cards that begin with these characters."""
    query = sa.select(returned_card.c.id).where(*begins(returned_card.c.id, start)).limit(3)
    return list(connection.execute(query).scalars())


def cards_kept(connection: Connection) -> list[CardRow]:
    """Return the invalid cards that wait for destruction, oldest first."""
    query = sa.select(returned_card).where(returned_card.c.destruction_id.is_(None))
    return rows(connection, query.order_by(returned_card.c.received_at, returned_card.c.id), CardRow)


def cards_of(connection: Connection, destruction_id: str) -> list[CardRow]:
    """Return the invalid cards of one destruction."""
    query = sa.select(returned_card).where(returned_card.c.destruction_id == destruction_id)
    return rows(connection, query.order_by(returned_card.c.received_at, returned_card.c.id), CardRow)


def put_on(connection: Connection, serial: str, other: str) -> None:
    """Write of an invalid card that is kept that it is on another blank than was believed."""
    kept = returned_card.c.serial == serial, returned_card.c.destruction_id.is_(None)
    connection.execute(returned_card.update().where(*kept).values(serial=other))


def set_cards_destroyed(connection: Connection, ids: Sequence[str], destruction_id: str) -> None:
    """Write in which destruction cards ended."""
    connection.execute(returned_card.update().where(returned_card.c.id.in_(ids)).values(destruction_id=destruction_id))
