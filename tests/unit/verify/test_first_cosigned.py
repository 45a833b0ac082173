"""Whether a witness saw a log before the first card was printed: from the files of an export, or a database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from printd.ledger.cosigner import Cosigner
from printd.ledger.entry import Entry
from printd.ledger.notes import Signer, split_note
from printd_verify.command import main
from printd_verify.tiles import FIRST
from support.told import AT, Told, write

WITNESS = Cosigner("w.example/1", b"w" * 32)
NOON = int(datetime.fromisoformat(AT).timestamp())
"""When everything in the log happened."""


@pytest.fixture(scope="module")
def log() -> Told:
    made = Told()
    made.begin()
    made.stock()
    made.shift()
    made.good_card(1)
    return made


def first_card(log: Told) -> int:
    return next(seq for seq, body in enumerate(log.bodies) if Entry.from_body(body).kind == "attempt.started")


def line(log: Told, size: int, time: int) -> bytes:
    text, _ = split_note(log.note(size))
    return WITNESS.cosign(text, time)


Look = Callable[..., dict[str, Any]]


@pytest.fixture
def look(log: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Look:
    """Verify a log by a policy that names the witness; return what is told, and in words as ``said``."""

    def run(given: Path, *words: str) -> dict[str, Any]:
        write(tmp_path / "policy", f"log {log.vkey}\nwitness w {WITNESS.verifier.vkey}\nquorum none\n".encode())
        about = [str(given), "--policy", str(tmp_path / "policy"), "--jobs", "0", *words]
        code = main([*about, "--json"])
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        main([*about, "--lang", "en"])
        return {**told, "code": code, "said": capsys.readouterr().out}

    return run


@pytest.mark.parametrize(
    ("on", "late", "says"),
    [
        (0, -60, "before the first card was printed"),
        (0, 3600, "after a card was printed"),
        (3, -60, "after a card was printed"),
    ],
    ids=["before it", "of before it, and later", "after it"],
)
@pytest.mark.parametrize("kind", ["tiles", "database"])
def test_the_first_cosigned_checkpoint_is_told(
    log: Told, tmp_path: Path, look: Look, kind: str, on: int, late: int, says: str
) -> None:
    size, time = first_card(log) + on, NOON + late
    if kind == "tiles":
        given = log.write_tiles(tmp_path / "log")
        write(given / FIRST, log.note(size) + line(log, size, time))
    else:
        given = log.write_database(tmp_path / "log.sqlite")
        with closing(sqlite3.connect(given)) as connection:
            connection.execute("INSERT INTO checkpoint VALUES (?, ?)", (size, log.end(size).root()))
            connection.execute("INSERT INTO checkpoint_note VALUES (?, ?)", (size, log.note(size)))
            for seen in (time, time + 86_400):
                row = (size, WITNESS.verifier.label, seen, line(log, size, seen), AT)
                connection.execute("INSERT INTO cosignature VALUES (?, ?, ?, ?, ?)", row)
            connection.commit()
    told = look(given)
    assert (told["code"], told["findings"]) == (0, [])
    before = says.startswith("before")
    assert told["first_cosigned"] == {"size": size, "witnesses": {"w": time}, "before_first_print": before}
    assert says in told["said"]


def test_where_no_witness_saw_it_that_is_told(log: Told, tmp_path: Path, look: Look) -> None:
    told = look(log.write_tiles(tmp_path / "log"))
    assert (told["code"], told["first_cosigned"]) == (0, None)
    assert "no witness saw the beginning of this log" in told["said"]
    assert "witness saw" not in look(tmp_path / "log", "--quick")["said"], "nobody looked for the first card"


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda note, cosigned: note + cosigned.replace(b"\n", b"")[:-8] + b"AAAAAAA=\n", "checkpoint_note"),
        (lambda note, cosigned: Told().note(0) + cosigned, "checkpoint_note"),
        (lambda note, cosigned: b"anything", ""),
    ],
    ids=["of another time", "of an empty log", "no checkpoint"],
)
def test_a_file_that_is_not_what_it_says_is_found(
    log: Told, tmp_path: Path, look: Look, capsys: pytest.CaptureFixture[str], spoil: Any, found: str
) -> None:
    size = first_card(log)
    given = log.write_tiles(tmp_path / "log")
    write(given / FIRST, spoil(log.note(size), line(log, size, NOON)))
    if not found:
        write(tmp_path / "policy", f"log {log.vkey}\nquorum none\n".encode())
        assert main([str(given), "--policy", str(tmp_path / "policy")]) != 0
        assert FIRST in "".join(capsys.readouterr())
        return
    told = look(given)
    assert (told["code"], [one["class"] for one in told["findings"]]) == (1, [found])
    assert told["first_cosigned"] is None


def test_a_history_that_was_begun_anew_does_not_have_it(log: Told, tmp_path: Path, look: Look) -> None:
    """The owner of everything but the witness's key makes another log, with the note of the one that was seen."""
    size, other = first_card(log), Told()
    other.begin()
    other.stock(last=99)
    other.shift()
    other.good_card(1)
    given = other.write_tiles(tmp_path / "log")
    write(given / FIRST, log.note(size) + line(log, size, NOON - 60))
    told = look(given)
    assert (told["code"], [one["class"] for one in told["findings"]]) == (1, ["checkpoint_root"])
    assert told["first_cosigned"] is None


def test_the_witness_signs_as_the_log_does_not(log: Told) -> None:
    assert WITNESS.verifier.vkey != Signer(log.origin, b"w" * 32).vkey
