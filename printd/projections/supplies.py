"""What entries of consumables, temporary certificates and requests do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from printd.books.booking import Projection
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.store import consumables, printers, requests, sukets
from printd.store.rows import Connection


def _received(connection: Connection, entry: Entry) -> None:
    data = entry.data
    consumables.add_supply(connection, data["kind"], data["label"], data["pieces"], data["nominal"])


def _opened(connection: Connection, entry: Entry) -> None:
    """Take one out of the cupboard into a printer; what was in it before has ended."""
    data = entry.data
    if printers.find_printer(connection, data["printer"]) is None:
        raise Refused(f"There is no printer {data['printer']}.", remedy="See all with: printd printers list")
    if not consumables.take_supply(connection, data["kind"], data["label"]):
        raise Refused(
            f"There is no {data['kind']} {data['label']} in stock.",
            consequence="Nothing was opened.",
            remedy="Book what came first: printd consumables receive",
        )
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
    data = entry.data
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
