"""printd audit prove: one file about a blank, a job or a record, which whoever has the log's key verifies anywhere."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from drivers.printer import Counters
from printd.client.client import listens
from printd.console.control_socket import ControlSocket
from printd.daemon.daemon import Daemon
from printd.demo.people import Person
from printd.desk.desk import Desk
from printd.intake.inbox import Accepted
from printd.printing.attempt import begin, end
from printd.shop.folder import SOCKET_NAME
from printd.store import attempts, log
from printd.words.states import AttemptState
from printd_verify.command import main
from support.counter import BUDI, RATNA, SITI, TWO, Counter
from support.intake_help import CommandLine, accept, document, people, secrets_of
from support.people import session_files
from support.resumed import resumed
from support.told import write

ANNA, BENNY, CICI, DODI, EDO, FANI = people()[:6]
OTHER = "K00050"


@dataclass
class Office:
    """A shop, opened by this process, and the records that came in.

    That a record was opened stands in the log: of Edo's and Fani's nothing else is told, so that tests do not depend on
    which ran before them.
    """

    made: Counter
    records: dict[str, Accepted] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.made.shop.folder


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A shop in which one card was handed over, one spoiled and printed again, and one is erased."""
    extra, folder = "", tmp_path_factory.mktemp("proved")
    if request.param == "postgres":
        extra = f'[database]\nurl = "{request.getfixturevalue("new_postgres")(False)}"\n'
    made = Counter(folder / "shop", extra)
    for name in ("siti", "ratna"):
        session_files(made.desk, folder / "sessions", name, passphrase=f"{name}-passphrase")
    made.announce()
    made.receive()
    made.announce("D2", first=101)
    made.open_shift(20)
    made.act("blanks.load", printer="p1", pieces=10, by=SITI)
    records = {
        name: take_in(made, one)
        for name, one in (("anna", ANNA), ("benny", BENNY), ("cici", CICI), ("edo", EDO), ("fani", FANI))
    }
    card(made, records["anna"].job, "K00001")
    card(made, records["benny"].job, "K00002", AttemptState.SPOILED)
    made.act("jobs.reprint", job=records["benny"].job, **TWO)
    card(made, records["benny"].job, "K00003")
    card(made, records["cici"].job, "K00004")
    for name in ("anna", "cici"):
        made.act("jobs.check", job=records[name].job, quality="good", by=BUDI)
        made.act("jobs.hand_over", job=records[name].job, by=SITI, receiver="holder", old_card="none")
    made.act("records.erase", nik=CICI.fields["NIK"], by=RATNA, second=SITI)
    made.shop.sign()
    office = Office(made, records)
    yield office
    office.made.shop.close()


def take_in(made: Counter, person: Person) -> Accepted:
    done = accept(made.desk, person)
    if done.warnings:
        made.act("records.acknowledge", record=done.record, by=RATNA)
    return done


def card(made: Counter, job: str, serial: str, outcome: AttemptState = AttemptState.PRINTED) -> None:
    books = made.shop.books
    about: dict[str, Any] = {"job": job, "printer": "p1", "serial": serial, "artwork": "a"}
    attempt = begin(books, counters=Counters(), resumed=resumed(books, "p1"), **about)
    with books.booking() as booking:
        row = attempts.find_attempt(booking.connection, attempt)
        assert row is not None
        end(booking, row, outcome, evidence=None, cause="jam" if outcome is AttemptState.SPOILED else "")


