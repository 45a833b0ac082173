"""In which order a printer takes the blanks of its hopper, and where in it those that are loaded must be put.

The books take the lowest serial of a hopper next, and so must the printer. Blanks that are loaded into a hopper that
still holds some are therefore all higher than those, and are put behind them; or all lower, and are put in front of
them. Nobody has to sort a stack, and a blank that belongs into the middle of one waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from printd.custody.manifest import MAX_PIECES
from printd.desk.shifts import lowest
from printd.errors import Refused
from printd.remedies import Do
from printd.store import blanks, printers
from printd.store.rows import Connection
from printd.words import places
from printd.words.serials import SerialRange, join, say, to_json
from printd.words.serials import pieces as count


class Order(TypedDict):
    """Where blanks that were loaded are put, and in which order the printer takes all of them: serial ranges."""

    in_front: list[list[str]]
    behind: list[list[str]]
    takes: list[list[str]]


def lying(connection: Connection, printer: str, stock_type: str) -> list[SerialRange]:
    """Return a printer's blanks of a stock type in the order in which it takes them, with the one that it took last.

    That one, inside or in doubt, may turn out never to have left the hopper, and lies in front then.
    """
    both = (places.inside(printer), places.hopper(printer))
    found = join(row.serials for place in both for row in blanks.in_place(connection, place))
    return [part for part in found if blanks.stock_of(connection, part)["stock_type"] == stock_type]


def to_put_behind(
    connection: Connection, there: Sequence[SerialRange], source: str, stock_type: str, wanted: int
) -> list[SerialRange]:
    """Return the lowest serials of a type in a shift that are higher than all that lie in a hopper.

    :param there: what lies in the hopper, as :func:`lying` gives it; nothing: every serial will do.
    :param source: the shift's place.
    """
    found: list[SerialRange] = []
    for part in lowest(connection, source, stock_type, MAX_PIECES):
        left = wanted - count(found)
        if left > 0 and (not there or part > there[-1]):
            found.append(SerialRange(part.prefix, part.width, part.first, min(part.last, part.first + left - 1)))
    return found


def lower(connection: Connection, there: Sequence[SerialRange], source: str, stock_type: str) -> list[SerialRange]:
    """Return the serials of a type in a shift that are lower than some that lie in a hopper."""
    held = lowest(connection, source, stock_type, MAX_PIECES)
    return join(part for part in held if there and part < there[-1])


def check_where(
    connection: Connection, printer: str, there: Sequence[SerialRange], named: Sequence[SerialRange]
) -> None:
    """Make sure that blanks can be put into a hopper without sorting those that lie in it.

    :raises Refused: one belongs between two that lie there; or it belongs in front, where the printer may take one of
        the others at this moment.
    """
    if not there:
        return
    for part in named:
        if there[0] < part < there[-1]:
            above = next(one for one in there if one > part).first_serial
            raise Refused(
                f"{part} cannot be loaded into {printer} now: lower and higher serials lie in it.",
                why="The printer takes the lowest serial of its hopper next in the books, and would take another one.",
                consequence="Nothing was moved.",
                remedy=(
                    (
                        f"Leave it in the shift until the printer has come that far; or take those from {above} on out "
                        "of the hopper, and load them with it: "
                    ),
                    Do("blanks.unload", printer=printer, serials=(above, there[-1].last_serial)),
                ),
            )
    front = [part for part in named if part < there[0]]
    row = printers.find_printer(connection, printer)
    busy = bool(blanks.in_place(connection, places.inside(printer)))
    if front and (busy or row is None or not row["paused"]):
        raise Refused(
            f"{say(front)} {'goes' if count(front) == 1 else 'go'} in front of those that lie in {printer}, and "
            f"{'a card is under way or in doubt there' if busy else f'{printer} is not paused'}.",
            why="It could take one of the others meanwhile, and the books would name the wrong one.",
            consequence="Nothing was moved.",
            remedy=("Settle the card first: ", Do("jobs.list", state="in_doubt"))
            if busy
            else ("First pause it: ", Do("printers.pause", name=printer), "; then put them in, book it, and resume."),
        )


def told(connection: Connection, printer: str, there: Sequence[SerialRange], found: Sequence[SerialRange]) -> Order:
    """Return where blanks that were loaded are to be put, and in which order the printer takes all of them.

    :param there: what lay in the hopper before.
    """
    held = blanks.in_place(connection, places.hopper(printer))
    return {
        "in_front": to_json(join(part for part in found if there and part < there[0])),
        "behind": to_json(join(part for part in found if there and part > there[-1])),
        "takes": to_json(join(row.serials for row in held)),
    }
