"""Those who sign an event that a test enters past the desk: as the table asks for them, no more and no less."""

from __future__ import annotations

from hashlib import sha256

from printd.books.booking import Books
from printd.events.base import Event
from printd.events.operators import Enrolled, OperatorEnrolled
from printd.events.shop import ShopOpened
from printd.events.signatures import required
from printd.ledger.notes import Signer
from printd.ledger.signatures import person_key_name, vkey
from printd.store import erasing, operators, seals, shop
from printd.words.roles import Role
from support.fixed import ORIGIN
from support.people import FIRST, SECOND, EverybodysKeys, key_of

PEOPLE: dict[str, Role] = {"siti": Role.OPERATOR, "budi": Role.OPERATOR, "ratna": Role.SUPERVISOR}


def enrolled(name: str, role: Role = Role.OPERATOR, origin: str = ORIGIN) -> Enrolled:
    """Return what an entry says of somebody with a key that tests know; no passphrase opens it."""
    return Enrolled(
        name=name,
        role=role,
        key=vkey(person_key_name(origin, name), key_of(name).public),
        sealed=sha256(name.encode()).hexdigest(),
        legal_name=f"{name.title()} Contoh",
    )


def opened(origin: str = ORIGIN) -> ShopOpened:
    """Return the first entry of a log, with its first two people."""
    people = (enrolled(FIRST, Role.SUPERVISOR, origin), enrolled(SECOND, Role.SUPERVISOR, origin))
    return ShopOpened(
        origin=origin, log_key=Signer(origin, b"l" * 32).vkey, key_check="c", practice=True, people=people
    )


def enrol(books: Books) -> None:
    """Open the shop and enrol the three where that is not so yet; from now on all sign whom an entry names."""
    books.keys = EverybodysKeys(books.store)
    with books.store.reading() as connection:
        there = shop.find_shop(connection)
        known = {row["name"] for row in operators.operators(connection)}
    if there is None:
        books.enter(opened(), [FIRST, SECOND])
    origin = ORIGIN if there is None else there["origin"]
    for name, role in PEOPLE.items():
        if name not in known:
            books.enter(OperatorEnrolled(person=enrolled(name, role, origin)), [FIRST, SECOND, name])


def signers(event: Event, number: int | None = None) -> tuple[str, ...]:
    """Return who signs an event, as few as may, or so many."""
    wanted = required(event)
    people = list(PEOPLE)[: wanted.numbers[0] if number is None else number]
    if wanted.supervisor is not None and wanted.supervisor < len(people):
        people[wanted.supervisor] = "ratna"
    if wanted.among and people:
        people[0] = "ratna"
    if wanted.owner and people:
        people[-1] = wanted.owner
    return tuple(people)


def keep_sealed(books: Books) -> None:
    """Have sealed what entries past the desk say: of each who was enrolled their name, of what is over nothing."""
    with books.store.writing() as connection:
        for one in seals.seals(connection):
            if one["erased_seq"] is not None:
                erasing.take_out(connection, one["name"])
        for row in operators.operators(connection):
            if operators.sealed_key(connection, row["name"]) is None:
                operators.put_sealed_key(connection, row["name"], row["name"])
