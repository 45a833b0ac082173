"""What entries of incidents, invalid cards and destructions do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from printd.books import Projection
from printd.custody.movements import move
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.store import losses
from printd.store.rows import Connection
from printd.words import places
from printd.words.serials import from_json, parse_serial, pieces
from printd.words.states import DisputeState


def _opened(connection: Connection, entry: Entry) -> None:
    data = entry.data
    losses.add_incident(
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
        },
    )


def _noted(connection: Connection, entry: Entry) -> None:
    data = entry.data
    _open_incident(connection, data["incident"])
    losses.add_note(
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
        losses.set_incident(connection, data["incident"], police_report=data["police_report"])


def _closed(connection: Connection, entry: Entry) -> None:
    _open_incident(connection, entry.data["incident"])
    losses.set_incident(
        connection,
        entry.data["incident"],
        state=DisputeState.CLOSED,
        closed_at=entry.at,
        closed_by=entry.actors[0],
        closed_with=entry.actors[1],
        outcome=entry.data["outcome"],
    )


def _open_incident(connection: Connection, name: str) -> None:
    row = losses.find_incident(connection, name)
    if row is None or row["state"] != DisputeState.OPEN:
        raise Refused(f"There is no open incident {name}.", consequence="Nothing was changed.")


def _card_returned(connection: Connection, entry: Entry) -> None:
    data = entry.data
    losses.add_card(
        connection,
        {
            "id": data["card"],
            "holder": data["holder"],
            "cause": data["cause"],
            "serial": data.get("serial"),
            "from_site": data["from_site"],
            "received_at": entry.at,
            "received_by": entry.actors[0],
        },
    )
    if data.get("serial"):
        serial = parse_serial(data["serial"])
        move(connection, [serial], places.HOLDER, places.INVALID, seq=entry.seq, at=entry.at, why="brought_back")


def _destroyed(connection: Connection, entry: Entry) -> None:
    data = entry.data
    spoiled, invalid = from_json(data["serials"]), from_json(data["invalid"])
    cards = losses.cards_by_id(connection, data["cards"])
    gone = [one for one in data["cards"] if one not in cards or cards[one]["destruction_id"] is not None]
    if gone:
        raise Refused(f"Card {gone[0][:8]} is not here to be destroyed.", consequence="Nothing was destroyed.")
    losses.add_destruction(
        connection,
        {
            "id": data["destruction"],
            "ba_number": data["ba_number"],
            "at": entry.at,
            "by": entry.actors[0],
            "second": entry.actors[1],
            "method": data["method"],
            "place": data["place"],
            "witnesses": json.dumps(data["witnesses"], sort_keys=True, ensure_ascii=False),
            "serials": json.dumps(data["serials"] + data["invalid"]),
            "blanks": pieces(spoiled),
            "cards": len(data["cards"]),
        },
    )
    losses.set_cards_destroyed(connection, data["cards"], data["destruction"])
    part = 0
    for serials, source in ((spoiled, places.SPOILED), (invalid, places.INVALID)):
        if serials:
            part += move(
                connection,
                serials,
                source,
                places.DESTROYED,
                seq=entry.seq,
                at=entry.at,
                why="destroyed",
                part=part,
            )


def _nothing(connection: Connection, entry: Entry) -> None:
    """Stand for kinds that are facts of their own and change no table."""


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "incident.opened": _opened,
        "incident.noted": _noted,
        "incident.closed": _closed,
        "card.returned": _card_returned,
        "blanks.destroyed": _destroyed,
        "register.read": _nothing,
    }
)
