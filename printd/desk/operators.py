"""Acts on operators: who works here, in which role, with which key."""

from __future__ import annotations

from typing import TypedDict

from pydantic import SecretStr

from printd.desk.desk import Desk, plain, two_people
from printd.desk.proofs import Person, Terminal, owner_of
from printd.errors import Refused
from printd.events.base import Event
from printd.events.operators import (
    Enrolled,
    OperatorEnrolled,
    OperatorKeyRenewed,
    OperatorResealed,
    OperatorRetired,
    OperatorRoleSet,
)
from printd.ledger.signatures import SigningKey
from printd.people.enrolment import NewKey, new_key
from printd.people.sealed_key import seal
from printd.store import operators
from printd.words.roles import Role


class OperatorShown(TypedDict):
    """Somebody who works here, or did."""

    name: str
    role: Role
    active: bool
    legal_name: str
    nip: str | None
    position: str
    rank: str


class Named(TypedDict):
    """An operator by their login name."""

    name: str


class Coded(Named):
    """An operator with a new recovery code, which is shown this once."""

    recovery_code: str


def enrol(
    desk: Desk,
    name: str,
    role: Role,
    legal_name: str,
    passphrase: SecretStr,
    by: Person,
    second: Person,
    nip: str | None = None,
    position: str = "",
    rank: str = "",
) -> Coded:
    """Enrol somebody under a short login name, which the log carries; they choose a passphrase and sign last.

    :raises Refused: none of the other two is a supervisor, or the name is taken.
    """
    signed = _two_others(desk, name, by, second)
    new = _new_key(desk, name, passphrase)
    person = Enrolled(
        name=name,
        role=role,
        key=new.vkey,
        sealed=new.sealed.digest,
        legal_name=plain(legal_name, "legal name", 100),
        nip=nip,
        position=plain(position, "position", 100) if position else "",
        rank=plain(rank, "rank", 100) if rank else "",
    )
    _enter_key(desk, OperatorEnrolled(person=person), name, new, signed)
    return {"name": name, "recovery_code": new.recovery_code}


def set_role(desk: Desk, name: str, role: Role, by: Person, second: Person) -> Named:
    """Give somebody another role; a supervisor and a second person sign, and not who it is about."""
    desk.enter(OperatorRoleSet(name=name, role=role), two_people(desk, by, second))
    return {"name": name}


def retire(desk: Desk, name: str, by: Person, second: Person) -> Named:
    """Let somebody go: they can do nothing from now on, and are logged in nowhere; what they signed stays good."""
    desk.enter(OperatorRetired(name=name), two_people(desk, by, second))
    desk.logins.sessions.end_person(name)
    return {"name": name}


def renew(desk: Desk, name: str, passphrase: SecretStr, by: Person, second: Person) -> Coded:
    """Give somebody a new key, where passphrase and recovery code are both forgotten; they sign with it, last."""
    signed = _two_others(desk, name, by, second)
    new = _new_key(desk, name, passphrase)
    _enter_key(desk, OperatorKeyRenewed(name=name, key=new.vkey, sealed=new.sealed.digest), name, new, signed)
    return {"name": name, "recovery_code": new.recovery_code}


def passwd(desk: Desk, name: str, old: SecretStr, passphrase: SecretStr, terminal: Terminal = "") -> Coded:
    """Give oneself a new passphrase, and a new recovery code with it; one's key stays the same.

    :param old: the passphrase until now: no session at a terminal does for this.
    """
    key = desk.logins.by_passphrase(desk.shop, name, old.get_secret_value(), terminal)
    return _reseal(desk, name, key, passphrase)


def recover(desk: Desk, name: str, code: SecretStr, passphrase: SecretStr, terminal: Terminal = "") -> Coded:
    """Give oneself a new passphrase by the recovery code, which is used up by it."""
    key = desk.logins.by_recovery(desk.shop, name, code.get_secret_value(), terminal)
    return _reseal(desk, name, key, passphrase)


def list_(desk: Desk) -> list[OperatorShown]:
    """Return all who work here, and who did."""
    with desk.shop.store.reading() as connection:
        return [
            {
                "name": row["name"],
                "role": row["role"],
                "active": row["active"],
                "legal_name": row["legal_name"],
                "nip": row["nip"],
                "position": row["position"],
                "rank": row["rank"],
            }
            for row in operators.operators(connection)
        ]


def _two_others(desk: Desk, name: str, by: Person, second: Person) -> tuple[str, str]:
    """Return the names of the two who sign before whoever gets a key does."""
    if name in (by.name, second.name):
        raise Refused(
            f"{name} cannot sign twice.",
            why="Two other people sign beside whoever gets a key.",
            consequence="Nothing was changed.",
            remedy="Call a colleague.",
        )
    return two_people(desk, by, second)


def _new_key(desk: Desk, name: str, passphrase: SecretStr) -> NewKey:
    return new_key(name, desk.shop.config.office.origin, passphrase.get_secret_value(), desk.shop.key_cost)


def _enter_key(desk: Desk, event: Event, name: str, new: NewKey, signed: tuple[str, str]) -> None:
    """Enter that somebody has a key, signed with it as well, and keep it sealed; sessions with another one end."""
    desk.keys[name] = new.key
    with desk.booking() as booking:
        booking.enter(event, [*signed, name])
        operators.put_sealed_key(booking.connection, name, new.sealed.body().decode())
    desk.logins.sessions.end_person(name)


def _reseal(desk: Desk, name: str, key: SigningKey, passphrase: SecretStr) -> Coded:
    """Seal somebody's key anew, and enter that it was, signed by them; their sessions end."""
    with desk.shop.store.reading() as connection:
        row = operators.find_operator(connection, name)
    assert row is not None
    cost = desk.shop.key_cost
    origin = owner_of(row).origin
    sealed, code = seal(name, origin, key, passphrase.get_secret_value(), cost, allow_cheap=cost.is_cheap)
    desk.keys[name] = key
    with desk.booking() as booking:
        booking.enter(OperatorResealed(name=name, sealed=sealed.digest), [name])
        operators.put_sealed_key(booking.connection, name, sealed.body().decode())
    desk.logins.sessions.end_person(name)
    return {"name": name, "recovery_code": code}
