"""What entries of consumables do to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.errors import Refused
from printd.events.supplies import ConsumableOpened, ConsumableReceived
from printd.ledger.entry import Entry
from printd.remedies import Do
from printd.store import consumables, printers
from printd.store.rows import Connection
from printd.store.tables.consumables import SupplyRow


def _received(connection: Connection, event: ConsumableReceived, entry: Entry) -> None:
    here = find_supply(connection, event.kind_, event.label)
    if here is not None and here["nominal"] != event.nominal:
        raise Refused(
            f"{event.kind_.capitalize()} {event.label} is in the books as made for {here['nominal']} cards, not "
            f"{event.nominal}.",
            consequence="Nothing was received.",
            remedy="Give the other sort a label of its own.",
        )
    consumables.add_supply(connection, event.kind_, event.label, event.pieces, event.nominal)
    consumables.add_receipt(
        connection,
        {
            "seq": entry.seq,
            "kind": event.kind_,
            "label": event.label,
            "pieces": event.pieces,
            "document": event.document,
            "at": entry.at,
            "by": entry.actors[0],
        },
    )


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


def _opened(connection: Connection, event: ConsumableOpened, entry: Entry) -> None:
    """Put one into a printer, out of the cupboard where it was booked into it; what was in it before has ended."""
    if printers.find_printer(connection, event.printer) is None:
        raise Refused(f"There is no printer {event.printer}.", remedy=("See all with: ", Do("printers.list")))
    if event.unbooked:
        _check_unknown(connection, event.kind_, event.label)
    else:
        in_stock(connection, event.kind_, event.label)
        consumables.take_supply(connection, event.kind_, event.label)
    consumables.end_consumables(connection, event.printer, event.kind_, entry.at)
    consumables.add_consumable(
        connection,
        {
            "seq": entry.seq,
            "kind": event.kind_,
            "printer": event.printer,
            "label": event.label,
            "nominal": event.nominal,
            "opened_at": entry.at,
            "opened_by": entry.actors[0],
            "ended_at": None,
            "document": event.document,
            "unbooked": event.unbooked,
        },
    )


def _check_unknown(connection: Connection, kind: str, label: str) -> None:
    """Make sure that nothing of a kind and label was ever booked in: otherwise the books know how many there are."""
    here = find_supply(connection, kind, label)
    if here is not None:
        raise Refused(
            f"{kind.capitalize()} {label} was booked in, and the books have {here['pieces']} of it in stock.",
            consequence="Nothing was opened.",
            remedy="Open it out of the stock; one that came since is booked in first.",
        )


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    dict((on(ConsumableReceived, _received), on(ConsumableOpened, _opened)))
)
