"""What entries of records do to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, nothing, on
from printd.errors import Refused
from printd.events.records import (
    RecordAccepted,
    RecordAcknowledged,
    RecordDismissed,
    RecordQuarantined,
    RecordRestored,
)
from printd.events.sealing import of_quarantine
from printd.ledger.entry import Entry
from printd.projections.jobs import step
from printd.projections.seals import sealing
from printd.store import jobs, records, seals
from printd.store.rows import Connection
from printd.words.reasons import HeldBecause
from printd.words.states import (
    JobEvent,
    JobState,
)


def _record_accepted(connection: Connection, event: RecordAccepted, entry: Entry) -> None:
    warned = bool(event.warnings)
    records.add_record(
        connection,
        {
            "id": event.record,
            "holder": event.holder,
            "digest": event.digest,
            "source": event.source,
            "remote_status": event.remote_status,
            "reason": event.reason,
            "stock_type": event.stock_type,
            "warnings": " ".join(event.warnings),
            "acknowledged_by": None,
            "received_at": entry.at,
            "area": event.area,
            "nik_area": event.nik_area,
        },
    )
    jobs.add_job(
        connection,
        {
            "id": event.job,
            "record_id": event.record,
            "holder": event.holder,
            "stock_type": event.stock_type,
            "state": JobState.HELD if warned else JobState.QUEUED,
            "held_because": HeldBecause.WARNINGS if warned else None,
            "place_in_queue": entry.seq,
            "created_at": entry.at,
            "reason": event.reason,
            "area": event.area,
            "generation": event.generation,
            "override_seq": None,
            "cancelled_at": None,
            "looked_up_at": None,
            "looked_up_seq": None,
        },
    )


def _record_acknowledged(connection: Connection, event: RecordAcknowledged, entry: Entry) -> None:
    record = records.find_record(connection, event.record)
    if record is None:
        raise Refused(f"There is no record {event.record}.")
    if not record["warnings"] or record["acknowledged_by"] is not None:
        raise Refused(f"Record {record['id'][:8]} has no warnings that wait.", consequence="Nothing was changed.")
    if event.warnings != tuple(record["warnings"].split()):
        raise Refused(
            f"Those are not the warnings of record {record['id'][:8]}.",
            why="Who may answer for them depends on which they are.",
            consequence="Nothing was changed.",
        )
    records.set_acknowledged(connection, event.record, entry.actors[0])
    job = jobs.job_of_record(connection, event.record)
    if job is not None and job["state"] == JobState.HELD and job["held_because"] == HeldBecause.WARNINGS:
        step(connection, job["id"], JobEvent.RELEASE)


def _record_dismissed(connection: Connection, event: RecordDismissed, entry: Entry) -> None:
    seals.set_erased(connection, [of_quarantine(event.quarantine)], entry.seq)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    dict(
        (
            on(RecordAccepted, sealing(_record_accepted)),
            on(RecordAcknowledged, _record_acknowledged),
            on(RecordQuarantined, sealing(nothing)),
            on(RecordDismissed, _record_dismissed),
            on(RecordRestored, nothing),
        )
    )
)
