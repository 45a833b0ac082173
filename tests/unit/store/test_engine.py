"""Opening a database, its version, and what a reader and a writer see of each other."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import CacheStats

from printd.books.booking import Books
from printd.errors import ConfigError, IntegrityError, StorageError
from printd.projections.kinds import PROJECTIONS
from printd.store import log, operators
from printd.store.engine import Store, create_engine, migrate, scratch, upgrade
from printd.store.metadata import metadata
from printd.store.tables.log import log_state
from support.deliberate import line, notices

NewDatabase = Callable[[bool], str]
Live = Callable[[Books, int, int], "Counter[str]"]


@contextmanager
def engine_of(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_knows(new_database: NewDatabase) -> None:
    url = new_database(False)
    migrate(url)
    with engine_of(url) as engine, engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        found = sa.inspect(connection)
        for table in metadata.tables.values():  # what the comparison leaves out: checks, and parts of an index
            assert not any(column.constraints for column in table.columns), "checks of a column escape the migrations"
            checks = {one.name for one in table.constraints if isinstance(one, sa.CheckConstraint)}
            assert {one["name"] for one in found.get_check_constraints(table.name)} == checks
            where = f"{engine.dialect.name}_where"
            told = {
                str(one.name): str(one.dialect_kwargs[where]) for one in table.indexes if where in one.dialect_kwargs
            }
            options = {str(one["name"]): one.get("dialect_options", {}) for one in found.get_indexes(table.name)}
            kept = {name: str(option[where]) for name, option in options.items() if where in option}
            assert kept.keys() == {name for name, condition in told.items() if condition != "None"}
            if engine.dialect.name == "sqlite":  # PostgreSQL writes a condition in words of its own
                assert kept == {name: told[name] for name in kept}
        if engine.dialect.name == "postgresql":  # SQLite sorts all text by its bytes
            query = (
                "SELECT table_name, column_name, collation_name FROM information_schema.columns WHERE table_schema = "
            )
            made = {(row[0], row[1]): row[2] for row in connection.execute(sa.text(query + "current_schema()"))}
            for table in metadata.tables.values():
                for column in table.columns:
                    wanted = getattr(column.type.dialect_impl(engine.dialect), "collation", None)
                    assert made[table.name, column.name] == wanted, (table.name, column.name)


def contents(url: str) -> dict[str, tuple[list[str], list[str]]]:
    """Return everything in a database: of each table its columns, keys, checks and rows; then indexes and triggers."""
    with engine_of(url) as engine, engine.connect() as connection:
        found: dict[str, tuple[list[str], list[str]]] = {}
        look = sa.inspect(connection)
        for name in sorted(look.get_table_names()):
            rows = connection.execute(sa.text(f'SELECT * FROM "{name}"')).all()
            about = (look.get_columns, look.get_pk_constraint, look.get_foreign_keys, look.get_check_constraints)
            found[name] = (sorted(map(repr, rows)), [repr(one(name)) for one in about])
        others = {
            "sqlite": "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2",
            "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal UNION ALL "
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1, 2",
        }[engine.dialect.name]
        found[""] = ([repr(row) for row in connection.execute(sa.text(others))], [])
        return found


@notices(
    {
        "it begins anew": line(
            upgrade,
            'command.upgrade(config, "head")',
            "connection.exec_driver_sql(\"UPDATE log_state SET size = 0, frontier = ''\")",
        ),
        "it takes a rule away": line(
            upgrade, 'command.upgrade(config, "head")', 'connection.exec_driver_sql("DROP INDEX uq_shift_current")'
        ),
    }
)
def test_migrating_again_changes_nothing(new_database: NewDatabase, live: Live) -> None:
    url = new_database(True)
    store = Store.open(url)
    with store.writing() as connection:
        log.start(connection)
    live(Books(store, PROJECTIONS), 5, 60)
    store.close()
    before = contents(url)
    assert sum(len(rows) for name, (rows, _) in before.items() if name) > 150
    migrate(url)
    assert contents(url) == before
    Store.open(url).close()


def test_there_is_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", "printd:store/migrations")
    config.set_main_option("path_separator", "os")
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_a_database_without_a_shop_is_refused_and_stays_empty(new_database: NewDatabase) -> None:
    url = new_database(False)
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()
    with pytest.raises(ConfigError, match="is empty: no shop was ever made in it"):
        Store.open(url)
    with engine_of(url) as engine:
        assert sa.inspect(engine).get_table_names() == []


@pytest.mark.parametrize("version", ["9999", "0009", "0000"])
def test_a_database_of_another_version_is_refused_with_both_versions(new_database: NewDatabase, version: str) -> None:
    url = new_database(True)
    with engine_of(url) as engine, engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    with pytest.raises(ConfigError) as refusal:
        Store.open(url)
    assert f"of version {version}, this printd needs 0001" in str(refusal.value)


def test_a_missing_sqlite_file_is_refused_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "printd.sqlite"
    with pytest.raises(ConfigError) as refusal:
        Store.open(f"sqlite:///{path}")
    assert str(path) in refusal.value.what
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "printd.sqlite"
    path.write_bytes(b"holiday photographs " * 400)
    with pytest.raises(IntegrityError, match="is damaged"):
        Store.open(f"sqlite:///{path}")


@pytest.mark.parametrize("instead", ["nothing", "an empty file", "another shop's"])
def test_a_file_that_was_exchanged_under_an_open_database_takes_nothing_more(
    new_sqlite: NewDatabase, instead: str
) -> None:
    """What is written into a file without a name is lost, and a new file in its place takes the real one's log too."""
    url = new_sqlite(True)
    path = Path(url.removeprefix("sqlite:///"))
    store = Store.open(url)
    try:
        with store.writing() as connection:
            log.start(connection)
        path.rename(path.with_suffix(".moved"))
        if instead == "an empty file":
            path.touch()
        elif instead == "another shop's":
            shutil.copyfile(new_sqlite(True).removeprefix("sqlite:///"), path)
        with pytest.raises(StorageError, match="moved, deleted or exchanged") as refused, store.writing():
            pass
        assert refused.value.consequence == "Nothing was booked."
        with ExitStack() as many:
            readers = [many.enter_context(store.engine.connect())]
            with pytest.raises(StorageError):  # a new one must not make a file, nor open another
                readers.append(many.enter_context(store.engine.connect()))
        assert path.exists() == (instead != "nothing")
        path.with_suffix(".moved").rename(path)
        with store.reading() as connection:
            assert log.frontier(connection).size == 0
    finally:
        store.close()


