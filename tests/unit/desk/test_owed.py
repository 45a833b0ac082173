"""An act has one answer: what follows its commit may be owed, and never changes that it is booked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from printd.cli.remedies import sentence, sentence_of
from printd.errors import Booked, StorageError
from printd.store import log
from printd.store.rows import Connection
from support.counter import BUDI, RATNA, SITI, TWO, Counter, counter
from support.people import person


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path / "shop") as made:
        made.announce()
        yield made


@contextmanager
def no_papers(office: Counter) -> Iterator[None]:
    """Let the folder of papers be one in which not even root can make a file."""
    folder: Path = office.shop.folder / "acts"
    shutil.rmtree(folder, ignore_errors=True)
    folder.symlink_to("/sys/kernel")
    try:
        yield
    finally:
        folder.unlink()


def owed_of(done: dict[str, Any]) -> tuple[str, str]:
    """Return what is owed and the command that makes it up."""
    (owed,) = done["owed"]
    assert owed["why"].startswith("Permission denied"), owed
    return owed["what"], sentence_of(owed["remedy"]).partition("with: ")[2]


def made_up(office: Counter, done: dict[str, Any], kind: str, name: str) -> dict[str, bytes]:
    """Make up what is owed as the answer says, and return what machines read of it."""
    what, command = owed_of(done)
    assert what == f"The papers of {kind} {name} were not written."
    assert command == f"printd reports act {kind} {name}"
    again = office.act("papers.again", kind=kind, name=name, by=SITI)
    assert "owed" not in again
    return {which: Path(path).read_bytes() for which, path in again["files"].items()}


def test_papers_that_cannot_be_written_are_owed_and_made_up(office: Counter) -> None:
    cartons = [{"carton": f"D1-{n}"} for n in (1, 2)]
    office.count({"pieces": 100, "cartons": cartons})
    with no_papers(office):
        done = office.act("deliveries.receive", delivery="D1", **TWO)
    assert (done["state"], done["act"]) == ("received", None)
    assert json.loads(made_up(office, done, "delivery", "D1")["json"])["name"].endswith("D1")
    office.act("deliveries.open", delivery="D1", carton="D1-1", **TWO)

    shift = office.open_shift(5)
    office.act("blanks.spoil", serial="K00001", cause="factory_defect", **TWO)
    office.act("shifts.count_begin", by=SITI)
    office.sheets(shift)
    with no_papers(office):
        done = office.act("shifts.close", **TWO)
    assert (done["state"], done["files"]) == ("closed", None)
    made_up(office, done, "shift", shift)

    witnesses = [{"name": "PETRUS CONTOH", "agency": "Satpol PP"}]
    about = {"ba_number": "BA/1", "place": "halaman", "witnesses": witnesses, "by": BUDI, "second": RATNA}
    with no_papers(office):
        done = office.act("destructions.destroy", **about)
    made_up(office, done, "destruction", done["id"])

    there = ("store", "spoiled")
    places = {place: {"pieces": pieces} for place, pieces in office.places().items() if place in there}
    for one in (SITI, BUDI):
        office.act("counts.count", found=places, by=one)
    with no_papers(office):
        done = office.act("counts.close", **TWO)
    told = json.loads(made_up(office, done, "stock-count", done["count"])["json"])
    assert told["given"] == done["count"]

    with no_papers(office):
        done = office.act("forecast.request", stock_type="WNI", by=person("siti"), pieces=500, reason="a test")
    told = json.loads(made_up(office, done, "request", done["request"])["json"])
    assert {"count": 500} in [one for point in told["letter"]["points"] for one in point["values"].values()]

    office.act("sites.set", site="alak", kind="subdistrict", title="Alak", by=RATNA)
    with no_papers(office):
        done = office.act("transfers.send", to="alak", carrier="X", document="BA/2", pieces=3, **TWO)
    first = made_up(office, done, "transfer", done["id"])
    office.later(days=2)
    files = office.act("papers.again", kind="transfer", name=done["id"], by=SITI)["files"]
    assert Path(files["manifest"]).read_bytes() == first["manifest"], "the other side may hold the first one"


def test_what_fails_after_the_commit_leaves_the_act_booked(office: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk lets the act be booked, and gives nothing back after that."""
    office.receive()
    store, commits = office.shop.store, size(office)

    @contextmanager
    def reading() -> Iterator[Connection]:
        with real() as connection:
            if log.frontier(connection).size > commits:
                raise StorageError("The database cannot be used now.", why="The disk reports an error.")
            yield connection

    real = store.reading
    monkeypatch.setattr(store, "reading", reading)
    with pytest.raises(Booked, match=r"shifts.open is booked \(.*shift.opened") as booked:
        office.open_shift(5)
    assert booked.value.why == "The disk reports an error."
    assert sentence(booked.value.remedy).startswith("Do not repeat it.")
    monkeypatch.undo()
    assert size(office) > commits


def test_what_fails_before_the_commit_books_nothing(office: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    before = size(office)

    def reading() -> None:
        raise StorageError("The database cannot be used now.", why="The disk is full.")

    monkeypatch.setattr(office.shop.store, "reading", reading)
    with pytest.raises(StorageError) as failed:
        office.act("printers.pause", name="p1", by=person("siti"))
    assert failed.value.consequence == "Nothing was booked."
    monkeypatch.undo()
    assert size(office) == before


def size(office: Counter) -> int:
    with office.shop.store.reading() as connection:
        return log.frontier(connection).size
