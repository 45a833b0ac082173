"""The forecast: exact where the past is exact, better than a mean where it is not, unknown where nothing is known."""

from __future__ import annotations

import time
from datetime import date, timedelta

import numpy as np
import pytest

from bench.forecast import DAYS, WARM_UP, backtest, simulate
from printd.custody import demand
from printd.custody.forecast import HORIZON, Interval, Now, Past, error, forecast, play
from printd.custody.levels import of_consumable, of_stock

MONDAY = date(2018, 9, 3)


def steady(weeks: int, cards: int) -> list[int]:
    """So many cards on every working day."""
    return ([cards] * 5 + [0, 0]) * weeks


def noisy(seed: int, days: int, cards: float, first: date = MONDAY) -> list[int]:
    chance = np.random.default_rng(seed)
    open_ = [(first + timedelta(days=day)).weekday() < 5 for day in range(days)]
    return [int(chance.poisson(cards)) * one for one in open_]


def plan(past: Past, now: Now) -> tuple[Interval | None, date | None, int | None]:
    told = forecast(past, now, lead_days=7, cover_days=30)
    return told.left, told.ask_on, told.ask


@pytest.mark.parametrize("seed", [101, 102, 103])
def test_on_years_with_a_recruitment_month_it_beats_both_means_and_knows_how_sure_it_is(seed: int) -> None:
    use, left = backtest(simulate(seed), every=4)
    assert use.predictions > 20
    assert use.error < 0.8 * use.naive
    assert use.error < use.naive_20
    assert left.error < left.naive
    assert left.error < left.naive_20
    assert 0.6 <= use.covered <= 0.97
    assert 0.55 <= left.covered <= 0.99


def test_the_same_past_always_tells_the_same() -> None:
    past, now = simulate(7).until(200)
    again = Past(past.first, [*past.used], {name: [*past.wished[name]] for name in sorted(past.wished, reverse=True)})
    told = forecast(past, now, lead_days=7, cover_days=30)
    assert told == forecast(again, now, lead_days=7, cover_days=30)


def test_a_steady_office_is_told_to_the_day() -> None:
    past = Past(MONDAY, steady(12, 200), {"baru": steady(12, 120), "rusak": steady(12, 80)})
    told = forecast(past, Now(stock=2000), lead_days=7, cover_days=28)
    assert told.used_per_day == 200
    assert told.wished_per_day == 200
    assert told.left is not None
    # Ten working days, which are twelve days from a Monday on; the level is uncertain by some per cent.
    assert 11 <= told.left.low <= told.left.middle <= told.left.high <= 16
    today = MONDAY + timedelta(weeks=12)
    assert told.ask_on == today + timedelta(days=told.left.low - 7)
    assert told.ask is not None
    assert told.ask % 100 == 0
    assert 4000 - 2000 <= told.ask <= 5600 - 2000


def test_what_waits_and_what_comes_is_counted_when_asking() -> None:
    past = Past(MONDAY, steady(12, 200), {"baru": steady(12, 200)})
    asks = [plan(past, now)[2] for now in (Now(0), Now(0, queue=3000), Now(0, queue=3000, on_the_way=2500))]
    assert None not in asks
    nothing, queue, coming = (one or 0 for one in asks)
    assert queue - nothing == 3000
    assert queue - coming == 2500
    assert plan(past, Now(50_000))[2] == 0


def test_waste_makes_each_card_cost_more_than_a_blank() -> None:
    past = Past(MONDAY, steady(12, 200), {"baru": steady(12, 200)})
    clean, wasteful = (plan(past, Now(0, queue=1000, waste=waste))[2] or 0 for waste in (0, 1000))
    assert wasteful == pytest.approx(1.1 * clean, abs=100)


def test_a_queue_is_worked_off_as_fast_as_the_office_was_seen_to_work() -> None:
    wished = steady(8, 200)
    past = Past(MONDAY, steady(8, 100), {"baru": wished})  # makes half of what is wished for: 4,000 wait
    futures = play(past, Now(0, queue=4000), 28)
    assert futures is not None
    used = futures.used(7)
    assert 400 <= used.low <= used.high <= 500  # a holiday may come
    assert futures.wished(7).middle == pytest.approx(1000, rel=0.1)


def test_a_day_that_finished_the_queue_does_not_show_what_the_office_can_do() -> None:
    wished, used = [450, 0, 0, 0, 0, 0, 0] * 6, [100, 100, 100, 100, 50, 0, 0] * 6
    futures = play(Past(MONDAY, used, {"baru": wished}), Now(0, queue=0), 7)
    assert futures is not None
    assert futures.used(7).middle <= 500
    wished[-3] += 5000  # on the last Friday, and so they wait now
    futures = play(Past(MONDAY, used, {"baru": wished}), Now(0, queue=5000), 7)
    assert futures is not None
    assert futures.used(7).middle == 500


def test_days_on_which_blanks_ran_out_do_not_slow_the_office_down() -> None:
    used = [*steady(7, 300), 300, 40, 0, 0, 0, 0, 0]
    past = Past(MONDAY, used, {"baru": steady(8, 400)})
    futures = play(past, Now(0, queue=16_000 - sum(used)), 7)
    assert futures is not None
    assert futures.used(7).middle >= 1200


