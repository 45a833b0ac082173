"""Test prints in the books: what is refused in which words, what the database itself forbids, what reports say."""

from __future__ import annotations

import shutil
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image

from drivers.printer import Counters
from layouts.calibration import draw
from layouts.fonts import FontSource
from printd.books.replay import compare
from printd.cli.remedies import whole
from printd.demo.staff import CHECKER, PASSPHRASE, RUNNER, person
from printd.desk import blanks, consumables, printers, reports, shifts, test_prints
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.evidence import Evidence
from printd.events.kinds import read
from printd.printing import test_print
from printd.printing.recovery import doubt_open_attempts
from printd.projections import printers as printer_projections
from printd.projections.kinds import PROJECTIONS
from printd.store import attempts
from printd.store import printers as store_printers
from printd.store import test_prints as rows
from printd.words.states import TestPrintState as State
from support.deliberate import line, notices
from support.intake_help import CommandLine
from support.office import Office
from support.people import proof, session_files
from support.workday import add_printers, finish, queue, refused, start, stock, where

Two = tuple[Person, Person]


@pytest.fixture
def two(desk_on_both: Desk, enrol: Callable[[Desk, str], Person]) -> Two:
    return enrol(desk_on_both, "siti"), enrol(desk_on_both, "budi")


@pytest.fixture
def desk(desk_on_both: Desk, two: Two) -> Desk:
    """A shop on either database, with two paused printers and blanks K001 to K004 in the first of them."""
    add_printers(desk_on_both, "p1", "p2")
    for name in ("p1", "p2"):
        desk_on_both.shop.books.enter(read("printer.paused", {"printer": name, "why": "a test print"}), ["siti"])
    stock(desk_on_both, two)
    shifts.open_(desk_on_both, *two, serials=[["K001", "K005"]], reason="a test")
    blanks.load(desk_on_both, "p1", two[0], pieces=4)
    return desk_on_both


def begin(desk: Desk, serial: str = "K001", printer: str = "p1") -> str:
    """Book the intent as the act does; no printer is there."""
    with desk.shop.store.reading() as connection:
        row = store_printers.find_printer(connection, printer)
    assert row is not None
    return test_print.begin(
        desk.shop.books,
        purpose="test",
        printer=row,
        operator="siti",
        keys=desk.shop.books.keys,
        serial=serial,
        counters=Counters(cards=7),
        artwork="A" * 22,
    )


def no_difference(desk: Desk) -> None:
    with desk.shop.store.reading() as connection:
        assert compare(connection, PROJECTIONS).differences == ()
    assert all(row["balance"] == 0 for row in blanks.where(desk)["deliveries"].values())


@pytest.mark.parametrize(
    ("outcome", "more", "place", "why"),
    [
        ("spoiled", {}, "spoiled", "test_print"),
        ("unused", {"blank_is": "hopper"}, "hopper:p1", "unused"),
        ("unused", {}, "shift", "unused"),
        ("lost", {"note": "looked under the table"}, "missing", "missing"),
    ],
)
def test_one_that_was_cut_is_in_doubt_and_settled_by_two(
    desk: Desk, two: Two, outcome: Any, more: dict[str, Any], place: str, why: str
) -> None:
    test = begin(desk)
    assert doubt_open_attempts(desk.shop.books) == 1
    assert "stopped between" in test_prints.show(desk, test)["evidence"][0]["findings"][0]
    if outcome == "lost":
        with pytest.raises(Refused, match="note must be"):
            test_prints.settle(desk, "p1", outcome, *two)
    settled = test_prints.settle(desk, "p1", outcome, *two, **more)
    assert (settled["state"], settled["settled_by"], settled["settled_with"]) == (outcome, "budi", "siti")
    life = blanks.show(desk, "K001")
    assert life["place"].startswith(place)
    assert [(step["to"].partition(":")[0], step["why"]) for step in life["life"][-2:]] == [
        ("printer", "test_print"),
        (place.partition(":")[0], why),
    ]
    incidents = perform(desk, "incidents.list", {})
    assert [one["kind"] for one in incidents] == (["missing"] if outcome == "lost" else [])
    assert not incidents or "looked under the table" in incidents[0]["note"]
    no_difference(desk)
    refused(desk, lambda: test_prints.settle(desk, "p1", outcome, *two, **more))
    printers.resume(desk, "p1", proof("siti"))


