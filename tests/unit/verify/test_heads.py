"""Checkpoints in a database, and generations of the log that ended: which keys are believed for what."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.notes import Signer
from printd_verify.checkpoints import read_kept
from printd_verify.database import SEEN, Database
from printd_verify.heads import Kept
from printd_verify.notes import read_key
from printd_verify.verification import Report, Trust, verify
from support.told import AT, ORIGIN, Told, end_generation, write

NEXT = "printd.example/test/blanks/2"
FIRST, SECOND, THIRD = (
    Signer(ORIGIN, b"l" * 32),
    Signer(NEXT, b"m" * 32),
    Signer("printd.example/test/blanks/3", b"n" * 32),
)


def fill(log: Told, number: int = 3) -> None:
    for _ in range(number):
        log.say("login.failed", {"names": {}, "unknown": 1})


@pytest.fixture
def two(tmp_path: Path) -> tuple[Told, Path]:
    """A log in its second generation, and its database: the old key signed at 7 and 9 entries, the new one the end."""
    log = Told()
    log.begin()
    fill(log)
    old = [(size, log.end(size).root(), log.note(size)) for size in (7, 9)]
    end_generation(log, SECOND)
    fill(log)
    path = log.write_database(tmp_path / "log.sqlite")
    change(path, *(("INSERT INTO checkpoint VALUES (?, ?)", (size, root)) for size, root, _ in old))
    change(path, *(("INSERT INTO checkpoint_note VALUES (?, ?)", (size, note)) for size, _, note in old))
    return log, path


def change(path: Path, *statements: tuple[str, tuple[Any, ...]]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement, values in statements:
            assert connection.execute(statement, values).rowcount > 0
        connection.commit()


def look(log: Told, path: Path, *against: Kept, now: datetime | None = None, vkey: str = "") -> Report:
    return verify(Database(path), Trust((read_key(vkey or log.vkey),)), against=against, jobs=0, now=now)


def codes(report: Report) -> set[str]:
    return {case.code for case in report.cases}


def test_a_key_that_ended_is_believed_for_its_own_time(two: tuple[Told, Path]) -> None:
    log, path = two
    report = look(log, path)
    assert report.cases == []
    assert (report.checkpoints, report.origin) == (3, NEXT)
    assert codes(look(log, path, vkey=FIRST.vkey)) == {"checkpoint_note", "log_called", "tail"}


def note(size: int, signer: Signer, log: Told) -> bytes:
    return sign(Checkpoint(signer.name, size, log.end(size).root()), signer)


SPOILT: dict[str, tuple[Callable[[Told, Path], object], set[str]]] = {
    "a stranger signed in the old one's time": (
        lambda log, path: change(path, ("UPDATE checkpoint_note SET note = ? WHERE size = 7", (note(7, THIRD, log),))),
        {"checkpoint_note"},
    ),
    "the new key signed in the old one's time": (
        lambda log, path: change(path, ("UPDATE checkpoint_note SET note = ? WHERE size = 7", (note(7, SECOND, log),))),
        {"checkpoint_key"},
    ),
    "the old key's note is cut": (
        lambda log, path: change(path, ("UPDATE checkpoint_note SET note = substr(note, 1, 90) WHERE size = 7", ())),
        {"checkpoint_note"},
    ),
    "the old key's row has another root": (
        lambda log, path: change(path, ("UPDATE checkpoint SET root = ? WHERE size = 9", (b"x" * 32,))),
        {"checkpoint_row"},
    ),
    "a row has another size": (
        lambda log, path: change(path, ("UPDATE checkpoint SET size = 8 WHERE size = 7", ()),
                                 ("UPDATE checkpoint_note SET size = 8 WHERE size = 7", ())),
        {"checkpoint_row"},
    ),
    "a checkpoint has no note": (
        lambda log, path: change(path, ("DELETE FROM checkpoint_note WHERE size = 7", ())), {"checkpoint_unsigned"},
    ),
    "a checkpoint speaks of more": (
        lambda log, path: change(path, ("INSERT INTO checkpoint VALUES (99, ?)", (b"x" * 32,)),
                                 ("INSERT INTO checkpoint_note VALUES (99, ?)",
                                  (sign(Checkpoint(NEXT, 99, b"x" * 32), SECOND),))),
        {"checkpoint_beyond"},
    ),
    "nothing is signed": (
        lambda log, path: change(path, ("DELETE FROM checkpoint_note", ()), ("DELETE FROM checkpoint", ())),
        {"unsigned", "generation"},
    ),
    "the note beside it is of another history": (
        lambda log, path: write(path.parent / SEEN, sign(Checkpoint(NEXT, 11, b"x" * 32), SECOND)), {"kept_root"},
    ),
    "the note beside it is none": (lambda log, path: write(path.parent / SEEN, b"x"), {"kept_unreadable"}),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "wanted"), SPOILT.values(), ids=SPOILT)
def test_what_is_done_to_a_checkpoint_is_found(
    two: tuple[Told, Path], spoil: Callable[[Told, Path], object], wanted: set[str]
) -> None:
    log, path = two
    spoil(log, path)
    assert codes(look(log, path)) == wanted


def test_a_generation_of_another_name_than_the_logs(tmp_path: Path) -> None:
    log = Told()
    log.begin()
    end_generation(log, SECOND, origin="other.example/blanks/1")
    assert codes(look(log, log.write_database(tmp_path / "log.sqlite"))) >= {"log_ended"}


def test_a_name_that_the_log_had(tmp_path: Path) -> None:
    log = Told()
    log.begin()
    end_generation(log, Signer(ORIGIN, b"m" * 32))
    assert codes(look(log, log.write_database(tmp_path / "log.sqlite"))) == {"log_name"}


def test_what_was_kept_of_entries_that_were_lost(tmp_path: Path) -> None:
    log = Told()
    log.begin()
    fill(log)
    end_generation(log, SECOND, missing=5)
    fill(log)
    path = log.write_database(tmp_path / "log.sqlite")
    lost = Kept("paper", read_kept(sign(Checkpoint(ORIGIN, 12, b"y" * 32), FIRST)))
    report = look(log, path, lost)
    assert report.cases == []
    assert report.lost == ["paper"]
    more = Kept("paper", read_kept(sign(Checkpoint(ORIGIN, 16, b"y" * 32), FIRST)))
    assert codes(look(log, path, more)) == {"kept_beyond"}


def test_what_nobody_signed_in_time(tmp_path: Path) -> None:
    log = Told()
    log.begin()
    fill(log)
    path = log.write_database(tmp_path / "log.sqlite", [8])
    change(path, ("DELETE FROM checkpoint_note WHERE size = 9", ()), ("DELETE FROM checkpoint WHERE size = 9", ()))
    soon = datetime.fromisoformat(AT).astimezone(UTC).replace(minute=4)
    report = look(log, path, now=soon)
    assert report.cases == []
    assert (report.size, report.signed_size) == (9, 8)
    assert codes(look(log, path, now=soon.replace(minute=6))) == {"tail"}


def test_a_shop_that_goes_on_meanwhile_is_read_as_it_was(tmp_path: Path) -> None:
    log = Told()
    log.begin()
    fill(log)
    path = log.write_database(tmp_path / "log.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    source = Database(path)
    fill(log)
    more = log.write_database(tmp_path / "more.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ATTACH ? AS more", (str(more),))
        for table in ("entry", "node", "checkpoint", "checkpoint_note"):
            connection.execute(f"INSERT OR IGNORE INTO {table} SELECT * FROM more.{table}")
        connection.execute("UPDATE log_state SET size = 12, frontier = (SELECT frontier FROM more.log_state)")
        connection.commit()
    report = verify(source, Trust((read_key(log.vkey),)), jobs=0)
    assert (report.cases, report.size) == ([], 9)
    assert look(log, path).size == 12
