"""A count is blind: printing stops while a shift is counted, and nobody sees figures while anything is."""

from __future__ import annotations

from dataclasses import dataclass

from printd.errors import Refused
from printd.remedies import Do, Remedy
from printd.store import counts, samples, shifts
from printd.store.rows import Connection
from printd.words.states import is_counting
from printd.words.subjects import Subject


def check_printing(connection: Connection) -> None:
    """Make sure that a card may be begun.

    :raises Refused: a count is under way.
    """
    shift = shifts.current(connection)
    if is_counting(shift):
        raise Refused(
            f"Shift {shift['id']} is being counted.",
            consequence="Nothing is printed until it is closed or goes on.",
        )


def check_no_shift_counted(connection: Connection) -> None:
    """Make sure that no shift is being counted, whose places a stock count would tell.

    :raises Refused: one is.
    """
    shift = shifts.current(connection)
    if is_counting(shift):
        raise Refused(
            f"Shift {shift['id']} is being counted; figures are shown after it.",
            consequence="Nothing was closed.",
            remedy="Count, and close the shift.",
        )


@dataclass(frozen=True)
class UnderWay:
    """A count that is not over.

    :param says: what is being counted, a sentence without its full stop.
    :param ends: how it ends.
    """

    says: str
    ends: Remedy


def under_way(connection: Connection, today: str) -> UnderWay | None:
    """Return the count that is under way: a shift's, a stock count of the day, or a sample that was drawn.

    While there is one, no figure of any place is shown: what lies in one place is what is missing in the others.

    :param today: the office's day; a stock count that was not closed on its day is over.
    """
    shift = shifts.current(connection)
    if is_counting(shift):
        return UnderWay(f"Shift {shift['id']} is being counted", "Count, and close the shift.")
    stock = stock_count(connection, today)
    if counts.last_sheets(connection, Subject.STOCK.of(stock)):
        return UnderWay(f"Stock count {stock} is under way", ("Both count, and close it: ", Do("counts.close")))
    drawn = samples.uncounted(connection)
    if drawn is not None:
        return UnderWay(
            f"Sample {drawn} is being counted", ("Two people count it: ", Do("samples.count", sample=drawn))
        )
    return None


def stock_count(connection: Connection, today: str) -> str:
    """Return the name of the stock count that is under way or would begin: the day, and a number from the second on."""
    name, number = today, 1
    while counts.last_sheets(connection, Subject.ACT.of(name)):
        number += 1
        name = f"{today}-{number}"
    return name
