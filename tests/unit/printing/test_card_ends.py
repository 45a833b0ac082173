"""How an attempt is booked by what the printer proves and what the station found, and whose attempt a death doubts."""

from __future__ import annotations

from drivers.printer import Confirmation, Counters, Outcome, Position, Rung
from printd.custody.identity import Conflict
from printd.desk import blanks, shifts
from printd.desk.desk import Desk, Person
from printd.printing import worker
from printd.printing.recovery import doubt_attempts_of
from printd.printing.station import Rejection
from printd.words import places
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
            worker._ending, "    if confirmation.cause:", "    if False:"
        ),
        "a damaged card that was rejected is whole": line(
            worker._ending, "(confirmation.cause and conflict is None)", "False"
        ),
    }
)
def test_what_is_booked_by_what_the_printer_proves_and_the_station_found() -> None:
    for proved, cause, rejection, booked in TABLE:
        told = Confirmation(proved, Rung.SENT, Position.NONE, Counters(), Counters(), cause=cause)
        ending = worker._ending(told, rejection)
        found = (str(ending.outcome), ending.cause, ending.to, ending.fed)
        assert found == booked, f"{proved}, {cause or 'no cause'}, {rejection}"


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
