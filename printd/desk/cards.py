"""Acts on invalid cards that come back (R8): data changed, damaged, moved, deceased; kept until they are destroyed."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from printd.desk import sealing
from printd.desk.desk import Desk, Person, known, plain, supervisor
from printd.errors import Refused
from printd.intake.nik import NikError, parse_nik
from printd.store import cards as store_cards
from printd.words.serials import parse_serial

Cause = Literal["encode_fail", "damaged", "print_fail", "data_change", "moved", "deceased"]


def take_back(
    desk: Desk,
    nik: str,
    name: str,
    address: str,
    cause: Cause,
    by: str,
    from_site: str = "office",
    serial: str | None = None,
) -> dict[str, Any]:
    """Take an invalid card back. Who it belonged to is sealed; the log has a pseudonym only.

    :param serial: of its blank, where it can be read; it then leaves its holder's hand in the books too.
    :raises Refused: the NIK is none, or the blank is not in a holder's hand.
    """
    operator = known(desk, by)
    check_nik(nik)
    card = str(uuid.uuid4())
    data: dict[str, Any] = {
        "card": card,
        "holder": desk.shop.vault.pseudonym("holder", nik.encode()),
        "cause": cause,
        "from_site": plain(from_site, "site", 64),
    }
    with desk.shop.books.booking() as booking:
        if serial is not None:
            data["serial"] = parse_serial(serial).first_serial
        sealing.keep(desk, booking, f"card:{card}", {"nik": nik, "name": name, "address": address})
        booking.enter("card.returned", data, [operator])
    return {key: value for key, value in data.items() if key != "holder"}


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


def list_(desk: Desk) -> list[dict[str, Any]]:
    """Return the invalid cards that wait for destruction, oldest first, without whose they were."""
    with desk.shop.store.reading() as connection:
        return [{**row} for row in store_cards.cards_kept(connection)]


def names(desk: Desk, cards: list[str], by: Person) -> dict[str, Any]:
    """Return whose ``cards`` these were, for the annex by name and address; a supervisor asks, and that is booked."""
    name = supervisor(desk, by)
    with desk.shop.store.reading() as connection:
        rows = store_cards.cards_by_id(connection, cards)
    opened = [{**rows[card], **sealing.look(desk, f"card:{card}")} for card in cards if card in rows]
    desk.shop.books.enter("register.read", {"what": "invalid_cards", "rows": len(opened)}, [name])
    return {"cards": opened}