def test_what_stands_against_a_test_print_is_told_and_nothing_changes(desk: Desk, two: Two) -> None:
    def told(name: str = "p1", by: Person = two[0]) -> str:
        return whole(refused(desk, lambda: test_prints.print_(desk, name, by)))

    assert "no blank in the hopper of p2" in told("p2")
    assert "no printer p3" in told("p3")
    assert "siti did not prove who they are" in told(by=Person(name="siti"))
    assert "is not ready for a card" in told(), "nobody answers at its address"
    shifts.count_begin(desk, two[0])
    assert "is being counted" in told()
    shifts.resume(desk, two[0])
    printers.resume(desk, "p1", proof("siti"))
    assert "p1 is not paused" in told()
    assert "p1 is not paused" in str(refused(desk, lambda: begin(desk))), "nor do the books themselves take it"
    (job,) = queue(desk, 1)
    attempt = start(desk, job, "K001")
    printers.pause(desk, "p1", proof("siti"))
    assert (
        f"what became of K001 in p1. Nothing was printed. Settle it with the card in hand: printd jobs resolve "
        f"{job[:8]}" in told()
    )
    finish(desk, attempt)
    begin(desk, "K002")
    assert "p1 on K002 is in doubt" in str(_refusal(lambda: test_prints.print_(desk, "p1", two[0]))), (
        "left by a command that died"
    )
    assert "It stays paused" in str(refused(desk, lambda: printers.resume(desk, "p1", proof("siti"))))
    (job,) = queue(desk, 1)
    assert "in doubt" in str(refused(desk, lambda: start(desk, job, "K003")))
    assert "is in printer:p1" in str(refused(desk, lambda: blanks.spoil(desk, "K002", "jam", *two)))
    assert "cannot sign twice" in str(refused(desk, lambda: test_prints.settle(desk, "p1", "spoiled", two[0], two[0])))
    assert "budi did not prove who they are" in str(
        refused(desk, lambda: test_prints.settle(desk, "p1", "spoiled", two[0], Person(name="budi")))
    )
    no_difference(desk)


@pytest.mark.parametrize("doubtful", [False, True])
@notices(
    {
        "an open test print does not keep its printer": line(
            printer_projections._printer_retired, "(*under_way, test_prints.open_on(connection, name))", "under_way"
        )
    }
)
def test_a_printer_that_holds_a_test_print_is_not_retired(desk: Desk, two: Two, doubtful: bool) -> None:
    begin(desk)
    blanks.unload(desk, "p1", *two)
    if doubtful:
        assert doubt_open_attempts(desk.shop.books) == 1
    told = str(refused(desk, lambda: printers.retire(desk, "p1", *two)))
    assert "K001 is under way in p1, or nobody has said yet what became of it" in told
    if not doubtful:
        doubt_open_attempts(desk.shop.books)
    test_prints.settle(desk, "p1", "spoiled", *two)
    printers.retire(desk, "p1", *two)
    no_difference(desk)


def _refusal(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value


def test_the_database_itself_holds_one_open_at_a_time(desk: Desk) -> None:
    """Rules of the database, tried past all rules of the books."""
    (job,) = queue(desk, 1)
    store = desk.shop.store
    test = {
        "id": "t1", "purpose": "test", "serial": "K001", "printer": "p1", "serial_number": "s", "operator": "siti",
        "artwork": "a", "state": "open", "counters": "{}", "evidence": "[]", "opened_at": "2026-11-02T00:00:00Z",
    }  # fmt: skip
    attempt = {key: test[key] for key in test.keys() - {"purpose", "serial_number"}} | {"job_id": job, "number": 1}

    def insert(table: str, row: dict[str, Any], **changes: Any) -> None:
        row = {**row, "id": str(uuid.uuid4()), **changes}
        columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        with store.writing() as connection:
            connection.execute(sa.text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), row)

    def empty() -> None:
        with store.writing() as connection:
            for table in ("test_print", "attempt"):
                connection.execute(sa.text(f"DELETE FROM {table}"))

    for one, other in (("test_print", "attempt"), ("attempt", "test_print"), ("test_print", "test_print")):
        first, second = (attempt if table == "attempt" else test for table in (one, other))
        for state in ("open", "in_doubt"):
            insert(one, first, state=state)
            for changes in ({"serial": "K002"}, {"printer": "p2"}):
                with pytest.raises(Refused, match="The database refuses"):
                    insert(other, second, **changes)
            insert(other, second, serial="K002", printer="p2")
            if one != other:
                with pytest.raises(Refused, match="held by an open"), store.writing() as connection:
                    connection.execute(sa.text(f"UPDATE {other} SET printer = 'p1'"))
            empty()
    insert("test_print", test, state="unused")
    insert("attempt", attempt)
    with pytest.raises(Refused, match="The database refuses"):
        insert("test_print", test, state="printed", printer="p2", serial="K002")


