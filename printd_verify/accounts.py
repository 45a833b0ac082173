"""What became of each piece, and each delivery's pieces by place, from what moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from printd_verify.places import ORIGIN, pieces
from printd_verify.spans import Spans
from printd_verify.tables import GROUPS, Cell
from printd_verify.words import Range, kind_of

Late = Iterator[tuple[int, str, tuple[Cell, ...]]]
"""Rows with number and time of the entry that settled each, in that order."""


class _Last(NamedTuple):
    """The last that was told of blanks."""

    seq: int
    at: str
    place: str
    delivery: str
    kind: str
    by: str


class Accounts:
    """Pieces by delivery and place.

    :param whole: whether everything that ever moved is told: without that nobody knows what is left.
    """

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self.of_type: dict[str, str] = {}
        """Stock type of each delivery that was announced."""
        self._last: Spans[_Last] = Spans()
        self._flows: dict[tuple[str, str], list[int]] = {}
        self._changed: dict[tuple[str, str], tuple[int, str]] = {}
        self._brought: dict[str, int] = {}

    def move(self, seq: int, at: str, part: Range, source: str, target: str, delivery: str, kind: str, by: str) -> None:
        """Take a movement."""
        self._last.put(part, _Last(seq, at, target, delivery, kind, by))
        number = pieces([part])
        for place, way in ((source, 1), (target, 0)):
            if place == ORIGIN:
                self._brought[delivery] = self._brought.get(delivery, 0) + number
                continue
            where = (delivery, kind_of(place))
            self._flows.setdefault(where, [0, 0])[way] += number
            self._changed[where] = seq, at

    def account(self) -> Late:
        """Yield what came into each kind of place, went out of it, and is left."""
        for (delivery, place), (seq, at) in sorted(self._changed.items(), key=lambda one: (one[1][0], one[0])):
            came, went = self._flows[delivery, place]
            left: Cell = came - went if self._whole else ""
            yield seq, at, (delivery, self.of_type.get(delivery, ""), place, came, went, left)

    def balance(self) -> Late:
        """Yield where the pieces of each delivery are now; nothing where not everything that moved is told."""
        if not self._whole:
            return
        last: dict[str, tuple[int, str]] = {}
        for (delivery, _), changed in self._changed.items():
            last[delivery] = max(changed, last.get(delivery, changed))
        for delivery, (seq, at) in sorted(last.items(), key=lambda one: (one[1][0], one[0])):
            left = [sum(self._left(delivery, place) for place in places) for _, places in GROUPS]
            brought = self._brought.get(delivery, 0)
            stock_type = self.of_type.get(delivery, "")
            yield seq, at, (delivery, stock_type, brought, *left, brought - sum(left))

    def _left(self, delivery: str, place: str) -> int:
        came, went = self._flows.get((delivery, place), (0, 0))
        return came - went

    def pieces(self) -> Late:
        """Yield where blanks are, by ranges that the same entry moved last."""
        for part, last in sorted(self._last, key=lambda one: (one[1].seq, one[0])):
            ends = str(part._replace(last=part.first)), str(part._replace(first=part.last))
            yield last.seq, last.at, (last.delivery, *ends, pieces([part]), last.place, last.kind, last.by)