@pytest.mark.parametrize(
    "url", ["", "printd.sqlite", "nosuch://host/printd", "sqlite://", "sqlite:////no/such/folder/x"]
)
def test_an_address_of_nothing_is_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        Store.open(url)


@pytest.mark.postgres
def test_the_plain_address_of_a_postgresql_works_and_an_absent_one_is_refused(new_postgres: NewDatabase) -> None:
    url = new_postgres(True).replace("postgresql+psycopg://", "postgresql://")
    assert url.startswith("postgresql://")
    store = Store.open(url)
    with store.writing() as connection:
        log.start(connection)
    store.close()
    with pytest.raises(ConfigError, match="There is no database absent"):
        Store.open(str(sa.make_url(url).set(database="absent")))


def test_every_commit_of_sqlite_is_durable(new_sqlite: NewDatabase) -> None:
    store = Store.open(new_sqlite(True))
    try:
        for open_connection in (store.reading, store.writing):
            with open_connection() as connection:
                told = [
                    connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
                ]
                assert told == ["wal", 2]
                assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    finally:
        store.close()


def test_a_reader_sees_one_state_while_others_write(store: Store) -> None:
    with store.reading() as connection:
        assert operators.sealed_key(connection, "siti") is None
        with store.writing() as writer:
            operators.put_sealed_key(writer, "siti", "a key")
        assert operators.sealed_key(connection, "siti") is None
    with store.reading() as connection:
        assert operators.sealed_key(connection, "siti") == "a key"


def test_an_error_in_the_middle_undoes_the_whole_transaction(store: Store) -> None:

    def work() -> None:
        with store.writing() as connection:
            operators.put_sealed_key(connection, "siti", "a key")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    with store.reading() as connection:
        assert operators.sealed_key(connection, "siti") is None


def test_writers_take_turns_in_one_process_and_across_stores(store: Store) -> None:
    other = Store.open(store.engine.url.render_as_string(hide_password=False))
    inside = threading.Semaphore(1)
    met: list[str] = []

    def work(through: Store) -> None:
        for _ in range(10):
            with through.writing() as connection:
                log.frontier(connection, lock=True)
                if not inside.acquire(blocking=False):
                    met.append("two writers at once")
                operators.put_sealed_key(connection, "siti", "a key")
                inside.release()

    workers = [threading.Thread(target=work, args=(one,)) for one in (store, other, store, other)]
    try:
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
    finally:
        other.close()
    assert not any(worker.is_alive() for worker in workers)
    assert met == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE log_state SET size = 7",
        "UPDATE log_state SET size = 3",
        "UPDATE log_state SET size = -1",
        "DELETE FROM log_state",
    ],
)
def test_an_impossible_end_of_the_log_stops_every_booking(store: Store, damage: str) -> None:
    with store.writing() as connection:
        connection.execute(sa.text("UPDATE log_state SET frontier = :one, size = 1"), {"one": b"\x07" * 32})
    with store.writing() as connection:
        connection.execute(sa.text(damage))
    with pytest.raises(IntegrityError, match="log_state"), store.writing() as connection:
        log.frontier(connection, lock=True)


def test_a_statement_is_written_once_for_all_engines_of_a_kind(
    new_sqlite: NewDatabase, new_database: NewDatabase
) -> None:
    statement = sa.select(log_state.c.size).where(log_state.c.id == 1).order_by(log_state.c.size).limit(7)
    hits = []
    for url in (new_sqlite(True), new_database(True), new_database(True)):
        with engine_of(url) as engine, engine.connect() as connection:
            hits.append(connection.execute(statement).context.cache_hit is CacheStats.CACHE_HIT)
            connection.execute(statement).all()
    assert hits[2]
    assert hits[1] == new_database(True).startswith("sqlite"), "another kind of database has another SQL"


def test_the_database_of_every_replay_has_all_that_the_tables_say() -> None:
    query = sa.text("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")
    with engine_of("sqlite://") as engine, engine.connect() as connection:
        metadata.create_all(connection)
        told = connection.execute(query).all()
    assert len(told) > len(metadata.tables)
    for _ in range(2):
        with scratch() as connection:
            assert connection.execute(query).all() == told
            connection.execute(sa.delete(log_state))
