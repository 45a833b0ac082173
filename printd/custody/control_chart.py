"""The p-chart of spoilage: is a printer, an operator, a carton or a day worse than chance, or too good to be true?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import comb, sqrt
from typing import Literal

_TAIL = 0.00135  # of a normal distribution beyond three standard deviations
_SMALL = 5.0  # below so many expected on either side the binomial distribution itself is asked


Alarm = Literal["above", "below", ""]


@dataclass(frozen=True)
class Point:
    """One group on the chart; rates and limits in basis points.

    :param alarm: ``above``, ``below`` (suspiciously few: spoilage that is not booked), or empty.
    """

    group: str
    tried: int
    spoiled: int
    rate: int
    lower: int
    upper: int
    alarm: Alarm


@dataclass(frozen=True)
class Chart:
    """Groups against the overall rate, in basis points."""

    tried: int
    spoiled: int
    rate: int
    points: tuple[Point, ...]


def chart(groups: Iterable[tuple[str, int, int]]) -> Chart:
    """Return the chart of (group, blanks tried, blanks spoiled).

    Limits are three standard deviations of the group's own size around the overall rate; where a group is too small
    for the normal distribution, an alarm is raised by the exact binomial tail of the same probability.
    """
    known = [(name, tried, spoiled) for name, tried, spoiled in groups if tried > 0]
    tried, spoiled = sum(one[1] for one in known), sum(one[2] for one in known)
    rate = spoiled / tried if tried else 0.0
    points = []
    for name, n, bad in known:
        spread = 3 * sqrt(rate * (1 - rate) / n)
        lower, upper = max(0.0, rate - spread), min(1.0, rate + spread)
        points.append(Point(name, n, bad, _bp(bad / n), _bp(lower), _bp(upper), _alarm(n, bad, rate, lower, upper)))
    return Chart(tried, spoiled, _bp(rate), tuple(points))


def _alarm(n: int, bad: int, rate: float, lower: float, upper: float) -> Alarm:
    if min(n * rate, n * (1 - rate)) >= _SMALL:
        return "above" if bad / n > upper else "below" if bad / n < lower else ""
    if bad > n * rate and at_least(n, bad, rate) < _TAIL:
        return "above"
    return "below" if bad < n * rate and 1 - at_least(n, bad + 1, rate) < _TAIL else ""


def at_least(n: int, bad: int, rate: float) -> float:
    """Return the chance of ``bad`` or more spoiled blanks among ``n`` (binomial)."""
    return max(0.0, 1 - sum(comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(bad)))


def _bp(share: float) -> int:
    return round(share * 10_000)
