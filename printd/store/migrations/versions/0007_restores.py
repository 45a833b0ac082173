"""Backups that were restored: a shop is barred by its own database until its log says how it goes on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def _trigger_statements(dialect: str) -> list[str]:
    """Return the statements that keep what a restore wrote."""
    if dialect != "sqlite":
        statement = "BEFORE UPDATE OR DELETE OR TRUNCATE ON restored FOR EACH STATEMENT"
        return [f"CREATE TRIGGER restored_append_only {statement} EXECUTE FUNCTION printd_append_only()"]
    # INSERT OR REPLACE takes the old row out without asking the trigger on DELETE.
    replaces = "WHEN EXISTS (SELECT 1 FROM restored WHERE size = NEW.size)"
    return [
        f"CREATE TRIGGER restored_no_{name} BEFORE {event} ON restored {when} "
        "BEGIN SELECT RAISE(ABORT, 'restored: the log is append-only'); END"
        for name, event, when in (("update", "UPDATE", ""), ("delete", "DELETE", ""), ("replace", "INSERT", replaces))
    ]


def upgrade() -> None:
    """Add the table and what keeps it."""
    op.create_table(
        "restored",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_restored")),
    )
    for statement in _trigger_statements(op.get_bind().dialect.name):
        op.execute(statement)
