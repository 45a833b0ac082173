"""Lists that may be cut: what is live comes first, and nobody takes a part for the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.printer import Counters
from printd.cli.commands import with_commands
from printd.cli.remedies import sentence
from printd.desk import reports
from printd.desk.acts import perform
from printd.errors import Refused
from printd.events.evidence import Evidence
from printd.events.kinds import read
from printd.printing.attempt import begin, end
from printd.store import attempts
from printd.store.engine import dump
from printd.words.states import AttemptState
from support.counter import MARTA, SITI, TWO, Counter, counter
from support.fixed import SEALED
from support.intake_help import KNOWN_DISTRICT, CommandLine, accept, deliver, new_shop, opened, people, print_card
from support.people import person
from support.resumed import resumed


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counter]:
    extra = ""
    if request.param == "postgres":
        make: Callable[[bool], str] = request.getfixturevalue("new_postgres")
        extra = f'\n[database]\nurl = "{make(False)}"\n'
    with counter(tmp_path / "shop", extra) as made:
        made.announce()
        made.receive()
        made.open_shift(20)
        for name in ("p1", "p2"):
            made.act("blanks.load", printer=name, pieces=10, by=SITI)
        yield made


def wish(office: Counter, name: str) -> str:
    what = {"holder": name, "digest": name, "source": "spool", "remote_status": "PRR", "reason": "baru"}
    more = {"stock_type": "WNI", "warnings": [], "area": "53.71.01", "sealed": SEALED}
    office.shop.books.enter(read("record.accepted", {"record": f"r-{name}", "job": f"job-{name}", **what, **more}))
    return f"job-{name}"


def start(office: Counter, job: str, number: int, printer: str = "p1") -> str:
    about: dict[str, Any] = {"job": job, "printer": printer, "serial": f"K{number:05d}", "artwork": "a"}
    return begin(office.shop.books, counters=Counters(), resumed=resumed(office.shop.books, about["printer"]), **about)


def become(office: Counter, attempt: str, outcome: AttemptState, **more: Any) -> None:
    with office.shop.books.booking() as booking:
        row = attempts.find_attempt(booking.connection, attempt)
        assert row is not None
        end(booking, row, outcome, evidence=more.pop("evidence", None), **more)


def printed(office: Counter, job: str, number: int) -> str:
    become(office, start(office, job, number), AttemptState.PRINTED)
    return job


def one_of_each(office: Counter) -> list[str]:
    """Give the shop jobs in every state; return the names in the order in which people should see them."""
    first, old, last = (printed(office, wish(office, f"over{number}"), number) for number in (1, 2, 3))
    gone, waiting, held, later = (wish(office, name) for name in ("gone", "waiting", "held", "later"))
    check = printed(office, wish(office, "check"), 4)
    for job in (first, old, last):
        office.act("jobs.check", job=job, quality="good", by=MARTA)
    office.act("jobs.hand_over", job=first, by=person("marta"), receiver="holder", old_card="none")
    office.act("jobs.hand_over", job=last, by=person("marta"), receiver="holder", old_card="none")
    office.act("jobs.cancel", job=gone, by=person("siti"))
    office.act("jobs.hold", job=held, by=person("siti"))
    doubt, printing = wish(office, "doubt"), wish(office, "printing")
    become(office, start(office, doubt, 5), AttemptState.IN_DOUBT)
    start(office, printing, 11, "p2")
    urgent = wish(office, "urgent")
    office.act("jobs.override", job=urgent, reason="a surgery tomorrow", **TWO)
    return [doubt, printing, held, check, urgent, waiting, later, gone, last, old, first]


def test_live_jobs_come_first_and_what_is_over_newest_first(office: Counter) -> None:
    expected = one_of_each(office)
    told = office.act("jobs.list")
    assert [row["id"] for row in told["jobs"]] == expected
    assert told["total"] == len(expected)
    assert office.act("jobs.list", limit=None) == told
    assert [row["id"] for row in office.act("jobs.list", limit=6)["jobs"]] == expected[:6]
    assert [row["job"] for row in office.act("records.list")["records"]] == expected
    assert [row["job"] for row in office.act("records.list", limit=9)["records"]] == expected[:9]


def test_a_list_that_is_cut_says_how_many_there_are(office: Counter) -> None:
    everything = len(one_of_each(office))
    for name, key in (("jobs.list", "jobs"), ("records.list", "records")):
        for limit in (1, everything - 1, everything, everything + 1, None):
            told = office.act(name, limit=limit)
            assert told["total"] == everything
            assert len(told[key]) == (everything if limit is None else min(limit, everything))
    queued = office.act("jobs.list", state="queued", limit=2)
    assert (len(queued["jobs"]), queued["total"]) == (2, 3)
    over = office.act("jobs.list", state="handed_over", limit=1)
    assert ([row["id"] for row in over["jobs"]], over["total"]) == (["job-over3"], 2)
    inside = office.act("blanks.in", place="hopper:p1", limit=2)
    assert inside == {"serials": ["K00006", "K00007"], "total": 5}


def test_a_row_of_a_job_has_one_reason(office: Counter) -> None:
    wish(office, "one")
    (row,) = office.act("jobs.list")["jobs"]
    assert row["reason"] == "baru"
    assert "reason_1" not in row


def test_a_reason_that_only_the_record_knows_is_told(office: Counter) -> None:
    """Jobs of the first version have none of their own."""
    wish(office, "one")
    with office.shop.store.writing() as connection:
        connection.exec_driver_sql("UPDATE job SET reason = NULL")
    (row,) = office.act("jobs.list")["jobs"]
    assert row["reason"] == "baru"


def test_jobs_wait_because_every_printer_stands_still(office: Counter) -> None:
    waiting, doubt = wish(office, "waiting"), wish(office, "doubt")
    (before,) = office.act("jobs.list", limit=1)["jobs"]
    assert before["waits"]["code"] == "next"
    found = Evidence(findings=("The printer refused: media-jam; reply 'CARD JAM'. Open the cover.",))
    become(office, start(office, doubt, 1), AttemptState.IN_DOUBT, evidence=found)
    office.act("printers.pause", name="p2", by=person("siti"), why="lunch")
    rows = {row["id"]: row["waits"] for row in office.act("jobs.list")["jobs"]}
    sentence = "every printer stands still: 1 in doubt, 1 paused"
    assert rows[waiting] == {"code": "no_printer", "sentence": sentence, "act": "", "arguments": {}}
    assert office.act("jobs.show", job=waiting)["waits"] == rows[waiting]
    office.act("jobs.override", job=waiting, reason="a surgery tomorrow", **TWO)
    assert office.act("jobs.show", job=waiting)["waits"] == rows[waiting], "two people move no printer"


def test_only_printers_with_a_blank_for_it_count(office: Counter) -> None:
    waiting = wish(office, "waiting")
    office.act("blanks.unload", printer="p2", **TWO)
    office.act("printers.pause", name="p1", by=person("siti"))
    told = office.act("jobs.show", job=waiting)["waits"]
    assert told["sentence"] == "every printer that has a blank for it stands still: 1 paused"
    office.act("printers.resume", name="p1", by=person("siti"))
    told = with_commands(office.act("jobs.show", job=waiting))["waits"]
    assert told["code"] == "next"
    assert "printd run" in told["sentence"], "no daemon runs here"


def test_a_doubt_says_what_the_printer_told_whose_card_it_is_and_what_comes_next(office: Counter) -> None:
    doubt = wish(office, "doubt")
    found = Evidence(findings=("The printer refused: media-jam; reply 'CARD JAM'. Open the cover.",))
    become(office, start(office, doubt, 1), AttemptState.IN_DOUBT, evidence=found)
    (row,) = with_commands(office.act("jobs.list", state="in_doubt"))["jobs"]
    printer = next(one for one in with_commands(office.act("printers.list")) if one["name"] == "p1")
    assert (printer["act"], printer["arguments"]) == (row["waits"]["act"], row["waits"]["arguments"])
    assert row["waits"]["arguments"] == {"job": doubt}
    says = office.act("jobs.show", job=doubt)["doubt"]["says"]
    for told in (row["waits"]["sentence"], printer["message"]):
        assert told == f"{says} Find the card; with it in hand: printd jobs resolve {doubt[:8]}"
    assert "K00001" in says
    assert "media-jam" in says


def test_a_card_is_no_blank_to_load(office: Counter) -> None:
    """What it is, whose it is and where; two people who issue it would put a printed card under the head."""
    job = printed(office, wish(office, "one"), 1)
    for act, place in ((None, "output"), ("check", "finished"), ("hand_over", "holder")):
        if act == "check":
            office.act("jobs.check", job=job, quality="good", by=MARTA)
        elif act == "hand_over":
            office.act("jobs.hand_over", job=job, by=person("marta"), receiver="holder", old_card="none")
        with pytest.raises(Refused) as refused:
            office.act("blanks.load", printer="p2", serials=[["K00001", "K00001"]], by=SITI)
        assert f"it is in {place}." in refused.value.what
        assert f"(job {job[:8]})" in refused.value.what
        assert "issue" not in sentence(refused.value.remedy)
        assert "printd blanks show K00001" in sentence(refused.value.remedy)


def test_a_wrong_passphrase_at_an_act_of_one_is_nothing_of_two(office: Counter) -> None:
    for passphrase in ({"passphrase": "wrong"}, {}):
        with pytest.raises(Refused) as refused:
            office.act("blanks.load", printer="p2", by={"name": "siti", **passphrase})
        assert refused.value.what == "siti did not prove who they are."
        assert "wo people" not in str(refused.value)
        assert "printd login siti" in sentence(refused.value.remedy)


def test_who_resumes_a_printer_hears_that_a_card_is_in_doubt(office: Counter) -> None:
    doubt = wish(office, "doubt")
    become(office, start(office, doubt, 1), AttemptState.IN_DOUBT)
    told = with_commands(office.act("printers.resume", name="p1", by=person("siti")))
    assert f"printd jobs resolve {doubt[:8]}" in told["still"]
    told = with_commands(office.act("printers.resume", name="p2", by=person("siti")))
    assert told["still"] == "The daemon does not run: printd run"


@pytest.mark.parametrize("act", ["hold", "release", "reprint", "cancel"])
def test_what_is_asked_of_a_job_in_doubt_names_the_doubt(office: Counter, act: str) -> None:
    doubt = wish(office, "doubt")
    become(office, start(office, doubt, 1), AttemptState.IN_DOUBT)
    with pytest.raises(Refused) as refused:
        office.act(f"jobs.{act}", job=doubt, by=SITI, **({"second": MARTA} if act == "reprint" else {}))
    said = {"hold": "held", "release": "released", "reprint": "printed again", "cancel": "cancelled"}[act]
    assert refused.value.what == f"A job that is in doubt cannot be {said}."
    assert "K00001" in refused.value.why
    assert f"printd jobs resolve {doubt[:8]}" in sentence(refused.value.remedy)


def test_only_a_lost_card_is_printed_again(office: Counter) -> None:
    job = wish(office, "one")
    with pytest.raises(Refused) as refused:
        office.act("jobs.reprint", job=job, by=SITI, second=MARTA)
    assert "queued" in refused.value.what
    assert "released" not in refused.value.what


# --- which job is meant ---


def test_a_job_is_named_by_the_serial_of_its_blank_too(office: Counter) -> None:
    one, doubt = printed(office, wish(office, "one"), 1), wish(office, "doubt")
    become(office, start(office, doubt, 2), AttemptState.IN_DOUBT)
    assert office.act("jobs.show", job=" K00001 ")["id"] == one
    assert office.act("jobs.doubt", job="K00002")["job"] == doubt
    assert office.act("jobs.resolve", job="K00002", outcome="printed", **TWO)["state"] == "printed"
    assert office.act("jobs.check", job="K00001", quality="good", by=MARTA)["state"] == "finished"
    assert (
        office.act("jobs.hand_over", job="K00001", by=person("marta"), receiver="holder", old_card="none")["state"]
        == "handed_over"
    )
    for unknown in ("K00003", "K0000", "K99999"):
        with pytest.raises(Refused, match="names no job") as refused:
            office.act("jobs.show", job=unknown)
        assert "serial of its blank" in sentence(refused.value.remedy)


def test_a_blank_that_was_spoiled_does_not_stand_for_the_card_on_another(office: Counter) -> None:
    job = wish(office, "one")
    become(office, start(office, job, 1), AttemptState.SPOILED, cause="jam")
    assert office.act("jobs.reprint", job="K00001", by=MARTA, second=SITI)["id"] == job
    printed(office, job, 2)
    for quality in ({"quality": "good"}, {"quality": "spoiled", "cause": "jam"}):
        with pytest.raises(Refused, match="K00001 does not carry the card") as refused:
            office.act("jobs.check", job="K00001", by=MARTA, **quality)
        assert "K00002" in refused.value.why
    assert office.act("jobs.check", job="K00002", quality="good", by=MARTA)["state"] == "finished"
    with pytest.raises(Refused, match="K00001 does not carry the card"):
        office.act("jobs.hand_over", job="K00001", by=person("marta"), receiver="holder", old_card="none")


def test_what_may_be_a_job_or_a_blank_is_asked_again(office: Counter) -> None:
    what = {"holder": "x", "digest": "x", "source": "spool", "remote_status": "PRR", "reason": "baru"}
    about = {
        "stock_type": "WNI",
        "warnings": [],
        "area": "53.71.01",
        "record": "r-x",
        "job": "K00001-0000",
        "sealed": SEALED,
    }
    office.shop.books.enter(read("record.accepted", {**what, **about}))
    assert office.act("jobs.show", job="K00001")["id"] == "K00001-0000"
    printed(office, wish(office, "one"), 1)
    with pytest.raises(Refused, match="more than one job"):
        office.act("jobs.show", job="K00001")


def test_several_cards_are_checked_and_handed_over_at_once(office: Counter) -> None:
    names = [printed(office, wish(office, f"n{number}"), number) for number in (1, 2, 3)]
    told = office.act("jobs.check_all", all_jobs=["job-n1", "K00002", "job-n3"], quality="good", by=MARTA)["jobs"]
    assert [(one["id"], one["state"]) for one in told] == [(name, "finished") for name in names]
    told = office.act(
        "jobs.hand_over_all",
        all_jobs=["K00003", "job-n1"],
        by=person("marta"),
        receiver="proxy",
        old_card="none",
        basis="surat kuasa",
    )["jobs"]
    assert [one["state"] for one in told] == ["handed_over"] * 2
    assert office.act("jobs.count") == {"finished": 1, "handed_over": 2}


def test_who_took_a_card_is_asked_and_what_is_unknown_has_a_reason(office: Counter) -> None:
    job = printed(office, wish(office, "one"), 1)
    office.act("jobs.check", job=job, quality="good", by=MARTA)
    told = {"job": job, "by": person("marta"), "receiver": "holder", "old_card": "none"}
    for wrong, words in (
        ({"receiver": "proxy"}, "no paper says that they may take it"),
        ({"receiver": "unknown"}, "nobody says why"),
        ({"old_card": "unknown"}, "nobody says why"),
        ({"basis": "surat kuasa"}, "nothing else has either"),
        ({"why_unknown": "x"}, "nothing else has either"),
        ({"receiver": "proxy", "basis": "5371994101900001"}, "16 digits"),
    ):
        with pytest.raises(Refused, match=words):
            office.act("jobs.hand_over", **{**told, **wrong})
    with pytest.raises(Refused, match="old card is missing"):
        perform(office.desk, "jobs.hand_over", {key: told[key] for key in ("job", "by", "receiver")})
    tried = {"job": "K00001", "by": person("marta")}
    assert office.act("cards.tried", how="phone", **tried)["tries"] == 1
    assert office.act("cards.tried", how="visit", reached=True, **tried)["tries"] == 2
    today = office.shop.today()
    waits, taken = reports.document(office.desk, "r14", today, today).tables
    (row,) = waits.rows
    assert (row["tries"], row["how"], row["reached"], taken.rows) == (2, "visit", True, [])
    office.act("jobs.hand_over", **told)
    waits, taken = reports.document(office.desk, "r14", today, today).tables
    assert (waits.rows, taken.rows[0]["tries"]) == ([], 2)
    with pytest.raises(Refused, match="no card that waits for its holder: it is handed_over"):
        office.act("cards.tried", how="phone", **tried)


def test_of_several_all_are_booked_or_none_and_every_refused_one_is_named(office: Counter) -> None:
    for number in (1, 2, 3):
        printed(office, wish(office, f"n{number}"), number)
    wish(office, "waiting")
    office.act("jobs.check", job="job-n2", quality="good", by=MARTA)
    with office.shop.store.reading() as connection:
        before = dump(connection)
    for asked, named in (
        (["job-n1", "job-n2", "job-waiting", "job-n3"], ["job-n2", "job-waiting"]),
        (["job-n1", "K00001"], ["K00001"]),
        (["job-n1", "nonsense"], ["nonsense"]),
    ):
        with pytest.raises(Refused) as refused:
            office.act("jobs.check_all", all_jobs=asked, quality="good", by=MARTA)
        assert f"{len(named)} of {len(asked)} were refused: {', '.join(named)}." in refused.value.what
        assert f"None of the {len(asked)} was booked" in refused.value.consequence
        with office.shop.store.reading() as connection:
            assert dump(connection) == before


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    folder = new_shop(tmp_path / "shop", KNOWN_DISTRICT)
    with opened(folder) as desk:
        for person in people()[:4]:
            accept(desk, person)
    return CommandLine(folder, capsys, monkeypatch)


def test_the_command_checks_a_pile(cli: CommandLine) -> None:
    with opened(cli.folder) as desk:
        deliver(desk)
        ids = [row["id"] for row in perform(desk, "jobs.list", {})["jobs"]]
        for number, job in enumerate(ids[:3], start=1):
            print_card(desk, job, f"KPG{number:07d}")
    alone = cli("jobs", "check", ids[0], "--good", "--by", "budi", "--json")
    assert alone.value["state"] == "finished"
    refused = cli("jobs", "check", "KPG0000001", "KPG0000002", "KPG0000003", "--good", "--by", "budi")
    assert refused.code == 1
    assert "1 of 3 were refused: KPG0000001" in refused.err
    assert "None of the 3 was booked" in refused.err
    pile = cli("jobs", "check", "KPG0000002", ids[2][:8], "--good", "--by", "budi")
    assert (pile.code, pile.out.splitlines()[0]) == (0, "2 booked")
    handed = cli("jobs", "handover", *ids[:3], "--receiver", "holder", "--old-card", "taken", "--by", "budi", "--json")
    assert [one["state"] for one in handed.value["jobs"]] == ["handed_over"] * 3


def test_the_command_does_not_say_that_a_printer_works_that_stands_still(cli: CommandLine) -> None:
    with opened(cli.folder) as desk:
        deliver(desk)
        (job, *_) = [row["id"] for row in perform(desk, "jobs.list", {})["jobs"]]
        print_card(desk, job, "KPG0000001", AttemptState.IN_DOUBT)
    ran = cli("printers", "resume", "p1", "--by", "ani")
    assert ran.code == 0
    assert "works" not in ran.out
    assert f"printd jobs resolve {job[:8]}" in ran.out


@pytest.mark.parametrize("noun", ["jobs", "records"])
def test_people_and_machines_hear_that_a_list_is_cut(cli: CommandLine, noun: str) -> None:
    cut = cli(noun, "list", "--limit", "3")
    assert cut.out.splitlines()[-1].startswith("3 of 4 shown")
    assert "--all" in cut.out
    for options in ((), ("--all",), ("--limit", "4")):
        assert "shown" not in cli(noun, "list", *options).out
    machine = cli(noun, "list", "--limit", "3", "--json").value
    assert (len(machine[noun]), machine["total"]) == (3, 4)
    assert len(cli(noun, "list", "--limit", "3", "--all", "--json").value[noun]) == 4
