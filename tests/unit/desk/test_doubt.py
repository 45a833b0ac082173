"""An attempt in doubt: what is told of it is true, what is shown is booked, the books follow the card in hand."""

from __future__ import annotations

import io
import json
import shutil
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from drivers.printer import Confirmation, Counters, Outcome, Position, Rung
from printd.books.replay import compare
from printd.cli.remedies import sentence
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.printing import kept
from printd.printing.attempt import begin, end
from printd.printing.card_run import evidence_of
from printd.projections.kinds import PROJECTIONS
from printd.store import attempts, log
from printd.words.states import AttemptState
from support.intake_help import KNOWN_DISTRICT, CommandLine, accept, deliver, new_shop, opened, people, signer, state_of
from support.resumed import resumed

A, B, AWAY, STORED = "KPG0000001", "KPG0000002", "KPG0000011", "KPG0000013"  # booked, next in the hopper, elsewhere
UID, OTHER_UID = "04A1B2C3D4E5F6", "04A1B2C3D4E5F7"
ANI, BUDI = signer("ani"), signer("budi")
TWO = {"by": ANI, "second": BUDI}
BEFORE = Counters(cards=100, panels=500, ribbon_left=80)
AFTER = Counters(cards=101, panels=None, ribbon_left=79)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnished(tmp_path_factory.mktemp("doubt") / "shop")


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Iterator[Desk]:
    """A shop of its own with two jobs; the first is in doubt on A."""
    shutil.copytree(made, tmp_path / "shop")
    with opened(tmp_path / "shop") as desk:
        yield desk


def copied(made: Path, folder: Path) -> Path:
    """Copy the shop with the session files beside it; return where it is."""
    shutil.copytree(made.parent / "sessions", folder / "sessions")
    return Path(shutil.copytree(made, folder / "shop"))


def furnished(folder: Path) -> Path:
    with opened(new_shop(folder, KNOWN_DISTRICT, practice=True)) as desk:
        deliver(desk)
        first, _ = (accept(desk, person).job for person in people()[:2])
        books = desk.shop.books
        attempt = begin(
            books, job=first, printer="p1", resumed=resumed(books), serial=A, counters=BEFORE, artwork="A" * 22
        )
        told = Confirmation(
            Outcome.IN_DOUBT,
            Rung.ENGINE_DONE,
            Position.UNKNOWN,
            BEFORE,
            AFTER,
            findings=("It fell silent.",),
            raw={"Ss": "OK", "Rco;c": "101"},
        )
        with books.booking() as booking:
            row = attempts.find_attempt(booking.connection, attempt)
            assert row is not None
            end(booking, row, AttemptState.IN_DOUBT, evidence=evidence_of(told))
        desk.shop.sign()
    return folder


def doubtful(desk: Desk) -> str:
    return str(perform(desk, "jobs.list", {"state": "in_doubt"})["jobs"][0]["id"])


def where(desk: Desk, *serials: str) -> list[str]:
    return [str(perform(desk, "blanks.show", {"serial": serial})["place"]).partition(":")[0] for serial in serials]


def entries(desk: Desk) -> list[Entry]:
    with desk.shop.store.reading() as connection:
        return [Entry.from_body(body) for _, body, *_ in log.entries(connection)]


def resolve(desk: Desk, **arguments: Any) -> Any:
    return perform(desk, "jobs.resolve", {"job": doubtful(desk), **arguments})


def refused(desk: Desk, **arguments: Any) -> Refused:
    before = state_of(desk.shop.store)
    with pytest.raises(Refused) as refusal:
        resolve(desk, **arguments)
    assert state_of(desk.shop.store) == before
    return refusal.value


def test_everything_that_is_known_is_told(desk: Desk) -> None:
    told = perform(desk, "jobs.show", {"job": doubtful(desk)})["doubt"]
    assert (told["rung"], told["position"], told["serial"], told["printer"]) == ("engine_done", "unknown", A, "p1")
    assert told["counters"] == {
        "cards": {"before": 100, "after": 101, "delta": 1},
        "panels": {"before": 500, "after": None, "delta": None},
        "ribbon_left": {"before": 80, "after": 79, "delta": -1},
    }
    assert told["raw"] == {"Ss": "OK", "Rco;c": "101"}
    assert told["findings"] == ["It fell silent."]
    assert told["since"] == next(one.at for one in entries(desk) if one.kind == "attempt.started")


