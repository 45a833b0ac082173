"""Days one after the other: each begins with what the last one left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from printd.books.replay import compare
from printd.desk import blanks, jobs, shifts
from printd.desk.desk import Desk
from printd.desk.proofs import Person
from printd.projections.kinds import PROJECTIONS
from printd.words.roles import Role
from support.people import enrol as enrol_person
from support.people import proof
from support.workday import (
    add_printers,
    close,
    entries,
    print_on,
    queue,
    set_clock,
    stock,
)

Two = tuple[Person, Person]


def test_each_day_begins_with_what_the_last_one_left(desk: Desk, two: Two) -> None:
    stock(desk, two)
    add_printers(desk, "p1")
    openings = []
    moment = datetime(2030, 1, 7, 1, 0, tzinfo=UTC)
    for day in range(3):
        set_clock(desk, moment + timedelta(days=day))
        job = queue(desk, 1)[0]
        shift = shifts.open_(desk, *two)["id"]
        blanks.load(desk, "p1", two[0])
        print_on(desk, job, f"K{day + 1:03}")
        jobs.check(desk, job, "good", proof("budi"))
        jobs.hand_over(desk, job, proof("budi"), "holder", "none")
        if day == 1:
            set_clock(desk, moment + timedelta(days=day, hours=1))
            stock(desk, two, "LOAN", "L001", "L030", due_back="2030-12-31")
        set_clock(desk, moment + timedelta(days=day, hours=8))
        row = close(desk, two, {f"shift:{shift}": 0, "hopper:p1": 3})["act"]["stock"][0]
        openings.append((row["opening"], row["received"], row["loaned_in"], row["used_good"], row["closing"]))
    assert openings == [(0, 100, 0, 1, 99), (99, 0, 30, 1, 128), (128, 0, 0, 1, 127)]


def test_an_office_that_prints_nothing_closes_its_day_too(desk: Desk, two: Two) -> None:
    shift = shifts.open_(desk, *two)["id"]
    closed = close(desk, two, {})
    assert (closed["act"]["stock"], closed["act"]["gaps"]) == ([], [])
    assert entries(desk, "shift.closed")[-1].data["returned"] == []
    assert shifts.show(desk, shift)["act"] == closed["act"]


def test_a_whole_day_on_every_database(desk_on_both: Desk, enrol: Callable[[Desk, str], Person]) -> None:
    desk = desk_on_both
    two = enrol(desk, "siti"), enrol(desk, "budi")
    enrol_person(desk, "ratna", Role.SUPERVISOR)
    stock(desk, two)
    add_printers(desk, "p1")
    job = queue(desk, 1)[0]
    shift = shifts.open_(desk, *two)["id"]
    blanks.load(desk, "p1", two[0])
    print_on(desk, job, "K001")
    found = {f"shift:{shift}": 0, "hopper:p1": [("K002", "K002"), ("K004", "K004")], "output": 1}
    ratna = proof("ratna")
    row = close(desk, two, found, approved_by=ratna, note="one is gone")["act"]["stock"][0]
    assert (row["received"], row["missing"], row["closing"]) == (100, 1, 99)
    _replays(desk)


def _replays(desk: Desk) -> None:
    """Make sure that the log alone makes the same tables."""
    with desk.shop.store.reading() as connection:
        assert not compare(connection, PROJECTIONS).differences
