"""Surprise counts, by the entries: that a sample was drawn and not chosen, and what follows from its count."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import count
from math import comb
from typing import Any, Final

from printd_verify.findings import Findings
from printd_verify.places import Handler, Places
from printd_verify.words import Range, kind_of

_DRAWN_FROM: Final = ("store", "shift", "hopper", "spoiled")
_CHANCE: Final = 20
"""One in so many draws may come out as it did although more is missing."""


@dataclass(frozen=True)
class _Drawn:
    serials: frozenset[str]
    population: int


class Samples:
    """What was drawn to be counted."""

    def __init__(self, findings: Findings, places: Places) -> None:
        self._findings = findings
        self._places = places
        self._samples: dict[str, _Drawn] = {}
        self.handlers: dict[str, Handler] = {"sample.drawn": self._drawn, "sample.counted": self._counted}

    def _drawn(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        if self._samples:
            self._findings.doubt("sample_left", seq, sample=next(iter(self._samples)))
        serials = frozenset(serial for serial, _ in data["drawn"])
        self._samples[data["sample"]] = _Drawn(serials, data["population"])
        said = f"printd sample/1\n{data['size']}\n{data['root']}\n{data['number']}"
        seed = hashlib.sha256(said.encode()).digest()
        if not 0 < data["size"] <= seq or data["seed"] != seed.hex():
            self._findings.add("sample_seed", seq, sample=data["sample"])
        if self._findings.began_later:
            return
        wanted = [(held.place, part) for part, held in self._places.every() if kind_of(held.place) in _DRAWN_FROM]
        whole = _in_order(wanted)
        total = sum(part.last - part.first + 1 for _, part in whole)
        drawn = _draw(whole, len(data["drawn"]), seed)
        if total != data["population"] or [list(one) for one in drawn] != data["drawn"]:
            self._findings.doubt("sample_chosen", seq, sample=data["sample"])

    def _counted(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        drawn = self._samples.pop(data["sample"], None)
        if drawn is None:
            self._findings.unknown("unknown_sample", seq, sample=data["sample"])
        elif not drawn.serials.issuperset(data["missing"]):
            self._findings.doubt("sample_foreign", seq, sample=data["sample"])
        else:
            bound = most_missing(drawn.population, len(drawn.serials), len(set(data["missing"])))
            if bound != data["bound"]:
                self._findings.doubt("sample_bound", seq, sample=data["sample"], said=data["bound"], found=bound)


def most_missing(population: int, drawn: int, missing: int) -> int:
    """Return the largest number of missing blanks with which a sample may well have so few.

    With one more, so few would come up in less than one of 20 draws (hypergeometric distribution, 95 %).
    """
    if not missing <= drawn <= population:
        return 0
    low, high = missing, population - drawn + missing
    ways = comb(population, drawn)
    while low < high:
        middle = (low + high + 1) // 2
        if _CHANCE * _so_few(population, drawn, missing, middle) >= ways:
            low = middle
        else:
            high = middle - 1
    return low


def _so_few(population: int, drawn: int, missing: int, bad: int) -> int:
    """Return in how many ways a sample has so few missing ones or fewer."""
    good = population - bad
    hit = max(0, drawn - good)  # so many are among the drawn whatever happens
    if hit > missing:
        return 0
    ways = all_ways = comb(bad, hit) * comb(good, drawn - hit)
    while hit < missing:
        ways = ways * (bad - hit) * (drawn - hit) // ((hit + 1) * (good - drawn + hit + 1))
        all_ways += ways
        hit += 1
    return all_ways


def _in_order(wanted: list[tuple[str, Range]]) -> list[tuple[str, Range]]:
    """Return ranges in the order in which positions count: by place, prefix, width and first serial."""
    return sorted(wanted)


def _draw(whole: list[tuple[str, Range]], number: int, seed: bytes) -> list[tuple[str, str]]:
    """Return (serial, place) of a sample, in order of serial, as the log's document says how it is drawn."""
    total = sum(part.last - part.first + 1 for _, part in whole)
    chosen: set[int] = set()
    for draw in count():
        if len(chosen) >= min(number, total):
            break
        chosen.add(int.from_bytes(hashlib.sha256(seed + draw.to_bytes(8, "big")).digest(), "big") % total)
    found, before, left = [], 0, sorted(chosen, reverse=True)
    for place, part in whole:
        length = part.last - part.first + 1
        while left and left[-1] < before + length:
            at = part.first + left.pop() - before
            found.append((str(part._replace(first=at, last=at)), place))
        before += length
    return sorted(found)
