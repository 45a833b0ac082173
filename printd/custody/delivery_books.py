"""What entries of deliveries do to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books import Projection
from printd.custody import places
from printd.custody.movements import create, move
from printd.custody.serials import from_json, parse_range
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.store import blanks
from printd.store.rows import Connection


def _announced(connection: Connection, entry: Entry) -> None:
    data = entry.data
    delivery = data["delivery"]
    if blanks.find_delivery(connection, delivery) is not None:
        raise Refused(
            f"Delivery {delivery} is announced already.",
            consequence="Nothing was changed.",
            remedy=f"See it with: printd deliveries show {delivery}",
        )
    serials = from_json(data["serials"])
    blanks.add_delivery(
        connection,
        {
            "id": delivery,
            "bast_number": data["bast_number"],
            "bast_date": data["bast_date"],
            "stock_type": data["stock_type"],
            "generation": data["generation"],
            "identified_by": data["identified_by"],
            "announced": sum(len(part) for part in serials),
            "state": "announced",
            "announced_at": entry.at,
            "announced_by": entry.actors[0],
        },
        [
            {
                "delivery_id": delivery,
                "label": label,
                "prefix": part.prefix,
                "width": part.width,
                "first": part.first,
                "last": part.last,
            }
            for label, first, last in data["cartons"]
            for part in (parse_range(first, last),)
        ],
    )
    create(connection, serials, places.transit(delivery), delivery)


def _received(connection: Connection, entry: Entry) -> None:
    delivery = entry.data["delivery"]
    blanks.set_received(connection, delivery, entry.at, entry.actors[0], entry.actors[1])
    move(
        connection,
        from_json(entry.data["serials"]),
        places.transit(delivery),
        places.STORE,
        seq=entry.seq,
        at=entry.at,
        why="receive",
    )


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "delivery.announced": _announced,
        "delivery.received": _received,
    }
)
