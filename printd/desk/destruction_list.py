"""The list of destroyed cards by name and address (R8, an annex of R9): two people open it, and that is booked.

It is a paper of its own and lies nowhere in the shop: whoever asks for it gets its bytes. So the purge has nothing to
take out of files, nor out of backups of them; the office keeps the paper as its archive rules say. The log has the
digest of each list that was made, so that one that is shown can be held against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypedDict

from printd.desk import sealing
from printd.desk.desk import Desk, two_people
from printd.desk.paper_making import Act, make_apart
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.registers import RegisterRead
from printd.reports.destruction import Destroyed, card_list
from printd.reports.office import office_of
from printd.shop.months import MonthGoneError
from printd.store import cards as store_cards
from printd.store import operators, papers, seals
from printd.store.tables.cards import CardRow
from printd.words.moments import office_day, parse

if TYPE_CHECKING:
    from printd.reports.acts import Apart
    from printd.reports.document import Document

WHAT: Final = "The list of names and addresses"


class ListedCard(CardRow):
    """A destroyed card, and whose it was; ``None``: erased by now."""

    nik: str | None
    name: str | None
    address: str | None


class CardList(TypedDict):
    """The cards of a destruction by name and address, and the list as PDF in base64, of so many pages."""

    cards: list[ListedCard]
    pages: int
    pdf: str


class _Whose(TypedDict):
    nik: str
    name: str
    address: str


@dataclass(frozen=True)
class Opened:
    """The list of one destruction, opened: of which paper it is an annex, its cards, how many pages it will have."""

    shown: Destroyed
    entry: int
    cards: list[ListedCard]
    pages: int


def called(destruction: str) -> str:
    """Return under which name the look at a destruction's list is booked, and its paper."""
    return f"destruction:{destruction}"


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


def opened(desk: Desk, shown: Destroyed, by: Sequence[str]) -> Opened:
    """Open the names of a destruction's cards; the look is booked.

    :param shown: the destruction as the desk shows it.
    :param by: two who may open them; their keys are at hand.
    """
    from printd.reports.pdf import drawn  # noqa: PLC0415 - loads slowly

    destruction = shown["id"]
    with desk.shop.store.reading() as connection:
        rows = store_cards.cards_of(connection, destruction)
    cards: list[ListedCard] = [_opened(desk, row) for row in rows]
    entry = desk.enter(RegisterRead(what=called(destruction), rows=len(cards)), by)
    pages = drawn(_document(desk, shown, cards), office_of(desk.shop))[1]
    return Opened(shown, entry.seq, cards, pages)


def made(desk: Desk, told: Opened, by: Sequence[str]) -> Apart:
    """Return the list as a paper, which is entered; it carries the number of the act, where that has its paper."""
    act = Act("destruction-list", called(told.shown["id"]), told.entry)
    return make_apart(desk, act, _document(desk, told.shown, told.cards), by)


def _document(desk: Desk, shown: Destroyed, cards: Sequence[ListedCard]) -> Document:
    with desk.shop.store.reading() as connection:
        own = papers.first_of(connection, "destruction", shown["id"])
    number = "" if own is None else own["number"] or ""
    day = office_day(parse(shown["begun"] or shown["at"]), desk.shop.zone).isoformat()
    return card_list(shown, cards, number, day, office_of(desk.shop))


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
