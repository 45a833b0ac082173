"""A kill at every change of a file and every commit of a purge and of an erasure: done or not done, never booked alone.

A shop in which one card was handed over long ago, one waits, one record was refused, something lies aside in the spool,
and a month has ended already. Each life is a process of its own, killed by SIGKILL; the next start finishes what was
booked, and may be killed on the way as well. Then whoever looks with all keys of the shop finds of each person
everything or nothing.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog

from crash.purge_lives import ANNA, LATER, REFUSED, opened
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.intake import purge
from printd.intake.findings import Finding
from printd.intake.sources import aside
from printd.shop.opening import open_record
from support.ended import handed_over, seen, staffed, taken_in
from support.intake_help import KNOWN_DISTRICT, document, inbox, new_shop, people
from support.workday import entries

BENNY, CICI = people()[3], people()[5]
ALL = bool(int(os.environ.get("PRINTD_CRASH", "0")))
SOME = 5
_TESTS = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.configure(**before)


@cache
def _template() -> tuple[Path, dict[str, str]]:
    base = Path(tempfile.mkdtemp(prefix="printd-purges-"))
    folder = new_shop(base / "shop", KNOWN_DISTRICT)
    desk = opened(folder)
    staffed(desk)
    known = {"anna": handed_over(desk, ANNA, 1).record, "benny": taken_in(desk, BENNY).record}
    (month,) = desk.shop.months.names()
    purge.end_month(desk.shop, month)
    refused = Finding("error", "NIK_missing", "NIK", "It has no NIK.")
    known["refused"] = inbox(desk).quarantine({"record.json": document(CICI)}, [refused])
    known["cici"] = handed_over(desk, CICI, 2).record
    desk.shop.sign()
    desk.shop.close()
    lies = folder / "spool" / aside.TOO_LARGE / "0123"
    lies.mkdir(parents=True)
    (lies / "record.jpg").write_bytes(ANNA.photo_jpeg)
    (lies / "record.json").write_bytes(document(ANNA))
    return folder, known


@dataclass(frozen=True)
class Life:
    """How a process ended, and which points it passed."""

    ended: int
    points: list[str]


class Lives:
    """The process that forks lives."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "crash.purge_lives"],
            env={**os.environ, "PYTHONPATH": str(_TESTS)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def live(self, folder: Path, act: str, kill: int = 0) -> Life:
        """Let a process act in a shop, and die at one of its points; return when it ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"folder": str(folder), "act": act, "kill": kill, "told": str(folder.with_suffix(".points"))}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return Life(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        assert self._process.wait(60) == 0
        self._process.stdout.close()


@pytest.fixture(scope="module")
def lives() -> Iterator[Lives]:
    made = Lives()
    yield made
    made.close()


@contextmanager
def _house(folder: Path) -> Iterator[Path]:
    """A copy of that shop."""
    shutil.copytree(_template()[0], folder)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def _looked_at(folder: Path) -> Iterator[Desk]:
    desk = opened(folder, LATER)
    try:
        yield desk
    finally:
        desk.shop.close()


def _opens(desk: Desk, record: str) -> bool:
    with desk.shop.store.reading() as connection:
        try:
            return bool(open_record(desk.shop, connection, record).photo)
        except Refused:
            return False


def _keeps_key(desk: Desk, owner: str) -> bool:
    """Tell whether any file of months still has the key of something, whoever has a copy of its envelope."""
    months = desk.shop.months
    return bool(months.names()) or any(owner in left.keys for name in months.left_of() if (left := months.left(name)))


def _judged(desk: Desk, known: dict[str, str]) -> int:
    """Make sure that entry and destruction are one; return how many purges are booked."""
    assert seen(desk) == []
    booked = [entry.data for entry in entries(desk, "records.purged", "records.erased")]
    with desk.shop.store.reading() as connection:
        erased = {row[0] for row in connection.execute(sa.text("SELECT name FROM seal WHERE erased_seq IS NOT NULL"))}
    for who in ("anna", "cici"):
        gone = f"record:{known[who]}" in erased
        assert _opens(desk, known[who]) != gone, f"{who} is {'booked as erased' if gone else 'gone'}"
    assert _opens(desk, known["benny"]), "who waits was erased"
    lies = list(desk.shop.spool.rglob("*.jpg"))
    assert bool(lies) == (not any(one.get("aside") for one in booked)), "what lay aside"
    ended = {entry.data["month"] for entry in entries(desk, "month.ended")}
    assert not ended.intersection(desk.shop.months.names()), "a month is booked as ended, and its key is there"
    left = {owner for name in desk.shop.months.left_of() for owner in (desk.shop.months.left(name) or _NONE).keys}
    assert not {name.partition(":")[2] for name in erased} & left, "the key of what is erased is kept"
    assert not [path for path in desk.shop.months.folder.iterdir() if path.suffix not in (".key", ".left")]
    wal = desk.shop.folder / "printd.sqlite-wal"
    assert not wal.exists() or not wal.stat().st_size, "the write-ahead log has the pages as they were"
    return len(booked)


class _Nothing:
    keys: frozenset[str] = frozenset()


_NONE = _Nothing()


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("act", ["purge", "erase"])
def test_a_kill_at_every_point(act: str, lives: Lives, tmp_path: Path) -> None:
    known = _template()[1]
    with _house(tmp_path / "whole") as folder:
        whole = lives.live(folder, act)
        assert whole.ended == 0
        with _looked_at(folder) as desk:
            assert _judged(desk, known) == 1
    names = whole.points
    print(f"{len(names)} points: {names}")
    for part in ("commit", "rename", "open", "remove"):
        assert any(part in name for name in names), part
    done, chance = set(), random.Random()
    points = list(enumerate(names, start=1))
    for number, name in points if ALL else _some(points, chance):
        with _house(tmp_path / str(number)) as folder:
            try:
                assert lives.live(folder, act, number).ended == -signal.SIGKILL
                again = lives.live(folder, "begin", chance.randrange(1, 12))  # dies too, where it comes so far
                assert again.ended in (0, -signal.SIGKILL)
                assert lives.live(folder, "begin").ended == 0
                with _looked_at(folder) as desk:
                    done.add(_judged(desk, known))
                ended = lives.live(folder, act).ended
                assert ended in ((0, REFUSED) if act == "erase" else (0,)), "what is erased cannot be again"
                with _looked_at(folder) as desk:
                    assert _judged(desk, known) == 1
            except AssertionError as broken:
                raise AssertionError(f"killed at {number}, {name}: {broken}") from broken
    assert done == {0, 1}, "some kills come before the commit, some after"


def _some(points: list[tuple[int, str]], chance: random.Random) -> list[tuple[int, str]]:
    """Return the points around the commit of what ends, which may close days as well, and some by chance."""
    around = [one for one in points if "commit" in one[1] and "records." in one[1]]
    assert len(around) == 2, f"before it and after it: {around}"
    return around + chance.sample([one for one in points if one not in around], SOME)
