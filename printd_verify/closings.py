"""Totals that closings tell: where every blank is.

Of a whole log they are held against the entries since its beginning. Of an excerpt the difference between two closings
is held against what the entries between them moved, whatever was before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from printd_verify.cards import Cards
from printd_verify.findings import Findings
from printd_verify.places import Handler, Places
from printd_verify.tally import OUTSIDE, Tally
from printd_verify.words import PLACES, kind_of, read_serial

Totals = Sequence[Mapping[str, Any]]

_IN_DOUBT: Final = "in_doubt"
_FIGURES: Final = ("announced", "received", *sorted(PLACES), _IN_DOUBT)


class Closings:
    """Reads closings, once what they move is moved.

    :ivar tally: is told every entry of an excerpt; ``None``: the log is there from its beginning.
    :ivar last: what the last one tells; ``None``: there was none.
    """

    def __init__(self, findings: Findings, places: Places, cards: Cards) -> None:
        self._findings = findings
        self._places = places
        self._cards = cards
        self.tally = Tally() if findings.began_later else None
        self.last: dict[str, Any] | None = None
        self._off: Counter[tuple[str, str]] = Counter()
        self.handlers: dict[str, Handler] = {"shift.closed": self._read, "day.closed": self._read}

    def _read(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        self._judge(seq, data["totals"])
        self.last = told(seq, at, data)

    def _judge(self, seq: int, totals: Totals) -> None:
        for row in totals:
            lacking = lacks(row)
            if lacking:
                self._findings.add("totals_sum", seq, stock_type=row["stock_type"], lacking=lacking)
        if self.tally is None:
            self._judge_all(seq, totals)
        elif self.last is not None:
            self._judge_between(seq, totals, self.last["totals"], self.tally)
        if self.tally is not None:
            self.tally.begin_anew()

    def _judge_all(self, seq: int, totals: Totals) -> None:
        """Hold totals against where every blank is; what was off before, and no more than that, was told then."""
        said, should = Counter[tuple[str, str]](), self._should()
        for row in totals:
            said.update({(row["stock_type"], name): row[name] for name in _FIGURES})
        for one in sorted({*said, *should}):
            off = said[one] - should[one]
            if off not in (0, self._off[one]):
                stock_type, name = one
                words = {"said": said[one], "found": should[one]}
                self._findings.doubt("totals", seq, stock_type=stock_type, figure=name, **words)
            self._off[one] = off

    def _should(self) -> Counter[tuple[str, str]]:
        found = Counter[tuple[str, str]]()
        types = {name: delivery.stock_type for name, delivery in self._places.deliveries.items()}
        for name, delivery in self._places.deliveries.items():
            found[types[name], "announced"] += delivery.announced
        for held, number in self._places.counts.items():
            stock_type, kind = types.get(held.delivery, ""), kind_of(held.place)
            found[stock_type, kind] += number
            found[stock_type, "received"] += number * (kind != "transit")
        for serial in self._cards.in_doubt():
            one = read_serial(serial)
            came = None if one is None else self._places.of(one)
            found["" if came is None else came.stock_type, _IN_DOUBT] += 1
        return found

    def _judge_between(self, seq: int, totals: Totals, before: Totals, tally: Tally) -> None:
        """Hold what closings differ by against what was moved between, where need be by the sum of several kinds."""
        said = _sums(totals)
        said.subtract(_sums(before))
        said[OUTSIDE] = -said["announced"]
        groups = _groups(tally.alike)
        moved = {group: sum(tally.moved[kind] for kind in group) for group in groups}
        told = {group: sum(said[kind] for kind in group) for group in groups}
        at_sites, on_the_way = (next(one for one in groups if kind in one) for kind in ("site", OUTSIDE))
        of_sites = moved[at_sites] - told[at_sites]
        if at_sites != on_the_way and 0 < of_sites <= tally.perhaps_of_sites:
            moved[at_sites] -= of_sites
            moved[on_the_way] += of_sites
        for group in groups:
            if moved[group] != told[group]:
                figure = ", ".join(sorted(group))
                self._findings.doubt("totals_between", seq, figure=figure, said=told[group], found=moved[group])
        low, high = tally.doubts - tally.unsure, tally.doubts
        if not low <= said[_IN_DOUBT] <= high:
            self._findings.doubt("totals_between", seq, figure=_IN_DOUBT, said=said[_IN_DOUBT], found=tally.doubts)


def told(seq: int, at: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told of a closing in a report."""
    return {"entry": seq, "at": at, "day": data["day"], "totals": data["totals"]}


def lacks(row: Mapping[str, Any]) -> int:
    """Return how many pieces lack in totals so that all that came is somewhere; zero where they add up."""
    somewhere = sum(row[kind] for kind in PLACES)
    return int((row["announced"] - somewhere) or (row["received"] - (row["announced"] - row["transit"])))


def _sums(totals: Totals) -> Counter[str]:
    """Return each figure over all stock types."""
    found = Counter[str]()
    for row in totals:
        found.update({name: row[name] for name in _FIGURES})
    return found


def _groups(alike: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """Return every kind, those together of which only the sum is known."""
    groups: dict[str, set[str]] = defaultdict(set)
    for kind in (*PLACES, OUTSIDE):
        groups[kind] = {kind}
    for some in alike:
        whole = set().union(*(groups[kind] for kind in some))
        for kind in whole:
            groups[kind] = whole
    return sorted({frozenset(group) for group in groups.values()}, key=sorted)
