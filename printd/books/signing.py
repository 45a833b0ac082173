"""Who signs an entry: the right people by the table, each with the key that the entries below it give them.

The table is :mod:`printd.events.signatures`. The booking asks this before an entry is written, the replay and the
verifier of each entry that they read: the same rule holds in the running shop and for whoever rebuilds or proves it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from printd.books.people import Find, People, Person, brought
from printd.errors import Refused
from printd.events import signatures
from printd.events.attempts import AttemptPrinted, AttemptSpoiled, AttemptUnused
from printd.events.base import Event
from printd.events.cards import CardChecked
from printd.events.shop import ShopOpened
from printd.events.signatures import Card
from printd.ledger.entry import Entry
from printd.ledger.signatures import (
    EntrySigner,
    SignatureError,
    message,
    read_signature,
    verify,
    write_signature,
)
from printd.remedies import Do
from printd.words.roles import Role

Keys: TypeAlias = Mapping[str, EntrySigner]
"""Keys of those who sign now, by name; each was opened by its owner for this act."""

_NOT_SIGNED = "A" * 86


class Signing:
    """Holds entries, in the log's order, against those who sign them."""

    def __init__(self, people: People) -> None:
        self._people = people

    def sign(self, entry: Entry, event: Event, keys: Keys) -> Entry:
        """Return an entry with the signatures of those whom it names.

        :raises Refused: they are not those whom the table wants, or one of them did not open their key.
        """
        find = self.check(event, entry.actors)
        if not entry.actors:
            self._people.entered(entry, event)
            return entry
        text = message(self.origin_of(event), entry.unsigned())
        made = []
        for name in entry.actors:
            person, key = find(name), keys.get(name)
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
        self._people.entered(entry, event)
        return entry.signed(made)

    def verify(self, entry: Entry, event: Event) -> None:
        """Make sure that an entry was signed by those whom the table wants.

        :raises Refused: it was not.
        """
        self._good(entry, event, self.check(event, entry.actors))

    def verify_people(self, entry: Entry, event: Event) -> None:
        """Make sure the same of who signs, whatever is known of the card that the entry is about.

        :raises Refused: not enough sign it, they have other roles, or a signature is not good.
        """
        find = self.known_to(event)
        signatures.check_people(signatures.required(event), entry.actors, _role_of(find))
        self._good(entry, event, find)

    def _good(self, entry: Entry, event: Event, find: Find) -> None:
        if entry.actors:
            for name in not_good(entry, message(self.origin_of(event), entry.unsigned()), find):
                raise Refused(f"The signature of {name} under entry {entry.seq} is not good.")
        self._people.entered(entry, event)

    def check(self, event: Event, names: Sequence[str]) -> Find:
        """Hold those who sign against the table; return who knows them, and those whose keys the event itself brings.

        :raises Refused: they are not those whom the table wants.
        """
        find = self.known_to(event)
        signatures.check(event, names, _role_of(find), self._card(event))
        return find

    def known_to(self, event: Event) -> Find:
        """Return who knows those who work here, and those whose keys an event itself brings.

        :raises Refused: a key that it brings is none.
        """
        new = brought(event, self._people.find)

        def find(name: str) -> Person | None:
            return new[name] if name in new else self._people.find(name)

        return find

    def origin_of(self, event: Event) -> str:
        """Return the name of the log as it is below an entry; of the first one, the name that it gives."""
        return event.origin if isinstance(event, ShopOpened) else self._people.origin

    def _card(self, event: Event) -> Card:
        """Return what is known of the card that an event is about, where that decides who signs."""
        attempt = whose_card_matters(event)
        return signatures.UNKNOWN if attempt is None else self._people.card(attempt)


def _role_of(find: Find) -> signatures.RoleOf:
    def role_of(name: str) -> Role | None:
        person = find(name)
        return None if person is None else person.role

    return role_of


def whose_card_matters(event: Event) -> str | None:
    """Return the attempt of whose card something decides who signs an event; ``None``: there is none."""
    if isinstance(event, AttemptPrinted | AttemptSpoiled | AttemptUnused | CardChecked):
        return event.attempt
    return None


def not_good(entry: Entry, said: bytes, find: Find) -> list[str]:
    """Return those whose signatures under an entry are not good, in order: of other bytes, another key, or nobody's.

    :param said: what each of them signs, see :func:`printd.ledger.signatures.message`.
    """
    return [
        name for name, text in zip(entry.actors, entry.signatures, strict=True) if not _is_good(find(name), text, said)
    ]


def _is_good(person: Person | None, text: str, said: bytes) -> bool:
    try:
        return person is not None and verify(person.public, read_signature(text), said)
    except SignatureError:
        return False


def unsigned(entry: Entry) -> Entry:
    """Return an entry that nobody signed, in the form of one that is: for a transaction that is undone."""
    return replace(entry, signatures=(_NOT_SIGNED,) * len(entry.actors))