UNUSED = {"outcome": "unused", "scan": A}
"""Against what the printer says of the card: it is read."""

CHOICES = [
    ({"outcome": "printed"}, {"job": ("printed", None), "A": "output", "B": "hopper"}),
    ({**UNUSED, "blank_is": "hand"}, {"job": ("queued", None), "A": "shift", "B": "hopper"}),
    ({**UNUSED, "blank_is": "hopper"}, {"job": ("queued", None), "A": "hopper", "B": "hopper"}),
    ({"outcome": "spoiled", "cause": "jam"}, {"job": ("held", "spoiled"), "A": "spoiled", "B": "hopper"}),
    ({"outcome": "printed", "scan": B}, {"job": ("printed", None), "A": "hopper", "B": "output"}),
    ({"outcome": "printed", "scan": B, "blank_is": "hand"}, {"job": ("printed", None), "A": "shift", "B": "output"}),
    ({"outcome": "printed", "scan": B, "skipped": [A]}, {"job": ("printed", None), "A": "skipped", "B": "output"}),
    ({"outcome": "unused", "scan": B, "blank_is": "hopper"}, {"job": ("queued", None), "A": "hopper", "B": "shift"}),
    ({"outcome": "unused", "scan": B, "blank_is": "hand"}, {"job": ("queued", None), "A": "shift", "B": "shift"}),
    ({"outcome": "spoiled", "cause": "jam", "scan": B}, {"job": ("held", "spoiled"), "A": "hopper", "B": "spoiled"}),
]


@pytest.mark.parametrize(("choice", "booked"), CHOICES)
def test_what_a_choice_books_is_shown_before_and_then_booked(
    desk: Desk, choice: dict[str, Any], booked: dict[str, Any]
) -> None:
    job, before = doubtful(desk), state_of(desk.shop.store)
    (shown,) = resolve(desk, **choice, by={"name": "budi"}, dry_run=True)["choices"]
    assert state_of(desk.shop.store) == before, "a look changed something"
    size = len(entries(desk))
    after = resolve(desk, **choice, **TWO)
    assert (
        (after["state"], after["held_because"])
        == booked["job"]
        == (shown["job"]["state"], shown["job"]["held_because"])
    )
    assert where(desk, A, B) == [booked["A"], booked["B"]]
    new = entries(desk)[size:]
    assert shown["entries"] == len(new)
    assert all(one.actors == ("ani", "budi") for one in new)
    last: dict[str, str] = {}
    for move in shown["movements"]:
        last[move["serials"][0]] = move["to"].partition(":")[0]
    for serial, place in last.items():
        assert where(desk, serial) == [place]
    assert after["doubt"] is None
    attempt = after["attempts"][0]
    assert attempt["serial"] == (B if choice.get("scan") == B else A)
    assert [one.data["scanned"] for one in new if one.kind == "attempt.unused"] == (
        [choice["scan"]] if choice["outcome"] == "unused" else []
    )
    with desk.shop.store.reading() as connection:
        assert compare(connection, PROJECTIONS).differences == ()
    assert job == after["id"]


def test_all_choices_are_shown_at_once_with_who_must_sign(desk: Desk) -> None:
    one_settles(desk)
    before = state_of(desk.shop.store)
    told = perform(desk, "jobs.doubt", {"job": doubtful(desk)})
    assert state_of(desk.shop.store) == before
    shown = [
        (one["outcome"], one["blank_is"], one["job"]["state"] if "job" in one else "refused", one["signatures"])
        for one in told["choices"]
    ]
    assert shown == [
        ("printed", None, "printed", ANY_ONE),
        ("unused", "hand", "refused", BOTH_READ),
        ("unused", "hopper", "refused", BOTH_READ),
        ("spoiled", None, "held", ALONE),
    ]
    assert f"{A} cannot be unused unread." in told["choices"][1]["refused"]["what"]
    assert [f"{A} goes from printer:p1 to output (printed)."] in told["choices"][0]["says"]
    scanned = perform(desk, "jobs.doubt", {"job": doubtful(desk), "scan": B})
    assert {one["signatures"] for one in scanned["choices"]} == {"two people sign"}
    assert A in scanned["scan"]["says"]
    assert B in scanned["scan"]["says"]


