"""A log in memory whose hashes and checkpoints are all right: only who signed its entries can be wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from printd.books.signers import Signers
from printd.events.base import Event
from printd.events.kinds import read
from printd.events.operators import OperatorEnrolled
from printd.events.shop import LogRolledBack
from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.entry import Entry
from printd.ledger.merkle import Frontier, leaf_hash
from printd.ledger.notes import Signer
from printd.ledger.signatures import SigningKey, message, write_signature
from printd.ledger.verify import Problem, Report, verify_log
from printd.words.roles import Role
from support.fixed import ORIGIN
from support.people import FIRST, SECOND, key_of
from support.signers import enrolled, opened

AT = "2026-11-02T08:00:00Z"

STAFF = {
    "siti": Role.OPERATOR,
    "budi": Role.OPERATOR,
    "tono": Role.STOREKEEPER,
    "ratna": Role.SUPERVISOR,
    "adi": Role.AUDITOR,
    "made": Role.ADMINISTRATOR,
}

LOADED = read("blanks.moved", {"serials": [["K1", "K1"]], "from": "store", "to": "hopper:p1", "why": "load"})
RESUMED = read("printer.resumed", {"printer": "p1"})
OTHER = SigningKey(b"o" * 32)
"""Somebody's key that is not the one they are known by."""


def started(resumed: int, attempt: str = "a", printer: str = "p1") -> Event:
    """Return what begins a card."""
    told = {"job": "j", "number": 1, "serial": "K1", "counters": {}, "artwork": "d"}
    return read("attempt.started", {"attempt": attempt, "printer": printer, "resumed": resumed, **told})


def spoiled(attempt: str = "a") -> Event:
    """Return what ends it."""
    return read("attempt.spoiled", {"attempt": attempt, "to": "spoiled", "cause": "jam"})


class SignedLog:
    """Whoever writes it has the key of the log; a test says who signs what, and with whose key.

    :ivar entries: of the log.
    :ivar origin: its name now.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.origin = ORIGIN
        self._generations: list[tuple[Signer, int]] = []
        self._key = Signer.generate(ORIGIN)

    @classmethod
    def with_staff(cls) -> SignedLog:
        """Return a log in which somebody of each role is enrolled."""
        log = cls()
        log.add(opened(), FIRST, SECOND)
        for name, role in STAFF.items():
            log.enrol(name, role)
        return log

    def enrol(self, name: str, role: Role = Role.OPERATOR) -> int:
        """Have the first two enrol somebody."""
        return self.add(OperatorEnrolled(person=enrolled(name, role)), FIRST, SECOND, name)

    def add(
        self,
        event: Event,
        *by: str,
        keys: Mapping[str, SigningKey] | None = None,
        origin: str | None = None,
    ) -> int:
        """Append an entry; return its number.

        :param by: who signs it, each with the key that tests know by the name.
        :param keys: of those who sign with another one.
        :param origin: name of the log that is signed; by default this one's.
        """
        bare = Entry(len(self.entries), AT, event.kind, by, event.data())
        text = message(self.origin if origin is None else origin, bare.unsigned())
        made = [write_signature((keys or {}).get(name, key_of(name)).sign(text)) for name in by]
        return self.append(replace(bare, signatures=tuple(made)))

    def append(self, entry: Entry) -> int:
        """Append an entry as it is; return its number."""
        self.entries.append(entry)
        return entry.seq

    def alter(self, seq: int, change: Callable[[Entry], Entry]) -> None:
        """Put another entry in the place of one."""
        self.entries[seq] = change(self.entries[seq])

    def roll_back(self, *by: str, origin: str = f"{ORIGIN}/2", ends: str = "") -> int:
        """Append the entry that ends this generation of the log, with nothing missing.

        :param ends: name of the log that it says has ended; by default the right one.
        """
        end, size = self._tree(len(self.entries)), len(self.entries)
        next_key = Signer.generate(origin)
        event = LogRolledBack.read(
            {
                "backup": {},
                "known": {"size": size, "root": end.root().hex()},
                "missing": 0,
                "note": "",
                "origin": ends or self.origin,
                "log_key": self._key.vkey,
                "next": {"origin": origin, "log_key": next_key.vkey},
            }
        )
        self._generations.append((self._key, size))
        seq = self.add(event, *by)
        self.origin, self._key = origin, next_key
        return seq

    def found(self) -> list[Problem]:
        """Return what is found about people; nothing else is wrong with the log."""
        assert self._verified(None).problems == []
        signers = Signers(self.origin)
        assert self._verified(signers).problems == []
        return signers.finish()

    def of_people(self) -> list[Problem]:
        """Return what is found about people, whatever else is wrong with the log."""
        signers = Signers(self.origin)
        for entry in self.entries:
            signers.add(entry, entry.body())
        return signers.finish()

    def kinds(self) -> list[tuple[str, int | None]]:
        """Return the kind of each finding, and its entry."""
        return [(one.kind, one.seq) for one in self.found()]

    def _verified(self, signers: Signers | None) -> Report:
        bodies = [entry.body() for entry in self.entries]
        end = self._tree(len(bodies))
        heads = []
        for key, size in [*self._generations, (self._key, len(bodies))]:
            root = self._tree(size).root()
            heads.append((size, root, sign(Checkpoint(key.name, size, root), key)))
        return verify_log(
            [(seq, body, leaf_hash(body)) for seq, body in enumerate(bodies)],
            None,
            heads,
            origin=self.origin,
            vkey=self._key.vkey,
            frontier=(end.size, end.hashes),
            root_at=lambda size: self._tree(size).root(),
            read=None if signers is None else signers.add,
        )

    def _tree(self, size: int) -> Frontier:
        end = Frontier()
        for entry in self.entries[:size]:
            end, _ = end.append(leaf_hash(entry.body()))
        return end
