"""A card on another blank than its attempt booked: the books follow what two people read on it, whatever its fate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from drivers.printer import Counters
from printd.books.replay import compare
from printd.cli.remedies import sentence
from printd.desk import blanks, cards, chips, destructions, incidents, jobs, shifts, test_prints
from printd.desk.desk import Desk
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.evidence import Evidence
from printd.events.kinds import read
from printd.events.test_prints import EndState
from printd.printing import test_print
from printd.projections.kinds import PROJECTIONS
from printd.store import attempts, printers, spoils
from printd.store import cards as store_cards
from printd.store import test_prints as store_test_prints
from printd.words.states import AttemptState
from printd.words.states import TestPrintState as State
from support.people import proof
from support.workday import (
    HEADER,
    add_printers,
    close,
    entries,
    finish,
    print_on,
    queue,
    refused,
    start,
    stock,
    where,
)

Two = tuple[Person, Person]
WITNESSES = [destructions.Witness(name="PETRUS CONTOH", agency="Satpol PP")]
NIK = "5371990201990001"
UID = "04A1B2C3D4E5F6"
SPOILED = AttemptState.SPOILED


@pytest.fixture
def two(desk_on_both: Desk, enrol: Callable[[Desk, str], Person]) -> Two:
    return enrol(desk_on_both, "siti"), enrol(desk_on_both, "budi")


@pytest.fixture
def desk(desk_on_both: Desk, two: Two) -> Desk:
    """A shop on either database; K001 to K010 lie in p1, K011 to K015 with the shift, the rest in the store."""
    add_printers(desk_on_both, "p1", "p2")
    stock(desk_on_both, two)
    shifts.open_(desk_on_both, *two, pieces=15, reason="a test")
    blanks.load(desk_on_both, "p1", two[0], pieces=10)
    return desk_on_both


def place(desk: Desk, *serials: str) -> list[str]:
    return [str(blanks.show(desk, serial)["place"]).partition(":")[0] for serial in serials]


def whole(desk: Desk) -> None:
    """Make sure that every blank is in one place, and that the log alone makes the same tables."""
    assert all(row["balance"] == 0 for row in blanks.where(desk)["deliveries"].values())
    with desk.shop.store.reading() as connection:
        assert compare(connection, PROJECTIONS).differences == ()


def spoil_rows(desk: Desk) -> list[tuple[str, str, str | None]]:
    with desk.shop.store.reading() as connection:
        return [(row["serial"], row["cause"], row["carton"]) for row in spoils.spoiled_between(connection, "2", "3")]


def destroy(desk: Desk, two: Two, *serials: str) -> None:
    named = [[serial, serial] for serial in serials]
    destructions.destroy(desk, "BA/1", "halaman", WITNESSES, *two, serials=named, cards=[])


def test_a_card_that_printd_itself_booked_as_spoiled_is_put_on_its_real_blank(desk: Desk, two: Two) -> None:
    """A double feed at the first card, which nobody saw: the second card is one blank off."""
    first, second = queue(desk, 2)
    print_on(desk, first, "K001")
    attempt = print_on(desk, second, "K002", SPOILED, "ribbon_break")
    shown = jobs.correct(desk, second, "K003", *two)
    assert (shown["state"], shown["held_because"]) == ("held", "spoiled")
    assert shown["attempts"][0]["serial"] == "K003"
    assert place(desk, "K001", "K002", "K003") == ["output", "hopper", "spoiled"]
    assert spoil_rows(desk) == [("K003", "ribbon_break", "D-1")]
    last = entries(desk)[-1]
    assert (last.kind, last.actors) == ("attempt.corrected", ("siti", "budi"))
    assert last.data == {
        "attempt": attempt,
        "booked": "K002",
        "actual": "K003",
        "from": "spoiled",
        "to": "hopper:p1",
    }
    whole(desk)
    blanks.skip(desk, "K002", *two)
    blanks.find(desk, "K002", *two)
    jobs.reprint(desk, second, *two)
    print_on(desk, second, "K004")
    destroy(desk, two, "K003")
    with desk.shop.store.reading() as connection:
        assert attempts.attempt_on(connection, "K002") is None, "it is a blank like any other"
    whole(desk)


def test_a_row_of_cards_is_corrected_the_latest_first_whatever_became_of_each(desk: Desk, two: Two) -> None:
    """Printed, refused at the check, spoiled by printd, in doubt and resolved as spoiled: each is one blank off."""
    good, bad, spoiled, doubtful = queue(desk, 4)
    print_on(desk, good, "K002")
    jobs.check(desk, good, "good", two[1])
    print_on(desk, bad, "K003")
    jobs.check(desk, bad, "spoiled", two[1], cause="scorch")
    print_on(desk, spoiled, "K004", SPOILED, "jam")
    finish(desk, start(desk, doubtful, "K005"), AttemptState.IN_DOUBT)
    jobs.resolve(desk, doubtful, "spoiled", *two, cause="power_loss")
    for job, booked, other in ((good, "K002", bad), (bad, "K003", spoiled), (spoiled, "K004", doubtful)):
        actual = f"K{int(booked[1:]) + 1:03d}"
        told = refused(desk, lambda job=job, actual=actual: jobs.correct(desk, job, actual, *two))  # type: ignore[misc]
        assert f"Job {other[:8]} is booked on it" in sentence(told.remedy)
        assert "latest card first" in sentence(told.remedy)
    for job, actual in ((doubtful, "K006"), (spoiled, "K005"), (bad, "K004"), (good, "K003")):
        assert jobs.correct(desk, job, actual, *two)["attempts"][0]["serial"] == actual
    assert place(desk, *(f"K00{n}" for n in range(2, 7))) == ["hopper", "finished", *["spoiled"] * 3]
    assert spoil_rows(desk) == [("K004", "scorch", "D-1"), ("K005", "jam", "D-1"), ("K006", "power_loss", "D-1")]
    whole(desk)


def test_a_card_that_was_handed_over_is_corrected_and_so_is_one_that_was_brought_back(desk: Desk, two: Two) -> None:
    for booked, actual, back in (("K002", "K003", False), ("K005", "K006", True)):
        job = queue(desk, 1)[0]
        print_on(desk, job, booked)
        jobs.check(desk, job, "good", two[1])
        jobs.hand_over(desk, job, proof("siti"), "holder", "none")
        if back:
            cards.take_back(desk, NIK, "MARIA CONTOH", "JL. CONTOH 1", "moved", proof("siti"), serial=booked)
        jobs.correct(desk, job, actual, *two)
        assert place(desk, booked, actual) == ["hopper", "invalid" if back else "holder"]
    whole(desk)
    with desk.shop.store.reading() as connection:
        assert [row["serial"] for row in store_cards.cards_kept(connection)] == ["K006"]
    destructions.destroy(desk, "BA/1", "halaman", WITNESSES, *two)
    assert place(desk, "K005", "K006") == ["hopper", "destroyed"]
    whole(desk)


def test_a_job_that_left_several_cards_says_which_one_is_in_hand(desk: Desk, two: Two) -> None:
    job = queue(desk, 1)[0]
    print_on(desk, job, "K002", SPOILED, "jam")
    jobs.reprint(desk, job, proof("siti"), proof("budi"))
    print_on(desk, job, "K003")
    told = refused(desk, lambda: jobs.correct(desk, job, "K004", *two))
    assert told.what == f"Job {job[:8]} left 2 cards."
    assert told.why == "There is attempt 1 on K002 (spoiled), attempt 2 on K003 (printed)."
    assert "--attempt" in sentence(told.remedy)
    assert "left no card" in refused(desk, lambda: jobs.correct(desk, job, "K004", *two, attempt=3)).what
    jobs.correct(desk, job, "K004", *two, attempt=2)
    jobs.correct(desk, job, "K003", *two, attempt=1)
    assert place(desk, "K002", "K003", "K004") == ["hopper", "spoiled", "output"]
    whole(desk)


def test_a_card_that_is_in_doubt_is_not_corrected_but_settled(desk: Desk, two: Two) -> None:
    job = queue(desk, 1)[0]
    print_on(desk, job, "K002", SPOILED, "jam")
    jobs.reprint(desk, job, proof("siti"), proof("budi"))
    finish(desk, start(desk, job, "K003"), AttemptState.IN_DOUBT)
    told = refused(desk, lambda: jobs.correct(desk, job, "K004", *two))
    assert "attempt 2 on K003 (in_doubt)" in told.why, "the card in hand may be either"
    told = refused(desk, lambda: jobs.correct(desk, job, "K004", *two, attempt=2))
    assert f"jobs resolve {job[:8]} --scan" in sentence(told.remedy)


def test_the_hopper_may_have_been_emptied_in_the_books_since(desk: Desk, two: Two) -> None:
    """The shift was closed before anybody looked at the card: in the books its blank went back to the store."""
    jobs_ = queue(desk, 2)
    print_on(desk, jobs_[0], "K002", SPOILED, "jam")
    print_on(desk, jobs_[1], "K004", SPOILED, "jam")
    blanks.unload(desk, "p1", *two, serials=[["K005", "K005"]])
    jobs.correct(desk, jobs_[1], "K005", *two)
    assert place(desk, "K004", "K005") == ["shift", "spoiled"]
    shift = shifts.list_(desk)[-1]["id"]
    close(desk, two, {f"shift:{shift}": 6, "hopper:p1": 7, "spoiled": 2})
    before = where(desk)
    jobs.correct(desk, jobs_[0], "K003", *two)
    assert (place(desk, "K002", "K003"), where(desk)) == (["store", "spoiled"], before)
    whole(desk)


@pytest.mark.parametrize(
    ("serial", "said", "remedy"),
    [
        ("K011", "K011 is in shift:", "book first how it came there"),  # it never lay in this hopper
        ("K016", "K016 is in store", "book first how it came there"),
        ("K002", "The books say K002 already", ""),
        ("K099999", "no serial of a delivery here", "Read the card again"),
        ("K007", "K007 is in skipped", "printd blanks find K007"),
        ("K008", "K008 is in missing", "printd blanks find K008"),
        ("K009", "K009 is in spoiled", "both blanks are for the spoil bin"),
        ("K010", "K010 is in destroyed", "incidents open extra"),
        ("K001", "K001 is in printer:p1", "Settle that first"),
    ],
)
def test_a_blank_that_the_card_cannot_be_on_is_refused_with_what_to_do(
    desk: Desk, two: Two, serial: str, said: str, remedy: str
) -> None:
    job, other = queue(desk, 2)
    print_on(desk, job, "K002", SPOILED, "jam")
    start(desk, other, "K001")
    blanks.skip(desk, "K007", *two)
    incidents.miss(desk, "K008", "not in the hopper", *two)
    for gone in ("K009", "K010"):
        blanks.spoil(desk, gone, "bent_heat", *two)
    destroy(desk, two, "K010")
    told = refused(desk, lambda: jobs.correct(desk, job, serial, *two))
    assert said in told.what
    assert remedy in sentence(told.remedy)
    whole(desk)


def test_a_destroyed_card_stays_on_the_blank_that_the_act_of_destruction_names(desk: Desk, two: Two) -> None:
    job, later = queue(desk, 2)
    attempt = print_on(desk, job, "K002", SPOILED, "jam")
    print_on(desk, later, "K003")
    destroy(desk, two, "K002")
    jobs.correct(desk, later, "K004", *two)  # the later card is in hand, and the books follow it
    told = refused(desk, lambda: jobs.correct(desk, job, "K003", *two))
    assert told.what == "K002 was destroyed and never moves again."
    for way in ("incidents open extra", "incidents miss"):
        assert way in sentence(told.remedy)
    data = {"attempt": attempt, "booked": "K002", "actual": "K003", "from": "destroyed", "to": "hopper:p1"}
    with pytest.raises(Refused, match="never moves again"):
        desk.shop.books.enter(read("attempt.corrected", data), ["siti", "budi"])
    incidents.miss(desk, "K003", "destroyed as K002", *two)  # what is left to book of it
    whole(desk)


def test_a_card_that_is_missing_is_found_first(desk: Desk, two: Two) -> None:
    lost, bin_ = queue(desk, 2)
    print_on(desk, lost, "K002")
    incidents.miss(desk, "K002", "not in the output", *two)
    print_on(desk, bin_, "K004", SPOILED, "jam")
    incidents.miss(desk, "K004", "not in the bin", *two)
    for job, booked, actual, cause in ((lost, "K002", "K003", "other"), (bin_, "K004", "K005", "jam")):
        told = refused(desk, lambda job=job, actual=actual: jobs.correct(desk, job, actual, *two))  # type: ignore[misc]
        assert f"printd blanks spoil {booked}" in sentence(told.remedy)
        blanks.spoil(desk, booked, "other", *two)
        jobs.correct(desk, job, actual, *two)
        assert place(desk, booked, actual) == ["hopper", "spoiled"]
        assert (actual, cause, "D-1") in spoil_rows(desk)
    whole(desk)


def test_two_people_sign_and_nobody_else_changes_anything(desk: Desk, two: Two) -> None:
    job = queue(desk, 1)[0]
    print_on(desk, job, "K002", SPOILED, "jam")
    for pair in ((two[0], two[0]), (two[0], Person(name="budi")), (Person(name="nobody"), two[1])):
        told = refused(desk, lambda pair=pair: jobs.correct(desk, job, "K003", *pair))  # type: ignore[misc]
        assert "cannot sign twice" in told.what or "did not prove who they are" in told.what


def test_a_chip_that_was_read_in_a_spoiled_card_goes_with_it_and_reads_as_its_serial(desk: Desk, two: Two) -> None:
    first, second = queue(desk, 2)
    attempt = start(desk, first, "K002")
    chips.bind(desk, "K002", UID, proof("siti"))
    finish(desk, attempt, SPOILED, "encode_fail")
    jobs.correct(desk, first, "K003", *two)
    assert refused(desk, lambda: jobs.correct(desk, first, UID, *two)).what == "The books say K003 already."
    print_on(desk, second, "K005", SPOILED, "jam")
    assert "Correct the latest card first" in sentence(
        refused(desk, lambda: jobs.correct(desk, second, UID, *two)).remedy
    )
    whole(desk)


def test_the_carton_of_a_spoiled_blank_is_that_of_the_blank_it_is_on(desk: Desk, two: Two) -> None:
    stock(desk, two, "E", "L001", "L010", generation=HEADER["generation"])
    shifts.issue(desk, *two, serials=[["L001", "L002"]], reason="a test")
    blanks.unload(desk, "p1", *two, serials=[["K001", "K010"]])
    blanks.load(desk, "p2", two[0], serials=[["K001", "K015"], ["L001", "L001"]])
    job = queue(desk, 1)[0]
    attempt = start(desk, job, "K015", "p2")
    finish(desk, attempt, SPOILED, "jam")
    jobs.correct(desk, job, "L001", *two)
    assert spoil_rows(desk) == [("L001", "jam", "E-1")]
    whole(desk)


def test_what_an_earlier_version_entered_is_read_as_it_was_meant(desk: Desk, two: Two) -> None:
    """It named no places: the card's blank and one of the hopper were exchanged; spoiled cards it did not know."""
    printed, spoiled, doubtful = queue(desk, 3)
    data = {"attempt": print_on(desk, printed, "K001"), "booked": "K001", "actual": "K002"}
    desk.shop.books.enter(read("attempt.corrected", data), ["siti", "budi"])
    attempt = start(desk, doubtful, "K003")
    finish(desk, attempt, AttemptState.IN_DOUBT)
    desk.shop.books.enter(
        read("attempt.corrected", {**data, "attempt": attempt, "booked": "K003", "actual": "K004"}), ["siti", "budi"]
    )
    assert place(desk, "K001", "K002", "K003", "K004") == ["hopper", "output", "hopper", "printer"]
    jobs.resolve(desk, doubtful, "unused", *two)
    data = {"attempt": print_on(desk, spoiled, "K005", SPOILED, "jam"), "booked": "K005", "actual": "K006"}
    with pytest.raises(Refused, match="spoiled on K005"):
        desk.shop.books.enter(read("attempt.corrected", data), ["siti", "budi"])
    whole(desk)


