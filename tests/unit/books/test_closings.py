"""Closings: every day has one, each tells where every blank is, and nothing else is taken, on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest

from printd.books import closings
from printd.books.booking import Booking
from printd.books.replay import compare
from printd.daemon import closing_days
from printd.errors import Refused
from printd.events.closings import DayClosed, StockTotals
from printd.events.kinds import read
from printd.ledger.entry import Entry
from printd.projections.kinds import PROJECTIONS
from printd.shop.health import days_trouble
from printd.store import log
from printd.words.moments import stamp
from support.counter import Counter
from support.deliberate import line, notices
from support.fixed import NewDatabase
from support.week import DAYS, LOOK, week
from support.workday import entries


@pytest.fixture(params=["sqlite", "postgres"], scope="module")
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """A week, lived once for each kind of database; a test adds days of its own at the end."""
    make: NewDatabase = request.getfixturevalue(f"new_{request.param}")
    url = make(False)
    extra = "" if url.startswith("sqlite") else f'\n[database]\nurl = "{url}"\n'
    made = week(tmp_path_factory.mktemp("week") / "shop", extra)
    yield made
    made.shop.close()


def told(office: Counter) -> list[Entry]:
    return entries(office.desk, "shift.closed", "day.closed")


def totals(entry: Entry) -> dict[str, dict[str, Any]]:
    return {row["stock_type"]: row for row in entry.data["totals"]}


def test_every_day_of_a_week_has_a_closing(lived: Counter) -> None:
    found = told(lived)[:5]
    assert [(one.kind, one.data["day"]) for one in found] == [
        ("shift.closed", DAYS[0]), ("day.closed", DAYS[1]), ("day.closed", DAYS[2]), ("day.closed", DAYS[3]),
        ("shift.closed", DAYS[4]),
    ]  # fmt: skip
    assert [one.actors for one in found] == [("siti", "budi"), (), (), (), ("siti", "budi")]
    assert [one.at[:10] for one in found] == [DAYS[0], DAYS[2], DAYS[4], DAYS[4], DAYS[4]], "each says when it was made"


def test_each_tells_where_every_blank_is(lived: Counter) -> None:
    first, silent, doubtful = told(lived)[:3]
    one, other = totals(first)["WNI"], totals(first)["OA"]
    assert {name: number for name, number in one.items() if number and name != "stock_type"} == {
        "announced": 100, "received": 100, "store": 97, "output": 2, "spoiled": 1,
    }  # fmt: skip
    assert (other["announced"], other["received"], other["transit"]) == (20, 0, 20)
    assert silent.data["totals"] == first.data["totals"], "nothing happened"
    doubt = totals(doubtful)["WNI"]
    assert (doubt["hopper"], doubt["printer"], doubt["in_doubt"], doubt["store"]) == (9, 1, 1, 87)
    for entry in told(lived):
        for row in entry.data["totals"]:
            assert closings.lacking(StockTotals.model_validate(row)) == 0


def test_the_log_alone_gives_the_same_tables(lived: Counter) -> None:
    with lived.shop.store.reading() as connection:
        assert compare(connection, PROJECTIONS).differences == ()
        assert list(closings.unclosed(log.entries(connection))) == []


def test_no_total_but_the_right_one_is_taken(lived: Counter) -> None:
    """A day is over, and somebody is quicker than the machine: another closing is entered in its place."""
    books = lived.shop.books
    books.enter(LOOK, ["siti"])
    lived.later(days=1)
    with lived.shop.store.reading() as connection:
        right = closings.totals(connection)
        (day,) = closings.days(connection).lacking(stamp(books.clock()))
    row = right[-1]
    root: dict[str, Any] = {"log_size": 0, "log_root": "0" * 64}
    for wrong, words in (
        ({"store": row.store + 1, "announced": row.announced + 1, "received": row.received + 1}, "are not those"),
        ({"store": row.store - 1, "spoiled": row.spoiled + 1}, "are not those"),
        ({"store": row.store - 1}, "do not add up"),
        ({"in_doubt": 1}, "are not those"),
    ):
        other = (*right[:-1], row.model_copy(update=wrong))
        with pytest.raises(Refused, match=words):
            books.enter(DayClosed(day=day.isoformat(), totals=other, **root))
    for wrong_day in (day - timedelta(days=1), day + timedelta(days=1)):
        with pytest.raises(Refused, match="is not the next one"):
            books.enter(DayClosed(day=wrong_day.isoformat(), totals=right, **root))
    size = len(entries(lived.desk))
    books.enter(LOOK, ["siti"])
    assert [one.kind for one in entries(lived.desk)[size:]] == ["day.closed", "register.read"]


@notices(
    {
        "the last missed day is left out": line(
            closings.Days.lacking, "for number in range((day - due).days)", "for number in range((day - due).days - 1)"
        ),
        "days are not closed before an entry": line(Booking._tell_time, "days = self.days.lacking(now)", "days = []"),
    }
)
def test_missed_days_are_closed_one_by_one_at_the_next_start(lived: Counter) -> None:
    before = told(lived)
    due = datetime.fromisoformat(before[-1].data["day"]).replace(tzinfo=UTC)
    lived.now = due + timedelta(days=4, hours=3)
    assert "3 days" in days_trouble(lived.shop, lived.now)
    closing_days.close(lived.shop.books)
    new = told(lived)[len(before) :]
    assert [one.data["day"] for one in new] == [f"{due + timedelta(days=n):%Y-%m-%d}" for n in (1, 2, 3)]
    assert {one.at for one in new} == {stamp(lived.now)}
    assert days_trouble(lived.shop, lived.now) == ""
    size = len(entries(lived.desk))
    closing_days.close(lived.shop.books)
    closing_days.run(lived.shop.books, _over())
    assert len(entries(lived.desk)) == size, "a day is closed once"
    with lived.shop.store.reading() as connection:
        assert compare(connection, PROJECTIONS).differences == ()


def _over() -> Event:
    event = Event()
    event.set()
    return event


def test_a_day_ends_at_the_offices_midnight(lived: Counter) -> None:
    day = lived.now.replace(hour=0, minute=0, second=0) + timedelta(days=3)
    lived.now = day.replace(hour=15, minute=59, second=59)  # 23:59:59 WITA
    lived.shop.books.enter(LOOK, ["siti"])
    size = len(told(lived))
    lived.later(seconds=1)
    with lived.shop.books.trial() as booking:
        booking.enter(LOOK, ["siti"])
    assert len(told(lived)) == size, "what is undone closes nothing"
    lived.shop.books.enter(LOOK, ["siti"])
    assert [one.data["day"] for one in told(lived)[size:]] == [f"{day:%Y-%m-%d}"]
    assert entries(lived.desk)[-1].kind == "register.read"


def test_a_clock_that_went_back_makes_its_days_due_again(lived: Counter) -> None:
    lived.shop.books.enter(LOOK, ["siti"])
    right = lived.now
    lived.later(days=30)
    lived.shop.books.enter(LOOK, ["siti"])  # the clock was wrong, and the month is closed
    size = len(told(lived))
    lived.now = right
    lived.shop.books.enter(LOOK, ["siti"])
    assert len(told(lived)) == size
    lived.later(days=1)
    lived.shop.books.enter(LOOK, ["siti"])
    new = told(lived)[size:]
    assert [one.data["day"] for one in new] == [closings_day(lived, right)]
    with lived.shop.store.reading() as connection:
        assert compare(connection, PROJECTIONS).differences == ()


def closings_day(office: Counter, at: datetime) -> str:
    return at.astimezone(office.shop.zone).date().isoformat()


def test_how_a_restored_shop_goes_on_comes_before_the_days_that_it_missed(lived: Counter) -> None:
    """Whether two people decided is seen by the first entries after the backup: no number of days stands before it."""
    lived.shop.books.enter(LOOK, ["siti"])
    lived.later(days=9)
    decided = read("shop.restored", {"missing": 0, "backup": {}, "known": {"size": 9, "root": "0" * 64}})
    lived.shop.books.enter(decided, ["siti", "budi"])
    lived.shop.books.enter(LOOK, ["siti"])
    kinds = [one.kind for one in entries(lived.desk)[-11:]]
    assert kinds == ["shop.restored", *["day.closed"] * 9, "register.read"]
    with lived.shop.store.reading() as connection:
        assert compare(connection, PROJECTIONS).differences == ()
        assert list(closings.unclosed(log.entries(connection))) == []


def test_books_that_know_no_zone_close_no_day() -> None:
    assert closings.Days(None, "2026-11-02T00:00:00Z").lacking("2027-11-02T00:00:00Z") == []