class Proving:
    """The command line of a script of Siti's and Ratna's, and the auditor who gets what it writes."""

    def __init__(self, office: Office, cli: CommandLine, target: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.office, self.cli, self.target, self._capsys = office, cli, target, capsys

    def write(self, *words: str) -> dict[str, Any]:
        ran = self.cli("audit", "prove", *words, "--dir", str(self.target), "--json")
        assert ran.code == 0, ran
        value: dict[str, Any] = ran.value
        return value

    def refused(self, *words: str) -> str:
        ran = self.cli("audit", "prove", *words, "--dir", str(self.target))
        assert ran.code == 1, ran
        assert not list(self.target.iterdir())
        return ran.err

    def verify(self, file: str | Path, *words: str) -> tuple[int, dict[str, Any]]:
        key = self.office.made.shop.keys.log.vkey
        code = main([str(file), "--vkey", key, "--json", *words])
        value: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return code, value

    def kinds(self, numbers: list[int]) -> list[str]:
        with self.office.made.shop.store.reading() as connection:
            found = log.bodies(connection, numbers)
        return [json.loads(found[seq])["kind"] for seq in numbers]


@contextmanager
def listening(desk: Desk) -> Iterator[None]:
    served = ControlSocket(desk, desk.shop.folder / SOCKET_NAME)
    thread = threading.Thread(target=served.run)
    thread.start()
    try:
        while not listens(desk.shop.folder / SOCKET_NAME):
            assert thread.is_alive()
        yield
    finally:
        served.stop()
        thread.join(20)


@pytest.fixture
def proving(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Proving]:
    """A shop with its daemon: the tests' process is it."""
    cli = CommandLine(office.folder, capsys, monkeypatch)
    sessions = office.folder.parent / "sessions"
    monkeypatch.setenv("PRINTD_SESSIONS", f"{sessions / 'ratna'}:{sessions / 'siti'}")
    (tmp_path / "out").mkdir()
    office.made.shop.sign()  # what the test before entered, as a daemon that runs on does within seconds
    with listening(Desk(office.made.shop, Daemon(office.made.shop))):
        yield Proving(office, cli, tmp_path / "out", capsys)


def test_a_blanks_life_is_one_file(proving: Proving) -> None:
    made = proving.write("K00001")
    assert made["about"] == "blank"
    assert made["beyond"] == 0
    assert proving.kinds(made["entries"]) == [
        "printer.resumed", "delivery.announced", "delivery.counted", "delivery.counted", "delivery.received",
        "carton.opened", "blanks.moved", "blanks.moved", "record.accepted", "record.acknowledged", "attempt.started",
        "attempt.printed", "card.checked", "card.handed_over",
    ]  # fmt: skip
    assert set(proving.kinds(made["people"])) == {"shop.opened", "operator.enrolled"}
    code, found = proving.verify(made["file"])
    assert code == 0, found
    (about,) = found["about"]
    assert (about["name"], about["place"]) == ("K00001", "holder")
    assert [one["entry"] for one in about["entries"]] == made["entries"]
    assert found["signatures"] > 15
    assert found["root"] == made["root"]
    content = Path(made["file"]).read_text(encoding="utf-8")
    assert not [secret for secret in secrets_of(ANNA) if secret in content]


def test_what_is_named_in_no_range_that_it_lies_in_is_left_out(proving: Proving) -> None:
    """A blank that nobody took out of its carton: its delivery alone, and none of what happened beside it."""
    made = proving.write(OTHER)
    assert "blanks.moved" not in proving.kinds(made["entries"])
    assert proving.kinds(made["entries"])[0] == "delivery.announced"
    assert proving.verify(made["file"])[1]["about"][0]["place"] == "store"


def test_a_jobs_way_tells_every_attempt(proving: Proving) -> None:
    job = proving.office.records["benny"].job
    made = proving.write(job[:8])
    assert (made["about"], made["name"]) == ("job", job)
    kinds = proving.kinds(made["entries"])
    assert kinds[-5:] == ["attempt.started", "attempt.spoiled", "job.released", "attempt.started", "attempt.printed"]
    code, found = proving.verify(made["file"])
    assert code == 0, found
    spoiled = proving.verify(proving.write("K00002")["file"])
    assert (spoiled[0], spoiled[1]["about"][0]["place"]) == (0, "spoiled")


def test_a_record_is_opened_for_whoever_has_its_files(proving: Proving, tmp_path: Path) -> None:
    record = proving.office.records["edo"].record
    made = proving.write("--record", record[:8])
    assert made["opened"]
    assert proving.kinds(made["entries"])[-1] == "register.read", "that it was opened stands in the log, and here"
    code, found = proving.verify(made["file"])
    assert (code, found["about"][0]["record"]) == (0, "open")
    content = Path(made["file"]).read_text(encoding="utf-8")
    assert not [secret for secret in secrets_of(EDO) if secret in content]
    code, found = proving.verify(made["file"], "--record", *files(tmp_path / "edo", EDO))
    assert (code, found["about"][0]["record"]) == (0, "same"), found
    for change in others(tmp_path):
        code, found = proving.verify(made["file"], "--record", *change)
        assert code == 1
        assert [one["class"] for one in found["findings"]] == ["record_other"]


def files(folder: Path, person: Person) -> list[str]:
    write(folder / "r.json", document(person))
    write(folder / "r.jpg", person.photo_jpeg)
    write(folder / "r.png", person.signature_png)
    return [str(folder / f"r.{ending}") for ending in ("json", "jpg", "png")]


def others(tmp_path: Path) -> Iterator[list[str]]:
    mine = files(tmp_path / "again", EDO)
    yield files(tmp_path / "dodi", DODI)
    yield mine[:2]
    yield [mine[0], files(tmp_path / "dodi", DODI)[1], mine[2]]
    write(tmp_path / "again" / "r.json", document(EDO) + b" ")
    yield mine


def test_after_its_erasure_a_record_opens_to_nobody_and_the_proof_says_so(proving: Proving, tmp_path: Path) -> None:
    record = proving.office.records["cici"].record
    made = proving.write("--record", record)
    assert not made["opened"]
    assert proving.kinds([made["erased"]]) == ["records.erased"]
    assert proving.kinds(made["entries"])[-1] == "records.erased"
    code, found = proving.verify(made["file"])
    assert (code, found["about"][0]["record"]) == (0, "erased")
    code, found = proving.verify(made["file"], "--record", *files(tmp_path / "cici", CICI))
    assert (code, [one["class"] for one in found["findings"]]) == (1, ["record_closed"])
    shown = proving.cli("audit", "prove", "--record", record, "--dir", str(proving.target))
    assert "erased" in shown.out


def test_only_a_supervisor_opens_a_record(proving: Proving) -> None:
    said = proving.refused("--record", proving.office.records["anna"].record, "--by", "siti")
    assert "supervisor" in said


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["K00999"], "no blank of this shop, and no job"),
        (["K00101"], "not received yet"),
        (["--record", "0000-nothing"], "names no record"),
        ([], "Name a blank or a job"),
        (["K00001", "--record", "0000"], "Name a blank or a job"),
    ],
)
def test_what_cannot_be_proved_is_refused(proving: Proving, words: list[str], why: str) -> None:
    assert why in proving.refused(*words)


def test_nothing_is_proved_while_something_is_counted(proving: Proving) -> None:
    proving.office.made.act("shifts.count_begin", by=SITI)
    try:
        for words in (["K00001"], ["--record", proving.office.records["anna"].record]):
            assert "is being counted" in proving.refused(*words)
    finally:
        proving.office.made.act("shifts.resume", by=SITI)


def test_beside_no_daemon_it_is_the_same(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cli = CommandLine(office.folder, capsys, monkeypatch)
    sessions = office.folder.parent / "sessions"
    monkeypatch.setenv("PRINTD_SESSIONS", f"{sessions / 'ratna'}")
    office.made.shop.sign()
    office.made.shop.close()
    try:
        alone = Proving(office, cli, tmp_path, capsys)
        made = alone.write("--record", office.records["fani"].record)
        key = (office.folder / "keys" / "log.vkey").read_text()
        assert main([made["file"], "--vkey", key, "--record", *files(tmp_path / "fani", FANI)]) == 0
        shown = cli("audit", "prove", "K00001", "--dir", str(tmp_path))
        assert "entries about blank K00001" in shown.out
        assert "only the whole log can" in shown.out
    finally:
        office.made = Counter(office.folder)
