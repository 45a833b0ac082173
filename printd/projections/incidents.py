"""What entries of incidents do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.errors import Refused
from printd.events.configuration import Configuration
from printd.events.incidents import IncidentClosed, IncidentNoted, IncidentOpened
from printd.ledger.entry import Entry
from printd.store import configuration, incidents
from printd.store.rows import Connection
from printd.words.moments import parse, stamp
from printd.words.serials import to_json
from printd.words.states import DisputeState


def _opened(connection: Connection, event: IncidentOpened, entry: Entry) -> None:
    incidents.add_incident(
        connection,
        {
            "id": event.incident,
            "kind": event.kind_,
            "serials": json.dumps(to_json(event.serials)),
            "pieces": event.pieces,
            "note": event.note,
            "last_event": event.last_event,
            "state": DisputeState.OPEN,
            "opened_seq": entry.seq,
            "opened_at": entry.at,
            "opened_by": entry.actors[0] if entry.actors else None,
            "police_report": None,
            "closed_at": None,
            "closed_by": None,
            "closed_with": None,
            "outcome": None,
            "report_by": _report_by(connection, entry.at),
        },
    )


def _report_by(connection: Connection, at: str) -> str | None:
    """Return by when an incident of a moment is reported, by what the shop runs under; ``None``: no entry tells."""
    row = configuration.last_configuration(connection)
    hours = None if row is None else Configuration.model_validate_json(row["content"]).report_hours
    return None if hours is None else stamp(parse(at) + timedelta(hours=hours))


def _noted(connection: Connection, event: IncidentNoted, entry: Entry) -> None:
    _open_incident(connection, event.incident)
    incidents.add_note(
        connection,
        {
            "seq": entry.seq,
            "incident_id": event.incident,
            "at": entry.at,
            "by": entry.actors[0],
            "text": event.text,
            "reported_to": json.dumps(list(event.reported_to)),
            "police_report": event.police_report,
        },
    )
    if event.police_report:
        incidents.set_incident(connection, event.incident, police_report=event.police_report)


def _closed(connection: Connection, event: IncidentClosed, entry: Entry) -> None:
    _open_incident(connection, event.incident)
    incidents.set_incident(
        connection,
        event.incident,
        state=DisputeState.CLOSED,
        closed_at=entry.at,
        closed_by=entry.actors[0],
        closed_with=entry.actors[1],
        outcome=event.outcome,
    )


def _open_incident(connection: Connection, name: str) -> None:
    row = incidents.find_incident(connection, name)
    if row is None or row["state"] != DisputeState.OPEN:
        raise Refused(f"There is no open incident {name}.", consequence="Nothing was changed.")


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    dict((on(IncidentOpened, _opened), on(IncidentNoted, _noted), on(IncidentClosed, _closed)))
)
