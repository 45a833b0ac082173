"""Who signs an entry: the right people by the table, each with the key that the entries below it give them.

The table is :mod:`printd.events.signatures`. The booking asks this before an entry is written, the replay of each entry
that it reads: the same rule holds in the running shop and for whoever rebuilds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from printd.errors import Refused
from printd.events import signatures
from printd.events.attempts import AttemptSpoiled, AttemptUnused
from printd.events.base import Event
from printd.events.cards import CardChecked
from printd.events.operators import (
    OperatorEnrolled,
    OperatorKeyRenewed,
    OperatorResealed,
    OperatorRetired,
    OperatorRoleSet,
)
from printd.events.shop import LogRolledBack, ShopOpened
from printd.ledger.entry import Entry
from printd.ledger.signatures import (
    EntrySigner,
    SignatureError,
    message,
    read_signature,
    read_vkey,
    verify,
    write_signature,
)
from printd.remedies import Do
from printd.store import attempts, operators
from printd.store import shop as shops
from printd.store.rows import Connection
from printd.words.roles import Role

Keys: TypeAlias = Mapping[str, EntrySigner]
"""Keys of those who sign now, by name; each was opened by its owner for this act."""

_OF_PEOPLE = (OperatorEnrolled, OperatorRoleSet, OperatorRetired, OperatorKeyRenewed, OperatorResealed)
_NOT_SIGNED = "A" * 86


@dataclass(frozen=True)
class _Person:
    role: Role
    public: bytes


class Signing:
    """The people of one transaction: each is looked up once, and again after an entry about people."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._origin: str | None = None
        self._people: dict[str, _Person | None] = {}

    def sign(self, entry: Entry, event: Event, keys: Keys) -> Entry:
        """Return an entry with the signatures of those whom it names.

        :raises Refused: they are not those whom the table wants, or one of them did not open their key.
        """
        enrolled = self._check(event, entry.actors)
        if not entry.actors:
            return entry
        text = message(self._origin_of(event), entry.unsigned())
        made = []
        for name in entry.actors:
            person, key = self._person(name, enrolled), keys.get(name)
            if key is None or person is None:
                raise Refused(
                    f"{name} has not signed.",
                    why="Whoever an entry names signs it with a key that only their passphrase opens.",
                    consequence="Nothing was changed.",
                    remedy=("They log in, or give their passphrase: ", Do("people.login", by=name)),
                )
            if key.public != person.public:
                raise Refused(
                    f"The key of {name} is not the one that they are enrolled with.",
                    consequence="Nothing was changed.",
                    remedy="Call the auditor: somebody put another key in its place.",
                )
            made.append(write_signature(key.sign(text)))
        self._forget(event)
        return replace(entry, signatures=tuple(made))

    def verify(self, entry: Entry, event: Event) -> None:
        """Make sure that an entry was signed by those whom the table wants.

        :raises Refused: it was not.
        """
        enrolled = self._check(event, entry.actors)
        if not entry.actors:
            return
        text = message(self._origin_of(event), entry.unsigned())
        for name, signature in zip(entry.actors, entry.signatures, strict=True):
            person = self._person(name, enrolled)
            try:
                good = person is not None and verify(person.public, read_signature(signature), text)
            except SignatureError:
                good = False
            if not good:
                raise Refused(f"The signature of {name} under entry {entry.seq} is not good.")
        self._forget(event)

    def _check(self, event: Event, names: Sequence[str]) -> dict[str, _Person]:
        """Hold those who sign against the table; return those whose keys the event itself brings."""
        enrolled = self._brought(event)

        def role_of(name: str) -> Role | None:
            person = self._person(name, enrolled)
            return None if person is None else person.role

        signatures.check(event, names, role_of, self._printed_by(event))
        return enrolled

    def _brought(self, event: Event) -> dict[str, _Person]:
        match event:
            case ShopOpened(people=people):
                return {one.name: _Person(one.role, _public(one.key)) for one in people}
            case OperatorEnrolled(person=one):
                return {one.name: _Person(one.role, _public(one.key))}
            case OperatorKeyRenewed(name=name, key=key):
                there = self._person(name, {})
                return {} if there is None else {name: _Person(there.role, _public(key))}
            case _:
                return {}

    def _person(self, name: str, enrolled: Mapping[str, _Person]) -> _Person | None:
        if name in enrolled:
            return enrolled[name]
        if name not in self._people:
            row = operators.find_operator(self._connection, name)
            active = row is not None and row["active"]
            self._people[name] = _Person(row["role"], read_vkey(row["key"])[1]) if row and active else None
        return self._people[name]

    def _origin_of(self, event: Event) -> str:
        """Return the name of the log as it is below an entry; of the first one, the name that it gives."""
        if isinstance(event, ShopOpened):
            return event.origin
        if self._origin is None:
            row = shops.find_shop(self._connection)
            if row is None:
                raise Refused("The log has no first entry, so nobody is enrolled who could sign.")
            self._origin = row["origin"]
        return self._origin

    def _forget(self, event: Event) -> None:
        if isinstance(event, _OF_PEOPLE):
            self._people.clear()
        if isinstance(event, LogRolledBack):
            self._origin = None

    def _printed_by(self, event: Event) -> str:
        """Return who printed the card that an event is about, where that matters; otherwise an empty string."""
        if (
            not isinstance(event, AttemptSpoiled | AttemptUnused | CardChecked)
            or not signatures.required(event).not_alone
        ):
            return ""
        attempt = attempts.find_attempt(self._connection, event.attempt)
        return "" if attempt is None else attempt["operator"]


def unsigned(entry: Entry) -> Entry:
    """Return an entry that nobody signed, in the form of one that is: for a transaction that is undone."""
    return replace(entry, signatures=(_NOT_SIGNED,) * len(entry.actors))


def _public(key: str) -> bytes:
    try:
        return read_vkey(key)[1]
    except SignatureError as wrong:
        raise Refused(
            "A key that is to be enrolled is none.", why=f"{wrong}.", consequence="Nothing was changed."
        ) from wrong
