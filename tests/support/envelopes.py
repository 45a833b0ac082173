"""Envelopes for events that a test enters past the desk, where nobody seals: they lie there as the entry says."""

from __future__ import annotations

from typing import TypeVar

from printd.books import seals
from printd.events.records import RecordAccepted, RecordQuarantined
from printd.events.sealing import Sealing
from printd.store.records import add_quarantine, add_record_secret
from printd.store.rows import Connection
from printd.store.sealed import add_sealed
from printd.store.tables.records import QuarantineRow, RecordSecretRow
from printd.store.tables.sealed import SealedRow

S = TypeVar("S", bound=Sealing)


def with_envelope(connection: Connection, event: S) -> S:
    """Lay an envelope beside the log in the transaction that enters an event; return the event with its digest."""
    return event.model_copy(update={"sealed": _laid(connection, event)})


def _laid(connection: Connection, event: Sealing) -> str:
    if isinstance(event, RecordAccepted):
        secret: RecordSecretRow = {
            "record_id": event.record,
            "wrapped_key": b"key",
            "fields": b"fields",
            "photo": b"photo",
            "signature": None,
            "salt": b"salt",
            "tag": f"2026-11.00000000:{event.record}",
        }
        add_record_secret(connection, secret)
        return seals.of_record(secret)
    if isinstance(event, RecordQuarantined):
        refused: QuarantineRow = {
            "id": event.quarantine,
            "received_at": "2026-11-02T01:00:00Z",
            "codes": "",
            "message": "",
            "wrapped_key": b"key",
            "files": b"files",
        }
        add_quarantine(connection, refused)
        return seals.of_quarantine(refused)
    row: SealedRow = {"id": event.seal, "wrapped_key": b"key", "fields": b"fields", "salt": None, "tag": None}
    add_sealed(connection, row)
    return seals.of_act(row)
