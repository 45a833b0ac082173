"""SQL of incidents, invalid cards and destructions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.office_schema import destruction, incident, incident_note, returned_card
from printd.store.rows import Row, first, rows


def add_incident(connection: Connection, row: dict[str, Any]) -> None:
    """Write a new incident."""
    connection.execute(incident.insert(), row)


def set_incident(connection: Connection, name: str, **values: Any) -> None:
    """Write what became of an incident."""
    connection.execute(incident.update().where(incident.c.id == name).values(**values))


def find_incident(connection: Connection, name: str) -> Row | None:
    """Return one incident."""
    return first(connection, sa.select(incident).where(incident.c.id == name))


def incidents(connection: Connection, state: str | None = None) -> list[Row]:
    """Return incidents, oldest first."""
    query = sa.select(incident).order_by(incident.c.opened_seq)
    return rows(connection, query if state is None else query.where(incident.c.state == state))


def add_note(connection: Connection, row: dict[str, Any]) -> None:
    """Write what was done about an incident."""
    connection.execute(incident_note.insert(), row)


def notes(connection: Connection, name: str) -> list[Row]:
    """Return what was done about an incident, oldest first."""
    query = sa.select(incident_note).where(incident_note.c.incident_id == name).order_by(incident_note.c.seq)
    return rows(connection, query)


def add_card(connection: Connection, row: dict[str, Any]) -> None:
    """Write an invalid card that came back."""
    connection.execute(returned_card.insert(), row)


def cards_by_id(connection: Connection, ids: Sequence[str]) -> dict[str, Row]:
    """Return some invalid cards by their ids."""
    return {row["id"]: row for row in rows(connection, sa.select(returned_card).where(returned_card.c.id.in_(ids)))}


def cards_kept(connection: Connection) -> list[Row]:
    """Return the invalid cards that wait for destruction, oldest first."""
    query = sa.select(returned_card).where(returned_card.c.destruction_id.is_(None))
    return rows(connection, query.order_by(returned_card.c.received_at, returned_card.c.id))


def cards_of(connection: Connection, destruction_id: str) -> list[Row]:
    """Return the invalid cards of one destruction."""
    query = sa.select(returned_card).where(returned_card.c.destruction_id == destruction_id)
    return rows(connection, query.order_by(returned_card.c.received_at, returned_card.c.id))


def put_on(connection: Connection, serial: str, other: str) -> None:
    """Write of an invalid card that is kept that it is on another blank than was believed."""
    kept = returned_card.c.serial == serial, returned_card.c.destruction_id.is_(None)
    connection.execute(returned_card.update().where(*kept).values(serial=other))


def set_cards_destroyed(connection: Connection, ids: Sequence[str], destruction_id: str) -> None:
    """Write in which destruction cards ended."""
    connection.execute(returned_card.update().where(returned_card.c.id.in_(ids)).values(destruction_id=destruction_id))


def add_destruction(connection: Connection, row: dict[str, Any]) -> None:
    """Write a destruction."""
    connection.execute(destruction.insert(), row)


def find_destruction(connection: Connection, name: str) -> Row | None:
    """Return one destruction."""
    return first(connection, sa.select(destruction).where(destruction.c.id == name))


def destructions(connection: Connection) -> list[Row]:
    """Return all destructions, oldest first."""
    return rows(connection, sa.select(destruction).order_by(destruction.c.at, destruction.c.id))
