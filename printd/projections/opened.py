"""What the first entry says of a shop: it is asked by other projections, and by whoever opens the shop."""

from __future__ import annotations

from printd.errors import Refused
from printd.events.base import EventError
from printd.events.shop import ShopOpened
from printd.ledger.entry import Entry, EntryError
from printd.store import log
from printd.store.rows import Connection


def first_entry(connection: Connection) -> ShopOpened | None:
    """Return how the shop was made; ``None``: there is no first entry, or it says something else."""
    body = log.bodies(connection, [0]).get(0)
    if body is None:
        return None
    try:
        entry = Entry.from_body(body)
        return ShopOpened.read(entry.data) if entry.kind == ShopOpened.kind else None
    except (EntryError, EventError):
        return None


def check_same_kind(connection: Connection, what: str, *, practice: bool, consequence: str) -> None:
    """Make sure that a paper of blanks to practise with came to a practice shop, and one of real blanks to a real one.

    :param what: the paper, as a sentence begins with it.
    :raises Refused: blanks to practise with and real ones would be mixed.
    """
    if practice == is_practice(connection):
        return
    theirs, ours = ("a practice shop's", "a real shop") if practice else ("of real blanks", "a practice shop")
    raise Refused(
        f"{what} is {theirs}, and this is {ours}.",
        why='Blanks to practise with and real ones never mix; a paper of the first says "practice": true.',
        consequence=consequence,
        remedy="Look at whose paper it is, and call whoever sent it.",
    )


def is_practice(connection: Connection) -> bool:
    """Tell whether the log is a practice shop's. What does not say so is a real one's."""
    told = first_entry(connection)
    return told is not None and told.practice
