"""Who works in the shop below an entry, and whose hands were on which card: what the rule of signatures asks.

The tables know it in the running shop and at replay, the entries alone for a verifier (:mod:`printd.books.signers`).
Both answer the same questions, so :mod:`printd.books.signing` has one rule for all three.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from printd.books.cards import card_of
from printd.errors import IntegrityError, Refused
from printd.events.base import Event
from printd.events.operators import (
    OperatorEnrolled,
    OperatorKeyRenewed,
    OperatorRetired,
    OperatorRoleSet,
)
from printd.events.shop import LogRolledBack, ShopOpened
from printd.events.signatures import UNKNOWN, Card
from printd.ledger.entry import Entry
from printd.ledger.signatures import SignatureError, read_vkey
from printd.remedies import Do
from printd.store import attempts, operators
from printd.store import shop as shops
from printd.store.rows import Connection
from printd.store.tables.operators import OperatorRow
from printd.words.roles import Role


@dataclass(frozen=True)
class Person:
    """Somebody who works here.

    :param public: their public key, 32 bytes.
    """

    role: Role
    public: bytes


Find: TypeAlias = Callable[[str], Person | None]
"""Returns somebody who works here; ``None``: nobody of that name does."""


def brought(event: Event, find: Find) -> dict[str, Person]:
    """Return those whose keys an event brings, who may sign it with them already.

    :param find: those who work here below it.
    :raises Refused: a key that it brings is none.
    """
    match event:
        case ShopOpened(people=people):
            return {one.name: Person(one.role, _public(one.key)) for one in people}
        case OperatorEnrolled(person=one):
            return {one.name: Person(one.role, _public(one.key))}
        case OperatorKeyRenewed(name=name, key=key):
            there = find(name)
            return {} if there is None else {name: Person(there.role, _public(key))}
        case _:
            return {}


def changed(event: Event, find: Find) -> Mapping[str, Person | None]:
    """Return who is another one after an event; ``None``: they do not work here any more.

    :param find: those who work here below it.
    """
    match event:
        case OperatorRoleSet(name=name, role=role):
            there = find(name)
            return {} if there is None else {name: Person(role, there.public)}
        case OperatorRetired(name=name):
            return {name: None}
        case _:
            return brought(event, find)


def _public(key: str) -> bytes:
    try:
        return read_vkey(key)[1]
    except SignatureError as wrong:
        raise Refused(
            "A key that is to be enrolled is none.", why=f"{wrong}.", consequence="Nothing was changed."
        ) from wrong


class People(Protocol):
    """What is known below an entry."""

    @property
    def origin(self) -> str:
        """Name of the log.

        :raises Refused: there is no first entry, so it has none.
        """

    def find(self, name: str) -> Person | None:
        """Return somebody who works here; ``None``: nobody of that name does."""

    def card(self, attempt: str) -> Card:
        """Return what is known of the card of an attempt; nothing: there is no such attempt."""

    def entered(self, entry: Entry, event: Event) -> None:
        """Take note of an entry that is rightly signed; what it says holds from the next one on."""


class PeopleInTables:
    """The people of one transaction: each is looked up once.

    :param proved: who works here by the entries below this transaction, where that is known: no table is believed then.
    """

    def __init__(self, connection: Connection, proved: Find | None = None) -> None:
        self._connection = connection
        self._proved = proved
        self._origin: str | None = None
        self._people: dict[str, Person | None] = {}

    @property
    def origin(self) -> str:
        """See :class:`People`."""
        if self._origin is None:
            self._origin = self._read_origin()
        return self._origin

    def _read_origin(self) -> str:
        row = shops.find_shop(self._connection)
        if row is None:
            raise Refused("The log has no first entry, so nobody is enrolled who could sign.")
        return row["origin"]

    def find(self, name: str) -> Person | None:
        """See :class:`People`.

        :raises IntegrityError: the table says otherwise than the entries.
        """
        if name not in self._people:
            told = _told(operators.find_operator(self._connection, name))
            if self._proved is not None and told != self._proved(name):
                raise IntegrityError(
                    f"The table of operators says of {name[:40]} otherwise than the entries of the log.",
                    why="It was altered past printd: role, key or whether somebody works here.",
                    consequence="Nobody can sign by it. Nothing was changed.",
                    remedy=("Run ", Do("audit.replay"), ", which names the difference, and call the auditor."),
                )
            self._people[name] = told
        return self._people[name]

    def card(self, attempt: str) -> Card:
        """See :class:`People`."""
        row = attempts.find_attempt(self._connection, attempt)
        return UNKNOWN if row is None else card_of(self._connection, row)

    def entered(self, entry: Entry, event: Event) -> None:
        """See :class:`People`."""
        self._people.update(changed(event, self.find))
        if isinstance(event, LogRolledBack):
            self._origin = None


def _told(row: OperatorRow | None) -> Person | None:
    if row is None or not row["active"]:
        return None
    try:
        return Person(row["role"], read_vkey(row["key"])[1])
    except SignatureError as altered:
        raise IntegrityError(
            f"What the database has for the key of {row['name']} is none.",
            why=f"{altered}. It was altered past printd.",
            consequence="Nothing was changed.",
            remedy=("Run ", Do("audit.replay"), ", which names the difference, and call the auditor."),
        ) from altered
