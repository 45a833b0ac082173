"""How many cards are wished for on a day: level, pattern of the week, scatter and drift of a daily count.

Pure arithmetic on whole days. Nothing is assumed of the office's week but that it begins as Monday to Friday: which
days it works, and how busy each is, is read from what happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]
Days = NDArray[np.int64]

_BLOCK: Final = 5
"""Open days that are compared at once: a week of work."""

_WINDOW: Final = 60
"""Open days, at most, that tell the present level."""

_HALF_LIFE: Final = 8.0
"""Open days after which a day weighs half."""

_SHIFT: Final = 3.3
"""Standard errors between two weeks beyond which the level has shifted: one false alarm in a thousand comparisons."""

_SHRINK: Final = 4.0
"""Weeks that a weekday must be seen before its own share weighs as much as the average."""

_USUAL_DRIFT: Final = 0.1
"""How much a level changes in a week, as a share of it, until six weeks have shown how much."""

_MOST_DRIFT: Final = 0.3


@dataclass(frozen=True)
class Demand:
    """What a daily count is like now.

    :param level: expected on an open day of average weight.
    :param weights: of the seven weekdays, Monday first; 1 is average.
    :param scatter: variance of a day over its mean; 1 is Poisson.
    :param error: standard error of the level by the chance of its days, relative to it.
    :param shifted: +1 where the level has jumped up within the window, -1 down, 0 not.
    """

    level: float
    weights: Counts
    scatter: float
    error: float
    shifted: int


def opening(weekday: Days, is_open: NDArray[np.bool_]) -> Counts:
    """Return the chance that the office works, by weekday; holidays are part of it."""
    seen = np.bincount(weekday, minlength=7).astype(np.float64)
    worked = np.bincount(weekday, weights=is_open, minlength=7)
    believed = np.where(np.arange(7) < 5, 1.0, 0.0)  # Monday to Friday, until it is known better
    return np.asarray((worked + believed) / (seen + 1.0))


def estimate(counts: Counts, weekday: Days) -> Demand | None:
    """Return what the counts of consecutive open days tell; ``None`` where nothing was ever counted.

    :param counts: oldest first.
    :param weekday: of each, Monday 0.
    """
    if not counts.sum():
        return None
    weights = _weights(counts, weekday)
    even = counts / weights[weekday]
    scatter = _scatter(even[-_WINDOW:])
    size, shifted = _homogeneous(even, scatter)
    recent = even[-size:]
    fade = 0.5 ** (np.arange(size)[::-1] / _HALF_LIFE)
    level = float((recent * fade).sum() / fade.sum())
    days = float(fade.sum() ** 2 / (fade**2).sum())  # that carry as much as these do by their weights
    return Demand(
        level=level,
        weights=weights,
        scatter=scatter,
        error=float(np.sqrt(scatter / max(level * days, 1.0))),
        shifted=shifted,
    )


def drift(counts: Counts, weekday: Days) -> float:
    """Return how much the level changes in a week beyond what chance explains: a standard deviation, relative.

    Of all wishes together: what moves an office's level moves all classes. A jump counts as no more than a great drift.
    """
    even = (counts / _weights(counts, weekday)[weekday])[-_WINDOW:]
    weeks = len(even) // _BLOCK
    means = even[len(even) - weeks * _BLOCK :].reshape(weeks, _BLOCK).mean(axis=1) + 0.5
    chance = _scatter(even) / _BLOCK * (1 / means[1:] + 1 / means[:-1])
    change = np.clip(np.diff(np.log(means)) ** 2 - chance, -(_MOST_DRIFT**2), _MOST_DRIFT**2)
    believed = 6 * _USUAL_DRIFT**2
    return float(np.sqrt(np.clip((change.sum() + believed) / (len(change) + 6), 0.02**2, _MOST_DRIFT**2)))


def lag(drift_a_week: float) -> float:
    """Return the standard error, as a share of the level, of a drifting level that older days help to estimate."""
    return drift_a_week * float(np.sqrt(_HALF_LIFE / np.log(2) / 2 / _BLOCK))


def _weights(counts: Counts, weekday: Days) -> Counts:
    """Return each weekday's share, compared within weeks so that a busy month is not taken for a busy Monday."""
    starts = np.concatenate(([0], np.flatnonzero(np.diff(weekday) <= 0) + 1, [len(counts)]))
    total, expected = np.zeros(7), np.zeros(7)
    for begin, end in pairwise(starts):
        days = weekday[begin:end]
        total[days] += counts[begin:end]
        expected[days] += counts[begin:end].mean()
    prior = _SHRINK * max(float(counts.mean()), 1e-9)
    weights = (total + prior) / (expected + prior)
    worked = np.bincount(weekday, minlength=7)
    return np.asarray(weights / ((weights * worked).sum() / worked.sum()))


def _scatter(even: Counts) -> float:
    """Return variance over mean from neighbouring days, which a jump of the level hardly touches."""
    pairs = even[1:] + even[:-1]
    steps = np.diff(even)[pairs > 0] ** 2 / pairs[pairs > 0]
    if len(steps) < 4:
        return 2.0
    usual = float(np.median(steps))
    return max(1.0, float(np.minimum(steps, 12 * usual).mean() if usual else steps.mean()))


def _homogeneous(even: Counts, scatter: float) -> tuple[int, int]:
    """Return how many of the last days have the same level, and in which direction it jumped before them."""
    size = min(_BLOCK, len(even))
    while size < min(_WINDOW, len(even)):
        step = min(_BLOCK, len(even) - size)
        now, before = even[-size:].mean(), even[-size - step : -size].mean()
        pooled = (even[-size - step :].sum() + 1.0) / (size + step)
        if abs(now - before) > _SHIFT * np.sqrt(scatter * pooled * (1 / size + 1 / step)):
            return size, 1 if now > before else -1
        size += step
    return size, 0
