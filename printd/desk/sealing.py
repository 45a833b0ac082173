"""Names and addresses that an act needs and the log must not hold: sealed beside the log, under the act's id."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NotRequired, TypedDict, TypeVar

from printd.books.booking import Booking
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.shop.vault import seal, unseal
from printd.store import sealed


class OfCarrier(TypedDict):
    """What is sealed of a transfer: who carries it."""

    carrier: str


class OfHolder(TypedDict):
    """What is sealed of a person; of a certificate the NIK alone, of an invalid card the rest as well."""

    nik: str
    name: NotRequired[str]
    address: NotRequired[str]


F = TypeVar("F", bound=Mapping[str, object])
"""The ``TypedDict`` of what an act seals."""


def keep(desk: Desk, booking: Booking, name: str, fields: Mapping[str, object]) -> None:
    """Seal personal fields under a name, in the transaction of the act they belong to.

    :param name: ``<noun>:<id>``, for example ``transfer:T1``.
    """
    key, wrapped = desk.shop.vault.new_key(name)
    content = json.dumps(fields, ensure_ascii=False).encode()
    sealed.add_sealed(booking.connection, name, wrapped, seal(key, content, f"sealed:{name}"))


def look(desk: Desk, name: str, fields: type[F]) -> F:
    """Return sealed fields.

    :param fields: what the act seals under such a name.
    :raises Refused: nothing is sealed under this name, or it was erased.
    """
    with desk.shop.store.reading() as connection:
        row = sealed.find_sealed(connection, name)
    if row is None:
        raise Refused(f"Nothing is sealed for {name}.", why="It never was, or it was erased on schedule.")
    key = desk.shop.vault.unwrap(bytes(row["wrapped_key"]), name)
    opened: F = json.loads(unseal(key, bytes(row["fields"]), f"sealed:{name}"))
    return opened


def stand_in(desk: Desk, domain: str, person: str) -> str:
    """Return the pseudonym that stands for a person's name in the log."""
    return desk.shop.vault.pseudonym(domain, " ".join(person.split()).casefold().encode())
