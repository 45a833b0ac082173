"""Tables of the office around the printers: counts, shifts, transfers, losses, supplies, policy. All are projections.

Lists of serials stand as canonical JSON, pairs of first and last serial as the entries carry them.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from printd.store.metadata import metadata

clock_jump = Table(  # the clock went back
    "clock_jump",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("before", String(20), nullable=False),
    Column("after", String(20), nullable=False),
)

generation = Table(  # of the log, that ended because entries were lost
    "generation",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("origin", String(255), nullable=False),
    Column("log_key", Text, nullable=False),
    Column("next_key", Text, nullable=False),
    Column("missing", BigInteger, nullable=False),
)

count_sheet = Table(
    "count_sheet",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("subject", String(100), nullable=False),  # delivery:<id>, shift:<id>, stock:<id>
    Column("person", String(64), nullable=False),
    Column("at", String(20), nullable=False),
    Column("sheet", Text, nullable=False),
    Index("ix_count_sheet_subject_person", "subject", "person"),
)

discrepancy = Table(
    "discrepancy",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("subject", String(100), nullable=False),  # delivery:<id>, transfer:<id>
    Column("kind", String(24), nullable=False),
    Column("pieces", BigInteger, nullable=False),
    Column("serials", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("opened_at", String(20), nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("opened_with", String(64), nullable=False),
    Column("closed_at", String(20)),
    Column("closed_by", String(64)),
    Column("closed_with", String(64)),
    Column("document", String(100)),
    Column("outcome", String(16)),
    Index("ix_discrepancy_state", "state"),
)

chip = Table(
    "chip",
    metadata,
    Column("uid", String(20), primary_key=True),
    Column("serial", String(100), nullable=False, unique=True),
    Column("bound_at", String(20), nullable=False),
    Column("bound_by", String(64), nullable=False),
)

shift = Table(
    "shift",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("current", Integer),  # 1 until it closes: one shift at a time
    Column("opened_seq", BigInteger, nullable=False),
    Column("opened_at", String(20), nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("opened_with", String(64), nullable=False),
    Column("counting_since", String(20)),
    Column("closed_seq", BigInteger),
    Column("closed_at", String(20)),
    Column("closed_by", String(64)),
    Column("closed_with", String(64)),
    Column("approved_by", String(64)),
    Column("act", Text),
    CheckConstraint("state IN ('open', 'counting', 'closed')", name="state"),
    Index("uq_shift_current", "current", unique=True),
)
sample = Table(
    "sample",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("seed", String(64), nullable=False),
    Column("population", BigInteger, nullable=False),
    Column("drawn", Text, nullable=False),
    Column("drawn_at", String(20), nullable=False),
    Column("drawn_by", String(64), nullable=False),
    Column("counted_at", String(20)),
    Column("counted_by", String(64)),
    Column("counted_with", String(64)),
    Column("missing", Text),
    Column("bound", BigInteger),  # at most so many of the population are missing, with 95 % confidence
)

site = Table(
    "site",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("title", String(100), nullable=False),
    Column("area", String(16), nullable=False),
    Column("key", Text, nullable=False),
    CheckConstraint("kind IN ('office', 'subdistrict', 'mobile')", name="kind"),
)

site_report = Table(
    "site_report",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("site", String(64), ForeignKey("site.name"), nullable=False),
    Column("day", String(10), nullable=False),
    Column("stock_type", String(8), nullable=False),
    Column("pieces", BigInteger, nullable=False),
    Column("book", BigInteger, nullable=False),
    Column("ribbon", Integer),
    Column("film", Integer),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Index("ix_site_report_site_day", "site", "day"),
)

transfer = Table(
    "transfer",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("source", String(100), nullable=False),
    Column("target", String(100), nullable=False),
    Column("pieces", BigInteger, nullable=False),
    Column("serials", Text, nullable=False),
    Column("document", String(100), nullable=False),
    Column("due_back", String(10)),
    Column("carrier", String(32), nullable=False),
    Column("seals", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("sent_at", String(20), nullable=False),
    Column("sent_by", String(64), nullable=False),
    Column("sent_with", String(64), nullable=False),
    Column("acknowledged_at", String(20)),
    Column("acknowledged_by", String(64)),
    Column("acknowledged_with", String(64)),
    Column("acknowledgement", String(255)),
)

incident = Table(
    "incident",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("serials", Text, nullable=False),
    Column("pieces", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("last_event", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("opened_seq", BigInteger, nullable=False),
    Column("opened_at", String(20), nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("police_report", String(100)),
    Column("closed_at", String(20)),
    Column("closed_by", String(64)),
    Column("closed_with", String(64)),
    Column("outcome", Text),
    Index("ix_incident_state", "state"),
)

incident_note = Table(
    "incident_note",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("incident_id", String(36), ForeignKey("incident.id"), nullable=False),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("text", Text, nullable=False),
)

spoil = Table(
    "spoil",
    metadata,
    Column("serial", String(100), primary_key=True),
    Column("seq", BigInteger, ForeignKey("entry.seq"), nullable=False),
    Column("at", String(20), nullable=False),
    Column("delivery_id", String(64), nullable=False),
    Column("carton", String(64)),
    Column("cause", String(20), nullable=False),
    Column("step", String(16), nullable=False),
    Column("printer", String(64)),
    Column("operator", String(64)),
    Column("attempt_id", String(36)),
    Column("approved_by", String(64)),
    Index("ix_spoil_at", "at"),
)

returned_card = Table(
    "returned_card",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("holder", String(32)),
    Column("cause", String(24), nullable=False),
    Column("serial", String(100)),
    Column("from_site", String(64), nullable=False),
    Column("received_at", String(20), nullable=False),
    Column("received_by", String(64), nullable=False),
    Column("destruction_id", String(40)),
    Index("ix_returned_card_destruction_id", "destruction_id"),
)

destruction = Table(
    "destruction",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("ba_number", String(100), nullable=False),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("second", String(64), nullable=False),
    Column("method", String(16), nullable=False),
    Column("place", Text, nullable=False),
    Column("witnesses", Text, nullable=False),
    Column("serials", Text, nullable=False),
    Column("blanks", BigInteger, nullable=False),
    Column("cards", BigInteger, nullable=False),
)

policy = Table(
    "policy",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("at", String(20), nullable=False),
    Column("content", Text, nullable=False),
)

override = Table(
    "override",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("job_id", String(36), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("second", String(64), nullable=False),
)

consumable = Table(
    "consumable",
    metadata,
    Column("seq", BigInteger, ForeignKey("entry.seq"), primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("printer", String(64), ForeignKey("printer.name"), nullable=False),
    Column("label", String(64), nullable=False),
    Column("nominal", BigInteger, nullable=False),  # cards it is made for
    Column("opened_at", String(20), nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("ended_at", String(20)),
    CheckConstraint("kind IN ('ribbon', 'film', 'cleaning')", name="kind"),
    Index("ix_consumable_printer_kind", "printer", "kind"),
)

supply = Table(
    "supply",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("label", String(64), primary_key=True),
    Column("pieces", BigInteger, nullable=False),
    Column("nominal", BigInteger, nullable=False),
    CheckConstraint("pieces >= 0", name="pieces"),
)

suket = Table(
    "suket",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("holder", String(32), nullable=False),
    Column("issued_on", String(10), nullable=False),
    Column("expires_on", String(10), nullable=False),
    Column("status", String(8), nullable=False),
    Column("entered_at", String(20), nullable=False),
    Column("entered_by", String(64), nullable=False),
    Column("converted_at", String(20)),
    Column("job_id", String(36)),
    Index("ix_suket_holder", "holder"),
)

request = Table(
    "request",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("seq", BigInteger),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("stock_type", String(8), nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("facts", Text, nullable=False),
)

handover = Table(
    "handover",
    metadata,
    Column("attempt_id", String(36), ForeignKey("attempt.id"), primary_key=True),
    Column("at", String(20), nullable=False),
    Column("by", String(64), nullable=False),
    Column("receiver", String(16), nullable=False),  # holder, proxy, unknown
    Column("old_card", String(24), nullable=False),  # taken, none, unknown
)

OFFICE_PROJECTIONS: tuple[Table, ...] = (
    count_sheet,
    discrepancy,
    chip,
    shift,
    sample,
    site,
    site_report,
    transfer,
    incident,
    incident_note,
    spoil,
    returned_card,
    destruction,
    policy,
    override,
    consumable,
    supply,
    suket,
    request,
    handover,
    clock_jump,
    generation,
)
