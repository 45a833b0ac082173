"""Acts on operators."""

from __future__ import annotations

from typing import TypedDict

from pydantic import SecretStr

from printd.desk.desk import Desk, Person, proved
from printd.errors import Refused
from printd.events.operators import OperatorSet, Role
from printd.events.signatures import required
from printd.remedies import Do
from printd.store import operators
from printd.store.tables.operators import OperatorRow


class Named(TypedDict):
    """An operator by their login name."""

    name: str


def add(desk: Desk, name: str, password: SecretStr, role: Role = "operator") -> OperatorRow:
    """Enrol an operator under a short login name (the log carries it) with a password."""
    hashed = _hash(desk, password)
    with desk.booking() as booking:
        if operators.find_operator(booking.connection, name) is not None:
            raise Refused(f"There is an operator {name} already.", remedy=("Use: ", Do("operators.passwd")))
        booking.enter(OperatorSet(name=name, role=role, active=True))
        operators.put_password(booking.connection, name, hashed)
    return {"name": name, "role": role, "active": True}


def passwd(desk: Desk, name: str, password: SecretStr, by: Person) -> Named:
    """Give an operator a new password; they sign with the old one, or a supervisor does."""
    signed = proved(desk, by)
    hashed = _hash(desk, password)
    with desk.booking() as booking:
        row = operators.find_operator(booking.connection, name)
        if row is None:
            raise Refused(f"There is no operator {name}.", remedy=("Enrol them with: ", Do("operators.add")))
        event = OperatorSet.read({"name": name, "role": row["role"], "active": row["active"]})
        signer = operators.find_operator(booking.connection, signed)
        if signed != required(event).but and (signer is None or signer["role"] != "supervisor"):
            raise Refused(
                f"{signed} cannot give {name} a new password.",
                why="Only they themselves, with the old one, or a supervisor can.",
                consequence="Nothing was changed.",
            )
        booking.enter(event, [signed])
        operators.put_password(booking.connection, name, hashed)
    return {"name": name}


def list_(desk: Desk) -> list[OperatorRow]:
    """Return all operators."""
    with desk.shop.store.reading() as connection:
        return operators.operators(connection)


def _hash(desk: Desk, password: SecretStr) -> str:
    if len(password.get_secret_value()) < 4:
        raise Refused("The password has fewer than 4 characters.", remedy="Choose a longer one.")
    return desk.hasher.hash(password.get_secret_value())
