"""The tables of the first shop."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from printd.store.migrations.first_log import create_log
from printd.store.migrations.first_people import create_people
from printd.store.migrations.first_rules import statements
from printd.store.migrations.first_seals import create_seals
from printd.store.migrations.first_supplies import create_supplies
from printd.store.migrations.indexes import index

revision = "0001"
down_revision = None


def _serial(length: int) -> sa.types.TypeEngine[str]:
    """Return the type of a serial or its prefix, which sorts by its bytes on every database."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Make the first schema."""
    op.create_table(
        "chip",
        sa.Column("uid", sa.String(length=20), nullable=False),
        sa.Column("serial", _serial(100), nullable=False),
        sa.Column("bound_at", sa.String(length=20), nullable=False),
        sa.Column("bound_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_chip")),
        sa.UniqueConstraint("serial", name=op.f("uq_chip_serial")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("bast_number", sa.String(length=100), nullable=False),
        sa.Column("bast_date", sa.String(length=10), nullable=False),
        sa.Column("stock_type", sa.String(length=8), nullable=False),
        sa.Column("generation", sa.String(length=32), nullable=False),
        sa.Column("identified_by", sa.String(length=8), nullable=False),
        sa.Column("announced", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("announced_at", sa.String(length=20), nullable=False),
        sa.Column("announced_seq", sa.BigInteger(), nullable=True),
        sa.Column("announced_by", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.String(length=20), nullable=True),
        sa.Column("received_by", sa.String(length=64), nullable=True),
        sa.Column("received_with", sa.String(length=64), nullable=True),
        sa.Column("sender", sa.String(length=64), nullable=True),
        sa.Column("due_back", sa.String(length=10), nullable=True),
        sa.Column("unit_value", sa.BigInteger(), nullable=True),
        sa.Column("seals", sa.Text(), nullable=True),
        sa.Column("signed_by", sa.String(length=255), nullable=True),
        sa.Column("counted", sa.BigInteger(), nullable=True),
        sa.Column("handover", sa.Text(), nullable=True),
        sa.CheckConstraint("announced > 0", name=op.f("ck_delivery_announced")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_table(
        "destruction",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("ba_number", sa.String(length=100), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("second", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("witnesses", sa.Text(), nullable=False),
        sa.Column("serials", sa.Text(), nullable=False),
        sa.Column("blanks", sa.BigInteger(), nullable=False),
        sa.Column("cards", sa.BigInteger(), nullable=False),
        sa.Column("begun", sa.String(length=20), nullable=True),
        sa.Column("ended", sa.String(length=20), nullable=True),
        sa.Column("voided", sa.String(length=16), nullable=True),
        sa.Column("recounted", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("orders", sa.Text(), nullable=False),
        sa.Column("photos", sa.Text(), nullable=False),
        sa.Column("left_blanks", sa.BigInteger(), nullable=True),
        sa.Column("left_cards", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction")),
    )
    op.create_table(
        "discrepancy",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("serials", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.String(length=20), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_with", sa.String(length=64), nullable=False),
        sa.Column("closed_at", sa.String(length=20), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("closed_with", sa.String(length=64), nullable=True),
        sa.Column("document", sa.String(length=100), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancy")),
    )
    index("ix_discrepancy_state", "discrepancy", ["state"])
    op.create_table(
        "incident",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("serials", sa.Text(), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("last_event", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_seq", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.String(length=20), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=True),
        sa.Column("police_report", sa.String(length=100), nullable=True),
        sa.Column("closed_at", sa.String(length=20), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("closed_with", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("report_by", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    index("ix_incident_state", "incident", ["state"])
    create_log()
    create_seals()
    create_people()
    op.create_table(
        "printer",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("uri", sa.String(length=200), nullable=False),
        sa.Column("family", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("serial_number", sa.String(length=64), nullable=False),
        sa.Column("operator", sa.String(length=64), nullable=True),
        sa.Column("resumed_seq", sa.BigInteger(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("pause_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_printer")),
        sa.UniqueConstraint("serial_number", name=op.f("uq_printer_serial_number")),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=43), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("remote_status", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("stock_type", sa.String(length=8), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("acknowledged_by", sa.String(length=64), nullable=True),
        sa.Column("received_at", sa.String(length=20), nullable=False),
        sa.Column("area", sa.String(length=16), nullable=True),
        sa.Column("nik_area", sa.String(length=8), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("digest", name=op.f("uq_record_digest")),
    )
    index("ix_record_received_at", "record", ["received_at"])
    index("ix_record_waiting", "record", ["received_at"], where="warnings <> '' AND acknowledged_by IS NULL")
    op.create_table(
        "request",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("stock_type", sa.String(length=8), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("difference", sa.Text(), nullable=True),
        sa.Column("collector", sa.Text(), nullable=True),
        sa.Column("year", sa.Text(), nullable=True),
        sa.Column("addressee", sa.Text(), nullable=False),
        sa.Column("through", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
    )
    op.create_table(
        "paper",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("paper", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("copy", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("running", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_paper")),
    )
    index("ix_paper_entry", "paper", ["entry"])
    index("ix_paper_year_running", "paper", ["year", "running"])
    op.create_table(
        "returned_card",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=True),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("serial", _serial(100), nullable=True),
        sa.Column("from_site", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.String(length=20), nullable=False),
        sa.Column("received_by", sa.String(length=64), nullable=False),
        sa.Column("destruction_id", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_card")),
    )
    index("ix_returned_card_destruction_id", "returned_card", ["destruction_id"])
    op.create_table(
        "sample",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("population", sa.BigInteger(), nullable=False),
        sa.Column("drawn", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.String(length=20), nullable=False),
        sa.Column("drawn_by", sa.String(length=64), nullable=False),
        sa.Column("counted_at", sa.String(length=20), nullable=True),
        sa.Column("counted_by", sa.String(length=64), nullable=True),
        sa.Column("counted_with", sa.String(length=64), nullable=True),
        sa.Column("missing", sa.Text(), nullable=True),
        sa.Column("bound", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
    )
    op.create_table(
        "shift",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("current", sa.Integer(), nullable=True),
        sa.Column("opened_seq", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.String(length=20), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_with", sa.String(length=64), nullable=False),
        sa.Column("counting_since", sa.String(length=20), nullable=True),
        sa.Column("closed_seq", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.String(length=20), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("closed_with", sa.String(length=64), nullable=True),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("act", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'counting', 'closed')", name=op.f("ck_shift_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    index("uq_shift_current", "shift", ["current"])
    op.create_table(
        "site",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("area", sa.String(length=16), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('office', 'subdistrict', 'mobile')", name=op.f("ck_site_kind")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site")),
    )
    op.create_table(
        "transfer",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("target", sa.String(length=100), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("serials", sa.Text(), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("due_back", sa.String(length=10), nullable=True),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("seals", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sent_at", sa.String(length=20), nullable=False),
        sa.Column("sent_by", sa.String(length=64), nullable=False),
        sa.Column("sent_with", sa.String(length=64), nullable=False),
        sa.Column("acknowledged_at", sa.String(length=20), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=64), nullable=True),
        sa.Column("acknowledged_with", sa.String(length=64), nullable=True),
        sa.Column("acknowledgement", sa.String(length=255), nullable=True),
        sa.Column("purpose", sa.String(length=200), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("givers", sa.Text(), nullable=False),
        sa.Column("receivers", sa.Text(), nullable=True),
        sa.Column("received_on", sa.String(length=10), nullable=True),
        sa.Column("arrived_seals", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
    )
    op.create_table(
        "calibration",
        sa.Column("printer", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["printer"], ["printer.name"], name=op.f("fk_calibration_printer")),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_calibration_seq")),
        sa.PrimaryKeyConstraint("printer", name=op.f("pk_calibration")),
    )
    op.create_table(
        "carton",
        sa.Column("delivery_id", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("prefix", _serial(64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.String(length=20), nullable=True),
        sa.Column("opened_by", sa.String(length=64), nullable=True),
        sa.Column("opened_with", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_carton_delivery_id")),
        sa.PrimaryKeyConstraint("delivery_id", "label", name=op.f("pk_carton")),
    )
    index("ix_carton_prefix_width_first", "carton", ["prefix", "width", "first"])
    op.create_table(
        "clock_jump",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("before", sa.String(length=20), nullable=False),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_clock_jump_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_clock_jump")),
    )
    op.create_table(
        "closing",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_closing_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_closing")),
    )
    op.create_table(
        "count_sheet",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_count_sheet_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_count_sheet")),
    )
    index("ix_count_sheet_subject_person", "count_sheet", ["subject", "person"])
    op.create_table(
        "generation",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(length=255), nullable=False),
        sa.Column("log_key", sa.Text(), nullable=False),
        sa.Column("next_key", sa.Text(), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_generation_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_generation")),
    )
    op.create_table(
        "incident_note",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("incident_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reported_to", sa.String(length=64), nullable=False),
        sa.Column("police_report", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_note_incident_id")),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_incident_note_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_incident_note")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("stock_type", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("held_because", sa.String(length=40), nullable=True),
        sa.Column("place_in_queue", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("area", sa.String(length=16), nullable=True),
        sa.Column("generation", sa.String(length=32), nullable=True),
        sa.Column("override_seq", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_at", sa.String(length=20), nullable=True),
        sa.Column("looked_up_at", sa.String(length=20), nullable=True),
        sa.Column("looked_up_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_job_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    index("ix_job_place_in_queue", "job", ["place_in_queue"])
    index("ix_job_record_id", "job", ["record_id"])
    index("ix_job_state_place_in_queue", "job", ["state", "place_in_queue"])
    index("uq_job_live_holder", "job", ["holder"], where="state NOT IN ('handed_over', 'cancelled')")
    op.create_table(
        "movement",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prefix", _serial(64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("target", sa.String(length=100), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("attempt_id", sa.String(length=36), nullable=True),
        sa.Column("delivery_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_movement_seq")),
        sa.PrimaryKeyConstraint("seq", "part", name=op.f("pk_movement")),
    )
    index("ix_movement_at", "movement", ["at"])
    index("ix_movement_many", "movement", ["prefix", "width", "first", "last"], where="last > first")
    index("ix_movement_single", "movement", ["prefix", "width", "first"])
    op.create_table(
        "override",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("second", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_override_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_override")),
    )
    op.create_table(
        "configuration",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("answered_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["answered_seq"], ["entry.seq"], name=op.f("fk_configuration_answered_seq")),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_configuration_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_configuration")),
    )
    op.create_table(
        "serial_range",
        sa.Column("prefix", _serial(64), nullable=False),
        sa.Column("width", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("delivery_id", sa.String(length=64), nullable=False),
        sa.CheckConstraint("first >= 0 AND last >= first", name=op.f("ck_serial_range_order")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_serial_range_delivery_id")),
        sa.PrimaryKeyConstraint("prefix", "width", "first", name=op.f("pk_serial_range")),
    )
    index("ix_serial_range_place", "serial_range", ["place", "prefix", "width", "first"])
    op.create_table(
        "site_report",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("stock_type", sa.String(length=8), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("book", sa.BigInteger(), nullable=False),
        sa.Column("ribbon", sa.Integer(), nullable=True),
        sa.Column("film", sa.Integer(), nullable=True),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_site_report_seq")),
        sa.ForeignKeyConstraint(["site"], ["site.name"], name=op.f("fk_site_report_site")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_site_report")),
    )
    index("ix_site_report_site_day", "site_report", ["site", "day"])
    op.create_table(
        "site_card",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("serial", _serial(100), nullable=False),
        sa.Column("job", sa.String(length=100), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("nik_area", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("printer", sa.String(length=100), nullable=False),
        sa.Column("operator", sa.String(length=100), nullable=False),
        sa.Column("checker", sa.String(length=100), nullable=False),
        sa.Column("printed_on", sa.String(length=10), nullable=False),
        sa.Column("handed_over_on", sa.String(length=10), nullable=False),
        sa.Column("receiver", sa.String(length=16), nullable=False),
        sa.Column("old_card", sa.String(length=24), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("by_second", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_site_card_seq")),
        sa.ForeignKeyConstraint(["site"], ["site.name"], name=op.f("fk_site_card_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_card")),
    )
    index("ix_site_card_at", "site_card", ["at"])
    index("ix_site_card_holder", "site_card", ["holder"])
    index("uq_site_card_job", "site_card", ["site", "job"])
    op.create_table(
        "spoil",
        sa.Column("serial", _serial(100), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("delivery_id", sa.String(length=64), nullable=False),
        sa.Column("carton", sa.String(length=64), nullable=True),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("printer", sa.String(length=64), nullable=True),
        sa.Column("operator", sa.String(length=64), nullable=True),
        sa.Column("attempt_id", sa.String(length=36), nullable=True),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_spoil_seq")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_spoil")),
    )
    index("ix_spoil_at", "spoil", ["at"])
    op.create_table(
        "test_print",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("serial", _serial(100), nullable=False),
        sa.Column("printer", sa.String(length=64), nullable=False),
        sa.Column("serial_number", sa.String(length=64), nullable=False),
        sa.Column("operator", sa.String(length=64), nullable=False),
        sa.Column("artwork", sa.String(length=43), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("counters", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.String(length=20), nullable=False),
        sa.Column("closed_at", sa.String(length=20), nullable=True),
        sa.Column("settled_by", sa.String(length=64), nullable=True),
        sa.Column("settled_with", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'in_doubt', 'spoiled', 'unused', 'lost')", name=op.f("ck_test_print_state")
        ),
        sa.ForeignKeyConstraint(["printer"], ["printer.name"], name=op.f("fk_test_print_printer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_print")),
    )
    index("ix_test_print_opened_at", "test_print", ["opened_at"])
    index("uq_test_print_open_printer", "test_print", ["printer"], where="state IN ('open', 'in_doubt')")
    index("uq_test_print_taken_blank", "test_print", ["serial"], where="state IN ('open', 'in_doubt', 'spoiled')")
    op.create_table(
        "attempt",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("serial", _serial(100), nullable=False),
        sa.Column("printer", sa.String(length=64), nullable=False),
        sa.Column("operator", sa.String(length=64), nullable=False),
        sa.Column("artwork", sa.String(length=43), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=True),
        sa.Column("quality", sa.String(length=16), nullable=True),
        sa.Column("counters", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.String(length=20), nullable=False),
        sa.Column("closed_at", sa.String(length=20), nullable=True),
        sa.Column("checked_at", sa.String(length=20), nullable=True),
        sa.Column("checked_by", sa.String(length=64), nullable=True),
        sa.Column("turn", sa.String(length=16), nullable=True),
        sa.Column("policy_class", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_attempt_job_id")),
        sa.ForeignKeyConstraint(["printer"], ["printer.name"], name=op.f("fk_attempt_printer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    index("ix_attempt_opened_at", "attempt", ["opened_at"])
    index("uq_attempt_job_number", "attempt", ["job_id", "number"])
    index("uq_attempt_open_printer", "attempt", ["printer"], where="state IN ('open', 'in_doubt')")
    index("uq_attempt_taken_blank", "attempt", ["serial"], where="state IN ('open', 'in_doubt', 'printed', 'spoiled')")
    op.create_table(
        "handover",
        sa.Column("attempt_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("receiver", sa.String(length=16), nullable=False),
        sa.Column("old_card", sa.String(length=24), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=True),
        sa.Column("why_unknown", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_handover_attempt_id")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_handover")),
    )
    op.create_table(
        "holder_try",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("attempt_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_holder_try_attempt_id")),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_holder_try_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_holder_try")),
    )
    index("ix_holder_try_attempt_id", "holder_try", ["attempt_id"])
    create_supplies()
    for statement in statements(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)