@pytest.mark.parametrize(
    ("after", "remedy"),
    [
        ("queued", "jobs list --state queued"),
        ("printing", "Wait until its card is out"),
        ("in_doubt", "jobs resolve"),
        ("spoiled", "jobs reprint"),
        ("held", "jobs show"),
        ("cancelled", "jobs show"),
    ],
)
def test_a_job_without_a_card_says_what_to_do(desk: Desk, two: Two, after: str, remedy: str) -> None:
    job = queue(desk, 1)[0]
    if after in ("printing", "in_doubt"):
        attempt = start(desk, job, "K001")
        if after == "in_doubt":
            finish(desk, attempt, AttemptState.IN_DOUBT)
    elif after == "spoiled":
        print_on(desk, job, "K001", SPOILED, "jam")
    elif after == "held":
        jobs.hold(desk, job, proof("siti"))
    elif after == "cancelled":
        jobs.cancel(desk, job, proof("siti"))
    acts: list[Callable[[], object]] = [
        lambda: jobs.check(desk, job, "good", proof("siti")),
        lambda: jobs.hand_over(desk, job, proof("siti"), "holder", "none"),
    ]
    if after not in ("spoiled", "in_doubt"):
        acts.append(lambda: jobs.correct(desk, job, "K002", *two))
    for act in acts:
        told = refused(desk, act)
        assert "card" in told.what
        assert remedy in sentence(told.remedy)
        assert "in_doubt" not in told.why


