"""SQL of incidents."""

from __future__ import annotations

from typing import TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.incidents import IncidentNoteRow, IncidentRow, incident, incident_note
from printd.words.states import DisputeState


def add_incident(connection: Connection, row: IncidentRow) -> None:
    """Write a new incident."""
    connection.execute(incident.insert(), row)


class IncidentChange(TypedDict, total=False):
    """What became of an incident."""

    state: DisputeState
    police_report: str
    closed_at: str
    closed_by: str
    closed_with: str
    outcome: str


def set_incident(connection: Connection, name: str, **values: Unpack[IncidentChange]) -> None:
    """Write what became of an incident."""
    connection.execute(incident.update().where(incident.c.id == name).values(**values))


def find_incident(connection: Connection, name: str) -> IncidentRow | None:
    """Return one incident."""
    return first(connection, sa.select(incident).where(incident.c.id == name), IncidentRow)


def incidents(connection: Connection, state: str | None = None) -> list[IncidentRow]:
    """Return incidents, oldest first."""
    query = sa.select(incident).order_by(incident.c.opened_seq)
    return rows(connection, query if state is None else query.where(incident.c.state == state), IncidentRow)


def add_note(connection: Connection, row: IncidentNoteRow) -> None:
    """Write what was done about an incident."""
    connection.execute(incident_note.insert(), row)


def notes(connection: Connection, name: str) -> list[IncidentNoteRow]:
    """Return what was done about an incident, oldest first."""
    query = sa.select(incident_note).where(incident_note.c.incident_id == name).order_by(incident_note.c.seq)
    return rows(connection, query, IncidentNoteRow)


def notes_before(connection: Connection, high: str) -> list[IncidentNoteRow]:
    """Return what was done before a moment about any incident, oldest first."""
    query = sa.select(incident_note).where(incident_note.c.at < high).order_by(incident_note.c.seq)
    return rows(connection, query, IncidentNoteRow)


class IdentityIncident(TypedDict):
    """An open incident about a chip; ``serials`` is JSON."""

    id: str
    serials: str
    note: str


_IDENTITY = (
    sa.select(incident.c.id, incident.c.serials, incident.c.note)
    .where(incident.c.state == DisputeState.OPEN, incident.c.kind.in_(("unknown_uid", "uid_elsewhere")))
    .order_by(incident.c.id)
)


def identity_incidents(connection: Connection) -> list[IdentityIncident]:
    """Return open incidents about a chip that is not what the books say."""
    return rows(connection, _IDENTITY, IdentityIncident)