def one_settles(desk: Desk) -> None:
    """Let the policy say that one person settles a doubt."""
    policy = desk.shop.config.policy.model_copy(update={"doubts_by_two": False})
    desk.shop.config = desk.shop.config.model_copy(update={"policy": policy})


def test_unless_the_policy_says_otherwise_two_people_settle_every_doubt(desk: Desk) -> None:
    shown = perform(desk, "jobs.doubt", {"job": doubtful(desk)})["choices"]
    assert [one["signatures"] for one in shown] == [BOTH, BOTH_READ, BOTH_READ, BOTH]
    for outcome in ({"outcome": "printed"}, UNUSED, {"outcome": "spoiled", "cause": "jam"}):
        for who in ({"by": BUDI}, {"by": BUDI, "second": BUDI}, {"by": BUDI, "second": {"name": "ani"}}):
            refused(desk, **outcome, **who)
    assert "Two people settle a doubt in this shop" in refused(desk, outcome="printed", scan=A, by=BUDI).what
    resolve(desk, outcome="printed", **TWO)
    assert entries(desk)[-1].actors == ("ani", "budi")


ALONE, ANY_ONE, BOTH = "somebody other than ani signs, alone or with them", "one operator says so", "two people sign"
BOTH_READ = "two people sign, with the serial that they read on the blank"
SPOILED = {"outcome": "spoiled", "cause": "jam"}


@pytest.mark.parametrize(
    ("choice", "by_two", "signs"),
    [
        ({"outcome": "printed"}, False, ANY_ONE),
        (UNUSED, False, BOTH_READ),
        (UNUSED, True, BOTH_READ),
        ({**UNUSED, "blank_is": "hopper"}, False, BOTH_READ),
        (SPOILED, False, ALONE),
        (SPOILED, True, BOTH),
        ({**SPOILED, "scan": B}, False, BOTH),
        ({"outcome": "unused", "scan": B}, True, BOTH),
    ],
)
def test_whoever_the_preview_says_must_sign_is_asked_and_nobody_more(
    desk: Desk, choice: dict[str, Any], by_two: bool, signs: str
) -> None:
    if not by_two:
        one_settles(desk)
    two: list[dict[str, Any]] = [{"by": ANI}, {"by": BUDI}, {"by": BUDI, "second": BUDI}]
    two.append({"by": ANI, "second": {"name": "budi"}})
    told = resolve(desk, **choice, by={"name": "ani"}, dry_run=True)
    assert told["choices"][0]["signatures"] == signs
    too_few: list[dict[str, Any]] = {
        ANY_ONE: [{"by": {"name": "ani"}}],
        ALONE: [{"by": {"name": "budi"}}, {"by": ANI}],
        BOTH: two,
        BOTH_READ: two,
    }[signs]
    for who in too_few:
        refused(desk, **choice, **who)
    enough: dict[str, Any] = {ANY_ONE: {"by": ANI}, ALONE: {"by": BUDI}}.get(signs, TWO)
    resolve(desk, **choice, **enough)
    assert entries(desk)[-1].actors == {ANY_ONE: ("ani",), ALONE: ("budi",)}.get(signs, ("ani", "budi"))


def test_a_blank_that_is_unused_against_the_evidence_is_read_first(desk: Desk) -> None:
    for blank_is in ("hand", "hopper"):
        told = refused(desk, outcome="unused", blank_is=blank_is, **TWO)
        assert "The evidence says that a card was printed" in told.why
        assert "two people read the serial on the blank itself" in sentence(told.remedy)
        assert "--scan" in sentence(told.remedy)
    alone = refused(desk, **UNUSED, by=BUDI)
    assert alone.what == "Two people settle this doubt."
    resolve(desk, **UNUSED, blank_is="hopper", **TWO)
    assert where(desk, A) == ["hopper"]


