"""What entries of operators do to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.errors import IntegrityError, Refused
from printd.events.operators import (
    Enrolled,
    OperatorEnrolled,
    OperatorKeyRenewed,
    OperatorResealed,
    OperatorRetired,
    OperatorRoleSet,
)
from printd.ledger.entry import Entry
from printd.ledger.signatures import SignatureError, read_vkey
from printd.people.enrolment import check_free, check_key
from printd.store import operators, shop
from printd.store.rows import Connection
from printd.store.tables.operators import OperatorRow
from printd.words.roles import MACHINES, Role


def enrol(connection: Connection, person: Enrolled, origin: str) -> None:
    """Write a person who is new.

    :param origin: name of the log.
    :raises Refused: the name is taken or cannot be one, or the key is not theirs in this log.
    """
    check_free(person.name, taken=operators.find_operator(connection, person.name) is not None)
    operators.add_operator(
        connection,
        {
            "name": person.name,
            "role": person.role,
            "active": True,
            "key": _checked(connection, person.key, origin, person.name),
            "sealed": person.sealed,
            "legal_name": person.legal_name,
            "nip": person.nip,
            "position": person.position,
            "rank": person.rank,
        },
    )


def _enrolled(connection: Connection, event: OperatorEnrolled, entry: Entry) -> None:
    enrol(connection, event.person, _origin(connection))


def _role_set(connection: Connection, event: OperatorRoleSet, entry: Entry) -> None:
    _working(connection, event.name)
    operators.set_operator(connection, event.name, role=event.role)
    _check_who_is_left(connection)


def _retired(connection: Connection, event: OperatorRetired, entry: Entry) -> None:
    _working(connection, event.name)
    operators.set_operator(connection, event.name, active=False)
    _check_who_is_left(connection)


def _key_renewed(connection: Connection, event: OperatorKeyRenewed, entry: Entry) -> None:
    _working(connection, event.name)
    key = _checked(connection, event.key, _origin(connection), event.name)
    operators.set_operator(connection, event.name, key=key, sealed=event.sealed)


def _resealed(connection: Connection, event: OperatorResealed, entry: Entry) -> None:
    _working(connection, event.name)
    operators.set_operator(connection, event.name, sealed=event.sealed)


def _working(connection: Connection, name: str) -> OperatorRow:
    row = operators.find_operator(connection, name)
    if row is None or not row["active"]:
        raise Refused(f"{name!r} is not an active operator of this shop.", consequence="Nothing was changed.")
    return row


def _check_who_is_left(connection: Connection) -> None:
    """Make sure that two people, one a supervisor, are left who can enrol others."""
    left = [row["role"] for row in operators.operators(connection) if row["active"] and row["role"] in MACHINES]
    if len(left) < 2 or Role.SUPERVISOR not in left:
        raise Refused(
            "A supervisor and a second person who can enrol others must be left.",
            consequence="Nothing was changed.",
            remedy="Enrol their successors first.",
        )


def _checked(connection: Connection, key: str, origin: str, name: str) -> str:
    """Return a person's verifier key.

    :raises Refused: it is none, is named otherwise, or is somebody's already.
    :raises IntegrityError: the table has something for somebody's key that is none.
    """
    check_key(key, origin, name, [_kept(row) for row in operators.operators(connection)])
    return key


def _kept(row: OperatorRow) -> bytes:
    try:
        return read_vkey(row["key"])[1]
    except SignatureError as altered:
        raise IntegrityError(
            f"What the database has for the key of {row['name']} is none.",
            why=f"{altered}. It was altered past printd.",
            consequence="Nothing was changed.",
            remedy="Call the auditor: the log names the key that it was.",
        ) from altered


def _origin(connection: Connection) -> str:
    row = shop.find_shop(connection)
    if row is None:
        raise Refused("The log has no first entry.", consequence="Nothing was changed.")
    return row["origin"]


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    dict(
        (
            on(OperatorEnrolled, _enrolled),
            on(OperatorRoleSet, _role_set),
            on(OperatorRetired, _retired),
            on(OperatorKeyRenewed, _key_renewed),
            on(OperatorResealed, _resealed),
        )
    )
)
