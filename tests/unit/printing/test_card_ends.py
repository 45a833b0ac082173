"""How an attempt is booked by what the printer proves and what the station found, and whose attempt a death doubts."""

from __future__ import annotations

from drivers.printer import Confirmation, Counters, Outcome, Position, Rung
from printd.custody.identity import Conflict
from printd.desk import blanks, shifts
from printd.desk.desk import Desk
from printd.desk.proofs import Person
from printd.printing import attempt, card_run, test_print
from printd.printing.recovery import doubt_attempts_of
from printd.printing.station import Rejection, Verdict
from printd.words import places
from printd.words.states import TestPrintState as State
from support.deliberate import line, notices
from support.workday import add_printers, entries, finish, print_on, queue, start, stock

ALIEN = Conflict("uid_elsewhere", "The chip 04A1 is the one of BLK2.", belongs="BLK2")
NOBODY = Conflict("unknown_uid", "The chip 04A1 is nobody's.")
SKIPPED = Rejection(Outcome.UNUSED, to=places.SKIPPED)
NO_CHIP = Rejection(Outcome.SPOILED, cause="no_chip")
FOREIGN, UNHEARD = Rejection(Outcome.UNUSED, conflict=ALIEN), Rejection(Outcome.UNUSED, conflict=NOBODY)


Ending = tuple[str, str, str, str]
"""Outcome, cause, where the booked blank is, the blank that was fed in its place."""
TABLE: list[tuple[Outcome, str, Rejection | None, Ending]] = [
    (Outcome.PRINTED, "", None, ("printed", "", "", "")),
    (Outcome.UNUSED, "", None, ("unused", "", "", "")),
    (Outcome.IN_DOUBT, "", None, ("in_doubt", "", "", "")),
    (Outcome.SPOILED, "jam", None, ("spoiled", "jam", "", "")),
    (Outcome.SPOILED, "", None, ("spoiled", "other", "", "")),
    # The card lies whole in the reject box: what the station found holds.
    (Outcome.SPOILED, "", SKIPPED, ("unused", "", places.SKIPPED, "")),
    (Outcome.SPOILED, "", NO_CHIP, ("spoiled", "no_chip", "", "")),
    (Outcome.SPOILED, "", FOREIGN, ("unused", "", "", "BLK2")),
    (Outcome.SPOILED, "", UNHEARD, ("unused", "", "", "")),
    # It was damaged on its way there: the booked one is spoiled, but of another card nobody can say it.
    (Outcome.SPOILED, "jam", SKIPPED, ("spoiled", "jam", "", "")),
    (Outcome.SPOILED, "jam", NO_CHIP, ("spoiled", "jam", "", "")),
    (Outcome.SPOILED, "jam", FOREIGN, ("in_doubt", "", "", "")),
    (Outcome.SPOILED, "jam", UNHEARD, ("in_doubt", "", "", "")),
    # Where it lies is not proved: the station's word is not enough.
    (Outcome.IN_DOUBT, "", SKIPPED, ("in_doubt", "", "", "")),
    (Outcome.IN_DOUBT, "", NO_CHIP, ("in_doubt", "", "", "")),
    (Outcome.IN_DOUBT, "jam", FOREIGN, ("in_doubt", "", "", "")),
    (Outcome.UNUSED, "", NO_CHIP, ("unused", "", "", "")),
]


@notices(
    {
        "a foreign card damaged on its way out goes for the booked one": line(
            card_run._spoiled, "    if cause:", "    if False:"
        ),
        "a damaged card that was rejected is whole": line(card_run._spoiled, "(cause and conflict is None)", "False"),
    }
)
def test_what_is_booked_by_what_the_printer_proves_and_the_station_found() -> None:
    for proved, cause, rejection, booked in TABLE:
        told = Confirmation(proved, Rung.SENT, Position.NONE, Counters(), Counters(), cause=cause)
        ending = card_run.ending_of(told, rejection)
        found = (str(ending.outcome), ending.cause, ending.to, ending.fed)
        assert found == booked, f"{proved}, {cause or 'no cause'}, {rejection}"


REJECTED = Verdict("The chip could not be read.", SKIPPED)
TEST_PRINTS: dict[tuple[Outcome, Verdict | None], State] = {
    (Outcome.PRINTED, None): State.SPOILED,
    (Outcome.SPOILED, None): State.SPOILED,
    (Outcome.UNUSED, None): State.UNUSED,
    (Outcome.IN_DOUBT, None): State.IN_DOUBT,
    (Outcome.PRINTED, REJECTED): State.SPOILED,
    (Outcome.SPOILED, REJECTED): State.IN_DOUBT,
    (Outcome.UNUSED, REJECTED): State.UNUSED,
    (Outcome.IN_DOUBT, REJECTED): State.IN_DOUBT,
}


@notices(
    {
        "a rejected blank is booked as a test print's": line(
            test_print.state_of, "State.SPOILED if ran.rejection is None else", "State.SPOILED if True else"
        )
    }
)
def test_how_a_test_print_stands_by_what_is_proved_and_whether_its_blank_was_rejected() -> None:
    assert {outcome for outcome, _ in TEST_PRINTS} == set(Outcome)
    for (proved, verdict), state in TEST_PRINTS.items():
        told = Confirmation(proved, Rung.SENT, Position.NONE, Counters(), Counters())
        ending = card_run.ending_of(told, verdict.rejection if verdict else None)
        assert test_print.state_of(card_run.RanCard(ending, told, verdict=verdict)) is state, (proved, verdict)


def test_an_attempt_stands_as_its_card_ended() -> None:
    assert {outcome: str(attempt.state_of(outcome)) for outcome in Outcome} == {one: str(one) for one in Outcome}


@notices(
    {
        "a dead worker doubts another printer's attempt": line(
            doubt_attempts_of, "[AttemptState.OPEN], printer)", "[AttemptState.OPEN])"
        ),
        "a dead worker leaves its own open": line(doubt_attempts_of, "[AttemptState.OPEN], printer)", "[], printer)"),
    }
)
def test_a_worker_that_died_puts_its_own_attempt_in_doubt_and_no_other(desk: Desk, two: tuple[Person, Person]) -> None:
    stock(desk, two)
    shifts.open_(desk, *two, pieces=6, reason="a test")
    add_printers(desk, "p1", "p2")
    for name in ("p1", "p2"):
        blanks.load(desk, name, two[0], pieces=3)
    printed, *jobs_left = queue(desk, 3)
    print_on(desk, printed, "K001")
    dead = start(desk, jobs_left[0], "K002", "p1")
    alive = start(desk, jobs_left[1], "K004", "p2")
    doubt_attempts_of(desk.shop.books, "p1")
    told = entries(desk, "attempt.in_doubt")
    assert [one.data["attempt"] for one in told] == [dead]
    assert "worker of this printer failed" in told[0].data["evidence"]["findings"][0]
    finish(desk, alive)
    assert [one.data["attempt"] for one in entries(desk, "attempt.printed")][1:] == [alive]
