"""What a shift had in its hands, by place: what it was given, and what became of each of those."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from printd.custody import flows
from printd.events.shifts import ClosingAct, ShiftFlows, SpoiledInHand
from printd.store import blanks, movements, spoils
from printd.store.movements import Flow
from printd.store.rows import Connection
from printd.words import places
from printd.words.serials import SerialRange, join, parse_serial


def work(
    connection: Connection,
    before: ClosingAct | None,
    moved: Sequence[Flow],
    returned: Sequence[tuple[str, Sequence[SerialRange]]],
) -> tuple[ShiftFlows, ...]:
    """Return what a shift had in hand and what became of it, by stock type.

    :param before: the act of the shift that was closed last.
    :param moved: what moved since.
    :param returned: what goes back into the store by the closing that is to come.
    """
    in_hand = flows.by_shift(moved)
    left = Counter(flows.in_hand(blanks.held(connection)))
    back = Counter[str]()
    for _, ranges in returned:
        for part in ranges:
            for row in blanks.touching(connection, part):
                shared = min(row.last, part.last) - max(row.first, part.first) + 1
                back[blanks.stock_of(connection, row.serials)["stock_type"]] += shared
    early = before is not None and before.work is None
    carried: dict[str, int] = {} if before is None else {one.stock_type: one.carried_over for one in before.work or ()}
    told = []
    for stock_type in sorted({*in_hand, *left, *carried}):
        flowed = dict(in_hand.get(stock_type, dict.fromkeys((*flows.BROUGHT, *flows.TAKEN), 0)))
        flowed["returned"] += back[stock_type]
        over = left[stock_type] - back[stock_type]
        carried_in = carried.get(stock_type, 0)
        if early:  # an act of an earlier version says nothing of it
            carried_in = max(0, -flows.shift_gap(0, flowed, over))
        if carried_in or over or any(flowed.values()):
            figures = {"stock_type": stock_type, "carried_in": carried_in, "carried_over": over, **flowed}
            told.append(ShiftFlows.model_validate(figures))
    return tuple(told)


def spoiled(connection: Connection, after: int) -> tuple[SpoiledInHand, ...]:
    """Return which blanks were spoiled in the hands of a shift after an entry, by cause."""
    found: dict[str, None] = {}
    for row in movements.around(connection, places.SPOILED, after):
        part = blanks.serials_of(row)
        for number in range(part.first, part.last + 1):
            if places.kind(row["source"]) in flows.IN_HAND:
                found[part.serial(number)] = None
            elif places.kind(row["target"]) in flows.IN_HAND:
                found.pop(part.serial(number), None)
    causes = spoils.cause_of(connection, list(found))
    by_cause: dict[str, list[SerialRange]] = {}
    for serial, cause in causes.items():
        by_cause.setdefault(cause, []).append(parse_serial(serial))
    return tuple(SpoiledInHand(cause=cause, serials=tuple(join(by_cause[cause]))) for cause in sorted(by_cause))
