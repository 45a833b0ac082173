"""A clock that goes back is recorded once, and nothing that counts days or ages goes wrong by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from printd.books.booking import Books
from printd.books.replay import compare
from printd.custody.ages import ages
from printd.custody.clock import back_since, presently
from printd.errors import Refused
from printd.events.jobs import JobCancelled
from printd.ledger.entry import Entry
from printd.printing.dispatch import read_usage
from printd.projections.kinds import PROJECTIONS
from printd.shop.config import Policy
from printd.store import attempts, clock_jumps, log
from printd.store.engine import Store
from support.something import something

ZONE = ZoneInfo("Asia/Makassar")
NOON = datetime(2026, 11, 25, 4, 0, 0, tzinfo=UTC)
TWO = ("siti", "budi")


class Watch:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def timed(store: Store, watch: Watch) -> Books:
    return Books(store, PROJECTIONS, watch)


def entries(store: Store) -> list[Entry]:
    with store.reading() as connection:
        return [Entry.from_body(body) for _, body, _ in log.entries(connection)]


def test_a_step_back_is_entered_once_before_what_is_booked_and_replays(timed: Books, watch: Watch) -> None:
    timed.enter(something())
    watch.turn(seconds=-2)
    timed.enter(something())
    assert [one.kind for one in entries(timed.store)] == ["shop.configured"] * 2, "a leap second is no step"
    watch.turn(hours=-3)
    with timed.booking() as booking:
        booking.enter(something())
        booking.enter(something())
    Books(timed.store, PROJECTIONS, watch).enter(something())  # another process
    found = entries(timed.store)
    assert [one.kind for one in found[2:]] == ["clock.went_back", *["shop.configured"] * 3]
    assert (
        found[2].data
        == {"from": found[1].at, "to": found[3].at}
        == {
            "from": "2026-11-25T03:59:58Z",
            "to": "2026-11-25T00:59:58Z",
        }
    )
    assert found[2].at == found[3].at
    with timed.store.reading() as connection:
        assert [row["seq"] for row in clock_jumps.jumps(connection)] == [2]
        assert compare(connection, PROJECTIONS).differences == ()


def test_what_is_undone_leaves_no_step_behind_and_the_next_one_records_it(timed: Books, watch: Watch) -> None:
    timed.enter(something())
    watch.turn(days=-1)
    with pytest.raises(Refused), timed.booking() as booking:
        booking.enter(JobCancelled(job="none"), ["siti"])
    assert len(entries(timed.store)) == 1
    timed.enter(something())
    assert [one.kind for one in entries(timed.store)] == ["shop.configured", "clock.went_back", "shop.configured"]


def a_year_ahead_and_back(timed: Books, watch: Watch) -> None:
    watch.turn(days=365)
    timed.enter(something())
    watch.turn(hours=2)
    timed.enter(something())
    watch.turn(days=-365)
    timed.enter(something())


def test_a_stamp_from_ahead_is_as_far_from_now_as_it_really_is(timed: Books, watch: Watch) -> None:
    timed.enter(something())
    a_year_ahead_and_back(timed, watch)  # 14:00 by the office now
    watch.turn(minutes=10)
    with timed.store.reading() as connection:
        told = presently(connection, ["2026-11-25T03:00:00Z", "2027-11-25T04:30:00Z"], watch.now)
        assert told == ["2026-11-25T03:00:00Z", "2026-11-25T04:30:00Z"]
        assert back_since(connection, 0) == timedelta(days=365)
        assert back_since(connection, clock_jumps.jumps(connection)[0]["seq"]) == timedelta()
    timed.enter(something())
    watch.turn(hours=-1)  # what was written before both steps is moved by both
    timed.enter(something())
    with timed.store.reading() as connection:
        (told_late,) = presently(connection, ["2027-11-25T05:30:00Z"], watch.now)
        (told_then,) = presently(connection, ["2026-11-25T06:05:00Z"], watch.now)
    assert (told_late, told_then) == ("2026-11-25T04:30:00Z", "2026-11-25T05:05:00Z")


Live = Callable[[Books, int, int], "Counter[str]"]


def test_cards_printed_by_a_clock_ahead_take_no_share_of_later_days(timed: Books, watch: Watch, live: Live) -> None:
    def today() -> int:
        with timed.store.reading() as connection:
            return sum(read_usage(connection, Policy(), ZONE, watch).today.values())

    watch.turn(days=30)
    printed = 0
    for seed in range(20):  # until the history prints a card
        live(timed, seed, 120 * (seed + 1))
        printed = today()
        if printed:
            break
    assert printed > 0
    watch.turn(days=-30)
    timed.enter(something())
    assert today() == printed, "they were printed today, whatever the clock said"
    watch.turn(days=2)
    assert today() == 0
    with timed.store.reading() as connection:
        old = ages(connection, watch.now, 1)
        assert compare(connection, PROJECTIONS).differences == ()
    assert old
    assert {one["age_days"] for one in old} == {2}
    assert all(one["late"] for one in old)


def test_a_shift_s_attempts_are_told_by_the_order_of_the_log(timed: Books, watch: Watch, live: Live) -> None:
    live(timed, 4, 300)
    with timed.store.reading() as connection:
        before = log.frontier(connection).size - 1
        known = {row["id"] for row in attempts.attempts_since(connection, -1)}
    watch.turn(days=-3)
    told: list[str] = []
    for seed in range(20):  # until the history starts a card: both printers may be left with a card in doubt
        live(timed, seed, before + 200 * (seed + 1))
        late = [one for one in entries(timed.store) if one.kind == "attempt.started" and one.seq > before]
        told = [one.data["attempt"] for one in late]
        if told:
            break
    with timed.store.reading() as connection:
        since = [row["id"] for row in attempts.attempts_since(connection, before)]
    assert since == told
    assert told
    assert known
    assert not known & set(since)