# --- test prints ---


def tried(desk: Desk, serial: str, state: EndState) -> str:
    """Book a test print as the act does; no printer is there."""
    with desk.shop.store.reading() as connection:
        row = printers.find_printer(connection, "p1")
    assert row is not None
    about: dict[str, Any] = {"purpose": "test", "printer": row, "operator": "siti", "serial": serial, "artwork": "A"}
    test = test_print.begin(desk.shop.books, counters=Counters(), keys=desk.shop.books.keys, **about)
    with desk.shop.books.booking() as booking:
        begun = store_test_prints.find(booking.connection, test)
        assert begun is not None
        two = ("siti", "budi") if state is State.LOST else ()  # that nobody finds it, two people say
        test_print.end(booking, begun, state, Evidence(findings=()), by=two)
    return test


def test_a_test_print_is_put_on_its_real_blank_spoiled_or_in_doubt(desk: Desk, two: Two) -> None:
    desk.shop.books.enter(read("printer.paused", {"printer": "p1", "why": "a test"}), ["siti"])
    tried(desk, "K002", State.SPOILED)
    tried(desk, "K003", State.IN_DOUBT)
    told = refused(desk, lambda: test_prints.correct(desk, "p1", "K002", "K003", *two))
    assert "Settle that first" in sentence(told.remedy)
    shown = test_prints.correct(desk, "p1", "K003", "K004", *two)
    assert (shown["serial"], shown["state"]) == ("K004", "in_doubt")
    assert place(desk, "K003", "K004") == ["hopper", "printer"]
    test_prints.settle(desk, "p1", "spoiled", *two)
    assert test_prints.correct(desk, "p1", "K002", "K003", *two)["serial"] == "K003"
    assert place(desk, "K002", "K003", "K004") == ["hopper", "spoiled", "spoiled"]
    assert spoil_rows(desk) == [("K003", "test_print", "D-1"), ("K004", "test_print", "D-1")]
    last = entries(desk)[-1]
    assert (last.kind, last.actors, last.data["booked"]) == ("test_print.corrected", ("siti", "budi"), "K002")
    whole(desk)


