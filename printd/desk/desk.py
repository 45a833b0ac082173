"""What an act at the desk works with: the shop, and the running workshop where there is one."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Protocol

from pydantic import Field

from printd.desk.owed import Owed
from printd.desk.proofs import Logins, Person, ScriptKey
from printd.errors import Refused
from printd.language.catalogue import text as message_in
from printd.ledger.signatures import EntrySigner
from printd.shop.shop import Shop
from printd.store import operators
from printd.words.free_text import holds_sixteen_digits

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from printd.books.booking import Booking
    from printd.events.base import Event
    from printd.ledger.entry import Entry
    from printd.printing.shown import Live
    from printd.shop.health import Problem

Limit = Annotated[int, Field(ge=1, le=100_000)] | None
"""How many rows of a list are wanted, the first; ``None``: all. A list that may be cut says how many there are."""


@dataclass(frozen=True)
class NotEntered:
    """Marks an argument that the log never holds as it is given; every other text of an act may hold no NIK.

    :param why: what becomes of it.
    """

    why: str


FILE = NotEntered("bytes of a file, base64; what is entered of its content is checked as an event")
File = Annotated[str, FILE]
IdentityNumber = Annotated[str, NotEntered("its pseudonym is entered")]


class Workshop(Protocol):
    """The running printers, as far as the desk needs them."""

    def wake(self, printer: str | None = None) -> None:
        """Tell one worker, or all, that something changed."""

    def start_worker(self, printer: str) -> None:
        """Start a worker for a printer that was just added."""

    def trace(self, printer: str, *, on: bool) -> None:
        """Note what goes over a printer's wire, or no more."""

    def end_worker(self, printer: str) -> None:
        """End a printer's worker for good."""

    def live(self, printer: str) -> Live | None:
        """Return what a worker does now."""

    def problems(self) -> list[Problem]:
        """Return what is wrong with the shop now."""

    def looked(self) -> tuple[int, int]:
        """Return how many of the log's entries were looked at since the start, and how many were signed then."""


@dataclass
class Desk:
    """One shop with or without its running workshop."""

    shop: Shop
    workshop: Workshop | None = None
    logins: Logins = field(default_factory=Logins)
    """Who is logged in where."""
    owed: list[Owed] = field(default_factory=list)
    """What should have followed the present act and could not; each act has a list of its own."""
    keys: dict[str, EntrySigner] = field(default_factory=dict)
    """Keys of those who proved themselves in the present act; each act has its own."""

    def wake(self, printer: str | None = None) -> None:
        """Tell the workers, if they run, that something changed."""
        if self.workshop is not None:
            self.workshop.wake(printer)

    def booking(self) -> AbstractContextManager[Booking]:
        """Open a transaction in which those sign who proved themselves in the present act."""
        return self.shop.books.booking(self.keys)

    def trial(self) -> AbstractContextManager[Booking]:
        """Open such a transaction that is undone at its end, whatever it holds."""
        return self.shop.books.trial(self.keys)

    def enter(self, event: Event, by: Sequence[str] = ()) -> Entry:
        """Enter a single event in a transaction of its own."""
        with self.booking() as booking:
            return booking.enter(event, by)


def sent(text: str) -> bytes:
    """Return the bytes of a file that came as base64.

    :raises Refused: it is not base64.
    """
    try:
        return b64decode(text, validate=True)
    except ValueError as broken:
        raise Refused(
            "A file was sent that is not base64.", why=f"{broken}.", consequence="Nothing was changed."
        ) from broken


def proved(desk: Desk, person: Person) -> str:
    """Return the name of somebody who works here and proved it; their key is at hand for the present act.

    :raises Refused: nobody of that name works here, there is no proof, a wrong one, or the key lies in a file beside
        another one: two people, of whom none is there.
    """
    key = desk.logins.open(desk.shop, person)
    if isinstance(key, ScriptKey) and not desk.shop.practice:
        others = [name for name, other in desk.keys.items() if isinstance(other, ScriptKey) and name != person.name]
        if others:
            raise Refused(
                f"The keys of {others[0]} and {person.name} lie in files of one script.",
                why="Two people sign this, so that one of them sees what the other does; a script sees nothing.",
                consequence="Nothing was changed.",
                remedy="One of them is there and gives their passphrase. In a practice shop both may be files.",
            )
    desk.keys[person.name] = key
    return person.name


def two_people(desk: Desk, first: Person, second: Person) -> tuple[str, str]:
    """Return the names of two different operators who both proved who they are (design rule 7).

    :raises Refused: one person twice, or one of them is not who they say.
    """
    if first.name == second.name:
        raise Refused(
            f"{first.name} cannot sign twice.",
            why="This act needs two different people.",
            consequence="Nothing was changed.",
            remedy="Call a colleague.",
        )
    return proved(desk, first), proved(desk, second)


def supervisor(desk: Desk, person: Person) -> str:
    """Return the name of a supervisor who proved who they are.

    :raises Refused: it is nobody's, or not a supervisor's.
    """
    name = proved(desk, person)
    with desk.shop.store.reading() as connection:
        row = operators.find_operator(connection, name)
    if row is None or row["role"] != "supervisor":
        raise Refused(
            f"{name} is not a supervisor.",
            consequence="Nothing was changed.",
            remedy="A supervisor signs this.",
        )
    return name


def plain(text: str, what: str, limit: int = 200) -> str:
    """Return a note as the log may keep it for ever.

    :raises Refused: it is empty or too long, has control characters, or seems to hold a NIK.
    """
    short = " ".join(text.split())
    if not short or len(short) > limit or not short.isprintable():
        raise Refused(f"The {what} must be 1 to {limit} readable characters.", consequence="Nothing was changed.")
    if holds_sixteen_digits(short):
        raise holds_number(what)
    return short


def worded(desk: Desk, message: str, **values: str) -> str:
    """Return what the desk itself writes into an entry for people, in the language of the office's papers.

    :param message: of the catalogue; ``values`` stand in it.
    """
    return message_in(message, desk.shop.config.papers.language).format(**values)


def not_to_disk(desk: Desk, what: str, *, to_disk: bool) -> None:
    """Make sure that nothing of a face comes to lie on a disk in clear.

    :param what: would be written, as a sentence begins with it.
    :param to_disk: whether the door would write it there.
    :raises Refused: it would, and this is a real shop.
    """
    if to_disk and not desk.shop.practice:
        raise Refused(
            f"{what} is a person's, and would lie on a disk in clear.",
            why="Whoever has the disk, a copy of it or what was deleted on it has the face.",
            consequence="Nothing was written or booked.",
            remedy="Name a place in memory alone: a folder on ramfs, or on tmpfs (such as /dev/shm) without swap.",
        )


def holds_number(what: str) -> Refused:
    """Return that a text is not taken since it may hold somebody's NIK; the number is not repeated."""
    return Refused(
        f"The {what} holds a number of 16 digits, which may be somebody's NIK.",
        why="The log is kept for ever and holds nothing personal.",
        consequence="Nothing was changed.",
        remedy="Say it without the number.",
    )
