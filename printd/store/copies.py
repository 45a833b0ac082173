"""Copies of a whole database while others write: SQLite's online backup, PostgreSQL's pg_dump and pg_restore."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection

from printd.errors import ConfigError, PrintdError
from printd.store.engine import SQLITE_NAME, create_engine, engine_of
from printd.store.metadata import metadata
from printd.store.server import not_let_in

Progress = Callable[[int, int], None]
"""Called with what is done and the whole: pages of SQLite, bytes of PostgreSQL, whose dump ends below the whole."""

POSTGRES_NAME = "printd.pgdump"
NAMES = {"sqlite": SQLITE_NAME, "postgresql": POSTGRES_NAME}
"""What a copy is called, by kind of database."""

_PAGES = 2048
_MOST_SECONDS = 6 * 3600.0
_LOOK_SECONDS = 0.1
_MOST_SAID = 2000


def kind_of(url: str) -> str:
    """Return ``sqlite`` or ``postgresql`` for the address of a database."""
    return "sqlite" if url.startswith("sqlite") else "postgresql"


def copy(connection: Connection, target: Path, progress: Progress) -> None:
    """Copy the database as this reading transaction sees it, whatever others write meanwhile.

    :param connection: inside ``Store.reading``, and has read something: that fixed what it sees.
    :param target: a new file.
    :raises PrintdError: it cannot be copied; the message says why.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))  # nobody else's to read, whatever the umask
    if connection.dialect.name == "sqlite":
        _copy_sqlite(connection, target, progress)
    else:
        _dump(connection, target, progress)


def _copy_sqlite(connection: Connection, target: Path, progress: Progress) -> None:
    source = connection.connection.driver_connection
    assert isinstance(source, sqlite3.Connection)
    # The transaction that is open on it holds the copy to one state: SQLite begins a backup anew after a foreign commit
    # only where it may look at a newer state.
    try:
        with closing(sqlite3.connect(target)) as made:
            source.backup(
                made, pages=_PAGES, progress=lambda _status, left, total: progress(total - left, total), sleep=0
            )
    except sqlite3.Error as failed:
        raise PrintdError(
            "The database could not be copied.",
            why=f"{failed}.",
            consequence="There is no backup.",
            remedy="Look at the space on the disk and its health, then repeat.",
        ) from failed


def _dump(connection: Connection, target: Path, progress: Progress) -> None:
    snapshot = connection.execute(sa.text("SELECT pg_export_snapshot()")).scalar_one()
    whole = int(connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one())
    dump = program(connection, "pg_dump")
    address, environment = libpq(connection.engine.url)
    _run(
        [
            *(dump, "--format=custom", "--no-owner", "--no-privileges", "--no-password"),
            *("--lock-wait-timeout=60000", f"--snapshot={snapshot}", f"--file={target}", f"--dbname={address}"),
        ],
        environment,
        lambda: progress(target.stat().st_size, whole),
        "The database could not be copied.",
    )


