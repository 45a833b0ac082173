"""Printing stops while a shift is counted."""

from __future__ import annotations

from printd.errors import Refused
from printd.store import shifts
from printd.store.rows import Connection
from printd.words.states import is_counting


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
