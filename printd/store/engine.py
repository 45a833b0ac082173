"""Opening the database: SQLite with every commit durable, or PostgreSQL; one writer at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

from printd.errors import ConfigError, Refused
from printd.store import trouble
from printd.store.columns import plain
from printd.store.contents import check_shop
from printd.store.metadata import metadata
from printd.store.server import called, check_address, not_let_in
from printd.store.statements import STATEMENTS
from printd.store.tables import PROJECTIONS, SECRETS
from printd.store.tables.log import log_state

ForbiddenError = sa.exc.SQLAlchemyError
"""What the database raises when it does not take a change: against one of its own rules, or a value of no sense."""

SQLITE_NAME = "printd.sqlite"
HEAD = "0001"
"""The last migration, which the tables of this version have."""

_WRITING = "printd_writing"
_BUSY_SECONDS = 30


def sqlite_url(folder: Path) -> str:
    """Return the address of the embedded database of a shop."""
    return f"sqlite:///{folder / SQLITE_NAME}"


def create_engine(url: str, *, new: bool = False) -> Engine:
    """Return an engine whose commits survive a power cut (SQLite: WAL, synchronous=FULL).

    :param new: whether a file of SQLite may be made; an empty one in the place of a database that was moved away would
        take its write-ahead log with it.
    """
    if not url.startswith("sqlite"):
        address = sa.make_url(url)
        if address.drivername == "postgresql":  # the usual way to write it; the driver that comes with printd is meant
            address = address.set(drivername="postgresql+psycopg")
        return _silent(address, pool_pre_ping=True)
    engine = _silent(url, connect_args={"timeout": _BUSY_SECONDS})
    opened = _identity(engine)

    @event.listens_for(engine, "do_connect")
    def _on_open(_dialect: object, _record: object, _where: object, arguments: dict[str, Any]) -> Any:
        path = engine.url.database
        if not path or path == ":memory:":
            return None
        if not new and _identity(engine) != opened:
            raise trouble.moved(Path(path), "")
        return sqlite3.connect(f"file:{quote(path)}?mode={'rwc' if new else 'rw'}", uri=True, **arguments)

    @event.listens_for(engine, "connect")
    def _on_connect(dbapi: Any, _record: object) -> None:
        dbapi.isolation_level = None  # we say BEGIN ourselves
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            dbapi.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(_WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _silent(address: str | sa.URL, **options: Any) -> Engine:
    """Return an engine whose errors tell no value that it was given (design rule 6); every engine is made here."""
    engine = sa.create_engine(
        address, hide_parameters=True, execution_options={"compiled_cache": STATEMENTS}, **options
    )
    event.listen(engine, "handle_error", trouble.take_values_out)
    return engine


class Store:
    """The database of one shop.

    Writers wait for each other in this process by a lock and across processes by the database; readers never wait.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = threading.Lock()
        self._file = _identity(engine)
        self._failed = False

    @property
    def name(self) -> str:
        """What the database is called for people: its name or file, never its password."""
        return called(self.engine.url)

    @classmethod
    def open(cls, url: str) -> Store:
        """Open an existing database.

        :raises ConfigError: the database is missing, of another version, holds no shop, or does not let this user in.
        :raises StorageError: it cannot be reached or used now.
        :raises IntegrityError: it is damaged.
        """
        store = cls(_engine_of_existing(url))
        try:
            with store.engine.connect() as connection:
                check_shop(connection, HEAD)
        except ConfigError:
            store.close()
            raise
        except sa.exc.DBAPIError as failed:
            store.close()
            known = not_let_in(failed, store.engine.url) or trouble.of_database(failed, store.engine.url)
            raise known or ConfigError(
                "The database cannot be opened.", why=f"{failed.orig}.", remedy="Check [database] in printd.toml."
            ) from failed
        return store

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the books, however long it reads.

        :raises StorageError: the database cannot be read now.
        """
        try:
            with self.engine.connect() as connection:
                if connection.dialect.name == "postgresql":  # by default each statement there sees a newer state
                    connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    yield connection
        except sa.exc.DBAPIError as failed:
            known = trouble.of_database(failed, self.engine.url)
            if known is None:
                raise
            raise known from failed

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give the one writing transaction; it commits at the end, or changes nothing.

        :raises Refused: a rule of the database itself stands against the change.
        :raises StorageError: the database cannot be written to now; its consequence says what the books hold.
        """
        committing = False
        if _identity(self.engine) != self._file:
            raise trouble.moved(Path(str(self.engine.url.database)), trouble.NOTHING_BOOKED)
        try:
            with (
                self._writer,
                self.engine.connect().execution_options(**{_WRITING: True}) as connection,
                connection.begin(),
            ):
                yield connection
                committing = True
        except (sa.exc.IntegrityError, sa.exc.DataError) as forbidden:
            raise Refused(
                "The database refuses this change.",
                why=str(forbidden.orig).splitlines()[0] + ".",
                consequence="Nothing was changed.",
            ) from forbidden
        except sa.exc.DBAPIError as failed:
            unknown = committing and not _undone_for_sure(failed)
            booked = trouble.BOOKING_UNKNOWN if unknown else trouble.NOTHING_BOOKED
            known = trouble.of_database(failed, self.engine.url, booked)
            if known is None:
                raise
            self._failed = True
            self.engine.dispose()  # SQLite never tries again to write by a connection that it could only open to read
            raise known from failed

    def forget_deleted(self) -> bool:
        """Take what was deleted out of the files of the database, as far as it can be; tell whether that was all.

        SQLite overwrites what is deleted (``secure_delete``); here its write-ahead log, which has the pages as they
        were before, is written back and cut to nothing. Whoever reads an older state keeps it from that: ask again.
        PostgreSQL is asked to give the room of deleted rows free (``VACUUM``): their bytes stay in its files until
        others take their place, and in its write-ahead log, archive and replicas for as long as these are kept.

        :raises StorageError: the database cannot be used now.
        """
        try:
            if self.engine.dialect.name == "postgresql":
                with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    for table in SECRETS:
                        connection.exec_driver_sql(f'VACUUM "{table.name}"')
                return True
            with self._writer, closing(self.engine.raw_connection()) as raw, suppress(sqlite3.OperationalError):
                assert isinstance(raw.driver_connection, sqlite3.Connection)
                raw.driver_connection.execute("PRAGMA busy_timeout=100")  # whoever wants to book waits behind this
                try:
                    busy, _, _ = raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                    return not busy
                finally:
                    raw.driver_connection.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
            return False
        except sa.exc.DBAPIError as failed:
            known = trouble.of_database(failed, self.engine.url)
            if known is None:
                raise
            raise known from failed

    def try_to_write(self) -> None:
        """Begin and end a writing transaction that changes nothing; after one that failed, write something to the disk.

        :raises StorageError: the database cannot be written to now.
        """
        if self.engine.dialect.name == "sqlite":
            shut = trouble.unwritable(Path(str(self.engine.url.database)), trouble.NOTHING_BOOKED)
            if shut is not None:
                raise shut
        with self.writing() as connection:
            if self._failed:  # without it nothing would be written, and the disk not be asked
                connection.execute(log_state.update().values(size=log_state.c.size))
        self._failed = False


