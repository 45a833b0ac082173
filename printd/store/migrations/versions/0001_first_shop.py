"""The tables of the first shop."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


_APPEND_ONLY = {
    "entry": "seq = NEW.seq",
    "node": "level = NEW.level AND idx = NEW.idx",
    "checkpoint": "size = NEW.size",
    "checkpoint_note": "size = NEW.size",
    "movement": "seq = NEW.seq AND part = NEW.part",
}

# Rows that are already there do not overlap, so a new one can only meet its predecessor or rows that begin inside it.
_OVERLAP = """
EXISTS (SELECT 1 FROM serial_range r WHERE r.prefix = NEW.prefix AND r.width = NEW.width
        AND r.first > NEW.first AND r.first <= NEW.last)
OR (SELECT p.last FROM serial_range p WHERE p.prefix = NEW.prefix AND p.width = NEW.width
    AND p.first < NEW.first ORDER BY p.first DESC LIMIT 1) >= NEW.first
"""


def _trigger_statements(dialect: str) -> list[str]:
    """Return the statements that make the log append-only and keep every serial in one place."""
    if dialect == "sqlite":
        statements = [
            f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table}: the log is append-only'); END"
            for table in _APPEND_ONLY
            for event in ("UPDATE", "DELETE")
        ]
        # INSERT OR REPLACE takes the old row out without asking the trigger on DELETE.
        statements += [
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 - names of our own
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{table}: the log is append-only'); END"
            for table, same in _APPEND_ONLY.items()
        ]
        statements += [
            f"CREATE TRIGGER serial_range_one_place_{event.lower()} AFTER {event} ON serial_range WHEN {_OVERLAP} "
            "BEGIN SELECT RAISE(ABORT, 'serial_range: a serial would be in two places'); END"
            for event in ("INSERT", "UPDATE")
        ]
        return statements
    statements = [
        (
            "CREATE FUNCTION printd_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '%%: the log is append-only', TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        ),
        (
            "CREATE FUNCTION printd_one_place() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {_OVERLAP} "
            "THEN RAISE EXCEPTION 'serial_range: a serial would be in two places' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
        ),
        (
            "CREATE TRIGGER serial_range_one_place AFTER INSERT OR UPDATE ON serial_range "
            "FOR EACH ROW EXECUTE FUNCTION printd_one_place()"
        ),
    ]
    statements += [
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION printd_append_only()"
        for table in _APPEND_ONLY
    ]
    return statements


def upgrade() -> None:
    """Make the first schema."""
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_checkpoint"),
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
        sa.Column("announced_by", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.String(length=20), nullable=True),
        sa.Column("received_by", sa.String(length=64), nullable=True),
        sa.Column("received_with", sa.String(length=64), nullable=True),
        sa.CheckConstraint("announced > 0", name=op.f("ck_delivery_announced")),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
    )
    op.create_table(
        "entry",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_entry"),
    )
    op.create_table(
        "log_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_state_single")),
        sa.PrimaryKeyConstraint("id", name="pk_log_state"),
    )
    op.create_table(
        "node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idx", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("level", "idx", name="pk_node"),
    )
    op.create_table(
        "operator",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("role IN ('operator', 'supervisor')", name=op.f("ck_operator_role")),
        sa.PrimaryKeyConstraint("name", name="pk_operator"),
    )
    op.create_table(
        "operator_secret",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_operator_secret"),
    )
    op.create_table(
        "printer",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("uri", sa.String(length=200), nullable=False),
        sa.Column("family", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("serial_number", sa.String(length=64), nullable=False),
        sa.Column("operator", sa.String(length=64), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("pause_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_printer"),
        sa.UniqueConstraint("serial_number", name="uq_printer_serial_number"),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("received_at", sa.String(length=20), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
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
        sa.PrimaryKeyConstraint("id", name="pk_record"),
        sa.UniqueConstraint("digest", name="uq_record_digest"),
    )
    op.create_table(
        "record_secret",
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=False),
        sa.Column("photo", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("record_id", name="pk_record_secret"),
    )
    op.create_table(
        "carton",
        sa.Column("delivery_id", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("prefix", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name="fk_carton_delivery_id"),
        sa.PrimaryKeyConstraint("delivery_id", "label", name="pk_carton"),
    )
    op.create_table(
        "checkpoint_note",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["size"], ["checkpoint.size"], name="fk_checkpoint_note_size"),
        sa.PrimaryKeyConstraint("size", name="pk_checkpoint_note"),
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
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name="fk_job_record_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_index("ix_job_record_id", "job", ["record_id"], unique=False)
    op.create_index("ix_job_state_place_in_queue", "job", ["state", "place_in_queue"], unique=False)
    op.create_index(
        "uq_job_live_holder",
        "job",
        ["holder"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('handed_over', 'cancelled')"),
        postgresql_where=sa.text("state NOT IN ('handed_over', 'cancelled')"),
    )
    op.create_table(
        "movement",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prefix", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("target", sa.String(length=100), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("attempt_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name="fk_movement_seq"),
        sa.PrimaryKeyConstraint("seq", "part", name="pk_movement"),
    )
    op.create_index(
        "ix_movement_many",
        "movement",
        ["prefix", "width", "first", "last"],
        unique=False,
        sqlite_where=sa.text("last > first"),
        postgresql_where=sa.text("last > first"),
    )
    op.create_index("ix_movement_single", "movement", ["prefix", "width", "first"], unique=False)
    op.create_table(
        "serial_range",
        sa.Column("prefix", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("delivery_id", sa.String(length=64), nullable=False),
        sa.CheckConstraint("first >= 0 AND last >= first", name=op.f("ck_serial_range_order")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name="fk_serial_range_delivery_id"),
        sa.PrimaryKeyConstraint("prefix", "width", "first", name="pk_serial_range"),
    )
    op.create_index("ix_serial_range_place", "serial_range", ["place", "prefix", "width", "first"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(length=100), nullable=False),
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
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name="fk_attempt_job_id"),
        sa.ForeignKeyConstraint(["printer"], ["printer.name"], name="fk_attempt_printer"),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
    )
    op.create_index("uq_attempt_job_number", "attempt", ["job_id", "number"], unique=True)
    op.create_index(
        "uq_attempt_open_printer",
        "attempt",
        ["printer"],
        unique=True,
        sqlite_where=sa.text("state IN ('open', 'in_doubt')"),
        postgresql_where=sa.text("state IN ('open', 'in_doubt')"),
    )
    op.create_index(
        "uq_attempt_taken_blank",
        "attempt",
        ["serial"],
        unique=True,
        sqlite_where=sa.text("state IN ('open', 'in_doubt', 'printed', 'spoiled')"),
        postgresql_where=sa.text("state IN ('open', 'in_doubt', 'printed', 'spoiled')"),
    )
    for statement in _trigger_statements(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)
