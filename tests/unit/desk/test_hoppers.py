"""A hopper that still holds blanks is loaded without sorting: the answer says where they go, and what is taken next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from printd.cli.app import app
from printd.cli.remedies import sentence
from printd.errors import Refused
from printd.events.kinds import read
from printd.store import blanks, log
from support.counter import SITI, TWO, Counter, counter
from support.people import person, session_files

LOAD = {"printer": "p1", "by": SITI}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    """A shift with K00001 to K00020, of which K00005 to K00008 lie in p1."""
    with counter(tmp_path / "shop") as made:
        made.announce()
        made.receive()
        made.open_shift(20)
        made.act("blanks.load", pieces=8, **LOAD)
        made.act("blanks.unload", printer="p1", serials=[["K00001", "K00004"]], **TWO)
        yield made


def refused(office: Counter, **what: Any) -> Refused:
    def size() -> int:
        with office.shop.store.reading() as connection:
            return log.frontier(connection).size

    before = size()
    with pytest.raises(Refused) as refusal:
        office.act("blanks.load", **{**LOAD, **what})
    assert size() == before
    return refusal.value


def next_blank(office: Counter) -> int:
    with office.shop.store.reading() as connection:
        row = blanks.next_blank(connection, "hopper:p1")
    assert row is not None
    return int(row["first"])


def test_a_half_full_hopper_is_topped_up_behind_what_lies_in_it(office: Counter) -> None:
    done = office.act("blanks.load", pieces=3, **LOAD)
    assert done["serials"] == [["K00009", "K00011"]], "those that came back are lower, and stay in the shift"
    assert (done["in_front"], done["behind"]) == ([], [["K00009", "K00011"]])
    assert done["takes"] == [["K00005", "K00011"]]
    done = office.act("blanks.load", serials=[["K00012", "K00013"]], **LOAD)
    assert done["behind"] == [["K00012", "K00013"]]
    refusal = refused(office, serials=[["K00015", "K00016"]])
    assert refusal.what == "K00015 to K00016 are not the lowest serials of the shift."
    office.act("blanks.load", pieces=7, **LOAD)
    assert office.act("blanks.in", place="hopper:p1")["serials"][0] == "K00005"
    assert office.places() == {"store": 80, "shift:2026-11-02-1": 4, "hopper:p1": 16}


def test_where_only_lower_ones_are_left_it_is_said_how_they_go_in(office: Counter) -> None:
    office.act("blanks.load", pieces=12, **LOAD)
    for what in ({"pieces": 1}, {"pieces": 2}):
        refusal = refused(office, **what)
        assert refusal.what == ("The shift holds 4 blanks of type WNI, 0 of them higher than those that lie in p1.")
        assert "to put them in front: printd blanks load p1 --serial FIRST..LAST (K00001 to K00004)" in sentence(
            refusal.remedy
        )


def test_a_blank_that_came_back_goes_in_front_of_a_paused_printer(office: Counter) -> None:
    refusal = refused(office, serials=[["K00001", "K00002"]])
    assert refusal.what == "K00001 to K00002 go in front of those that lie in p1, and p1 is not paused."
    assert "printd printers pause p1" in sentence(refusal.remedy)
    office.act("printers.pause", name="p1", by=person("siti"))
    done = office.act("blanks.load", serials=[["K00001", "K00002"]], **LOAD)
    assert (done["in_front"], done["behind"]) == ([["K00001", "K00002"]], [])
    assert done["takes"] == [["K00001", "K00002"], ["K00005", "K00008"]]
    assert next_blank(office) == 1


def test_one_that_belongs_into_the_middle_waits_or_goes_in_with_those_behind_it(office: Counter) -> None:
    office.act("blanks.load", serials=[["K00009"]], **LOAD)
    office.act("blanks.unload", printer="p1", serials=[["K00006", "K00007"]], **TWO)
    office.act("printers.pause", name="p1", by=person("siti"))
    office.act("blanks.load", serials=[["K00001", "K00004"]], **LOAD)
    refusal = refused(office, serials=[["K00006", "K00007"]])
    assert refusal.what == "K00006 to K00007 cannot be loaded into p1 now: lower and higher serials lie in it."
    assert "printd blanks unload p1 --serial K00008..K00009" in sentence(refusal.remedy)
    office.act("blanks.unload", printer="p1", serials=[["K00008", "K00009"]], **TWO)  # as the sentence says
    done = office.act("blanks.load", pieces=4, **LOAD)
    assert done["behind"] == [["K00006", "K00009"]]
    assert done["takes"] == [["K00001", "K00009"]]


def test_a_card_under_way_lies_before_all_others(office: Counter) -> None:
    """It may turn out never to have left the hopper: what goes in front of it, the printer would take instead of it."""
    office.act("printers.pause", name="p1", by=person("siti"))
    books = office.shop.books
    about = {"purpose": "test", "printer": "p1", "serial_number": "p1", "artwork": "a"}
    books.enter(read("test_print.started", {"test": "t1", "serial": "K00005", "counters": {}, **about}), ["siti"])
    refusal = refused(office, serials=[["K00001", "K00004"]])
    assert "go in front of those that lie in p1, and a card is under way or in doubt there" in refusal.what
    office.act("blanks.unload", printer="p1", **TWO)
    refusal = refused(office, serials=[["K00001", "K00004"]])
    assert "a card is under way or in doubt there" in refusal.what
    done = office.act("blanks.load", pieces=4, **LOAD)
    assert done["serials"] == [["K00006", "K00009"]], "behind the one that may still lie there"
    assert done["takes"] == [["K00006", "K00009"]]


def test_an_empty_hopper_takes_the_lowest_of_the_shift(office: Counter) -> None:
    done = office.act("blanks.load", printer="p2", pieces=6, by=SITI)
    assert done["serials"] == [["K00001", "K00004"], ["K00009", "K00010"]]
    assert (done["in_front"], done["behind"]) == ([], [])
    assert done["takes"] == [["K00001", "K00004"], ["K00009", "K00010"]]


def test_people_are_told_where_to_put_them(office: Counter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PRINTD_SESSIONS", session_files(office.desk, tmp_path / "files", "siti"))
    office.act("printers.pause", name="p1", by=person("siti"))

    def load(*what: str) -> str:
        shop = str(office.shop.folder)
        result = CliRunner().invoke(app, ["--shop", shop, "blanks", "load", *what, "--by", "siti"])
        assert result.exit_code == 0, result.output
        return " ".join(result.output.split())

    told = load("p1", "--pieces", "2")
    assert "Put K00009 to K00010 behind those that lie in p1: it takes them last." in told
    assert "p1 takes them in this order: K00005 to K00010." in told
    told = load("p1", "--serial", "K00001")
    assert "Put K00001 in front of those that lie in p1: where it takes the next blank." in told
    assert "p1 takes them in this order: K00001, K00005 to K00010." in told
    assert "Put" not in load("p2", "--pieces", "1")
