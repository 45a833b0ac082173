"""A restored shop is barred by its own database: nothing in its folder, and no row of it, lets it go on unasked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from typer.testing import CliRunner

from printd.backup import backup
from printd.backup.restore import bring_back
from printd.cli.app import app
from printd.client.client import call
from printd.daemon.daemon import Daemon
from printd.desk.desk import Desk
from printd.desk.going_on import go_on
from printd.desk.proofs import Person
from printd.errors import IntegrityError, Refused
from printd.events.kinds import read
from printd.shop.shop import Shop
from printd.store import log
from support.fixed import ORIGIN, NewDatabase, unbooked
from support.people import EverybodysKeys, create, enrolment
from support.people import enrol as enrol_person

TWO = tuple(Person(name=name, passphrase=SecretStr(f"{name}-passphrase")) for name in ("ani", "tono"))
NEEDED = {"printd.toml", "keys", "printd.sqlite"}
DROP = {
    "sqlite": [f"DROP TRIGGER restored_no_{event}" for event in ("update", "delete", "replace")],
    "postgresql": ["DROP TRIGGER restored_append_only ON restored"],
}


class Restore(Protocol):
    def __call__(self, name: str, of: Path | None = None) -> Path:
        """Back a shop up, by default the first one, and restore it into a folder of this name."""


def quiet(_done: int, _whole: int) -> None:
    """Show nobody how far it is."""


@pytest.fixture
def restore(new_database: NewDatabase, tmp_path: Path) -> Iterator[Restore]:
    """Restore a shop with two people, on each kind of database in turn."""
    url = new_database(False)
    server = not url.startswith("sqlite")
    extra = f'\n[database]\nurl = "{url}"\n' if server else ""
    create(tmp_path / "shop", origin=ORIGIN, extra=extra)
    shop = Shop.open(tmp_path / "shop")
    for one in TWO:
        assert one.passphrase is not None
        enrol_person(Desk(shop), one.name)
    shop.sign()

    def restored(name: str, of: Path | None = None) -> Path:
        backup.make(of or tmp_path / "shop", tmp_path / f"backup-{name}", quiet, unbooked)
        database = new_database(False) if server else ""
        bring_back(
            tmp_path / f"backup-{name}", tmp_path / name, key_folder=tmp_path / "shop" / "keys", database=database
        )
        return tmp_path / name

    yield restored
    shop.close()


def is_barred(folder: Path, why: str = "restored from a backup") -> None:
    """Look from every side that the shop is only read."""
    shop = Shop.open(folder)
    try:
        with shop.store.reading() as connection:
            before = log.frontier(connection).size
        with pytest.raises(IntegrityError, match=why):
            Daemon(shop).run()
        with pytest.raises(IntegrityError, match=why):
            shop.books.enter(read("register.read", {"what": "specimen:j", "rows": 0}), ["ani"])
    finally:
        shop.close()
    with pytest.raises(IntegrityError, match=why):
        call(folder, "operators.enrol", enrolment("rudi"))
    result = CliRunner().invoke(app, ["--shop", str(folder), "check"])
    assert isinstance(result.exception, IntegrityError)
    assert isinstance(call(folder, "operators.list", {}), list), "it can be read"
    shop = Shop.open(folder)
    with shop.store.reading() as connection:
        assert log.frontier(connection).size == before
    shop.close()


def bare(folder: Path, *statements: str, **values: Any) -> None:
    """Change the database past everything of ours."""
    shop = Shop.open(folder)
    try:
        with shop.store.engine.connect() as connection, connection.begin():
            for statement in statements:
                connection.execute(sa.text(statement), values)
    finally:
        shop.close()


def kind(folder: Path) -> str:
    shop = Shop.open(folder)
    try:
        return shop.store.engine.dialect.name
    finally:
        shop.close()


def decide(folder: Path, *against: Path) -> None:
    shop = Shop.open(folder)
    shop.books.keys = EverybodysKeys(shop.store)
    try:
        go_on(Desk(shop), TWO[0], TWO[1], [str(one) for one in against])
        shop.books.enter(read("register.read", {"what": "specimen:j", "rows": 0}), ["ani"])
        shop.sign()
    finally:
        shop.close()


def test_no_file_of_the_folder_holds_the_bar(restore: Restore) -> None:
    folder = restore("back")
    is_barred(folder)
    for path in folder.iterdir():
        if path.name not in NEEDED:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    is_barred(folder)
    with pytest.raises(Refused, match="The last signed checkpoint is not in"):
        decide(folder)
    decide(folder, folder.parent / "backup-back")
    shop = Shop.open(folder)
    shop.check_start()
    assert shop.books.barred is None
    shop.close()


def test_a_file_that_says_something_else_changes_nothing(restore: Restore, tmp_path: Path) -> None:
    folder, other = restore("back"), restore("other")
    decide(other)
    for path in other.iterdir():  # whatever a shop that may go on has in its folder, but the database
        if path.is_file() and path.name not in NEEDED and not path.name.startswith("printd.sqlite"):
            shutil.copyfile(path, folder / path.name)
    (folder / "restored.json").write_text(json.dumps({"made_at": "2026-01-01T00:00:00Z", "size": 1, "root": "00"}))
    shop = Shop.open(folder)
    try:
        with pytest.raises(IntegrityError, match="restored from a backup"):
            shop.books.enter(read("register.read", {"what": "specimen:j", "rows": 0}), ["ani"])
    finally:
        shop.close()


def test_the_database_lets_nobody_change_what_a_restore_wrote(restore: Restore) -> None:
    folder = restore("back")
    replaced = "INSERT OR REPLACE INTO restored SELECT * FROM restored"
    for change in (
        "DELETE FROM restored",
        "UPDATE restored SET size = 1",
        "UPDATE restored SET made_at = 'never'",
        replaced if kind(folder) == "sqlite" else "TRUNCATE restored",
    ):
        with pytest.raises(sa.exc.IntegrityError, match="restored: the log is append-only"):
            bare(folder, change)
    is_barred(folder)


def test_a_row_that_was_altered_past_the_rules_or_is_of_another_restore_bars_as_well(restore: Restore) -> None:
    folder = restore("back")
    bare(folder, *DROP[kind(folder)])
    bare(folder, "CREATE TABLE kept AS SELECT * FROM restored")
    for change in ("size = size - 1", "size = size + 1", "size = 0", "root = :root", "size = 2, root = :root"):
        bare(folder, "DELETE FROM restored", "INSERT INTO restored SELECT * FROM kept")
        bare(folder, f"UPDATE restored SET {change}", **({"root": bytes(range(32))} if ":root" in change else {}))
        is_barred(folder, "its log is not that backup's")
        shop = Shop.open(folder)
        try:
            with pytest.raises(IntegrityError, match="its log is not that backup's"):
                go_on(Desk(shop), TWO[0], TWO[1])
        finally:
            shop.close()


def test_each_restore_needs_a_decision_of_its_own(restore: Restore) -> None:
    first = restore("first")
    again = restore("again", first)  # a backup of a shop that nobody had decided about yet
    is_barred(again)
    decide(first)
    second = restore("second", first)
    is_barred(second)
    decide(second)
    third = Shop.open(second)
    third.check_start()
    assert third.books.barred is None
    third.close()


def test_what_was_booked_past_the_bar_is_no_decision(restore: Restore) -> None:
    folder = restore("back")
    shop = Shop.open(folder)
    shop.books.keys = EverybodysKeys(shop.store)
    shop.books.barred = None  # as a program would that does not look
    for _ in range(5):
        shop.books.enter(read("register.read", {"what": "specimen:j", "rows": 0}), ["ani"])
    shop.close()
    is_barred(folder)
