"""The list of destroyed cards by name and address (R8, an annex of R9): two people open it, and that is booked."""

from __future__ import annotations

from typing import TypedDict

from printd.desk import sealing
from printd.desk.desk import Desk, two_people
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.registers import RegisterRead
from printd.remedies import Do
from printd.shop.months import MonthGoneError
from printd.store import cards as store_cards
from printd.store import destructions, operators, seals
from printd.store.tables.cards import CardRow


class ListedCard(CardRow):
    """A destroyed card, and whose it was; ``None``: erased by now."""

    nik: str | None
    name: str | None
    address: str | None


class CardList(TypedDict):
    """The cards of a destruction by name and address."""

    cards: list[ListedCard]


class _Whose(TypedDict):
    nik: str
    name: str
    address: str


def annex(desk: Desk, destruction: str, by: Person, second: Person) -> CardList:
    """Return the ``cards`` of a destruction by name and by address; two open them, one of them a supervisor.

    :raises Refused: there is no such destruction, or neither is a supervisor.
    """
    signed = two_to_open(desk, by, second)
    with desk.shop.store.reading() as connection:
        if destructions.find_destruction(connection, destruction) is None:
            raise Refused(f"There is no destruction {destruction}.", remedy=("See: ", Do("destructions.list")))
        rows = store_cards.cards_of(connection, destruction)
    opened: list[ListedCard] = [_opened(desk, row) for row in rows]
    desk.enter(RegisterRead(what=f"destruction:{destruction}", rows=len(opened)), signed)
    return {"cards": opened}


def two_to_open(desk: Desk, by: Person, second: Person) -> tuple[str, str]:
    """Return the names of two people who may open names and addresses: one of them is a supervisor.

    :raises Refused: neither is.
    """
    signed = two_people(desk, by, second)
    with desk.shop.store.reading() as connection:
        people = [operators.find_operator(connection, name) for name in signed]
    if not any(row is not None and row["role"] == "supervisor" for row in people):
        raise Refused(
            f"Neither {signed[0]} nor {signed[1]} is a supervisor.",
            why="Names and addresses are opened by two people, of whom one is a supervisor.",
            consequence="Nothing was opened.",
            remedy="A supervisor signs this too.",
        )
    return signed


def _opened(desk: Desk, row: CardRow) -> ListedCard:
    name = f"card:{row['id']}"
    with desk.shop.store.reading() as connection:
        seal = seals.find_seal(connection, name)
    if seal is not None and seal["erased_seq"] is None:
        try:
            return {**row, **sealing.look(desk, name, _Whose)}
        except MonthGoneError:
            pass
    return {**row, "nik": None, "name": None, "address": None}
