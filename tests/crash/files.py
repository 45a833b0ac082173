"""A day of files: records out of the spool, papers of acts, the checkpoint's note, the socket; killed at any of them.

Which files the product touches is seen by the interpreter's own audit events (PEP 578), before each of them happens.
What SQLite writes is below them: commits are points of their own.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from crash.house import statements_kept
from crash.points import Killed, Points, Schedule, commits
from printd.books import heads
from printd.console.control_socket import ControlSocket
from printd.demo.people import Person, make_people
from printd.demo.staff import CHECKER, RUNNER, person
from printd.desk.desk import Desk
from printd.intake.sources import spool as spool_module
from printd.intake.sources.spool import Spool
from printd.shop.folder import SOCKET_NAME
from printd.shop.shop import Shop
from printd.shop.vault import unseal
from printd.store import jobs, log, records
from support.office import Office

TWO = {"by": person(RUNNER), "second": person(CHECKER)}
RECORDS = 2
LIVES = 8  # after which a shop that is not done has come to a stand

_watch: list[Callable[[str, tuple[Any, ...]], None]] = []
_installed: list[bool] = []


def _hook(event: str, about: tuple[Any, ...]) -> None:
    if _watch:
        _watch[-1](event, about)


@contextmanager
def file_events(folder: Path, reach: Callable[[str], Any]) -> Iterator[None]:
    """Call ``reach`` before every change of a file below a folder."""
    if not _installed:  # a hook stays for as long as the process
        sys.addaudithook(_hook)
        _installed.append(True)
    changes = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "socket.bind"}
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT

    def seen(event: str, about: tuple[Any, ...]) -> None:
        if event == "socket.bind":
            path = about[1]
        elif event in changes or (event == "open" and isinstance(about[2], int) and about[2] & writing):
            path = about[0]
        else:
            return
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        whole = os.fsdecode(path)
        if event in ("os.remove", "os.rmdir") and about[1] >= 0:  # beside an open folder, as a tree is removed
            whole = f"{Path(f'/proc/self/fd/{about[1]}').readlink()}/{whole}"
        if whole.startswith(f"{folder}/"):
            name = re.sub(r"[0-9a-f]{32}|(?<=note\.)\d+", "N", whole.removeprefix(f"{folder}/"))
            reach(f"before {event.rpartition('.')[2]} {name}")

    _watch.append(seen)
    try:
        yield
    finally:
        _watch.remove(seen)


@cache
def _template() -> Path:
    """Make the shop on the morning of the day: a delivery counted by two, a shift with some blanks, records to come."""
    base = Path(tempfile.mkdtemp(prefix="printd-files-"))
    _KEPT.callback(shutil.rmtree, base, ignore_errors=True)
    made = Office(base)
    made.deliver(10)
    made.issue("BLK000001", "BLK000003")
    _announce(made)
    made.shop.sign()
    made.shop.close()
    for one in delivered():
        name = f"{one.fields['NIK']} {one.fields['NAMA_LGKP']}"
        (made.shop.spool / f"{name}.jpg").write_bytes(one.photo_jpeg)
        (made.shop.spool / f"{name}.png").write_bytes(one.signature_png)
        (made.shop.spool / f"{name}.json").write_text(json.dumps(one.fields))
    return base / "shop"


def _announce(made: Office) -> None:
    manifest = {
        "delivery": "D-2",
        "bast_number": "BAST/2",
        "bast_date": "2026-01-06",
        "stock_type": "WNI",
        "generation": "5",
        "practice": True,
        "cartons": [{"carton": "D-2-1", "first": "NEW000001", "last": "NEW000005"}],
    }
    content = b64encode(json.dumps(manifest).encode()).decode()
    made.act("deliveries.announce", name="m.json", content=content, by=person(RUNNER))
    for name in (RUNNER, CHECKER):
        sheet = {"pieces": 5, "cartons": [{"carton": "D-2-1"}]}
        made.act("deliveries.count", delivery="D-2", sheet=sheet, by=person(name))


@cache
def delivered() -> tuple[Person, ...]:
    """Return whose records wait in the spool."""
    return tuple(make_people(RECORDS, seed=11))


class FileHouse(Office):
    """A copy of that shop; :meth:`run` lives through the day and judges."""

    def __init__(self, schedule: Schedule, folder: Path) -> None:
        self.shop_folder = folder / "shop"
        shutil.copytree(_template(), self.shop_folder)
        self.points = Points(schedule, lambda action, printer: None)
        self.printers = {}
        self.lives = 0
        self._stack = ExitStack()
        self.shop: Shop
        self._open()

    def _open(self) -> None:
        self.shop = Shop.open(self.shop_folder)
        self.desk = Desk(self.shop)
        self._stack.enter_context(commits(self.shop.store.engine, self._commit))
        self._stack.enter_context(file_events(self.shop_folder, self.points.reach))

    def _commit(self, name: str) -> None:
        self.points.reach(name)

    def _bury(self) -> None:
        """Let the kernel do what it does after a kill; the next life opens the same folder."""
        self._stack.close()
        self.shop.close()
        self.points.dead = False
        self._open()

    def run(self) -> FileHouse:
        """Live until the day is done, then judge."""
        while True:
            self.lives += 1
            assert self.lives <= LIVES, "the day never ended"
            try:
                self._day()
                break
            except Killed:
                self._bury()
        self.points.counting = False
        self._judge()
        return self

    def _day(self) -> None:
        """Do what is still to be done, as people and daemon see it in the books."""
        self.shop.check_start()
        socket = ControlSocket(self.desk, self.shop_folder / SOCKET_NAME)
        socket._listen().close()
        spool = Spool(self.shop)
        spool.finish_claimed()
        spool.sweep()
        self.shop.sign()
        if self.act("deliveries.show", delivery="D-2")["state"] == "announced":
            self.act("deliveries.receive", delivery="D-2", **TWO)
        self.shop.sign()
        (shift,) = self.act("shifts.list")
        if shift["state"] == "open":
            self.act("shifts.count_begin", by=person(RUNNER))
        if shift["state"] != "closed":
            sheet = {place: {"pieces": pieces} for place, pieces in self._to_count(shift["id"]).items()}
            for name in (RUNNER, CHECKER):
                self.act("shifts.count", found=sheet, by=person(name))
            self.act("shifts.close", **TWO)
        self.shop.sign()
        socket.gone()

    def _to_count(self, shift: str) -> Mapping[str, int]:
        return {f"shift:{shift}": 3, "output": 0, "spoiled": 0}

    # --- the judge ---

    def _judge(self) -> None:
        self._records_are_in_once_and_whole()
        with self.shop.store.reading() as connection:
            kinds = [json.loads(body)["kind"] for _, body, *_ in log.entries(connection)]
        for kind, times in (("delivery.received", 2), ("shift.closed", 1), ("record.accepted", RECORDS)):
            assert kinds.count(kind) == times, f"{kind} is booked {kinds.count(kind)} times"
        (seen,) = heads.known(self.shop_folder, self.shop.keys.log.verifier)
        assert seen.size == len(kinds), "the last checkpoint is not kept in the folder"
        assert not (self.shop_folder / SOCKET_NAME).exists()
        self._papers_are_whole_and_can_be_had_again()  # a copy is entered too: what is judged of the day comes before
        self.prove()

    def _records_are_in_once_and_whole(self) -> None:
        with self.shop.store.reading() as connection:
            rows = records.list_records(connection, 100)
            assert len(rows) == RECORDS, f"{len(rows)} records of {RECORDS} delivered"
            found = set()
            for row in rows:
                secret = records.record_secret_of(connection, row["id"])
                assert secret is not None
                key = self.shop.vault.unwrap(bytes(secret["wrapped_key"]), row["id"])
                found.add(unseal(key, bytes(secret["photo"]), f"photo:{row['id']}"))
            assert sum(jobs.count_jobs(connection).values()) == RECORDS
        assert found == {one.photo_jpeg for one in delivered()}, "a record came in without its own photo"
        assert self.act("records.quarantined") == []
        left = [one for one in self.shop.spool.rglob("*") if one.is_file()]
        assert left == [], f"left in the spool: {len(left)} files"

    def _papers_are_whole_and_can_be_had_again(self) -> None:
        folder = self.shop_folder / "acts"
        (shift,) = self.act("shifts.list")
        known = {paper["name"]: paper for paper in self._papers()}
        for kind, name in (("delivery", "D-2"), ("shift", shift["id"])):
            before = {one.name: one.read_bytes() for one in folder.glob("*.*") if one.suffix in (".json", ".pdf")}
            digests = {hashlib.sha256(page).hexdigest() for page in before.values()}
            assert name not in known or known[name]["digest"] in digests, "a paper is entered that is no file"
            files = self.act("papers.again", kind=kind, name=name, by=person(RUNNER))["files"]
            for path in map(Path, files.values()):
                if path.name in before and path.suffix == ".json":
                    assert json.loads(before[path.name])["name"] == json.loads(path.read_bytes())["name"]
                if path.name in before and path.suffix == ".pdf":
                    assert before[path.name].rstrip().endswith(b"%%EOF"), "half a paper under its name"
            made = [paper for paper in self._papers() if paper["name"] == name]
            should = [False, True] if name in known else [False]
            assert [paper.get("copy", False) for paper in made] == should, "an act has one paper, and copies of it"
            assert made[-1]["digest"] == hashlib.sha256(Path(files["pdf"]).read_bytes()).hexdigest()
            assert len({paper["root"] for paper in made}) == 1, "a copy is on another root"

    def _papers(self) -> list[dict[str, Any]]:
        """Return what the log says of papers that were made, first to last."""
        with self.shop.store.reading() as connection:
            found = [json.loads(body) for _, body, *_ in log.entries(connection)]
        return [entry["data"] for entry in found if entry["kind"] == "paper.made"]

    def close(self) -> None:
        """Give everything back."""
        self._stack.close()
        self.shop.close()


@contextmanager
def file_house(schedule: Schedule) -> Iterator[FileHouse]:
    """Give a house for one schedule of kills; it is gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=_template().parent))
    try:
        with statements_kept(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(spool_module, "_SETTLED_SECONDS", 0)
            made = FileHouse(schedule, folder)
            try:
                yield made
            finally:
                made.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def recorded() -> tuple[str, ...]:
    """Return the points of a day in which nothing is killed."""
    with file_house({}) as made:
        return tuple(made.run().points.names)


_KEPT = ExitStack()
