"""Those who sign an event that a test enters past the desk: as the table asks for them, no more and no less."""

from __future__ import annotations

from printd.books.booking import Books
from printd.events.base import Event
from printd.events.operators import OperatorSet, Role
from printd.events.signatures import required
from printd.store import operators

PEOPLE: dict[str, Role] = {"siti": "operator", "budi": "operator", "ratna": "supervisor"}


def enrol(books: Books) -> None:
    """Enrol the three, without passwords, where they are not enrolled yet."""
    for name, role in PEOPLE.items():
        with books.store.reading() as connection:
            there = operators.find_operator(connection, name)
        if there is None:
            books.enter(OperatorSet(name=name, role=role, active=True))


def signers(event: Event, number: int | None = None) -> tuple[str, ...]:
    """Return who signs an event, as few as may, or so many."""
    wanted = required(event)
    people = list(PEOPLE)[: wanted.numbers[0] if number is None else number]
    if wanted.supervisor is not None and wanted.supervisor < len(people):
        people[wanted.supervisor] = "ratna"
    return tuple(people)
