"""What the two who received a delivery found."""

from __future__ import annotations

from printd.events.deliveries import ReceiptSheet
from printd.store import counts
from printd.store.rows import Connection
from printd.store.tables.deliveries import DeliveryRow
from printd.words.subjects import Subject


def sheet(connection: Connection, delivery: DeliveryRow) -> ReceiptSheet | None:
    """Return the sheet on which the two who received a delivery agree; ``None``: it is not received, or has none."""
    found = counts.last_sheets(connection, Subject.DELIVERY.of(delivery["id"])).get(delivery["received_by"] or "")
    return None if found is None else ReceiptSheet.model_validate_json(found["sheet"])
