"""What entries of incidents do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.store import incidents
from printd.store.rows import Connection
from printd.words.states import (
    DisputeState,
)


def _opened(connection: Connection, entry: Entry) -> None:
    data = entry.data
    incidents.add_incident(
        connection,
        {
            "id": data["incident"],
            "kind": data["kind"],
            "serials": json.dumps(data["serials"]),
            "pieces": data["pieces"],
            "note": data["note"],
            "last_event": data["last_event"],
            "state": DisputeState.OPEN,
            "opened_seq": entry.seq,
            "opened_at": entry.at,
            "opened_by": entry.actors[0],
            "police_report": None,
            "closed_at": None,
            "closed_by": None,
            "closed_with": None,
            "outcome": None,
        },
    )


def _noted(connection: Connection, entry: Entry) -> None:
    data = entry.data
    _open_incident(connection, data["incident"])
    incidents.add_note(
        connection,
        {
            "seq": entry.seq,
            "incident_id": data["incident"],
            "at": entry.at,
            "by": entry.actors[0],
            "text": data["text"],
        },
    )
    if data.get("police_report"):
        incidents.set_incident(connection, data["incident"], police_report=data["police_report"])


def _closed(connection: Connection, entry: Entry) -> None:
    _open_incident(connection, entry.data["incident"])
    incidents.set_incident(
        connection,
        entry.data["incident"],
        state=DisputeState.CLOSED,
        closed_at=entry.at,
        closed_by=entry.actors[0],
        closed_with=entry.actors[1],
        outcome=entry.data["outcome"],
    )


def _open_incident(connection: Connection, name: str) -> None:
    row = incidents.find_incident(connection, name)
    if row is None or row["state"] != DisputeState.OPEN:
        raise Refused(f"There is no open incident {name}.", consequence="Nothing was changed.")


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "incident.opened": _opened,
        "incident.noted": _noted,
        "incident.closed": _closed,
    }
)