def test_reports_closing_and_supplies_count_its_blank(desk: Desk, two: Two) -> None:
    consumables.receive(desk, "ribbon", "R1", 1, 100, proof("siti"))
    consumables.open_(desk, "ribbon", "R1", "p1", proof("siti"))
    test = begin(desk)
    with desk.shop.books.booking() as booking:
        row = rows.find(booking.connection, test)
        assert row is not None
        test_print.end(booking, row, State.SPOILED, Evidence(findings=()))
    assert where(desk)["spoiled"] == 1
    (ribbon,) = consumables.list_(desk)["open"]
    assert (ribbon["used"], ribbon["spoiled"], ribbon["left"]) == (0, 1, 99)
    with desk.shop.store.reading() as connection:
        assert len(attempts.attempts_today(connection, "p1", "2000")) == 1, "it warms the head like any card"
    today = desk.shop.today()
    (line,) = reports.document(desk, "r7", today, today).tables[2].rows
    assert (line["serial"], line["printer"], line["operator"], line["result"]) == (
        "K001",
        "p1",
        "Siti Contoh",
        "spoiled",
    )
    (day,) = reports.document(desk, "r1", today, today).tables[0].rows
    assert (day["received"], day["spoiled_print"], day["closing"]) == (100, 1, 99)
    no_difference(desk)


FIRST, SECOND = "BLK000001", "BLK000002"


def test_into_a_folder_by_the_command_line_without_a_daemon(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Office(tmp_path)
    folder = tmp_path / "printed"
    folder.mkdir()
    shop.act(
        "printers.add",
        name="p0",
        uri=f"picture:{folder}",
        family="picture",
        model="png",
        by=person(RUNNER),
        second=person(CHECKER),
    )
    shop.deliver(5)
    shop.issue(FIRST, SECOND)
    sessions = session_files(shop.desk, tmp_path / "files", RUNNER, passphrase=PASSPHRASE)
    shop.shop.close()
    cli = CommandLine(shop.shop_folder, capsys, monkeypatch)
    monkeypatch.setenv("PRINTD_SESSIONS", sessions)
    ran = cli("printers", "test", "p0", "--card", "--by", RUNNER)
    assert (ran.code, "no blank in the hopper of p0" in ran.err) == (1, True), ran
    assert not list(folder.glob("0*")), "there is no card outside the books"
    assert cli("blanks", "load", "p0", "--by", RUNNER).code == 0
    ran = cli("printers", "calibrate", "p0", "--card", "--edge", "1", "--by", RUNNER)
    assert (ran.code, "printed at once" in ran.err) == (1, True), ran
    ran = cli("printers", "calibrate", "p0", "--card", "--by", RUNNER, "--json")
    assert (ran.code, ran.value["state"], ran.value["serial"], ran.value["purpose"]) == (
        0, "spoiled", FIRST, "calibration",
    ), ran  # fmt: skip
    ran = cli("printers", "test", "p0", "--card", "--by", RUNNER)
    assert (ran.code, SECOND in ran.out, "The blank is spent" in ran.out) == (0, True, True), ran
    ran = cli("printers", "test-prints", "p0")
    assert (ran.code, SECOND in ran.out, FIRST in ran.out) == (0, True, True), ran
    ran = cli("printers", "settle-test", "p0", "--by", RUNNER)
    assert (ran.code, "No test print of 'p0' is in doubt" in ran.err) == (1, True), ran
    assert cli("blanks", "reconcile").code == 0
    assert cli("audit", "replay").code == 0
    picture = folder / "000001" / "front.png"
    side = draw(printer="p0", model="png", day=shop.shop.today(), fonts=FontSource(None)).front
    with Image.open(picture) as image:
        dots = np.asarray(image.convert("RGB"))
    assert (dots == np.where(side.resin[:, :, None], 0, side.colour)).all()
    if shutil.which("tesseract"):
        seen = subprocess.run(
            ["tesseract", str(picture), "-", "--psm", "11"], capture_output=True, text=True, check=True, timeout=60
        ).stdout
        assert "SPECIMEN" in seen
