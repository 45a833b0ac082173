"""Tables of incidents, and of what was done about each."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text

from printd.store.columns import Word
from printd.store.metadata import metadata
from printd.words.states import DisputeState


class IncidentRow(TypedDict):
    """One incident; ``serials`` is JSON; by ``report_by`` it is reported to all who must hear of it."""

    id: str
    kind: str
    serials: str
    pieces: int
    note: str
    last_event: str
    state: DisputeState
    opened_seq: int
    opened_at: str
    opened_by: str | None
    police_report: str | None
    closed_at: str | None
    closed_by: str | None
    closed_with: str | None
    outcome: str | None
    report_by: str | None


incident = Table(
    "incident",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("serials", Text, nullable=False),
    Column("pieces", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("last_event", Text, nullable=False),
    Column("state", Word(DisputeState, 16), nullable=False),
    Column("opened_seq", BigInteger, nullable=False),
    Column("opened_at", String(20), nullable=False),
    Column("opened_by", String(64)),  # none: the machine saw it
    Column("police_report", String(100)),
    Column("closed_at", String(20)),
    Column("closed_by", String(64)),
    Column("closed_with", String(64)),
    Column("outcome", Text),
    Column("report_by", String(20)),  # none: no entry tells within which time
    Index("ix_incident_state", "state"),
)


class IncidentNoteRow(TypedDict):
    """What was done about an incident; ``reported_to`` is JSON."""

    seq: int
    incident_id: str
    at: str
    by: str
    text: str
    reported_to: str
    police_report: str | None


incident_note = Table(
    "incident_note",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("incident_id", String(36), ForeignKey("incident.id"), nullable=False),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("reported_to", String(64), nullable=False),
    Column("police_report", String(100)),
)
