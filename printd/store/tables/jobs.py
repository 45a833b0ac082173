"""Table of jobs: the wish to print one record."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, text

from printd.store.columns import Word
from printd.store.metadata import metadata
from printd.words.reasons import HeldBecause
from printd.words.states import JobState

LIVE_JOB = "state NOT IN ('handed_over', 'cancelled')"


class JobRow(TypedDict):
    """One job."""

    id: str
    record_id: str
    holder: str
    stock_type: str
    state: JobState
    held_because: HeldBecause | None
    place_in_queue: int
    created_at: str
    reason: str | None
    area: str | None
    generation: str | None
    override_seq: int | None
    cancelled_at: str | None
    looked_up_at: str | None
    looked_up_seq: int | None


job = Table(
    "job",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("record_id", String(36), ForeignKey("record.id"), nullable=False),
    Column("holder", String(32), nullable=False),
    Column("stock_type", String(8), nullable=False),
    Column("state", Word(JobState, 16), nullable=False),
    Column("held_because", Word(HeldBecause, 40)),
    Column("place_in_queue", BigInteger, nullable=False),
    Column("created_at", String(20), nullable=False),
    Column("reason", String(20)),
    Column("area", String(16)),
    Column("generation", String(32)),  # of the blank it must be printed on; any where nothing is said
    Column("override_seq", BigInteger),  # two people let it go first
    Column("cancelled_at", String(20)),
    Column("looked_up_at", String(20)),  # at the registry, when its record was too old; freshness counts from then
    Column("looked_up_seq", BigInteger),
    Index(
        "uq_job_live_holder",
        "holder",
        unique=True,
        sqlite_where=text(LIVE_JOB),
        postgresql_where=text(LIVE_JOB),
    ),
    Index("ix_job_state_place_in_queue", "state", "place_in_queue"),
    Index("ix_job_place_in_queue", "place_in_queue"),
    Index("ix_job_record_id", "record_id"),
)
