"""Alembic's entry: migrations run on the connection that is handed over."""

from __future__ import annotations

from alembic import context

from printd.store.metadata import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
