"""Every blank accounted for: counts, shifts, transfers, losses, supplies and policy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_GONE = "a destroyed blank never moves again"


def _trigger_statements(dialect: str) -> list[str]:
    """Return the statements that keep destroyed blanks where they are."""
    if dialect == "sqlite":
        return [
            (
                "CREATE TRIGGER movement_destroyed_stays BEFORE INSERT ON movement WHEN NEW.source = 'destroyed' "
                f"BEGIN SELECT RAISE(ABORT, 'movement: {_GONE}'); END"
            )
        ]
    return [
        (
            "CREATE FUNCTION printd_destroyed_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF NEW.source = 'destroyed' THEN RAISE EXCEPTION 'movement: {_GONE}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
        ),
        (
            "CREATE TRIGGER movement_destroyed_stays BEFORE INSERT ON movement "
            "FOR EACH ROW EXECUTE FUNCTION printd_destroyed_stays()"
        ),
    ]


def upgrade() -> None:
    """Add the tables of the office around the printers."""
    op.create_table(
        "chip",
        sa.Column("uid", sa.String(length=20), nullable=False),
        sa.Column("serial", sa.String(length=100), nullable=False),
        sa.Column("bound_at", sa.String(length=20), nullable=False),
        sa.Column("bound_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_chip")),
        sa.UniqueConstraint("serial", name=op.f("uq_chip_serial")),
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
    op.create_index("ix_discrepancy_state", "discrepancy", ["state"], unique=False)
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
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("police_report", sa.String(length=100), nullable=True),
        sa.Column("closed_at", sa.String(length=20), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("closed_with", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index("ix_incident_state", "incident", ["state"], unique=False)
    op.create_table(
        "request",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("stock_type", sa.String(length=8), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
    )
    op.create_table(
        "returned_card",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=True),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("serial", sa.String(length=100), nullable=True),
        sa.Column("from_site", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.String(length=20), nullable=False),
        sa.Column("received_by", sa.String(length=64), nullable=False),
        sa.Column("destruction_id", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_card")),
    )
    op.create_index("ix_returned_card_destruction_id", "returned_card", ["destruction_id"], unique=False)
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
        "sealed",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed")),
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
    op.create_index("uq_shift_current", "shift", ["current"], unique=True)
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
        "suket",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("issued_on", sa.String(length=10), nullable=False),
        sa.Column("expires_on", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("entered_at", sa.String(length=20), nullable=False),
        sa.Column("entered_by", sa.String(length=64), nullable=False),
        sa.Column("converted_at", sa.String(length=20), nullable=True),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suket")),
    )
    op.create_index("ix_suket_holder", "suket", ["holder"], unique=False)
    op.create_table(
        "supply",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("nominal", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("pieces >= 0", name=op.f("ck_supply_pieces")),
        sa.PrimaryKeyConstraint("kind", "label", name=op.f("pk_supply")),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
    )
    op.create_table(
        "consumable",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("printer", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("nominal", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.String(length=20), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.String(length=20), nullable=True),
        sa.CheckConstraint("kind IN ('ribbon', 'film', 'cleaning')", name=op.f("ck_consumable_kind")),
        sa.ForeignKeyConstraint(["printer"], ["printer.name"], name=op.f("fk_consumable_printer")),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_consumable_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_consumable")),
    )
    op.create_index("ix_consumable_printer_kind", "consumable", ["printer", "kind"], unique=False)
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
    op.create_index("ix_count_sheet_subject_person", "count_sheet", ["subject", "person"], unique=False)
    op.create_table(
        "incident_note",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("incident_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_note_incident_id")),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_incident_note_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_incident_note")),
    )
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
        "policy",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name=op.f("fk_policy_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_policy")),
    )
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
    op.create_index("ix_site_report_site_day", "site_report", ["site", "day"], unique=False)
    op.create_table(
        "spoil",
        sa.Column("serial", sa.String(length=100), nullable=False),
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
    op.create_index("ix_spoil_at", "spoil", ["at"], unique=False)
    op.create_table(
        "handover",
        sa.Column("attempt_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("receiver", sa.String(length=16), nullable=False),
        sa.Column("old_card", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_handover_attempt_id")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_handover")),
    )
    op.create_index("ix_attempt_opened_at", "attempt", ["opened_at"], unique=False)
    op.add_column("carton", sa.Column("opened_at", sa.String(length=20), nullable=True))
    op.add_column("carton", sa.Column("opened_by", sa.String(length=64), nullable=True))
    op.add_column("carton", sa.Column("opened_with", sa.String(length=64), nullable=True))
    op.create_index("ix_carton_prefix_width_first", "carton", ["prefix", "width", "first"], unique=False)
    op.add_column("delivery", sa.Column("sender", sa.String(length=64), nullable=True))
    op.add_column("delivery", sa.Column("due_back", sa.String(length=10), nullable=True))
    op.add_column("delivery", sa.Column("unit_value", sa.BigInteger(), nullable=True))
    op.add_column("delivery", sa.Column("seals", sa.Text(), nullable=True))
    op.add_column("delivery", sa.Column("signed_by", sa.String(length=255), nullable=True))
    op.add_column("delivery", sa.Column("counted", sa.BigInteger(), nullable=True))
    op.add_column("job", sa.Column("reason", sa.String(length=20), nullable=True))
    op.add_column("job", sa.Column("area", sa.String(length=16), nullable=True))
    op.add_column("job", sa.Column("generation", sa.String(length=32), nullable=True))
    op.add_column("job", sa.Column("override_seq", sa.BigInteger(), nullable=True))
    op.add_column("job", sa.Column("cancelled_at", sa.String(length=20), nullable=True))
    op.add_column("attempt", sa.Column("checked_at", sa.String(length=20), nullable=True))
    op.add_column("attempt", sa.Column("checked_by", sa.String(length=64), nullable=True))
    op.add_column("movement", sa.Column("delivery_id", sa.String(length=64), nullable=True))
    op.create_index("ix_movement_at", "movement", ["at"], unique=False)
    op.add_column("record", sa.Column("area", sa.String(length=16), nullable=True))
    op.add_column("record", sa.Column("nik_area", sa.String(length=8), nullable=True))
    op.create_index("ix_record_received_at", "record", ["received_at"], unique=False)
    for statement in _trigger_statements(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)
