"""A kill at every change of a file and every commit of a purge and of an erasure: done or not done, never booked alone.

A shop in which one card was handed over long ago, one waits, one record was refused, something lies aside in the spool,
and a month has ended already. After each kill the next start finishes what was booked; then whoever looks with all keys
of the shop finds of each person everything or nothing.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog

from crash.files import file_events
from crash.points import KILL, Killed, Points, commits
from printd.books.booking import utc_now
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.intake import purge
from printd.intake.findings import Finding
from printd.intake.sources import aside
from printd.shop.opening import open_record
from printd.shop.shop import Shop
from support.ended import RATNA, handed_over, seen, staffed, taken_in
from support.intake_help import KNOWN_DISTRICT, document, inbox, new_shop, people, signer
from support.people import EverybodysKeys
from support.workday import entries

ANNA, BENNY, CICI = people()[1], people()[3], people()[5]
LATER = 100
"""Days after which whoever was handed a card is due."""


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
    desk = _opened(folder)
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
    return folder, known


def _opened(folder: Path, days: int = 0) -> Desk:
    """Open a shop so many days later."""
    shop = Shop.open(folder)
    shop.books.keys = EverybodysKeys(shop.store)
    shop.books.clock = lambda: utc_now() + timedelta(days=days)
    return Desk(shop)


Act = Callable[[Desk], object]


class House:
    """A copy of that shop, in which an act is killed at one point and what the next start finishes is judged."""

    def __init__(self, folder: Path, act: Act, schedule: dict[int, tuple[str, ...]]) -> None:
        template, self.known = _template()
        self.folder = folder / "shop"
        shutil.copytree(template, self.folder)
        self.points = Points(schedule, lambda action, printer: None)
        self._act = act

    def _reach(self, name: str) -> None:
        self.points.reach(name)

    def live(self) -> Desk:
        """Act until killed, start again, finish; return the desk of the second life."""
        desk = _opened(self.folder, LATER)
        with ExitStack() as watched:
            watched.enter_context(commits(desk.shop.store.engine, self._reach))
            watched.enter_context(file_events(self.folder, self.points.reach))
            with suppress(Killed):
                self._act(desk)
        self.points.dead, self.points.counting = False, False
        desk.shop.close()
        again = _opened(self.folder, LATER)
        again.shop.check_start()
        again.shop.months.tidy()
        assert purge.finish(again.shop)
        return again


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


def _old(monkeypatch: pytest.MonkeyPatch) -> None:
    later = time.time() + 100 * 3600
    monkeypatch.setattr(time, "time", lambda: later)


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


def _purge(desk: Desk) -> object:
    return purge.purge(desk.shop)


def _erase(desk: Desk) -> object:
    who = {"by": RATNA, "second": signer("ani")}
    return perform(desk, "records.erase", {"nik": ANNA.fields["NIK"], **who})


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("act", [_purge, _erase], ids=["purge", "erase"])
def test_a_kill_at_every_point(act: Act, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _template()
    _old(monkeypatch)
    whole = House(tmp_path / "whole", act, {})
    desk = whole.live()
    assert _judged(desk, whole.known) == 1
    desk.shop.close()
    names = whole.points.names
    print(f"{len(names)} points: {names}")
    for part in ("commit", "rename", "open", "remove") if act is _purge else ("commit", "rename", "open"):
        assert any(part in name for name in names), part
    done = set()
    for number, name in enumerate(names, start=1):
        house = House(tmp_path / f"{number}", act, {number: (KILL,)})
        desk = house.live()
        try:
            done.add(_judged(desk, house.known))
            assert act(desk) or True
            assert _judged(desk, house.known) == 1
        except AssertionError as broken:
            raise AssertionError(f"killed at {number}, {name}: {broken}") from broken
        except Refused:
            assert act is _erase, "an erasure that is done finds nothing to erase"
            assert _judged(desk, house.known) == 1
        finally:
            desk.shop.close()
            shutil.rmtree(house.folder)
    assert done == {0, 1}, "some kills come before the commit, some after"
