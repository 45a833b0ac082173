"""Values of serials, kept by ranges: what many serials that follow each other have in common takes one entry."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Final, Generic, TypeVar

from printd_verify.words import Range

Value = TypeVar("Value")

_BEYOND: Final = 10**19


class Spans(Generic[Value]):
    """By serial a value; neighbours of the same value become one range."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, int], list[tuple[int, int, Value]]] = {}

    def parts(self, wanted: Range) -> list[tuple[Range, Value | None]]:
        """Return consecutive parts of a range with the value of each; ``None``: it has none."""
        prefix, width, number, last = wanted
        row = self._rows.get((prefix, width), [])
        place = bisect_right(row, (number, _BEYOND)) - 1
        if place >= 0 and row[place][1] >= last:
            return [(wanted, row[place][2])]
        found: list[tuple[Range, Value | None]] = []
        for low, high, value in row[max(place, 0) :]:
            if low > last:
                break
            if high < number:
                continue
            if low > number:
                found.append((Range(prefix, width, number, low - 1), None))
                number = low
            found.append((Range(prefix, width, number, min(high, last)), value))
            number = high + 1
        if number <= last:
            found.append((Range(prefix, width, number, last), None))
        return found

    def at(self, wanted: Range) -> Value | None:
        """Return the value of the first serial of a range."""
        row = self._rows.get((wanted.prefix, wanted.width), [])
        place = bisect_right(row, (wanted.first, _BEYOND)) - 1
        return row[place][2] if place >= 0 and row[place][1] >= wanted.first else None

    def put(self, these: Range, value: Value) -> None:
        """Give every serial of a range a value."""
        prefix, width, first, last = these
        row = self._rows.setdefault((prefix, width), [])
        low = bisect_right(row, (first, _BEYOND))
        if low and row[low - 1][1] >= first:
            low -= 1
        if low < len(row):
            there = row[low]
            if there[0] == first and there[1] == last and not self._touches(row, low, value):
                row[low] = (first, last, value)  # as a blank on its way moves, between others that do not
                return
        high = low
        while high < len(row) and row[high][0] <= last:
            high += 1
        new: list[tuple[int, int, Value]] = []
        behind: list[tuple[int, int, Value]] = []
        if low < high:
            left, right = row[low], row[high - 1]
            if left[0] < first:
                new.append((left[0], first - 1, left[2]))
            if right[1] > last:
                behind.append((last + 1, right[1], right[2]))
        if not new and low and row[low - 1][1] == first - 1:
            low -= 1
            new.append(row[low])
        if not behind and high < len(row) and row[high][0] == last + 1:
            behind.append(row[high])
            high += 1
        if new and new[-1][2] == value:
            first = new.pop()[0]
        if behind and behind[0][2] == value:
            last = behind.pop()[1]
        row[low:high] = [*new, (first, last, value), *behind]

    @staticmethod
    def _touches(row: list[tuple[int, int, Value]], place: int, value: Value) -> bool:
        """Tell whether a range stands beside one of some value."""
        if place:
            before = row[place - 1]
            if before[2] == value and before[1] == row[place][0] - 1:
                return True
        if place + 1 == len(row):
            return False
        behind = row[place + 1]
        return behind[2] == value and behind[0] == row[place][1] + 1

    def __iter__(self) -> Iterator[tuple[Range, Value]]:
        for (prefix, width), row in self._rows.items():
            for first, last, value in row:
                yield Range(prefix, width, first, last), value