def test_test_prints_and_cards_of_jobs_are_one_row(desk: Desk, two: Two) -> None:
    desk.shop.books.enter(read("printer.paused", {"printer": "p1", "why": "a test"}), ["siti"])
    tried(desk, "K002", State.SPOILED)
    desk.shop.books.enter(read("printer.resumed", {"printer": "p1"}), ["siti"])
    job, earlier = queue(desk, 2)
    print_on(desk, job, "K003", SPOILED, "jam")
    print_on(desk, earlier, "K001")
    told = refused(desk, lambda: test_prints.correct(desk, "p1", "K002", "K003", *two))
    assert f"jobs correct {job[:8]}" in sentence(told.remedy)
    told = refused(desk, lambda: jobs.correct(desk, earlier, "K002", *two))
    assert "printers correct-test p1 --booked K002" in sentence(told.remedy)
    jobs.correct(desk, job, "K004", *two)
    test_prints.correct(desk, "p1", "K002", "K003", *two)
    jobs.correct(desk, earlier, "K002", *two)
    assert place(desk, "K001", "K002", "K003", "K004") == ["hopper", "output", "spoiled", "spoiled"]
    whole(desk)


@pytest.mark.parametrize("state", [State.UNUSED, State.LOST, None])
def test_a_test_print_that_left_nothing_is_not_corrected(desk: Desk, two: Two, state: EndState | None) -> None:
    desk.shop.books.enter(read("printer.paused", {"printer": "p1", "why": "a test"}), ["siti"])
    if state is not None:
        tried(desk, "K002", state)
    told = refused(desk, lambda: test_prints.correct(desk, "p1", "K002", "K003", *two))
    assert "No test print of 'p1' is booked on K002" in told.what
    assert "test-prints" in sentence(told.remedy)
