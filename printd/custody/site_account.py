"""What became of the blanks that a site was sent, at the moment when it gives back what is left.

Every piece that came to the site with those transfers is in one of the figures, so they add up to what it got.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, TypedDict

from printd.store import movements
from printd.store.rows import Connection
from printd.store.tables.movements import MovementRow
from printd.words import places
from printd.words.places import Kind, kind, whose
from printd.words.serials import SerialRange, join


class Account(TypedDict):
    """Pieces of what a site got.

    :param transfers: those with which it got them, oldest first.
    :param good: printed; of them ``handed_over`` to their holders, and ``waiting``.
    :param before: given back by other transfers than the one that is told of, which gives back ``unused``.
    :param left: still with the site.
    """

    transfers: list[str]
    received: int
    good: int
    spoiled: int
    missing: int
    before: int
    unused: int
    left: int
    handed_over: int
    waiting: int


class _Piece(NamedTuple):
    """Consecutive serials with where they went first from the site, and where they are."""

    serials: SerialRange
    first: str
    last: str


def account(connection: Connection, transfer: str, site: str, given_back: Sequence[SerialRange], end: int) -> Account:
    """Return what became of everything that came with the transfers of which some pieces are given back now.

    :param transfer: gives them back, from the place ``site``.
    :param end: number of the entry after which nothing counts.
    """
    brought = _brought(connection, site, given_back, end)
    count: Counter[str] = Counter()
    for arrived in brought.values():
        for seq, part in arrived:
            count["received"] += len(part)
            for piece in _followed(connection, part, site, seq, end):
                count.update(_figures(piece, site, transfer))
    return {
        "transfers": list(brought),
        "received": count["received"],
        "good": count["good"],
        "spoiled": count["spoiled"],
        "missing": count["missing"],
        "before": count["before"],
        "unused": count["unused"],
        "left": count["left"],
        "handed_over": count["handed_over"],
        "waiting": count["waiting"],
    }


def _brought(
    connection: Connection, site: str, given_back: Sequence[SerialRange], end: int
) -> dict[str, list[tuple[int, SerialRange]]]:
    """Return what arrived with each transfer that brought some of those pieces last, with the number of its entry."""
    names: dict[str, int] = {}
    for part in given_back:
        arrivals = [row for row in movements.touching(connection, part, -1, end) if row["target"] == site]
        covered: list[SerialRange] = []
        for row in reversed(arrivals):
            inside = _inside(row, part)
            if not all(number in _numbers(covered) for number in range(inside.first, inside.last + 1)):
                names[whose(row["source"])] = row["seq"]
            covered = join([*covered, inside])
    found = {}
    for name in sorted(names, key=lambda one: names[one]):
        rows = movements.between(connection, places.transfer(name), site)
        found[name] = [(row["seq"], _serials(row)) for row in rows if row["seq"] <= end]
    return found


def _numbers(parts: Sequence[SerialRange]) -> set[int]:
    return {number for part in parts for number in range(part.first, part.last + 1)}


def _serials(row: MovementRow) -> SerialRange:
    return SerialRange(row["prefix"], row["width"], row["first"], row["last"])


def _inside(row: MovementRow, part: SerialRange) -> SerialRange:
    return SerialRange(part.prefix, part.width, max(part.first, row["first"]), min(part.last, row["last"]))


def _followed(connection: Connection, part: SerialRange, site: str, after: int, end: int) -> list[_Piece]:
    """Return where pieces went that came to a site with one entry."""
    pieces = [_Piece(part, site, site)]
    for row in movements.touching(connection, part, after, end):
        pieces = [cut for one in pieces for cut in _cut(one, row, site)]
    return pieces


def _cut(piece: _Piece, row: MovementRow, site: str) -> list[_Piece]:
    whole = piece.serials
    low, high = max(whole.first, row["first"]), min(whole.last, row["last"])
    if low > high:
        return [piece]
    first = row["target"] if piece.first == site else piece.first
    cuts = [
        (whole.first, low - 1, piece.first, piece.last),
        (low, high, first, row["target"]),
        (high + 1, whole.last, piece.first, piece.last),
    ]
    return [_Piece(SerialRange(whole.prefix, whole.width, a, b), went, lies) for a, b, went, lies in cuts if a <= b]


def _figures(piece: _Piece, site: str, transfer: str) -> Counter[str]:
    """Return in which figures a piece counts."""
    number = len(piece.serials)
    if piece.first == site:
        return Counter(left=number)
    if piece.first == places.transfer(transfer):
        return Counter(unused=number)
    match kind(piece.first):
        case Kind.TRANSFER:
            return Counter(before=number)
        case Kind.SPOILED:
            return Counter(spoiled=number)
        case Kind.MISSING:
            return Counter(missing=number)
    done = kind(piece.last) in (Kind.HOLDER, Kind.INVALID, Kind.DESTROYED)
    return Counter(good=number, handed_over=number if done else 0, waiting=0 if done else number)
