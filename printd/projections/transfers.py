"""What entries of sites and transfers do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from printd.books.booking import Projection
from printd.custody.movements import move
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.projections.deliveries import keep_discrepancies
from printd.store import sites, transfers
from printd.store.rows import Connection
from printd.words import places
from printd.words.serials import from_json, pieces
from printd.words.states import TransferState
from printd.words.subjects import Subject


def _site(connection: Connection, entry: Entry) -> None:
    data = entry.data
    sites.put_site(
        connection,
        {
            "name": data["site"],
            "kind": data["kind"],
            "title": data["title"],
            "area": data["area"],
            "key": data["key"],
        },
    )


def _sent(connection: Connection, entry: Entry) -> None:
    data = entry.data
    serials = from_json(data["serials"])
    if transfers.find_transfer(connection, data["transfer"]) is not None:
        raise Refused(f"There is a transfer {data['transfer']} already.", consequence="Nothing was moved.")
    transfers.add_transfer(
        connection,
        {
            "id": data["transfer"],
            "source": data["from"],
            "target": data["to"],
            "pieces": pieces(serials),
            "serials": json.dumps(data["serials"]),
            "document": data["document"],
            "due_back": data.get("due_back"),
            "carrier": data["carrier"],
            "seals": " ".join(data["seals"]),
            "state": TransferState.SENT,
            "sent_at": entry.at,
            "sent_by": entry.actors[0],
            "sent_with": entry.actors[1],
            "acknowledged_at": None,
            "acknowledged_by": None,
            "acknowledged_with": None,
            "acknowledgement": None,
        },
    )
    target = places.transfer(data["transfer"])
    move(connection, serials, data["from"], target, seq=entry.seq, at=entry.at, why="transfer")


def _acknowledged(connection: Connection, entry: Entry) -> None:
    data = entry.data
    name = data["transfer"]
    row = transfers.find_transfer(connection, name)
    if row is None or row["state"] != TransferState.SENT:
        raise Refused(f"Transfer {name} is not on its way.", consequence="Nothing was changed.")
    transfers.set_transfer(
        connection,
        name,
        state=TransferState.ACKNOWLEDGED,
        acknowledged_at=entry.at,
        acknowledged_by=entry.actors[0],
        acknowledged_with=entry.actors[1],
        acknowledgement=data["acknowledgement"],
    )
    arrived = from_json(data["serials"])
    if arrived:
        source = places.transfer(name)
        move(connection, arrived, source, row["target"], seq=entry.seq, at=entry.at, why="acknowledged")
    keep_discrepancies(connection, entry, Subject.TRANSFER.of(name), data["discrepancies"])


def _reported(connection: Connection, entry: Entry) -> None:
    data = entry.data
    sites.add_report(
        connection,
        {
            "seq": entry.seq,
            "site": data["site"],
            "day": data["day"],
            "stock_type": data["stock_type"],
            "pieces": data["pieces"],
            "book": data["book"],
            "ribbon": data.get("ribbon"),
            "film": data.get("film"),
            "at": entry.at,
            "by": entry.actors[0],
        },
    )


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "site.set": _site,
        "transfer.sent": _sent,
        "transfer.acknowledged": _acknowledged,
        "site.reported": _reported,
    }
)
