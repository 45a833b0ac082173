"""Drawing blanks for a surprise count, so that an auditor can draw the same again, and what the count then says.

The seed: ``SHA-256("printd sample/1" LF size LF root in hex LF number)``, of a checkpoint that was signed before and a
number that the auditor brings. The shop cannot know the number when it signs, the auditor does not choose the root.
The draw: ``SHA-256(seed, draw number)`` as a whole number modulo the population gives a position; positions count
through the ranges in the order of place, prefix, width and first serial; one that was drawn before is drawn anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import count
from math import comb

from printd.store import blanks
from printd.store.rows import Connection
from printd.words import places
from printd.words.serials import SerialRange

CONFIDENCE = Fraction(95, 100)
"""Exactly so much: whoever verifies computes the same bound."""

_DRAWN_FROM = (places.Kind.STORE, places.Kind.SHIFT, places.Kind.HOPPER, places.Kind.SPOILED)


def seed_of(size: int, root: str, number: str) -> bytes:
    """Return what a draw follows from.

    :param size: entries below the checkpoint.
    :param root: of the log's tree over them, in hex.
    :param number: what the auditor brought.
    """
    return hashlib.sha256(f"printd sample/1\n{size}\n{root}\n{number}".encode()).digest()


def population(connection: Connection) -> list[tuple[str, SerialRange]]:
    """Return everything that can be drawn, in the order in which positions count."""
    names = {row["place"] for row in blanks.held(connection) if places.kind(row["place"]) in _DRAWN_FROM}
    held = [(place, row.serials) for place in names for row in blanks.in_place(connection, place)]
    return sorted(held)  # here, for databases differ in how they order letters


def draw(ranges: Sequence[tuple[str, SerialRange]], pieces: int, seed: bytes) -> list[tuple[str, str]]:
    """Return (serial, place) of a random sample without repeats, in order of serial.

    :param ranges: everything that may be drawn, each with its place, in a fixed order.
    """
    population = sum(len(part) for _, part in ranges)
    chosen: set[int] = set()
    for position in _positions(seed, population):
        chosen.add(position)
        if len(chosen) >= min(pieces, population):
            break
    found: list[tuple[str, str]] = []
    wanted, at, before = sorted(chosen), 0, 0
    for place, part in ranges:
        while at < len(wanted) and wanted[at] < before + len(part):
            found.append((part.serial(part.first + wanted[at] - before), place))
            at += 1
        before += len(part)
    return sorted(found)


def _positions(seed: bytes, population: int) -> Iterator[int]:
    if population:
        for number in count():
            yield int.from_bytes(hashlib.sha256(seed + number.to_bytes(8, "big")).digest(), "big") % population


def most_missing(population: int, drawn: int, missing: int, confidence: Fraction = CONFIDENCE) -> int:
    """Return the largest number of missing blanks that a sample does not rule out.

    The exact upper confidence bound of the hypergeometric distribution: with one more missing in the population, a
    sample with as few missing ones as this would come up in less than ``1 - confidence`` of all draws.
    """
    low, high = missing, population - (drawn - missing)
    enough = (1 - confidence) * comb(population, drawn)
    while low < high:
        middle = (low + high + 1) // 2
        if _ways(population, drawn, missing, middle) >= enough:
            low = middle
        else:
            high = middle - 1
    return low


def _ways(population: int, drawn: int, missing: int, bad: int) -> int:
    """Return in how many ways at most ``missing`` of ``bad`` missing blanks are drawn."""
    least = max(0, drawn - (population - bad))  # so many must be among the drawn
    term = ways = comb(bad, least) * comb(population - bad, drawn - least) if least <= missing else 0
    for hit in range(least, missing):
        # each number of ways from the one before: far cheaper than to count it anew, and it divides evenly
        term = term * (bad - hit) * (drawn - hit) // ((hit + 1) * (population - bad - drawn + hit + 1))
        ways += term
    return ways