def test_the_booked_serial_read_on_the_card_is_evidence_and_one_person_suffices(desk: Desk) -> None:
    perform(desk, "chips.bind", {"serial": A, "uid": UID, "by": signer("ani")})
    one_settles(desk)
    after = resolve(desk, outcome="printed", by=ANI, scan=f" {UID.lower()} ")
    evidence = after["attempts"][0]["evidence"][-1]
    assert evidence["rung"] == "read_back"
    assert A in evidence["findings"][0]
    assert where(desk, A) == ["output"]


@pytest.mark.parametrize("scan", [B, UID])
def test_another_card_in_hand_is_told_with_both_serials_and_needs_two(desk: Desk, scan: str) -> None:
    perform(desk, "chips.bind", {"serial": B, "uid": UID, "by": signer("ani")})
    for people_ in ({"by": ANI}, {"by": {"name": "ani"}}):
        told = refused(desk, outcome="printed", scan=scan, **people_)
        assert A in told.what
        assert B in told.what
        assert "jobs correct" in sentence(told.remedy)
    refused(desk, outcome="printed", scan=scan, by=ANI, second=ANI)
    refused(desk, outcome="printed", scan=scan, by=ANI, second={"name": "budi", "passphrase": "wrong"})
    refused(desk, outcome="printed", scan=scan, by={"name": "ani"}, second=BUDI)
    resolve(desk, outcome="printed", scan=scan, **TWO)
    assert where(desk, A, B) == ["hopper", "output"]
    kinds = [one.kind for one in entries(desk)]
    assert kinds[-2:] == ["attempt.corrected", "attempt.printed"]


@pytest.mark.parametrize(
    ("scan", "word"),
    [
        (AWAY, "is in shift:"),
        (STORED, "is in store"),
        ("KPG0000099", "no serial of a delivery here"),
        (OTHER_UID, "no chip that is bound"),
        ("\u2028", "no serial of a delivery here"),
    ],
)
def test_a_card_that_this_printer_cannot_have_fed_settles_nothing(desk: Desk, scan: str, word: str) -> None:
    told = refused(desk, outcome="printed", scan=scan, **TWO)
    assert word in told.what
    assert sentence(told.remedy)


def test_a_card_that_carries_another_job_is_named_with_it(desk: Desk) -> None:
    resolve(desk, outcome="printed", **TWO)
    job = next(one["id"] for one in perform(desk, "jobs.list", {"state": "queued"})["jobs"])
    books = desk.shop.books
    attempt = begin(books, job=job, printer="p1", resumed=resumed(books), serial=B, counters=BEFORE, artwork="A" * 22)
    with books.booking() as booking:
        row = attempts.find_attempt(booking.connection, attempt)
        assert row is not None
        end(booking, row, AttemptState.IN_DOUBT, evidence=None)
    told = refused(desk, outcome="printed", scan=A, **TWO)
    assert f"{A} is in output" in told.what
    assert "is booked on it" in told.what


def test_whoever_printed_does_not_answer_alone_for_a_card_on_another_blank(desk: Desk) -> None:
    refused(desk, outcome="spoiled", cause="jam", scan=B, by=ANI)
    refused(desk, outcome="spoiled", cause="no such cause", scan=B, **TWO)
    assert "lie in the hopper" in refused(desk, outcome="printed", blank_is="hopper", **TWO).what


# --- a choice against the evidence ---


def again_in_doubt(desk: Desk, told: Confirmation) -> None:
    """Put the doubtful job in doubt once more, with other evidence."""
    job = doubtful(desk)
    resolve(desk, **UNUSED, blank_is="hopper", **TWO)
    books = desk.shop.books
    attempt = begin(books, job=job, printer="p1", resumed=resumed(books), serial=A, counters=BEFORE, artwork="A" * 22)
    with books.booking() as booking:
        row = attempts.find_attempt(booking.connection, attempt)
        assert row is not None
        end(booking, row, AttemptState.IN_DOUBT, evidence=evidence_of(told))


