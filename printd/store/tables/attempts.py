"""Table of attempts: one try of a job on one blank."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, text

from printd.store.columns import Word, serial_text
from printd.store.metadata import metadata
from printd.words.states import AttemptState, Quality

OPEN_ATTEMPT = "state IN ('open', 'in_doubt')"
BLANK_TAKEN = "state IN ('open', 'in_doubt', 'printed', 'spoiled')"


class AttemptRow(TypedDict):
    """One attempt; ``counters`` and ``evidence`` are JSON."""

    id: str
    job_id: str
    number: int
    serial: str
    printer: str
    operator: str
    artwork: str
    state: AttemptState
    cause: str | None
    quality: Quality | None
    counters: str
    evidence: str
    opened_at: str
    closed_at: str | None
    checked_at: str | None
    checked_by: str | None
    turn: str | None
    policy_class: str | None


attempt = Table(
    "attempt",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("job_id", String(36), ForeignKey("job.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("serial", serial_text(100), nullable=False),
    Column("printer", String(64), ForeignKey("printer.name"), nullable=False),
    Column("operator", String(64), nullable=False),
    Column("artwork", String(43), nullable=False),
    Column("state", Word(AttemptState, 16), nullable=False),
    Column("cause", String(20)),
    Column("quality", Word(Quality, 16)),
    Column("counters", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("opened_at", String(20), nullable=False),
    Column("closed_at", String(20)),
    Column("checked_at", String(20)),
    Column("checked_by", String(64)),
    Column("turn", String(16)),  # by which rule of the policy; none: no entry says
    Column("policy_class", String(32)),
    Index(
        "uq_attempt_open_printer",
        "printer",
        unique=True,
        sqlite_where=text(OPEN_ATTEMPT),
        postgresql_where=text(OPEN_ATTEMPT),
    ),
    Index(
        "uq_attempt_taken_blank",
        "serial",
        unique=True,
        sqlite_where=text(BLANK_TAKEN),
        postgresql_where=text(BLANK_TAKEN),
    ),
    Index("ix_attempt_opened_at", "opened_at"),
    Index("uq_attempt_job_number", "job_id", "number", unique=True),
)
