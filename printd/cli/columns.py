"""How wide each column of a table is on a terminal, and which columns have to stand below their rows there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

GAP = 2
"""Characters between two columns."""

_READABLE = 16
"""Characters that a column of sentences keeps when it folds."""


class Column(NamedTuple):
    """What a column needs, in characters.

    :param head: its name.
    :param cells: its widest cell.
    :param word: the longest word in its cells.
    :param folds: whether its cells are sentences, which may stand on several lines.
    :param aside: whether it is the first to go, where there is no room.
    """

    head: str
    cells: int
    word: int
    folds: bool = False
    aside: bool = False

    @property
    def whole(self) -> int:
        """The width in which nothing folds."""
        return max(len(self.head), self.cells)

    @property
    def least(self) -> int:
        """The width in which no word and no number is broken; its name may stand on several lines."""
        head = max(map(len, self.head.split()), default=0)
        return max(head, min(self.cells, max(self.word, _READABLE)) if self.folds else self.cells)


def arrange(columns: Sequence[Column], width: int) -> list[int]:
    """Return the width of each column; 0: it stands below its rows.

    Names of columns fold first, then sentences. Where that is not enough, columns go below: those that step aside, then
    sentences, then the rest, from the right. Nothing is cut, and no identifier is broken.
    """
    beside = list(range(len(columns)))
    if _sum(columns[at].whole for at in beside) <= width:
        return [one.whole for one in columns]
    going = sorted(beside, key=lambda at: (not columns[at].aside, not columns[at].folds, -at))
    while beside and _sum(columns[at].least for at in beside) > width:
        leaves = next((at for at in going if at in beside and at != 0), 0)
        beside.remove(leaves)
    widths = [columns[at].least if at in beside else 0 for at in range(len(columns))]
    spare = width - _sum(widths[at] for at in beside)
    for at in sorted(beside, key=lambda at: (not columns[at].folds, -columns[at].whole)):
        more = min(spare, columns[at].whole - widths[at])
        widths[at] += more
        spare -= more
    return widths


def _sum(widths: Iterable[int]) -> int:
    found = list(widths)
    return sum(found) + GAP * (len(found) - 1)
