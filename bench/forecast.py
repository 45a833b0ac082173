"""The forecast of blanks on simulated years with a recruitment month, beside the naive mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from bench.figures import Budget, Figure, Row, progress
from printd.custody.forecast import Interval, Now, Past, play

SEEDS = (31, 32, 33, 34, 35)
AHEAD = 14
"""Calendar days predicted: ten working days."""

FIRST = date(2018, 1, 1)  # a Monday
DAYS = 365
WARM_UP = 56
_LOOK = 120
"""Calendar days looked ahead for the days that are left."""

_WEEK = (1.3, 1.1, 1.0, 0.95, 0.65, 0.0, 0.0)
_MIX = {"baru": 0.40, "rusak": 0.35, "hilang": 0.12, "ubah_data": 0.10, "pindah_datang": 0.03}
_BETTER = Budget("at most", 1, "ratio")
_WASTE = 174  # basis points: Surabaya, domain reference section 8


@dataclass(frozen=True)
class Year:
    """What happened in one simulated year, by calendar day; stock and queue as they stood in the evening."""

    wished: Mapping[str, Sequence[int]]
    used: Sequence[int]
    stock: Sequence[int]
    queue: Sequence[int]

    def until(self, end: int) -> tuple[Past, Now]:
        """Return what was known after so many days."""
        past = Past(FIRST, self.used[:end], {name: counts[:end] for name, counts in self.wished.items()})
        return past, Now(self.stock[end - 1], self.queue[end - 1], waste=_WASTE)


def simulate(seed: int) -> Year:
    """Live a year of an office like Kota Kupang's (domain reference sections 0 and 8).

    About 200 cards a working day, two machines that make 450 at most, holidays, a level that wanders, a recruitment
    month that triples demand, and deliveries of 4,000 to 10,000 that come one to three weeks after they were asked for.
    """
    chance = np.random.default_rng(seed)
    days = [FIRST + timedelta(days=number) for number in range(DAYS)]
    weights = np.array([_WEEK[day.weekday()] for day in days])
    closed = {*chance.choice(DAYS, 20, replace=False), *(int(chance.integers(120, 200)) + np.arange(7))}
    weights[list(closed)] = 0.0
    level = 200 * np.exp(np.cumsum(chance.normal(0, 0.02, DAYS)))
    surge = int(chance.integers(120, 280))
    level[surge : surge + 30] *= 3
    wished = {
        name: chance.poisson(chance.gamma(np.maximum(level * weights * share, 1e-9) / 2, 2.0)) * (weights > 0)
        for name, share in _MIX.items()
    }
    used, stock, queue = [], [], []
    here, waiting, coming = 6000, 0, -1
    for day in range(DAYS):
        if day == coming:
            here, coming = here + int(chance.choice([4000, 4000, 6000, 10000])), -1
        waiting += sum(int(counts[day]) for counts in wished.values())
        can = int(chance.normal(450, 40)) if weights[day] else 0
        tried = min(waiting, can, here)
        spoiled = int(chance.binomial(tried, _WASTE / 10_000))
        here, waiting = here - tried, waiting - tried + spoiled
        if here < 2000 and coming < 0:
            coming = day + int(chance.integers(7, 22))
        used.append(tried)
        stock.append(here)
        queue.append(waiting)
    return Year({name: counts.tolist() for name, counts in wished.items()}, used, stock, queue)


@dataclass(frozen=True)
class Score:
    """How predictions of one figure did: mean absolute errors, and how often the truth lay in the interval."""

    error: float
    naive: float
    naive_20: float
    covered: float
    predictions: int


def backtest(year: Year, every: int = 1) -> tuple[Score, Score]:
    """Predict after every so many days from the days before alone, and compare with what happened.

    Days on which blanks ran out within what is predicted are left out of the use: nobody can use what is not there.

    :return: the blanks used over the next ten working days, and the calendar days that the stock lasted.
    """
    use: list[tuple[float, ...]] = []
    left: list[tuple[float, ...]] = []
    for end in range(WARM_UP, DAYS - AHEAD, every):
        past, now = year.until(end)
        futures = play(past, now, _LOOK)
        assert futures is not None
        worked = [count for number, count in enumerate(past.used) if _WEEK[number % 7]]
        means = [float(np.mean(worked)), max(float(np.mean(worked[-20:])), 1.0)]
        if min(year.stock[end : end + AHEAD]) > 0:
            use.append(_errors(futures.used(AHEAD), [10 * mean for mean in means], sum(year.used[end : end + AHEAD])))
        spent = np.cumsum(year.used[end : end + _LOOK]) >= now.stock
        if now.stock and spent.any():
            naive = [now.stock / mean * 7 / 5 for mean in means]
            left.append(_errors(futures.left(now.stock), naive, int(spent.argmax()) + 1))
    return _score(use), _score(left)


def _errors(told: Interval, naive: Sequence[float], truth: int) -> tuple[float, ...]:
    return (abs(told.middle - truth), *(abs(one - truth) for one in naive), told.low <= truth <= told.high)


def _score(errors: Sequence[tuple[float, ...]]) -> Score:
    error, naive, naive_20, covered = (float(one) for one in np.mean(errors, axis=0))
    return Score(error, naive, naive_20, covered, len(errors))


def run(_parent: Path) -> Figure:
    """Predict every working day of several years; the folder is not needed."""
    progress(f"{len(SEEDS)} simulated years")
    both = [backtest(simulate(seed)) for seed in SEEDS]
    figure = Figure("forecast")
    for number, (what, unit) in enumerate((("use of ten working days", "cards"), ("days the stock lasts", "days"))):
        scores = [pair[number] for pair in both]
        error = _mean(one.error for one in scores)
        figure.rows += [
            Row(f"{what}: mean error", error, unit, _mean(one.naive for one in scores), "mean of all days", _BETTER),
            Row(
                "  beside the last days", error, unit, _mean(one.naive_20 for one in scores), "mean of 20 days", _BETTER
            ),
            Row("  truth within the interval", 100 * _mean(one.covered for one in scores), "%", 80, "what it promises"),
        ]
    figure.notes.append(
        f"{len(SEEDS)} years with holidays, a level that wanders and a recruitment month that triples demand; "
        f"{sum(pair[0].predictions for pair in both):,} predictions, each from the days before it alone"
    )
    return figure


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
