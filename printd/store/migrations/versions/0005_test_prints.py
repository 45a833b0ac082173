"""Test prints: a blank that nobody ordered a card on, held like an attempt's; never beside an open attempt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_OPEN = "state IN ('open', 'in_doubt')"
_TAKEN = "state IN ('open', 'in_doubt', 'spoiled')"
_BESIDE = {"test_print": "attempt", "attempt": "test_print"}


def _clash(other: str) -> str:
    """Return the condition under which a new open row has an open one of the other table beside it."""
    same = f"SELECT 1 FROM {other} o WHERE o.{_OPEN} AND"  # noqa: S608 - names of our own
    return f"NEW.{_OPEN} AND (EXISTS ({same} o.printer = NEW.printer) OR EXISTS ({same} o.serial = NEW.serial))"


def _trigger_statements(dialect: str) -> list[str]:
    """Return the statements that keep attempts and test prints apart."""
    statements = []
    for table, other in _BESIDE.items():
        says = f"{table}: printer or blank is held by an open {other}"
        if dialect == "sqlite":
            statements += [
                f"CREATE TRIGGER {table}_not_beside_{other}_{event.lower()} BEFORE {event} ON {table} "
                f"WHEN {_clash(other)} BEGIN SELECT RAISE(ABORT, '{says}'); END"
                for event in ("INSERT", "UPDATE")
            ]
            continue
        statements += [
            (
                f"CREATE FUNCTION printd_{table}_not_beside_{other}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {_clash(other)} THEN RAISE EXCEPTION '{says}' "
                "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
            ),
            (
                f"CREATE TRIGGER {table}_not_beside_{other} BEFORE INSERT OR UPDATE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION printd_{table}_not_beside_{other}()"
            ),
        ]
    return statements


def upgrade() -> None:
    """Add the table, its rules, and what keeps it and attempts apart."""
    op.create_table(
        "test_print",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("serial", sa.String(length=100), nullable=False),
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
    for name, column, where in (
        ("uq_test_print_open_printer", "printer", _OPEN),
        ("uq_test_print_taken_blank", "serial", _TAKEN),
    ):
        op.create_index(
            name, "test_print", [column], unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )
    op.create_index("ix_test_print_opened_at", "test_print", ["opened_at"])
    for statement in _trigger_statements(op.get_bind().dialect.name):
        op.execute(statement)
