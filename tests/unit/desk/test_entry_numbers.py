"""What is named by the number of its entry, or tells the root before it: also where the clock is told first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from printd.books.booking import Booking
from printd.books.retrace import root_at
from printd.custody.incidents import open_altered
from printd.desk import blanks, counts, destructions, samples, suket
from printd.desk.closing import Count
from printd.desk.desk import Desk
from printd.desk.proofs import Person
from support.deliberate import line, notices
from support.people import proof
from support.workday import entries, set_clock, stock

Two = tuple[Person, Person]
MORNING = datetime(2030, 1, 7, 1, 0, tzinfo=UTC)
NIK = "5371994501900001"


@pytest.fixture
def office(desk: Desk, two: Two) -> Desk:
    """A hundred blanks, one of them spoiled, and two days on which nothing was entered."""
    set_clock(desk, MORNING)
    stock(desk, two)
    blanks.spoil(desk, "K005", "factory_defect", *two)
    desk.shop.sign()
    set_clock(desk, MORNING + timedelta(days=2))
    return desk


def destroy(desk: Desk) -> None:
    destructions.destroy(
        desk, "1/BA", "shredded", [destructions.Witness(name="W", agency="A")], proof("siti"), proof("budi")
    )


def draw(desk: Desk) -> None:
    samples.draw(desk, 3, "4711", proof("siti"))


def issue(desk: Desk) -> None:
    suket.issue(desk, NIK, date(2030, 1, 9), "PRR", proof("siti"))


def find_altered(desk: Desk) -> None:
    with desk.booking() as booking:
        open_altered(booking, "a record was altered")


@pytest.mark.parametrize(
    ("act", "kind", "field"),
    [
        (destroy, "blanks.destroyed", "destruction"),
        (draw, "sample.drawn", "sample"),
        (issue, "suket.issued", "suket"),
        (find_altered, "incident.opened", "incident"),
    ],
)
@notices({"the number is taken before days are closed": line(Booking.next_number, "self.tell_time()", "pass")})
def test_a_name_has_the_number_of_its_entry(office: Desk, act: Callable[[Desk], None], kind: str, field: str) -> None:
    size = len(entries(office))
    act(office)
    new = entries(office)[size:]
    assert [one.kind for one in new[:3]] == ["day.closed", "day.closed", kind]
    assert new[2].data[field] == f"{field}-{new[2].seq}"


@notices({"the root is from before the clock is told": line(counts.close, "booking.tell_time()", "pass")})
def test_nothing_comes_between_the_root_in_a_stock_count_and_its_entry(office: Desk, two: Two) -> None:
    """The sheets are of the same day, so no day is closed there; a clock that is set right is told."""
    for person in two:
        counts.count(office, {"store": Count(pieces=99), "spoiled": Count(pieces=1)}, person)
    set_clock(office, MORNING + timedelta(days=2, hours=-1))
    name = counts.close(office, *two)["count"]
    assert [one.kind for one in entries(office)[-3:]] == ["clock.went_back", "stock.closed", "paper.made"]
    (entry,) = entries(office, "stock.closed")
    assert entry.data["count"] == name
    assert entry.data["act"]["log_size"] == entry.seq
    with office.shop.store.reading() as connection:
        assert entry.data["act"]["log_root"] == root_at(connection, entry.seq).hex()
