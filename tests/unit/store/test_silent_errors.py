"""A failing database tells nothing of what it was given: not in its error, in no log line, nowhere on the screen."""

from __future__ import annotations

import re
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.errors import Refused
from printd.store import trouble
from printd.store.engine import Store, _silent, create_engine, migrate, scratch, sqlite_url
from support.deliberate import line, notices
from support.fixed import ORIGIN, NewDatabase
from support.office import until
from support.people import create

NIK = "5371994101900001"
NAME = "MARIA CONTOH"


def told(work: Callable[[], object]) -> str:
    """Return everything that whoever catches the error can print of it: texts, causes and traceback."""
    with pytest.raises((sa.exc.SQLAlchemyError, Refused)) as raised:
        work()
    every: list[BaseException] = [raised.value]
    while (cause := every[-1].__cause__ or every[-1].__context__) is not None:
        every.append(cause)
    said = [str(one) + repr(one) + str(vars(one).get("why")) for one in every]
    return "".join([*said, *traceback.format_exception(raised.value)])


def writes(url: str, fails: Callable[[Connection], object]) -> str:
    """Return what is told of a writing transaction that fails."""
    store = Store(create_engine(url))

    def write() -> None:
        with store.writing() as connection:
            fails(connection)

    try:
        return told(write)
    finally:
        store.close()


def silent(text: str) -> None:
    assert NIK not in text
    assert NAME not in text


PUT = sa.text(
    "INSERT INTO operator (name, role, active, key, sealed, legal_name, position, rank) "
    "VALUES (:name, :role, true, 'k', 's', 'l', 'p', 'r')"
)


def taken_twice(connection: Connection) -> None:
    for _ in range(2):
        connection.execute(PUT, {"name": NAME, "role": "operator"})


def against_a_check(connection: Connection) -> None:
    connection.execute(PUT, {"name": NAME, "role": NIK})


def no_such_table(connection: Connection) -> None:
    connection.execute(sa.text("SELECT * FROM nowhere WHERE nik = :nik AND name = :name"), {"nik": NIK, "name": NAME})


def no_text(connection: Connection) -> None:
    """The driver itself cannot pass it on."""
    connection.execute(sa.text("SELECT :what"), {"what": {NIK, NAME}})


def no_number(connection: Connection) -> None:
    connection.execute(sa.text("SELECT CAST(:what AS integer)"), {"what": NAME})


@notices({"parameters are shown": line(_silent, "hide_parameters=True, ", "")})
def test_no_error_tells_what_the_database_was_given(new_database: NewDatabase) -> None:
    url = new_database(True)
    silent("".join(writes(url, fails) for fails in (taken_twice, against_a_check, no_such_table, no_text)))
    with scratch() as connection:
        silent(told(lambda: no_such_table(connection)))


@pytest.mark.postgres
@notices(
    {
        "details are told": line(trouble.take_values_out, "if not state:", "if state:"),
        "the message of a value is told": line(trouble.take_values_out, 'startswith("22")', 'startswith("xx")'),
    }
)
def test_what_the_server_quotes_of_a_row_is_not_told(new_postgres: NewDatabase) -> None:
    url = new_postgres(True)
    said = [writes(url, fails) for fails in (taken_twice, against_a_check, no_number)]
    silent("".join(said))
    assert "23505" in said[0]
    assert "check constraint" in said[1]
    assert "InvalidTextRepresentation" in said[2]


def test_a_migration_that_fails_tells_nothing(new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection of a migration is one of the same engines."""
    monkeypatch.setattr("alembic.command.upgrade", lambda config, _: no_such_table(config.attributes["connection"]))
    silent(told(lambda: migrate(new_database(True))))


def test_every_engine_is_made_in_one_place() -> None:
    makes = re.compile(r"\bsa\.(create|engine_from)|sqlalchemy import .*(create_engine|engine_from_config)")
    here = Path(trouble.__file__).parents[1]
    assert [str(path.relative_to(here)) for path in here.rglob("*.py") if makes.search(path.read_text())] == [
        "store/engine.py"
    ]
    assert (here / "store/engine.py").read_text().count("sa.create_engine(") == 1


def test_neither_daemon_nor_command_tells_what_a_defect_was_given(new_database: NewDatabase, tmp_path: Path) -> None:
    """A table is gone, and somebody asks for a person's number in place of a serial."""
    url, folder = new_database(False), tmp_path / "shop"
    create(folder, origin=ORIGIN, database=url if url.startswith("postgresql") else "")

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "printd", "--shop", str(folder), *arguments]
        done = subprocess.run(command, capture_output=True, timeout=60, stdin=subprocess.DEVNULL, check=False)
        assert done.returncode != 0
        return (done.stdout + done.stderr).decode()

    lines = tmp_path / "lines"
    with lines.open("wb") as out:
        start = [sys.executable, "-m", "printd", "--shop", str(folder), "run"]
        daemon = subprocess.Popen(start, stdout=out, stderr=out)
        try:
            until(lambda: (folder / "printd.sock").is_socket() or daemon.poll() is not None, "the daemon listens")
            engine = create_engine(url if url.startswith("postgresql") else sqlite_url(folder))
            with engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE serial_range RENAME TO elsewhere")
            engine.dispose()
            through_the_daemon = run("blanks", "show", NIK)
        finally:
            daemon.terminate()
            daemon.wait(30)
    alone = run("blanks", "show", NIK)
    assert "serial_range" in lines.read_text()
    assert "serial_range" in alone
    silent(lines.read_text().replace(f"blanks show {NIK}", ""))
    silent(through_the_daemon + alone)
