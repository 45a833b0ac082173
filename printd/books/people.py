"""Who works in the shop below an entry, and whose hands were on which card: what the rule of signatures asks.

The tables know it in the running shop and at replay, the entries alone for a verifier (:mod:`printd.books.signers`).
Both answer the same questions, so :mod:`printd.books.signing` has one rule for all three.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from printd.books.cards import card_of
from printd.errors import Refused
from printd.events.base import Event
from printd.events.operators import (
    OperatorEnrolled,
    OperatorKeyRenewed,
    OperatorResealed,
    OperatorRetired,
    OperatorRoleSet,
)
from printd.events.shop import LogRolledBack
from printd.events.signatures import UNKNOWN, Card
from printd.ledger.entry import Entry
from printd.ledger.signatures import read_vkey
from printd.store import attempts, operators
from printd.store import shop as shops
from printd.store.rows import Connection
from printd.words.roles import Role

_OF_PEOPLE = (OperatorEnrolled, OperatorRoleSet, OperatorRetired, OperatorKeyRenewed, OperatorResealed)


@dataclass(frozen=True)
class Person:
    """Somebody who works here.

    :param public: their public key, 32 bytes.
    """

    role: Role
    public: bytes


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
    """The people of one transaction: each is looked up once, and again after an entry about people."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
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
        """See :class:`People`."""
        if name not in self._people:
            row = operators.find_operator(self._connection, name)
            active = row is not None and row["active"]
            self._people[name] = Person(row["role"], read_vkey(row["key"])[1]) if row and active else None
        return self._people[name]

    def card(self, attempt: str) -> Card:
        """See :class:`People`."""
        row = attempts.find_attempt(self._connection, attempt)
        return UNKNOWN if row is None else card_of(self._connection, row)

    def entered(self, entry: Entry, event: Event) -> None:
        """See :class:`People`."""
        if isinstance(event, _OF_PEOPLE):
            self._people.clear()
        if isinstance(event, LogRolledBack):
            self._origin = None
