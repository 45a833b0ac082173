"""Serials of blanks and ranges of consecutive ones: the unit of movements and of storage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from printd.errors import Refused

# The number is every trailing digit, so that text and (prefix, width, number) name the same blank in both directions.
_SERIAL = re.compile(r"(?P<prefix>[A-Za-z0-9./_-]{0,46}?)(?P<digits>[0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, order=True)
class SerialRange:
    """Consecutive serials of one prefix and width, both ends included."""

    prefix: str
    width: int
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    def serial(self, number: int) -> str:
        """Return the serial with this number as it stands on the blank."""
        return f"{self.prefix}{number:0{self.width}d}"

    @property
    def first_serial(self) -> str:
        """The lowest serial."""
        return self.serial(self.first)

    @property
    def last_serial(self) -> str:
        """The highest serial."""
        return self.serial(self.last)

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first_serial
        return f"{self.first_serial} to {self.last_serial}"

    def to_json(self) -> list[str]:
        """Return first and last serial, as the log's entries carry them."""
        return [self.first_serial, self.last_serial]


def parse_serial(text: str) -> SerialRange:
    """Return the range of one that a serial names.

    :raises Refused: the text cannot be a serial.
    """
    match = _SERIAL.fullmatch(text)
    if match is None:
        raise Refused(
            f"{text[:60]!r} is not a serial.",
            why="A serial is letters, digits and . / _ - followed by at least one and at most 18 digits.",
            remedy="Read it again from the blank or the manifest.",
        )
    digits = match["digits"]
    return SerialRange(match["prefix"], len(digits), int(digits), int(digits))


def parse_range(first: str, last: str | None = None) -> SerialRange:
    """Return the range between two serials of the same prefix and width.

    :raises Refused: the two do not belong together, or run backwards.
    """
    low = parse_serial(first)
    if last is None:
        return low
    high = parse_serial(last)
    if (low.prefix, low.width) != (high.prefix, high.width):
        raise Refused(
            f"{first} and {last} do not span a range.",
            why="Their letters or their number of digits differ.",
            remedy="Give two serials of the same series, or one range after the other.",
        )
    if high.first < low.first:
        raise Refused(f"The range {first} to {last} runs backwards.", remedy="Give the lower serial first.")
    return SerialRange(low.prefix, low.width, low.first, high.first)


def from_json(pairs: Iterable[Sequence[str]]) -> list[SerialRange]:
    """Return the ranges an entry of the log carries."""
    return [parse_range(first, last) for first, last in pairs]


def join(ranges: Iterable[SerialRange]) -> list[SerialRange]:
    """Return the same serials as the fewest ranges, in order.

    :raises Refused: a serial is there twice; the sentence names it.
    """
    joined: list[SerialRange] = []
    for part in sorted(ranges):
        if joined and (joined[-1].prefix, joined[-1].width) == (part.prefix, part.width):
            before = joined[-1]
            if part.first <= before.last:
                twice = SerialRange(part.prefix, part.width, part.first, min(part.last, before.last))
                raise Refused(
                    f"{twice} {'is' if len(twice) == 1 else 'are'} listed twice.",
                    consequence="Nothing was changed.",
                    remedy="A blank exists once: correct the list.",
                )
            if part.first == before.last + 1:
                joined[-1] = SerialRange(part.prefix, part.width, before.first, part.last)
                continue
        joined.append(part)
    return joined


def minus(ranges: Iterable[SerialRange], others: Iterable[SerialRange]) -> list[SerialRange]:
    """Return the serials of the first that are not among the others, in order."""
    left: list[SerialRange] = []
    for part, met in _meetings(ranges, others):
        number = part.first
        for other in met:
            if other.first > number:
                left.append(SerialRange(part.prefix, part.width, number, other.first - 1))
            number = max(number, other.last + 1)
        if number <= part.last:
            left.append(SerialRange(part.prefix, part.width, number, part.last))
    return left


def common(ranges: Iterable[SerialRange], others: Iterable[SerialRange]) -> list[SerialRange]:
    """Return the serials that are in both, in order."""
    return [
        SerialRange(part.prefix, part.width, max(part.first, other.first), min(part.last, other.last))
        for part, met in _meetings(ranges, others)
        for other in met
    ]


def _meetings(
    ranges: Iterable[SerialRange], others: Iterable[SerialRange]
) -> Iterator[tuple[SerialRange, list[SerialRange]]]:
    """Yield each of the first in order, with those of the others that share a serial with it, in order.

    Both are walked once side by side: a delivery of scattered serials has thousands of ranges.
    """
    right, start = sorted(others), 0
    for part in sorted(ranges):
        series = (part.prefix, part.width)
        while start < len(right) and (right[start].prefix, right[start].width, right[start].last) < (
            *series,
            part.first,
        ):
            start += 1  # it ends before this one begins, and so before all that follow
        met: list[SerialRange] = []
        for other in islice(right, start, None):
            if (other.prefix, other.width, other.first) > (*series, part.last):
                break
            if other.last >= part.first:
                met.append(other)
        yield part, met


def pieces(ranges: Iterable[SerialRange]) -> int:
    """Return how many serials there are."""
    return sum(len(part) for part in ranges)


def to_json(ranges: Iterable[SerialRange]) -> list[list[str]]:
    """Return ranges as pairs of first and last serial, as the log's entries carry them."""
    return [part.to_json() for part in ranges]


def say(ranges: Sequence[SerialRange], limit: int = 6) -> str:
    """Return the ranges as part of a sentence, cut after ``limit`` with a count of the rest."""
    shown = ", ".join(str(part) for part in ranges[:limit])
    rest = len(ranges) - limit
    return f"{shown} and {rest} more ranges" if rest > 0 else shown
