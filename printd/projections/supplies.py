"""What entries of consumables, temporary certificates and requests do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.remedies import Do
from printd.store import consumables, printers, requests, sukets
from printd.store.rows import Connection
from printd.store.tables.consumables import SupplyRow


def _received(connection: Connection, entry: Entry) -> None:
    data = entry.data
    here = find_supply(connection, data["kind"], data["label"])
    if here is not None and here["nominal"] != data["nominal"]:
        raise Refused(
            f"{data['kind'].capitalize()} {data['label']} is in the books as made for {here['nominal']} cards, not "
            f"{data['nominal']}.",
            consequence="Nothing was received.",
            remedy="Give the other sort a label of its own.",
        )
    consumables.add_supply(connection, data["kind"], data["label"], data["pieces"], data["nominal"])


def find_supply(connection: Connection, kind: str, label: str) -> SupplyRow | None:
    """Return what lies in the cupboard of one kind and label; ``None``: none of it ever came."""
    return next((row for row in consumables.supplies(connection) if (row["kind"], row["label"]) == (kind, label)), None)


def in_stock(connection: Connection, kind: str, label: str) -> SupplyRow:
    """Return what lies in the cupboard of one kind and label.

    :raises Refused: none of it is left, or none ever came.
    """
    row = find_supply(connection, kind, label)
    if row is None or row["pieces"] == 0:
        raise Refused(
            f"There is no {kind} {label} in stock.",
            consequence="Nothing was opened.",
            remedy=("Book what came first: ", Do("consumables.receive")),
        )
    return row


def _opened(connection: Connection, entry: Entry) -> None:
    """Take one out of the cupboard into a printer; what was in it before has ended."""
    data = entry.data
    if printers.find_printer(connection, data["printer"]) is None:
        raise Refused(f"There is no printer {data['printer']}.", remedy=("See all with: ", Do("printers.list")))
    in_stock(connection, data["kind"], data["label"])
    consumables.take_supply(connection, data["kind"], data["label"])
    consumables.end_consumables(connection, data["printer"], data["kind"], entry.at)
    consumables.add_consumable(
        connection,
        {
            "seq": entry.seq,
            "kind": data["kind"],
            "printer": data["printer"],
            "label": data["label"],
            "nominal": data["nominal"],
            "opened_at": entry.at,
            "opened_by": entry.actors[0],
            "ended_at": None,
        },
    )


def _suket(connection: Connection, entry: Entry) -> None:
    """Keep a certificate of a person who has none that is valid on the day of issue."""
    data = entry.data
    earlier = sukets.open_sukets(connection, data["holder"])
    valid = [one for one in earlier if one["issued_on"] <= data["issued_on"] <= one["expires_on"]]
    if valid:
        raise Refused(
            f"This holder has {valid[0]['id']}, valid until {valid[0]['expires_on']}.",
            why="Nobody holds two valid certificates.",
            consequence="The certificate was not booked.",
            remedy="Renew it when it has expired.",
        )
    sukets.add_suket(
        connection,
        {
            "id": data["suket"],
            "holder": data["holder"],
            "issued_on": data["issued_on"],
            "expires_on": data["expires_on"],
            "status": data["status"],
            "entered_at": entry.at,
            "entered_by": entry.actors[0],
            "converted_at": None,
            "job_id": None,
        },
    )


def _requested(connection: Connection, entry: Entry) -> None:
    data = entry.data
    requests.add_request(
        connection,
        {
            "id": data["request"],
            "seq": entry.seq,
            "at": entry.at,
            "by": entry.actors[0],
            "stock_type": data["stock_type"],
            "asked": data["asked"],
            "facts": json.dumps(data["facts"], sort_keys=True, ensure_ascii=False),
        },
    )


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "consumable.received": _received,
        "consumable.opened": _opened,
        "suket.issued": _suket,
        "request.made": _requested,
    }
)
