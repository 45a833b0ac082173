"""How long blanks last, when to ask for more, and for how many: from what was wished for, what was used, what waits.

The days ahead are played many times over: wishes of each class of reasons come as they came lately (level, weekday,
scatter, drift: :mod:`printd.custody.demand`), what waits is worked off as fast as the office was seen to work, and
blanks are spent until none is left. The same past always gives the same forecast.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from printd.custody import demand
from printd.custody.demand import Demand

HORIZON: Final = 365
"""Calendar days looked ahead; a figure of so many days means so many or more."""

LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
"""Quantiles of what is told: four times in five the truth lies between low and high."""

LOT: Final = 100
"""Requests are for whole hundreds."""

_PATHS: Final = 400
_SEED: Final = 20180903
_DRIFTS_FOR: Final = 40
"""Open days that a level goes on drifting: nothing is known of how it wanders later."""

_JUMPS: Final = 1 / 60
_JUMP: Final = math.log(3) / 1.5
"""Chance of a day that the level jumps, and the standard deviation of the jump's logarithm.

A recruitment month, a registration campaign, a queue system that fails: four times a year or so nothing in the past
announces what comes, by a factor of three at most as a rule (domain reference section 0).
"""

_LATELY: Final = 60
"""Days with work done that tell how much is done in a day."""

Paths = NDArray[np.float64]


@dataclass(frozen=True)
class Past:
    """What happened on consecutive calendar days, oldest first, up to now.

    :param used: blanks spent on each day.
    :param wished: cards asked for on each day, by class of reasons; none where only the use is known.
    """

    first: date
    used: Sequence[int]
    wished: Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Now:
    """What there is now, in pieces.

    :param stock: unprinted blanks.
    :param queue: cards that wait.
    :param on_the_way: blanks that are coming.
    :param waste: blanks spent beyond one for each card, basis points.
    """

    stock: int
    queue: int = 0
    on_the_way: int = 0
    waste: int = 0


@dataclass(frozen=True)
class Interval:
    """A figure that is not known for sure: median, and what it stays above and below nine times in ten."""

    middle: int
    low: int
    high: int


@dataclass(frozen=True)
class Forecast:
    """How stock of one type stands; ``None`` is unknown.

    :param used_per_day: mean of the last 20 open days.
    :param wished_per_day: cards that come on an open day now.
    :param left: calendar days until the stock is spent.
    :param ask_on: so many days before the stock may be spent as blanks take to come; never before today.
    :param ask: pieces to ask for.
    :param surging: classes whose level has jumped up.
    :param since: first day of the past on which anything happened, with ``open_days`` from it on that tell all this.
    """

    used_per_day: int | None
    wished_per_day: int | None
    left: Interval | None
    ask_on: date | None
    ask: int | None
    surging: tuple[str, ...]
    since: date | None
    open_days: int


class Futures:
    """Days to come, played many times: what is wished for and what is used, by path and calendar day."""

    def __init__(self, wished: Paths, used: Paths) -> None:
        self._wished = wished
        self._spent = np.cumsum(used, axis=1)

    def used(self, days: int) -> Interval:
        """Return the blanks used over so many calendar days, if there are enough."""
        return _interval(self._spent[:, days - 1])

    def wished(self, days: int) -> Interval:
        """Return the blanks that the wishes of so many calendar days need."""
        return _interval(self._wished[:, :days].sum(axis=1))

    def left(self, stock: int) -> Interval:
        """Return the calendar days until so many blanks are spent; as many as were played mean so many or more."""
        if stock <= 0:
            return Interval(0, 0, 0)
        spent = self._spent >= stock
        return _interval(np.where(spent.any(axis=1), spent.argmax(axis=1) + 1.0, spent.shape[1]))


def play(past: Past, now: Now, days: int = HORIZON) -> Futures | None:
    """Play the days after the past; ``None`` where the past tells nothing."""
    view = _view(past, 1 + now.waste / 10_000)
    if view is None:
        return None
    chance = np.random.default_rng(_SEED)
    weekday = (np.arange(days) + (past.first + timedelta(days=len(past.used))).weekday()) % 7
    opened = chance.random((_PATHS, days)) < demand.opening(view.weekday, view.is_open)[weekday]
    wished = np.zeros((_PATHS, days))
    drifted = _drift(chance, view.drift, opened)
    for one in view.demands.values():
        wished += _wishes(chance, one, drifted * one.weights[weekday])
    wished *= view.blanks_each
    if not past.wished:
        return Futures(wished, wished)
    capacity = _capacity(chance, past, view, now, opened)
    return Futures(wished, _work(wished, capacity, now.queue * view.blanks_each))


def forecast(past: Past, now: Now, *, lead_days: int, cover_days: int) -> Forecast:
    """Return how a stock stands on the day after the past.

    :param lead_days: calendar days from asking to having.
    :param cover_days: calendar days that the blanks asked for must last.
    """
    today = past.first + timedelta(days=len(past.used))
    futures, view = play(past, now), _view(past, 1.0)
    if futures is None or view is None:
        nothing = Interval(0, 0, 0) if now.stock <= 0 else None
        return Forecast(None, None, nothing, None if nothing is None else today, None, (), None, 0)
    worked = view.used[view.is_open][-20:]
    left = futures.left(now.stock)
    ask_on = today + timedelta(days=max(0, left.low - lead_days)) if left.low < HORIZON else None
    waiting = now.queue * (1 + now.waste / 10_000)
    need = futures.wished(cover_days).high + waiting - now.stock - now.on_the_way
    return Forecast(
        used_per_day=round(float(worked.mean())),
        wished_per_day=round(sum(one.level for one in view.demands.values())),
        left=left,
        ask_on=ask_on,
        ask=max(0, math.ceil(need / LOT) * LOT),
        surging=tuple(sorted(name for name, one in view.demands.items() if one.shifted > 0)),
        since=today - timedelta(days=len(view.used)),
        open_days=int(view.is_open.sum()),
    )


def error(first: date, used: Sequence[int], *, days: int = 7, warm_up: int = 14) -> int | None:
    """Return how far predictions of a week's use were off, in basis points of what was used.

    After each day, the use of the days that followed is predicted from the days before alone. Errors are summed before
    they are divided by the sum of what was used, so that a week of standstill does not make one percentage endless.

    :param days: calendar days predicted; seven are five working days.
    :param warm_up: calendar days of history before the first prediction.
    :return: ``None`` where there was nothing to predict.
    """
    off, total = 0, 0
    for end in range(warm_up, len(used) - days + 1):
        futures = play(Past(first, used[:end], {}), Now(0), days)
        if futures is not None:
            truth = sum(used[end : end + days])
            off += abs(futures.used(days).middle - truth)
            total += truth
    return round(10_000 * off / total) if total else None


@dataclass(frozen=True)
class _View:
    """The past as arrays, from the first day on which anything happened."""

    used: demand.Counts
    weekday: demand.Days
    is_open: NDArray[np.bool_]
    demands: Mapping[str, Demand]
    drift: float
    blanks_each: float


def _view(past: Past, blanks_each: float) -> _View | None:
    """Read the past; where only use is known, use stands for the wishes and wastes nothing more."""
    used = np.asarray(past.used, dtype=np.float64)
    if past.wished:
        wished = {name: np.asarray(counts, dtype=np.float64) for name, counts in past.wished.items()}
    else:
        wished, blanks_each = {"": used}, 1.0
    happened = np.flatnonzero(used + sum(wished.values()))
    if not len(happened):
        return None
    start = int(happened[0])
    used = used[start:]
    weekday = (np.arange(len(used)) + (past.first + timedelta(days=start)).weekday()) % 7
    is_open = (used + sum(one[start:] for one in wished.values())) > 0
    found = {name: demand.estimate(counts[start:][is_open], weekday[is_open]) for name, counts in wished.items()}
    demands = {name: one for name, one in sorted(found.items()) if one is not None}
    total = np.sum([counts[start:] for counts in wished.values()], axis=0)
    drift = demand.drift(total[is_open], weekday[is_open])
    return _View(used, weekday, is_open, demands, drift, blanks_each)


def _drift(chance: np.random.Generator, drift: float, opened: NDArray[np.bool_]) -> Paths:
    """Return by how much the levels of all classes differ on each day from what they seem to be now; 0 when closed."""
    steps = chance.normal(0.0, drift / math.sqrt(5), opened.shape) * opened
    jumps = chance.random(opened.shape) < _JUMPS
    steps += jumps * chance.normal(0.0, _JUMP, opened.shape) * opened
    steps[np.cumsum(opened, axis=1) > _DRIFTS_FOR] = 0.0
    first = chance.normal(0.0, demand.lag(drift), (opened.shape[0], 1))
    return np.asarray(np.exp(first + np.cumsum(steps, axis=1)) * opened)


def _wishes(chance: np.random.Generator, one: Demand, weights: Paths) -> Paths:
    """Return the wishes of one class: a level that is not quite known, and days that scatter around it."""
    mean = one.level * weights * np.exp(chance.normal(0.0, min(one.error, 1.0), (weights.shape[0], 1)))
    spread = one.scatter - 1
    if spread > 1e-9:  # a Poisson count whose mean is gamma has variance scatter x mean
        mean = chance.gamma(np.maximum(mean, 1e-9) / spread, spread)
    return np.asarray(chance.poisson(mean) * (weights > 0), dtype=np.float64)


def _capacity(chance: np.random.Generator, past: Past, view: _View, now: Now, opened: NDArray[np.bool_]) -> Paths:
    """Return how many blanks can be spent on each day.

    Days on which work was left over show what the office can do. Where there were too few, it can do as much as it
    ever did lately; and nobody knows a limit where nothing was done yet.
    """
    start = len(past.used) - len(view.used)
    came = np.sum([np.asarray(one[start:], dtype=np.float64) for one in past.wished.values()], axis=0)
    after = np.cumsum((came * view.blanks_each - view.used)[::-1])[::-1]
    left_over = now.queue * view.blanks_each - np.append(after[1:], 0.0)
    worked = np.flatnonzero(view.used > 0)[-_LATELY:]
    full = view.used[worked[left_over[worked] >= view.used[worked]]][-20:]
    if len(full) >= 5:
        full = full[full >= np.median(full) / 2]  # on the others, blanks ran out at noon
        return np.asarray(chance.choice(full, opened.shape) * opened)
    most = view.used[worked].max() if len(worked) else np.inf
    return np.where(opened, most, 0.0)


def _work(wished: Paths, capacity: Paths, waiting: float) -> Paths:
    """Return what is used when wishes join what waits and each day does what it can."""
    used = np.empty_like(wished)
    queue = np.full(wished.shape[0], waiting)
    for day in range(wished.shape[1]):
        queue += wished[:, day]
        used[:, day] = np.minimum(queue, capacity[:, day])
        queue -= used[:, day]
    return used


def _interval(values: NDArray[np.float64]) -> Interval:
    low, middle, high = np.quantile(values, (LOW, MIDDLE, HIGH), method="nearest")
    return Interval(round(middle), round(low), round(high))
