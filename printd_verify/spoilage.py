"""How many blanks each shift spoiled, beside what chance would do: a control chart (p-chart) in whole numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt
from typing import Final

from printd_verify.tables import Cell

_WHOLE: Final = 10_000


@dataclass(frozen=True)
class _Closed:
    seq: int
    at: str
    shift: str
    tried: int
    bad: int


class Spoilage:
    """Shifts that were closed, with the blanks that each used."""

    def __init__(self) -> None:
        self._tried = self._bad = 0
        self._closed: list[_Closed] = []

    def tried(self, number: int) -> None:
        """Cards began, or turned out not to have been begun."""
        self._tried += number

    def spoiled(self, number: int, *, by_hand: bool) -> None:
        """Blanks were spoiled; those by hand were not begun as cards."""
        self._bad += number
        self._tried += number if by_hand else 0

    def close(self, seq: int, at: str, shift: str) -> None:
        """A shift was closed."""
        self._closed.append(_Closed(seq, at, shift, max(self._tried, self._bad), self._bad))
        self._tried = self._bad = 0

    def rows(self) -> Iterator[tuple[int, str, tuple[Cell, ...]]]:
        """Yield each shift that used blanks, with limits of three standard deviations around the rate of all."""
        known = [one for one in self._closed if one.tried]
        tried, bad = sum(one.tried for one in known), sum(one.bad for one in known)
        for one in known:
            rate = _share(one.bad, one.tried)
            middle = _share(bad, tried)
            spread = isqrt(9 * _WHOLE * _WHOLE * bad * (tried - bad) // (tried * tried * one.tried))
            lower, upper = max(0, middle - spread), min(_WHOLE, middle + spread)
            alarm = "above" if rate > upper else "below" if rate < lower else ""
            yield one.seq, one.at, (one.shift, one.tried, one.bad, rate, lower, upper, alarm)


def _share(part: int, whole: int) -> int:
    """Return a share in ten-thousandths, rounded."""
    return (2 * _WHOLE * part + whole) // (2 * whole)
