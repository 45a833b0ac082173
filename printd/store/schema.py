"""Tables of a shop. What must not happen is forbidden here, not hoped for.

Two kinds of tables: the log (``entry``, ``node``, ``log_state``, ``checkpoint``, ``checkpoint_note``, and ``restored``,
the backups it came from) with the secrets that no log may hold (``record_secret``, ``operator_secret``, ``quarantine``,
``sealed``), and projections, which replaying the log must rebuild exactly (everything in ``PROJECTIONS``).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from printd.store.metadata import metadata
from printd.store.office_schema import OFFICE_PROJECTIONS

OPEN_ATTEMPT = "state IN ('open', 'in_doubt')"
BLANK_TAKEN = "state IN ('open', 'in_doubt', 'printed', 'spoiled')"
TEST_TAKEN = "state IN ('open', 'in_doubt', 'spoiled')"
WAITING_RECORD = "warnings <> '' AND acknowledged_by IS NULL"
LIVE_JOB = "state NOT IN ('handed_over', 'cancelled')"

# --- the log -----------------------------------------------------------------------------------------------------

entry = Table(
    "entry",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary(32), nullable=False),
)

node = Table(
    "node",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)

log_state = Table(
    "log_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    CheckConstraint("id = 1", name="single"),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
)

checkpoint_note = Table(
    "checkpoint_note",
    metadata,
    Column("size", BigInteger, ForeignKey("checkpoint.size"), primary_key=True, autoincrement=False),
    Column("note", LargeBinary, nullable=False),
)

restored = Table(  # backups that this database was restored from: how long the log was in each
    "restored",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("made_at", String(20), nullable=False),
)

# --- secrets -----------------------------------------------------------------------------------------------------

operator_secret = Table(
    "operator_secret",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("password_hash", Text, nullable=False),
)

record_secret = Table(
    "record_secret",
    metadata,
    Column("record_id", String(36), primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("fields", LargeBinary, nullable=False),
    Column("photo", LargeBinary, nullable=False),
    Column("signature", LargeBinary),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("received_at", String(20), nullable=False),
    Column("codes", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("files", LargeBinary, nullable=False),
)

sealed = Table(  # names and addresses that an act needs and the log must not hold
    "sealed",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("fields", LargeBinary, nullable=False),
)

# --- projections -------------------------------------------------------------------------------------------------

operator = Table(
    "operator",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("active", Boolean, nullable=False),
    CheckConstraint("role IN ('operator', 'supervisor')", name="role"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("bast_number", String(100), nullable=False),
    Column("bast_date", String(10), nullable=False),
    Column("stock_type", String(8), nullable=False),
    Column("generation", String(32), nullable=False),
    Column("identified_by", String(8), nullable=False),
    Column("announced", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("announced_at", String(20), nullable=False),
    Column("announced_seq", BigInteger),
    Column("announced_by", String(64), nullable=False),
    Column("received_at", String(20)),
    Column("received_by", String(64)),
    Column("received_with", String(64)),
    Column("sender", String(64)),  # an office or site; nobody named: the province
    Column("due_back", String(10)),  # a loan
    Column("unit_value", BigInteger),  # rupiah
    Column("seals", Text),
    Column("signed_by", String(255)),
    Column("counted", BigInteger),
    CheckConstraint("announced > 0", name="announced"),
)

carton = Table(
    "carton",
    metadata,
    Column("delivery_id", String(64), ForeignKey("delivery.id"), primary_key=True),
    Column("label", String(64), primary_key=True),
    Column("prefix", String(64), nullable=False),
    Column("width", Integer, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("opened_at", String(20)),  # closed until two people open it
    Column("opened_by", String(64)),
    Column("opened_with", String(64)),
    Index("ix_carton_prefix_width_first", "prefix", "width", "first"),
)

serial_range = Table(
    "serial_range",
    metadata,
    Column("prefix", String(64), primary_key=True),
    Column("width", Integer, primary_key=True, autoincrement=False),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("place", String(100), nullable=False),
    Column("delivery_id", String(64), ForeignKey("delivery.id"), nullable=False),
    CheckConstraint("first >= 0 AND last >= first", name="order"),
    Index("ix_serial_range_place", "place", "prefix", "width", "first"),
)

movement = Table(
    "movement",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("prefix", String(64), nullable=False),
    Column("width", Integer, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("source", String(100), nullable=False),
    Column("target", String(100), nullable=False),
    Column("at", String(20), nullable=False),
    Column("why", String(40), nullable=False),
    Column("attempt_id", String(36)),
    Column("delivery_id", String(64)),
    # A blank's life is found by two short look-ups: its own movements, and the few that moved many at once.
    Index("ix_movement_single", "prefix", "width", "first"),
    Index(
        "ix_movement_many",
        "prefix",
        "width",
        "first",
        "last",
        sqlite_where=text("last > first"),
        postgresql_where=text("last > first"),
    ),
    Index("ix_movement_at", "at"),
)

record = Table(
    "record",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("holder", String(32), nullable=False),
    Column("digest", String(43), nullable=False, unique=True),
    Column("source", String(32), nullable=False),
    Column("remote_status", String(40), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("stock_type", String(8), nullable=False),
    Column("warnings", Text, nullable=False),
    Column("acknowledged_by", String(64)),
    Column("received_at", String(20), nullable=False),
    Column("area", String(16)),  # sub-district of the address
    Column("nik_area", String(8)),  # regency where the NIK was given
    Index("ix_record_received_at", "received_at"),
    Index(
        "ix_record_waiting",
        "received_at",
        sqlite_where=text(WAITING_RECORD),
        postgresql_where=text(WAITING_RECORD),
    ),
)

job = Table(
    "job",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("record_id", String(36), ForeignKey("record.id"), nullable=False),
    Column("holder", String(32), nullable=False),
    Column("stock_type", String(8), nullable=False),
    Column("state", String(16), nullable=False),
    Column("held_because", String(40)),
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

printer = Table(
    "printer",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("uri", String(200), nullable=False),
    Column("family", String(32), nullable=False),
    Column("model", String(64), nullable=False),
    Column("serial_number", String(64), nullable=False, unique=True),
    Column("operator", String(64)),
    Column("paused", Boolean, nullable=False),
    Column("pause_reason", Text, nullable=False),
)

calibration = Table(
    "calibration",
    metadata,
    Column("printer", String(64), ForeignKey("printer.name"), primary_key=True),
    Column("seq", BigInteger, ForeignKey("entry.seq"), nullable=False),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("settings", Text, nullable=False),  # canonical JSON, as the entry carries them
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("job_id", String(36), ForeignKey("job.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("serial", String(100), nullable=False),
    Column("printer", String(64), ForeignKey("printer.name"), nullable=False),
    Column("operator", String(64), nullable=False),
    Column("artwork", String(43), nullable=False),
    Column("state", String(16), nullable=False),
    Column("cause", String(20)),
    Column("quality", String(16)),
    Column("counters", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("opened_at", String(20), nullable=False),
    Column("closed_at", String(20)),
    Column("checked_at", String(20)),
    Column("checked_by", String(64)),
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

test_print = Table(  # triggers forbid one beside an open attempt on the same printer or blank, and the reverse
    "test_print",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("serial", String(100), nullable=False),
    Column("printer", String(64), ForeignKey("printer.name"), nullable=False),
    Column("serial_number", String(64), nullable=False),  # of the printer
    Column("operator", String(64), nullable=False),
    Column("artwork", String(43), nullable=False),
    Column("state", String(16), nullable=False),
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

PROJECTIONS: tuple[Table, ...] = (
    operator,
    delivery,
    carton,
    serial_range,
    movement,
    record,
    job,
    printer,
    calibration,
    attempt,
    test_print,
    *OFFICE_PROJECTIONS,
)
