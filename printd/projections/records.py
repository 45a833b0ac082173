"""What entries of records do to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.projections.jobs import step
from printd.store import jobs, records
from printd.store.rows import Connection
from printd.words.reasons import HeldBecause
from printd.words.states import (
    JobEvent,
    JobState,
)


def _record_accepted(connection: Connection, entry: Entry) -> None:
    data = entry.data
    warned = bool(data["warnings"])
    records.add_record(
        connection,
        {
            "id": data["record"],
            "holder": data["holder"],
            "digest": data["digest"],
            "source": data["source"],
            "remote_status": data["remote_status"],
            "reason": data["reason"],
            "stock_type": data["stock_type"],
            "warnings": " ".join(data["warnings"]),
            "acknowledged_by": None,
            "received_at": entry.at,
            "area": data.get("area"),
            "nik_area": data.get("nik_area"),
        },
    )
    jobs.add_job(
        connection,
        {
            "id": data["job"],
            "record_id": data["record"],
            "holder": data["holder"],
            "stock_type": data["stock_type"],
            "state": JobState.HELD if warned else JobState.QUEUED,
            "held_because": HeldBecause.WARNINGS if warned else None,
            "place_in_queue": entry.seq,
            "created_at": entry.at,
            "reason": data["reason"],
            "area": data.get("area"),
            "generation": data.get("generation"),
            "override_seq": None,
            "cancelled_at": None,
            "looked_up_at": None,
            "looked_up_seq": None,
        },
    )


def _record_acknowledged(connection: Connection, entry: Entry) -> None:
    record = records.find_record(connection, entry.data["record"])
    if record is None:
        raise Refused(f"There is no record {entry.data['record']}.")
    if not record["warnings"] or record["acknowledged_by"] is not None:
        raise Refused(f"Record {record['id'][:8]} has no warnings that wait.", consequence="Nothing was changed.")
    records.set_acknowledged(connection, entry.data["record"], entry.actors[0])
    job = jobs.job_of_record(connection, entry.data["record"])
    if job is not None and job["state"] == JobState.HELD and job["held_because"] == HeldBecause.WARNINGS:
        step(connection, job["id"], JobEvent.RELEASE)


def _nothing(connection: Connection, entry: Entry) -> None:
    """Stand for kinds that are facts of their own and change no table."""


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "record.accepted": _record_accepted,
        "record.acknowledged": _record_acknowledged,
        "record.quarantined": _nothing,
        "record.dismissed": _nothing,
        "record.restored": _nothing,
    }
)
