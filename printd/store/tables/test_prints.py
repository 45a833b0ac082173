"""Table of test prints: a blank that nobody ordered a card on."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text, text

from printd.store.columns import Word, serial_text
from printd.store.metadata import metadata
from printd.store.tables.attempts import OPEN_ATTEMPT
from printd.words.states import TestPrintState

TEST_TAKEN = "state IN ('open', 'in_doubt', 'spoiled')"


class TestPrintRow(TypedDict):
    """One test print; ``counters`` and ``evidence`` are JSON."""

    id: str
    purpose: str
    serial: str
    printer: str
    serial_number: str
    operator: str
    artwork: str
    state: TestPrintState
    counters: str
    evidence: str
    opened_at: str
    closed_at: str | None
    settled_by: str | None
    settled_with: str | None


test_print = Table(  # triggers forbid one beside an open attempt on the same printer or blank, and the reverse
    "test_print",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("serial", serial_text(100), nullable=False),
    Column("printer", String(64), ForeignKey("printer.name"), nullable=False),
    Column("serial_number", String(64), nullable=False),  # of the printer
    Column("operator", String(64), nullable=False),
    Column("artwork", String(43), nullable=False),
    Column("state", Word(TestPrintState, 16), nullable=False),
    Column("counters", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("opened_at", String(20), nullable=False),
    Column("closed_at", String(20)),
    Column("settled_by", String(64)),  # two people, where the printer's own evidence did not settle it
    Column("settled_with", String(64)),
    CheckConstraint("state IN ('open', 'in_doubt', 'spoiled', 'unused', 'lost')", name="state"),
    Index(
        "uq_test_print_open_printer",
        "printer",
        unique=True,
        sqlite_where=text(OPEN_ATTEMPT),
        postgresql_where=text(OPEN_ATTEMPT),
    ),
    Index(
        "uq_test_print_taken_blank",
        "serial",
        unique=True,
        sqlite_where=text(TEST_TAKEN),
        postgresql_where=text(TEST_TAKEN),
    ),
    Index("ix_test_print_opened_at", "opened_at"),
)