def evidence(rung: Rung, cards: int | None, panels: int | None, position: Position = Position.NONE) -> Confirmation:
    return Confirmation(Outcome.IN_DOUBT, rung, position, BEFORE, Counters(cards=cards, panels=panels))


@pytest.mark.parametrize(
    ("told", "choice", "words"),
    [
        (evidence(Rung.ENGINE_DONE, 101, 505), {"outcome": "unused"}, ("had printed", "1 card and 5 panels")),
        (evidence(Rung.LEFT_PRINTER, None, None), {"outcome": "unused"}, ("left the printer",)),
        (evidence(Rung.SENT, 101, 502), {"outcome": "unused", "blank_is": "hand"}, ("2 panels",)),
        (evidence(Rung.SENT, 101, 500), {"outcome": "unused", "blank_is": "hopper"}, ("left the hopper", "1 card")),
        (
            evidence(Rung.SENT, None, None, Position.PRINT),
            {"outcome": "unused", "blank_is": "hopper"},
            ("left the hopper", "print"),
        ),
        (evidence(Rung.SENT, 100, 500), {"outcome": "printed"}, ("nothing was printed", "0 cards")),
    ],
)
def test_a_choice_against_the_evidence_is_warned_of_before_and_in_the_answer(
    desk: Desk, told: Confirmation, choice: dict[str, Any], words: tuple[str, ...]
) -> None:
    again_in_doubt(desk, told)
    every = perform(desk, "jobs.doubt", {"job": doubtful(desk)})["choices"]
    (shown,) = resolve(desk, **choice, by={"name": "ani"}, dry_run=True)["choices"]
    assert shown["warning"] in [one["warning"] for one in every]
    for word in (*words, "claims"):
        assert word in shown["warning"]
    if "a card was printed" in shown["warning"]:
        refused(desk, **choice, **TWO)
        choice = {**choice, "scan": A}
    done = resolve(desk, **choice, **TWO)
    assert done["warning"] == shown["warning"]
    assert any(shown["warning"][:200] in found for found in done["attempts"][-1]["evidence"][-1]["findings"])


@pytest.mark.parametrize(
    ("told", "choice"),
    [
        (evidence(Rung.ENGINE_DONE, 101, 505), {"outcome": "printed"}),
        (evidence(Rung.ENGINE_DONE, 101, 505), {"outcome": "spoiled", "cause": "jam"}),
        (evidence(Rung.SENT, 100, 500), {"outcome": "unused", "blank_is": "hopper"}),
        (evidence(Rung.SENT, 101, 500), {"outcome": "unused", "blank_is": "hand"}),
        (evidence(Rung.SENT, None, None, Position.UNKNOWN), {"outcome": "unused", "blank_is": "hopper"}),
        (evidence(Rung.SENT, None, None, Position.UNKNOWN), {"outcome": "printed"}),
    ],
)
def test_a_choice_that_the_evidence_allows_is_not_warned_of(
    desk: Desk, told: Confirmation, choice: dict[str, Any]
) -> None:
    """Unknown is no evidence: who is warned without need does not listen the next time."""
    again_in_doubt(desk, told)
    one_settles(desk)
    assert resolve(desk, **choice, by=BUDI)["warning"] == ""