def _undone_for_sure(failed: sa.exc.DBAPIError) -> bool:
    """Tell whether a commit that failed can have left nothing behind.

    SQLite: what could not be written is no commit; what was written and not made durable may come back when the
    write-ahead log is read after a crash. PostgreSQL: an error that the server still tells has undone the transaction;
    a connection that ends (SQLSTATE classes 08 and 57, or none) tells nothing.
    """
    code = str(getattr(failed.orig, "sqlite_errorname", ""))
    if code:
        return code == "SQLITE_IOERR_WRITE" or not code.startswith("SQLITE_IOERR")
    state = str(getattr(failed.orig, "sqlstate", None) or "")
    return bool(state) and state[:2] not in ("08", "57")


def _identity(engine: Engine) -> tuple[int, int] | None:
    """Return device and inode of a file of SQLite; ``None``: it is not there, or the database is no file.

    What SQLite writes into a file that was moved, deleted or exchanged under it is lost to whoever opens the path next,
    and in its WAL mode it does not notice.
    """
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path:
        return None
    try:
        about = Path(path).stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino


def engine_of(url: str, *, new: bool = False) -> Engine:
    """Return the engine of a database, which need not be there.

    :param new: see :func:`create_engine`.
    :raises ConfigError: its address names nothing that printd can use.
    """
    check_address(url)
    try:
        return create_engine(url, new=new)
    except ModuleNotFoundError as missing:
        raise ConfigError(
            "What printd needs to speak with PostgreSQL is not installed.",
            why=f"{missing}.",
            remedy="Install it: pip install 'printd[postgres]'",
        ) from missing


def _engine_of_existing(url: str) -> Engine:
    """Return the engine of a database that should be there; SQLite would make an empty one without a word.

    :raises ConfigError: it is not there, or its address names nothing that printd can use.
    """
    engine = engine_of(url)
    path = engine.url.database
    if engine.dialect.name == "sqlite" and not (path and Path(path).is_file()):
        raise ConfigError(f"The database {path} does not exist.", remedy="Restore a copy of it, or make a new shop.")
    return engine


def migrate(url: str) -> None:
    """Bring a new or older database to this version's schema."""
    engine = create_engine(url, new=True)
    try:
        with engine.connect() as connection, connection.begin():
            upgrade(connection)
    finally:
        engine.dispose()


def upgrade(connection: Connection) -> None:
    """Bring a new or older database to this version's schema, within the transaction that is open."""
    from alembic import command  # noqa: PLC0415 - loads slowly, and a shop is made once
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "printd:store/migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def dump(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all projections in the order of their keys, for comparing two states."""
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for table in PROJECTIONS:
        query = sa.select(*map(plain, table.columns)).order_by(*table.primary_key.columns)
        rows[table.name] = [tuple(row) for row in connection.execute(query)]
    return rows


@contextmanager
def scratch() -> Iterator[Connection]:
    """Give an empty database in memory, for rebuilding the projections; it is gone at the end."""
    engine = _silent("sqlite://", poolclass=StaticPool)
    try:
        with engine.connect() as connection, connection.begin():
            with closing(connection.connection.cursor()) as cursor:
                for statement in _making_tables():
                    cursor.execute(statement)
            yield connection
    finally:
        engine.dispose()


@cache
def _making_tables() -> tuple[str, ...]:
    """Return the statements that make every table, as SQLite has them: writing them costs more than running them."""
    engine = _silent("sqlite://", poolclass=StaticPool)
    try:
        with engine.begin() as connection:
            metadata.create_all(connection)
            made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
            return tuple(made.scalars())
    finally:
        engine.dispose()
