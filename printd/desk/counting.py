"""What the desk shows while something is counted: no figure, no serial and no place, but that a count is under way."""

from __future__ import annotations

from printd.custody.counting import UnderWay, under_way
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.store.rows import Connection


def counting(desk: Desk, connection: Connection) -> UnderWay | None:
    """Return the count that is under way; what its people must find is left out of every answer meanwhile."""
    return under_way(connection, desk.shop.today().isoformat())


def not_counting(desk: Desk) -> None:
    """Make sure that no count is under way, for an answer that is nothing without its figures.

    :raises Refused: one is.
    """
    with desk.shop.store.reading() as connection:
        count = counting(desk, connection)
    if count is not None:
        raise Refused(
            f"{count.says}; figures are shown after it.",
            why="A count is blind: nobody sees what the books say before both have counted.",
            remedy=count.ends,
        )


def without_figures(desk: Desk, refused: Refused) -> Refused:
    """Return a refusal as it may be told now: while something is counted, without what the books have somewhere."""
    if not refused.blind:
        return refused
    with desk.shop.store.reading() as connection:
        count = counting(desk, connection)
    if count is None:
        return refused
    return Refused(
        refused.blind,
        why=f"{count.says}, and nobody sees what the books say meanwhile.",
        consequence=refused.consequence,
        remedy=count.ends,
    )
