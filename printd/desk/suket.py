"""Acts on temporary certificates (R15, *surat keterangan*): issue, list. A card that is handed over converts one."""

from __future__ import annotations

from datetime import date
from typing import Literal, TypedDict

from printd.desk.desk import Desk, IdentityNumber, proved
from printd.desk.proofs import Person
from printd.desk.sealing import OfHolder, keep_holder
from printd.errors import Refused
from printd.events.supplies import SuketIssued
from printd.intake.nik import NikError, parse_nik
from printd.store import sukets, usage
from printd.store.tables.sukets import SuketRow
from printd.words.states import SuketState

MONTHS = 6
"""A certificate is valid for so long, and may be renewed (domain reference 1.4)."""

Status = Literal["PRR", "SFE", "Pro", "DUP", "Efac", "CP", "CS", "SFCP", "CRL", "CL"]
"""The record's status as it is printed in the certificate's corner (domain reference 1.1)."""


class Issued(TypedDict):
    """A certificate that was booked."""

    suket: str
    holder: str
    issued_on: str
    expires_on: str
    status: Status
    state: SuketState


class SuketTold(SuketRow):
    """One certificate, and whether it is valid today."""

    state: SuketState


class Sukets(TypedDict):
    """Certificates, how many people wait for a card with one, and how many certificates have expired."""

    outstanding: int
    expired: int
    sukets: list[SuketTold]


def issue(desk: Desk, nik: IdentityNumber, issued_on: date, status: Status, by: Person) -> Issued:
    """Book a certificate that was issued; the number is sealed, the log holds the holder's pseudonym.

    :raises Refused: the number cannot exist, the day is to come, or the holder has one that is still valid.
    """
    operator = proved(desk, by)
    try:
        parse_nik(nik)
    except NikError as wrong:
        raise Refused("The certificate was not booked.", why=str(wrong), remedy="Read the number again.") from wrong
    if issued_on > desk.shop.today():
        raise Refused(f"The day {issued_on} is still to come.", consequence="The certificate was not booked.")
    expires_on = expiry(issued_on)
    with desk.booking() as booking:
        name = f"suket-{booking.next_number()}"
        sealed: OfHolder = {"nik": nik}
        holder, digest = keep_holder(desk, booking, f"suket:{name}", sealed)
        issued = SuketIssued(
            suket=name,
            holder=holder,
            issued_on=issued_on.isoformat(),
            expires_on=expires_on.isoformat(),
            status=status,
            sealed=digest,
        )
        booking.enter(issued, [operator])
    return {
        "suket": name,
        "holder": holder,
        "issued_on": issued.issued_on,
        "expires_on": issued.expires_on,
        "status": status,
        "state": _state(issued.expires_on, None, desk.shop.today()),
    }


def list_(desk: Desk, state: Literal["open", "expired", "converted"] | None = None) -> Sukets:
    """Return certificates, oldest first, without who holds them, and how many people wait for a card with one."""
    today = desk.shop.today()
    with desk.shop.store.reading() as connection:
        rows = sukets.sukets(connection)
        outstanding = usage.sukets_outstanding(connection)
    told = [_shown(row, today) for row in rows]
    return {
        "outstanding": outstanding,
        "expired": sum(one["state"] == SuketState.EXPIRED for one in told),
        "sukets": [one for one in told if state in (None, one["state"])],
    }


def expiry(issued_on: date) -> date:
    """Return the last day of a certificate: the same day six months later, or the last of a shorter month."""
    month = issued_on.month - 1 + MONTHS
    year, month = issued_on.year + month // 12, month % 12 + 1
    for day in range(issued_on.day, 27, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return date(year, month, issued_on.day)


def _shown(row: SuketRow, today: date) -> SuketTold:
    return {**row, "state": _state(row["expires_on"], row["converted_at"], today)}


def _state(expires_on: str, converted_at: str | None, today: date) -> SuketState:
    if converted_at is not None:
        return SuketState.CONVERTED
    return SuketState.EXPIRED if expires_on < today.isoformat() else SuketState.OPEN