def test_a_surge_is_seen_within_a_week_and_its_class_named_and_its_end_too() -> None:
    normal, surge = noisy(1, 84, 60), noisy(2, 14, 180, MONDAY + timedelta(weeks=12))
    other = noisy(3, 98, 100)
    now = Now(2000)
    for days, expected in ((84, ()), (91, ("baru",)), (98, ("baru",))):
        past = Past(
            MONDAY,
            [a + b for a, b in zip((normal + surge)[:days], other[:days], strict=True)],
            {"baru": (normal + surge)[:days], "rusak": other[:days]},
        )
        told = forecast(past, now, lead_days=7, cover_days=30)
        assert told.surging == expected
        assert told.wished_per_day == pytest.approx(160 if days == 84 else 280, rel=0.1)
    after = normal + surge + noisy(4, 14, 60)
    told = forecast(Past(MONDAY, after, {"baru": after}), now, lead_days=7, cover_days=30)
    assert told.surging == ()
    assert told.wished_per_day == pytest.approx(60, rel=0.15)


def test_the_week_is_read_from_what_happened() -> None:
    """A six-day office whose Mondays are twice as busy, in a year with a holiday week."""
    week = [400, 200, 200, 200, 200, 100, 0]
    used = week * 10 + [0] * 7 + week * 10
    days = np.array([day % 7 for day in range(len(used))])
    counts = np.asarray(used, dtype=np.float64)
    found = demand.opening(days, counts > 0)
    assert found[6] < 0.01
    assert (found[:6] > 0.8).all()
    told = demand.estimate(counts[counts > 0], days[counts > 0])
    assert told is not None
    assert told.weights[0] / told.weights[1] == pytest.approx(2, rel=0.2)
    assert told.weights[5] / told.weights[1] == pytest.approx(0.5, rel=0.2)
    assert told.level == pytest.approx(1300 / 6, rel=0.05)
    futures = play(Past(MONDAY, used, {}), Now(0), 7)
    assert futures is not None
    assert futures.used(7).middle == pytest.approx(1300, rel=0.1)


def test_what_is_not_known_is_unknown_and_nothing_is_divided_by_zero() -> None:
    for past in (Past(MONDAY, [], {}), Past(MONDAY, [0] * 90, {}), Past(MONDAY, [0] * 90, {"baru": [0] * 90})):
        assert play(past, Now(10)) is None
        assert plan(past, Now(10)) == (None, None, None)
        told = forecast(past, Now(0), lead_days=7, cover_days=30)
        assert told.left == Interval(0, 0, 0)  # that nothing is there is known
        assert told.ask is None
    assert error(MONDAY, []) is None
    assert error(MONDAY, [0] * 90) is None


def test_short_and_odd_pasts_give_figures_not_errors() -> None:
    pasts = [
        Past(MONDAY, [3], {"baru": [5]}),
        Past(MONDAY, [0, 0, 7], {"baru": [0, 0, 9], "rusak": [0, 0, 0]}),
        Past(MONDAY, [5] * 30, {"-": [0] * 30}),  # the queue of long ago is worked off, nothing new comes
        Past(MONDAY, [0] * 30, {"baru": [4] * 30}),  # wished for, and nothing was ever printed
        Past(MONDAY, [1, *([0] * 200)], {"baru": [1, *([0] * 200)]}),
    ]
    for past in pasts:
        told = forecast(past, Now(100, queue=40), lead_days=7, cover_days=30)
        assert told.left is not None
        assert 0 < told.left.low <= told.left.middle <= told.left.high <= HORIZON
        assert told.ask is not None
        assert told.ask >= 0


def test_a_stock_that_outlasts_the_horizon_is_not_asked_for() -> None:
    left, ask_on, ask = plan(Past(MONDAY, steady(4, 2), {"baru": steady(4, 2)}), Now(100_000))
    assert left == Interval(HORIZON, HORIZON, HORIZON)
    assert ask_on is None
    assert ask == 0


def test_a_stock_that_may_end_within_the_lead_time_is_asked_for_today() -> None:
    left, ask_on, _ = plan(Past(MONDAY, steady(4, 200), {"baru": steady(4, 200)}), Now(300))
    assert left is not None
    assert left.high <= 7
    assert ask_on == MONDAY + timedelta(weeks=4)


def test_the_error_of_an_office_is_small_where_it_is_steady_and_large_where_it_jumps() -> None:
    calm, jumpy = error(MONDAY, steady(8, 100)), error(MONDAY, noisy(5, 28, 50) + noisy(6, 28, 200))
    assert calm is not None
    assert jumpy is not None
    assert calm <= 500
    assert 1000 < jumpy < 9000
    assert error(MONDAY, steady(2, 100)) is None  # nothing follows that could be compared


def test_every_figure_is_a_whole_number() -> None:
    told = forecast(*simulate(3).until(180), lead_days=7, cover_days=30)
    assert told.left is not None
    for figure in (told.used_per_day, told.wished_per_day, told.ask, told.left.low, told.left.middle, told.left.high):
        assert type(figure) is int


def test_it_is_quick_enough_to_be_asked_for_at_the_counter() -> None:
    past, now = simulate(3).until(180)
    began = time.process_time()
    forecast(past, now, lead_days=7, cover_days=30)
    assert time.process_time() - began < 2


def test_the_simulated_years_spend_no_blank_that_is_not_there() -> None:
    year = simulate(1)
    assert min(year.stock) == 0  # they do run out
    assert sum(sum(counts) for counts in year.wished.values()) >= sum(year.used) * 0.9
    assert WARM_UP < DAYS == len(year.used) == len(year.queue)


@pytest.mark.parametrize(
    ("left", "nominal", "level"),
    [(500, 500, "ok"), (100, 500, "ok"), (99, 500, "low"), (1, 500, "low"), (0, 500, "empty"), (-3, 500, "empty")],
)
def test_the_level_of_a_ribbon(left: int, nominal: int, level: str) -> None:
    assert of_consumable(left, nominal) == level


@pytest.mark.parametrize(("pieces", "level"), [(1001, "ok"), (1000, "low"), (1, "low"), (0, "empty")])
def test_the_level_of_a_stock(pieces: int, level: str) -> None:
    assert of_stock(pieces, 1000) == level