def test_the_command_warns_loudly_before_it_books(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = CommandLine(copied(made, tmp_path), capsys, monkeypatch)
    job = run("jobs", "list", "--state", "in_doubt", "--json").value["jobs"][0]["id"][:8]
    for options in ((), ("--unused", "--dry-run", "--by", "ani")):
        assert "WARNING: The evidence says" in run("jobs", "resolve", job, *options).out
    unread = run("jobs", "resolve", job, "--unused", "--by", "ani", "--with", "budi")
    assert unread.code == 1
    assert "on the blank itself, wherever it lies, and sign: --scan SERIAL --with NAME." in " ".join(unread.err.split())
    alone = run("jobs", "resolve", job, "--unused", "--scan", A, "--by", "budi")
    assert (alone.code, "Two people settle this doubt." in alone.err) == (1, True)
    done = run("jobs", "resolve", job, "--unused", "--scan", A, "--by", "ani", "--with", "budi")
    assert done.code == 0
    assert "WARNING: The evidence says that a card was printed" in done.err
    assert "It fell silent." in run("jobs", "show", job).out


def test_the_command_names_the_commands_that_come_next(
    made: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = CommandLine(made, capsys, monkeypatch)
    job = run("jobs", "list", "--state", "in_doubt", "--json").value["jobs"][0]["id"][:8]
    held = "The job is held; it is printed again only after: printd jobs reprint"
    settle = (
        "Two people settle it with the serial of the card in hand: printd jobs resolve JOB --scan "
        f"{B} --printed|--unused|--spoiled CAUSE --with NAME. Cards that were printed after an unseen double feed are "
        "one blank off as well: printd jobs correct, the latest first."
    )
    elsewhere = (
        f"Look for {A}. If {STORED} did come out of p1, book first how it came there (printd blanks load), or which "
        "card is on it (printd jobs correct)."
    )
    for scan, told in ((B, (held, settle)), (STORED, (elsewhere,))):
        ran, machine = (
            run("jobs", "resolve", job, "--scan", scan),
            run("jobs", "resolve", job, "--scan", scan, "--json"),
        )
        for one in told:
            assert f"  {one}\n" in ran.out
        assert machine.value["scan"]["remedy"] == told[-1]
        assert {"do": "jobs.correct", "with": {}} in machine.value["scan"]["remedies"]
    assert {one["refused"].endswith(elsewhere) for one in machine.value["choices"]} == {True}
    assert held in run("jobs", "resolve", job, "--json").value["choices"][3]["says"]


# --- the picture ---


def drawn(desk: Desk, job: str) -> tuple[bool, np.ndarray[Any, np.dtype[np.uint8]]]:
    told = perform(desk, "pictures.draw", {"job": job, "by": BUDI})
    return told["specimen"], np.asarray(Image.open(io.BytesIO(b64decode(told["png"]))))


def test_the_card_is_drawn_only_for_an_attempt_in_doubt_and_every_look_is_booked(desk: Desk) -> None:
    job = doubtful(desk)
    before = state_of(desk.shop.store)
    with pytest.raises(Refused, match="budi did not prove"):
        perform(desk, "pictures.draw", {"job": job, "by": {"name": "budi", "passphrase": "wrong"}})
    assert state_of(desk.shop.store) == before
    specimen, real = drawn(desk, job)
    assert not specimen
    resolve(desk, **UNUSED, **TWO)
    other = next(one["id"] for one in perform(desk, "jobs.list", {"state": "queued"})["jobs"] if one["id"] != job)
    marked = [drawn(desk, one) for one in (job, other)]
    assert all(specimen for specimen, _ in marked)
    assert real.shape == (648, 1016, 3)
    photo = np.s_[100:520, 720:980]  # inside the portrait of this layout
    assert np.array_equal(marked[0][1][photo], marked[1][1][photo]), "the specimens of two people differ in the face"
    assert not np.array_equal(marked[0][1], marked[1][1])
    assert not np.array_equal(real[photo], marked[0][1][photo])
    looks = [(one.actors, one.data["what"].partition(":")[0]) for one in entries(desk) if one.kind == "register.read"]
    assert looks == [(("budi",), "card_in_doubt"), *[(("budi",), "specimen")] * 2]


def test_the_commands_write_what_helps_into_the_sentences(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = CommandLine(copied(made, tmp_path), capsys, monkeypatch)
    (job,) = run("jobs", "list", "--state", "in_doubt", "--json").value["jobs"]
    helps = f"printd jobs resolve {job['id'][:8]}"
    assert job["waits"]["sentence"].endswith(f"Find the card; with it in hand: {helps}")
    assert (job["waits"]["act"], job["waits"]["arguments"]) == ("jobs.resolve", {"job": job["id"]})
    for command in (("printers", "list"), ("printers", "resume", "p1", "--by", "ani")):
        told = run(*command)
        assert helps in " ".join(told.out.split()), told.err
        assert "{do}" not in told.out
    waits = run("jobs", "list", "--state", "queued").out
    assert "every printer stands still: 1 in doubt" in " ".join(waits.split())


def test_the_command_shows_the_choices_and_writes_the_picture_for_its_user_alone(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = CommandLine(copied(made, tmp_path), capsys, monkeypatch)
    job, picture = run("jobs", "list", "--state", "in_doubt", "--json").value["jobs"][0]["id"], tmp_path / "card.png"
    shown = run("jobs", "resolve", job[:8], "--scan", B, "--picture", str(picture), "--by", "budi")
    assert shown.code == 0
    for words in (
        "engine done",
        "100 to 101 (+1)",
        "Rco;c: 101",
        f"{B} goes from",
        "two people sign",
        "jobs correct",
    ):
        assert words in shown.out
    assert picture.stat().st_mode & 0o777 == 0o600
    with Image.open(picture) as shown_card:
        assert shown_card.size == (1016, 648)
    assert "delete it" in shown.err
    again = run("jobs", "show", job[:8], "--picture", str(picture), "--by", "budi")
    assert again.code == 1
    assert "cannot be written" in again.err
    dry = run("jobs", "resolve", job[:8], "--printed", "--dry-run", "--by", "ani", "--json")
    assert dry.value["choices"][0]["job"]["state"] == "printed"
    with monkeypatch.context() as patch:
        patch.delenv("PRINTD_SESSIONS")
        assert run("jobs", "resolve", job[:8], "--printed").code == 1
    done = run("jobs", "resolve", job[:8], "--printed", "--scan", B, "--by", "ani", "--with", "budi", "--json")
    assert done.value["attempts"][0]["serial"] == B


# --- what was kept of the wire ---


def lines(folder: Path) -> list[str]:
    return [line["text"] for line in kept.last(folder, "p1")]


def test_what_went_over_the_wire_is_kept_short_and_outlives_the_process(tmp_path: Path) -> None:
    first = kept.keep(tmp_path, "p1", doubtful=False, at="then", also=None)
    assert first is not None
    first.out(b"\x1bSs\r")
    first.note(**{"in": b"OK\r\x00".hex()})
    face = bytes(range(256)) * 400
    first.out(b"\x1bDb;y;128;" + face)
    found = lines(tmp_path)  # before it is closed: the process was killed, and each line is in the file already
    first.close()
    assert found == ["connected then", "<ESC>Ss\\r", "OK\\r\\x00", "<ESC>Db;y;128;\\x00\\x01"]
    assert kept.last(tmp_path, "p1")[-1]["bytes"] == 10 + len(face)
    (file,) = (tmp_path / "wires").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert face[4:20].hex() not in file.read_text()


def test_a_look_at_a_doubt_pushes_nothing_out_and_nothing_grows(tmp_path: Path) -> None:
    for number in range(3):
        before = kept.keep(tmp_path, "p1", doubtful=False, at="then", also=None)
        assert before is not None
        for line in range(700):
            before.out(f"{number}.{line}".encode())
        before.close()
    for _ in range(3):
        look = kept.keep(tmp_path, "p1", doubtful=True, at="now", also=None)
        assert look is not None
        for line in range(50):
            look.out(f"look {line}".encode())
        look.close()
    shown = lines(tmp_path)
    assert shown[:40] == [f"2.{line}" for line in range(660, 700)]
    assert shown[40:] == [f"look {line}" for line in range(30, 50)]
    assert all(len(file.read_text().splitlines()) <= 600 for file in (tmp_path / "wires").iterdir())


def test_a_full_disk_and_a_torn_file_are_no_trouble_of_the_printer(tmp_path: Path) -> None:
    full = kept.keep(tmp_path, "p1", doubtful=False, at="now", also=None)
    assert isinstance(full, kept.Kept)
    full._path = Path("/dev/full")  # the kernel says ENOSPC at each write
    for _ in range(1500):
        full.out(b"x")
    full.close()
    torn = json.dumps({"out": b"whole".hex()}) + "\n\0\0\0\n[1]\n\xff" + '{"out": "zz"}\n{"out":'
    (tmp_path / "wires" / "p1.last").write_text(torn, encoding="latin-1")
    assert lines(tmp_path)[0] == "whole"