def put_back(source: Path, url: str, progress: Progress) -> None:
    """Fill an empty database from a copy, wholly or not at all.

    :param url: of a SQLite file that does not exist, or of a PostgreSQL database without tables.
    :raises ConfigError: it is not empty, or cannot be reached.
    :raises PrintdError: the copy cannot be put back.
    """
    if kind_of(url) == "sqlite":
        target = sa.make_url(url).database
        assert target is not None
        os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
        shutil.copyfile(source, target)
        with Path(target).open("rb") as file:
            os.fsync(file.fileno())
        return
    engine = engine_of(url)
    try:
        with engine.connect() as connection:
            if sa.inspect(connection).get_table_names():
                raise ConfigError(
                    "The database to restore into is not empty.",
                    consequence="Nothing was restored.",
                    remedy="Make a new, empty database and name that.",
                )
            restore = program(connection, "pg_restore")
    except sa.exc.DBAPIError as unreachable:
        raise not_let_in(unreachable, engine.url) or ConfigError(
            "The database to restore into cannot be reached.",
            why=f"{str(unreachable.orig).strip()}.",
            consequence="Nothing was restored.",
            remedy="See that its server runs and takes connections; then repeat.",
        ) from unreachable
    finally:
        engine.dispose()
    address, environment = libpq(engine.url)
    whole = source.stat().st_size
    progress(0, whole)
    _run(
        [
            *(restore, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password"),
            *(f"--dbname={address}", str(source)),
        ],
        environment,
        lambda: None,
        "The copy could not be put back into the database.",
    )
    progress(whole, whole)


def clear(url: str) -> None:
    """Take everything that :func:`put_back` made out of a PostgreSQL database again."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection, connection.begin():
            for table in ("alembic_version", *metadata.tables):
                connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{table}" CASCADE')
            ours = sa.text(
                "SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace "
                "WHERE n.nspname = current_schema() AND starts_with(proname, 'printd_')"
            )
            for function in connection.execute(ours).scalars().all():
                connection.exec_driver_sql(f'DROP FUNCTION "{function}"() CASCADE')
    finally:
        engine.dispose()


def program(connection: Connection, name: str) -> str:
    """Return the path of one of PostgreSQL's programs that is not older than the server.

    :raises ConfigError: there is none on this machine.
    """
    server = int(connection.execute(sa.text("SHOW server_version_num")).scalar_one()) // 10_000
    older: list[str] = []
    for place in [*_beside_server(connection), None, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]:
        found = shutil.which(name, path=None if place is None else str(place))
        if found is None:
            continue
        told = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
        version = re.search(r"\) (\d+)", told)
        if version and int(version[1]) >= server:
            return found
        older.append(f"{found} is of version {version[1] if version else 'unknown'}")
    raise ConfigError(
        f"The program {name} of PostgreSQL {server} or later is not on this machine.",
        why=f"{'; '.join(older)}." if older else "It is neither beside the server nor on the PATH.",
        consequence="The database was not touched.",
        remedy=f"Install the client programs of PostgreSQL {server}: apt install postgresql-client-{server}",
    )


def _beside_server(connection: Connection) -> list[Path]:
    """Return the folder of the server's own programs, where it may be asked for and is on this machine."""
    try:
        with connection.begin_nested():
            told = connection.execute(sa.text("SELECT setting FROM pg_config WHERE name = 'BINDIR'")).scalar()
    except sa.exc.DBAPIError:  # only superusers and monitors may read it
        return []
    return [Path(told)] if told and Path(told).is_dir() else []


def libpq(url: URL) -> tuple[str, dict[str, str]]:
    """Return an address without its password, which others could read in the list of processes, and the environment."""
    environment = dict(os.environ)
    if url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    plain = url.set(drivername="postgresql")._replace(password=None)
    return plain.render_as_string(hide_password=False), environment


def _run(command: list[str], environment: dict[str, str], look: Callable[[], None], what: str) -> None:
    """Run a program to its end, looking at its work.

    :raises PrintdError: it failed, or did not end; the message carries what it said.
    """
    deadline = time.monotonic() + _MOST_SECONDS
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            env={**environment, "PGCONNECT_TIMEOUT": "30"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            while process.poll() is None and time.monotonic() < deadline:
                look()
                time.sleep(_LOOK_SECONDS)
        finally:
            process.kill()  # does nothing to one that ended
            process.wait()
        if process.returncode:
            said.seek(0)
            last = said.read()[-_MOST_SAID:].decode(errors="replace").split("\n")
            raise PrintdError(
                what,
                why=f"{Path(command[0]).name}: {' '.join(' '.join(last).split()) or 'it did not end'}.",
                remedy="Correct that and repeat.",
            )
    look()


def password_of(url: str) -> str | None:
    """Return the password in an address, if there is one."""
    return (sa.make_url(url).password or None) if url else None


def without_password(url: str) -> str:
    """Return an address without its password."""
    return sa.make_url(url)._replace(password=None).render_as_string(hide_password=False)
