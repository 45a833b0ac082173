"""What entries of deliveries, cartons and chips do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.custody import identity
from printd.custody.movements import create, move
from printd.errors import Refused
from printd.events.blanks import ChipBound
from printd.events.deliveries import CartonOpened, DeliveryAnnounced, DeliveryCounted, DeliveryReceived, Discrepancy
from printd.ledger.entry import Entry
from printd.projections.opened import check_same_kind
from printd.remedies import ASKED, Do
from printd.store import blanks, chips, counts, deliveries, discrepancies
from printd.store.rows import Connection
from printd.words import places
from printd.words.serials import parse_range, pieces, to_json
from printd.words.states import DeliveryState, DisputeState
from printd.words.subjects import Subject


def _announced(connection: Connection, event: DeliveryAnnounced, entry: Entry) -> None:
    delivery = event.delivery
    if deliveries.find_delivery(connection, delivery) is not None:
        raise Refused(
            f"Delivery {delivery} is announced already.",
            consequence="Nothing was changed.",
            remedy=("See it with: ", Do("deliveries.show", delivery=delivery)),
        )
    check_same_kind(
        connection, f"The manifest of {delivery}", practice=event.practice, consequence="Nothing was announced."
    )
    deliveries.add_delivery(
        connection,
        {
            "id": delivery,
            "bast_number": event.bast_number,
            "bast_date": event.bast_date,
            "stock_type": event.stock_type,
            "generation": event.generation,
            "identified_by": event.identified_by,
            "announced": pieces(event.serials),
            "state": DeliveryState.ANNOUNCED,
            "announced_at": entry.at,
            "announced_seq": entry.seq,
            "announced_by": entry.actors[0],
            "received_at": None,
            "received_by": None,
            "received_with": None,
            "sender": event.sender,
            "due_back": event.due_back,
            "unit_value": event.unit_value,
            "seals": " ".join(event.seals) or None,
            "signed_by": event.signed_by,
            "counted": None,
            "handover": None,
        },
        [
            {
                "delivery_id": delivery,
                "label": label,
                "prefix": part.prefix,
                "width": part.width,
                "first": part.first,
                "last": part.last,
                "opened_at": None,
                "opened_by": None,
                "opened_with": None,
            }
            for label, first, last in event.cartons
            for part in (parse_range(first, last),)
        ],
    )
    create(connection, event.serials, places.transit(delivery), delivery)


def _counted(connection: Connection, event: DeliveryCounted, entry: Entry) -> None:
    _check_awaited(connection, event.delivery)
    keep_sheet(connection, entry, Subject.DELIVERY.of(event.delivery), event.sheet.data())


def _check_awaited(connection: Connection, delivery: str) -> None:
    """Make sure that a delivery is still to be received.

    :raises Refused: it was never announced, or is received already.
    """
    row = deliveries.find_delivery(connection, delivery)
    if row is None:
        raise Refused(
            f"No delivery {delivery} was announced.",
            consequence="Nothing was received.",
            remedy=("Announce its manifest first: ", Do("deliveries.announce", content=ASKED)),
        )
    if row["state"] != DeliveryState.ANNOUNCED:
        raise Refused(
            f"Delivery {delivery} was received already, by {row['received_by']} and {row['received_with']}.",
            consequence="Nothing was received twice.",
        )


def keep_sheet(connection: Connection, entry: Entry, subject: str, sheet: Mapping[str, object]) -> None:
    """Write what the entry's actor counted."""
    counts.add_sheet(
        connection,
        {
            "seq": entry.seq,
            "subject": subject,
            "person": entry.actors[0],
            "at": entry.at,
            "sheet": as_json(sheet),
        },
    )


def as_json(told: object) -> str:
    """Return what an entry tells as a column keeps it."""
    return json.dumps(told, sort_keys=True, ensure_ascii=False)


def _received(connection: Connection, event: DeliveryReceived, entry: Entry) -> None:
    delivery, serials = event.delivery, event.serials
    _check_awaited(connection, delivery)
    counted = pieces(serials) if event.counted is None else event.counted
    deliveries.set_received(
        connection,
        delivery,
        {
            "received_at": entry.at,
            "received_by": entry.actors[0],
            "received_with": entry.actors[1],
            "counted": counted,
            "handover": None if event.handover is None else as_json(event.handover.data()),
        },
    )
    if serials:
        move(
            connection,
            serials,
            places.transit(delivery),
            places.STORE,
            seq=entry.seq,
            at=entry.at,
            why="receive",
        )
    keep_discrepancies(connection, entry, Subject.DELIVERY.of(delivery), event.discrepancies or ())


def keep_discrepancies(connection: Connection, entry: Entry, subject: str, found: Sequence[Discrepancy]) -> None:
    """Write the differences that an entry of two people opens."""
    discrepancies.add_discrepancies(
        connection,
        [
            {
                "id": one.id,
                "subject": subject,
                "kind": one.kind,
                "pieces": one.pieces,
                "serials": json.dumps(to_json(one.serials)),
                "note": one.note,
                "state": DisputeState.OPEN,
                "opened_at": entry.at,
                "opened_by": entry.actors[0],
                "opened_with": entry.actors[1],
                "closed_at": None,
                "closed_by": None,
                "closed_with": None,
                "document": None,
                "outcome": None,
            }
            for one in found
        ],
    )


def _opened(connection: Connection, event: CartonOpened, entry: Entry) -> None:
    delivery, label = event.delivery, event.carton
    row = deliveries.find_carton(connection, delivery, label)
    if row is None:
        raise Refused(f"Delivery {delivery} has no carton {label}.", consequence="Nothing was opened.")
    if row["opened_at"] is not None:
        raise Refused(
            f"Carton {label} was opened already, by {row['opened_by']} and {row['opened_with']}.",
            consequence="Nothing was changed.",
        )
    lying = {one.place for one in blanks.touching(connection, blanks.serials_of(row))}
    if places.STORE not in lying:  # what of it is in dispute stays in transit, and does not lock in the rest
        raise Refused(
            f"Carton {label} is not in the store: its blanks are in {', '.join(sorted(lying))}.",
            consequence="It was not opened.",
            remedy=("See its delivery with: ", Do("deliveries.show", delivery=delivery)),
        )
    deliveries.open_carton(connection, delivery, label, entry.at, entry.actors[0], entry.actors[1])


def _bound(connection: Connection, event: ChipBound, entry: Entry) -> None:
    serial, uid = event.serial, event.uid
    conflict = identity.check(connection, serial, identity.parse_uid(uid))
    if conflict is not None:
        raise Refused(conflict.sentence, consequence="Nothing was bound.", remedy="Put the blank aside.")
    if chips.chip_of_serial(connection, serial) is not None:
        raise Refused(f"{serial} is bound to the chip {uid} already.", consequence="Nothing was changed.")
    chips.add_chip(
        connection,
        {
            "uid": uid,
            "serial": serial,
            "bound_at": entry.at,
            "bound_by": entry.actors[0] if entry.actors else None,
        },
    )


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    dict(
        (
            on(DeliveryAnnounced, _announced),
            on(DeliveryCounted, _counted),
            on(DeliveryReceived, _received),
            on(CartonOpened, _opened),
            on(ChipBound, _bound),
        )
    )
)
