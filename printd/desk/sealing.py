"""Names and addresses that an act needs and the log must not hold: sealed beside the log, under the act's id."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import NotRequired, TypedDict, TypeVar

from printd.books import seals
from printd.books.booking import Booking
from printd.desk.desk import Desk
from printd.events.cards import CardReturned
from printd.events.destructions import BlanksDestroyed
from printd.events.sealing import Sealing
from printd.events.supplies import SuketIssued
from printd.events.transfers import SitePrinted, TransferSent
from printd.shop.opening import open_fields
from printd.shop.vault import seal
from printd.store import sealed
from printd.store.tables.sealed import SealedRow


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


_BROUGHT_BY: Mapping[str, type[Sealing]] = MappingProxyType(
    {
        "card": CardReturned,
        "site_card": SitePrinted,
        "suket": SuketIssued,
        "transfer": TransferSent,
        "witnesses": BlanksDestroyed,
    }
)
"""The event that brings what is sealed under a noun."""


def keep(desk: Desk, booking: Booking, name: str, fields: Mapping[str, object]) -> str:
    """Seal personal fields under a name, in the transaction of the act they belong to; return the envelope's digest.

    They stay as long as the log: of those who answer for an act of the shop, as its paper names them.

    :param name: ``<noun>:<id>``, for example ``transfer:T1``.
    """
    key, wrapped = desk.shop.vault.new_key(name)
    row: SealedRow = {
        "id": name,
        "wrapped_key": wrapped,
        "fields": _sealed(key, name, fields),
        "salt": None,
        "tag": None,
    }
    sealed.add_sealed(booking.connection, row)
    return seals.of_act(row)


def keep_holder(desk: Desk, booking: Booking, name: str, fields: OfHolder) -> tuple[str, str]:
    """Seal fields of a person whose card it is, as :func:`keep` does; return their pseudonym and the digest.

    They end on schedule, and so does the salt of the pseudonym.
    """
    shop = desk.shop
    holder = shop.holders.of(booking.connection, fields["nik"])
    sealing = shop.holders.sealing(shop.month(), name, fields["nik"], holder)
    row: SealedRow = {
        "id": name,
        "wrapped_key": sealing.wrapped,
        "fields": _sealed(sealing.key, name, fields),
        "salt": sealing.salt,
        "tag": sealing.tag,
    }
    sealed.add_sealed(booking.connection, row)
    return holder.name, seals.of_act(row)


def _sealed(key: bytes, name: str, fields: Mapping[str, object]) -> bytes:
    return seal(key, json.dumps(fields, ensure_ascii=False).encode(), f"sealed:{name}")


def look(desk: Desk, name: str, fields: type[F]) -> F:
    """Return sealed fields.

    :param fields: what the act seals under such a name.
    :raises Refused: nothing is sealed under this name, or it was erased.
    :raises AlteredError: it is not what was sealed.
    """
    kind = _BROUGHT_BY[name.partition(":")[0]]
    with desk.shop.store.reading() as connection:
        opened: F = json.loads(open_fields(desk.shop, connection, name, kind))
    return opened


def stand_in(desk: Desk, domain: str, person: str) -> str:
    """Return the pseudonym that stands for a person's name in the log."""
    return desk.shop.vault.pseudonym(domain, " ".join(person.split()).casefold().encode())
