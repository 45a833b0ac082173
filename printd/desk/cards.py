"""Acts on cards that lie in the office: invalid ones that came back, until they are destroyed, and finished ones.

Invalid ones come back because data changed, or they are damaged, or their holder moved or died (R8). Of a finished one
that nobody fetches, what was tried to reach its holder (R14).
"""

from __future__ import annotations

import uuid
from typing import Literal, NotRequired, TypedDict

from printd.desk import sealing
from printd.desk.counting import not_counting
from printd.desk.desk import Desk, IdentityNumber, plain, proved, supervisor
from printd.desk.jobs import find_job, only
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.cards import CardReturned, CardTried
from printd.events.registers import RegisterRead
from printd.intake.nik import NikError, parse_nik
from printd.store import attempts as store_attempts
from printd.store import cards as store_cards
from printd.store import handovers
from printd.store.tables.cards import CardRow
from printd.words.serials import parse_serial
from printd.words.states import JobState

Cause = Literal["encode_fail", "damaged", "print_fail", "data_change", "moved", "deceased"]
How = Literal["phone", "visit", "message"]


class TakenBack(TypedDict):
    """An invalid card that was taken back, without whose it was."""

    card: str
    cause: Cause
    from_site: str
    serial: NotRequired[str]


class NamedCard(CardRow):
    """An invalid card, and whose it was."""

    nik: str
    name: str
    address: str


class Names(TypedDict):
    """Whose some cards were."""

    cards: list[NamedCard]


class _Sealed(TypedDict):
    nik: str
    name: str
    address: str


def take_back(
    desk: Desk,
    nik: IdentityNumber,
    name: str,
    address: str,
    cause: Cause,
    by: Person,
    from_site: str = "office",
    serial: str | None = None,
) -> TakenBack:
    """Take an invalid card back. Who it belonged to is sealed; the log has a pseudonym only.

    :param serial: of its blank, where it can be read; it then leaves its holder's hand in the books too.
    :raises Refused: the NIK is none, or the blank is not in a holder's hand.
    """
    operator = proved(desk, by)
    check_nik(nik)
    card = str(uuid.uuid4())
    read = None if serial is None else parse_serial(serial).first_serial
    site = plain(from_site, "site", 64)
    whose: sealing.OfHolder = {"nik": nik, "name": name, "address": address}
    with desk.booking() as booking:
        holder, digest = sealing.keep_holder(desk, booking, f"card:{card}", whose)
        booking.enter(
            CardReturned(
                card=card,
                holder=holder,
                cause=cause,
                from_site=site,
                serial=read,
                sealed=digest,
            ),
            [operator],
        )
    told: TakenBack = {"card": card, "cause": cause, "from_site": site}
    if read is not None:
        told["serial"] = read
    return told


class Tried(TypedDict):
    """That somebody tried to reach the holder of a card, and how often somebody did so far."""

    job: str
    how: str
    reached: bool
    tries: int


def tried(desk: Desk, job: str, how: How, by: Person, reached: bool = False) -> Tried:
    """Book that somebody tried to reach the holder of a finished card; nobody is named by it.

    :param job: its id, or the serial of its blank.
    :raises Refused: it has no finished card, or that was handed over.
    """
    operator = proved(desk, by)
    with desk.booking() as booking:
        row = find_job(booking.connection, job)
        attempts = store_attempts.attempts_of(booking.connection, row["id"])
        if row["state"] != JobState.FINISHED or not attempts:
            raise Refused(
                f"Job {row['id'][:8]} has no card that waits for its holder: it is {row['state']}.",
                consequence="Nothing was booked.",
            )
        booking.enter(CardTried(attempt=attempts[-1]["id"], how=how, reached=reached), [operator])
        number = handovers.count_tries(booking.connection, attempts[-1]["id"])
    return {"job": row["id"], "how": how, "reached": reached, "tries": number}


def check_nik(nik: str) -> None:
    """Make sure that a number is a NIK.

    :raises Refused: it is not; the number is not repeated.
    """
    try:
        parse_nik(nik)
    except NikError as wrong:
        raise Refused(
            "That is not a NIK.", why=f"{wrong}.", consequence="Nothing was booked.", remedy="Read it again."
        ) from wrong


def list_(desk: Desk) -> list[CardRow]:
    """Return the invalid cards that wait for destruction, oldest first, without whose they were.

    Not while something is counted.
    """
    not_counting(desk)
    with desk.shop.store.reading() as connection:
        return store_cards.cards_kept(connection)


def names(desk: Desk, cards: list[str], by: Person) -> Names:
    """Return whose ``cards`` these were, for the annex by name and address; a supervisor asks, and that is booked.

    :param cards: their ids, of each at least four characters.
    :raises Refused: one of them names no card, or several; or the person is no supervisor.
    """
    name = supervisor(desk, by)
    with desk.shop.store.reading() as connection:
        ids = [only("card", card, lambda text: store_cards.cards_beginning(connection, text)) for card in cards]
        rows = store_cards.cards_by_id(connection, ids)
    opened: list[NamedCard] = [{**rows[card], **sealing.look(desk, f"card:{card}", _Sealed)} for card in ids]
    desk.enter(RegisterRead(what="invalid_cards", rows=len(opened)), [name])
    return {"cards": opened}
