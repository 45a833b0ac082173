"""Who works in the running shop, from the entries of its log: no table is believed about people.

Whoever owns the database can write another role or key beside a name, and can write entries that nobody signed behind
the last signed checkpoint. So the people of a shop are read from the entries about people, each of which others
signed, back to the two of the first one; and of what no checkpoint covers yet every entry is held against its signers
before the log's key is used again.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from printd.books.people import Person
from printd.books.signers import PeopleInEntries
from printd.books.signing import Signing
from printd.errors import IntegrityError, Refused
from printd.events.base import Event, EventError
from printd.events.kinds import read
from printd.ledger.entry import Entry, EntryError
from printd.remedies import Do
from printd.store import log
from printd.store.rows import Connection

_ABOUT_PEOPLE = (b'"kind":"operator.', b'"kind":"log.rolled_back"')
"""What the bytes of an entry hold that changes who works here, or the log's name; inside data no quote is bare."""


class Staff:
    """Who works here.

    :param signed: how many entries the last signed checkpoint covers; those behind it are all held against their
        signers.
    """

    def __init__(self, signed: int) -> None:
        self._signed = signed
        self._size = 0
        self._known = False
        self._people = PeopleInEntries()
        self._signing = Signing(self._people)
        self._lock = Lock()

    @property
    def size(self) -> int:
        """How many entries were read."""
        return self._size

    @property
    def known(self) -> bool:
        """Whether they were read to the end of the log once: a database that fails leaves a reading half done."""
        return self._known

    def find(self, name: str) -> Person | None:
        """Return somebody who works here; ``None``: nobody of that name does."""
        return self._people.find(name)

    def go_on(self, connection: Connection, end: int) -> None:
        """Read the entries up to a size of the log; of those below the checkpoint only the ones about people.

        :raises IntegrityError: one was not signed by those who must, or is none.
        """
        with self._lock:
            if self._size >= end:
                return
            below = min(end, self._signed)
            if not self._size and below:
                self._take(0, log.bodies(connection, [0]).get(0, b""))
            if self._size < below:
                for seq, body in log.holding(connection, _ABOUT_PEOPLE, max(1, self._size), below):
                    self._take(seq, body)
            for seq, body, _ in log.entries(connection, max(self._size, below)):
                if seq >= end:
                    break
                self._take(seq, body)
            self._size, self._known = end, True

    def booked(self, before: int, entries: Sequence[tuple[Entry, Event]], after: int) -> None:
        """Take over what this process booked, and signed for, itself.

        :param before: size of the log below it, and ``after`` behind it.
        """
        if self._size == before:  # else they are read when their turn comes
            for entry, event in entries:
                self._people.entered(entry, event)
            self._size = after

    def _take(self, seq: int, body: bytes) -> None:
        try:
            entry = Entry.from_body(body)
            event = read(entry.kind, entry.data)
            about_people = any(mark in body for mark in _ABOUT_PEOPLE)
            against = self._people.why_not(entry, event) if about_people or not seq else None
            if against is not None:
                raise Refused(against[1])
            self._signing.verify_people(entry, event)
            self._size = seq + 1  # a reading that breaks off goes on from here: nobody is enrolled a second time
        except (EntryError, EventError, Refused) as wrong:
            raise IntegrityError(
                f"Entry {seq} of the log was not signed by those who must sign it.",
                why=f"{wrong.what if isinstance(wrong, Refused) else wrong}. It was written past printd.",
                consequence="Nothing is booked, signed or printed.",
                remedy=("Run ", Do("audit.verify"), ", which names every such entry, and call the auditor."),
            ) from wrong
