"""Somebody who has everything: database, folder, the log's key and everybody's passphrase.

He rewrites entries, and makes good again whatever follows from them: numbers, references, roots that acts carry,
signatures of people, hashes, and the log's own signature. What he cannot do is to make false things fit each other.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from printd.ledger.entry import canonical
from printd.ledger.merkle import Frontier, leaf_hash
from printd.ledger.notes import Signer
from printd.ledger.signatures import EntrySigner, message, write_signature
from spoilt.good import Good
from support.told import Told

Value = dict[str, Any]


class Insider:
    """A good shop's log in his hands.

    :ivar entries: as he wants them; :meth:`told` makes good what follows.
    :ivar people: keys that he signs with; he may put others there.
    """

    def __init__(self, good: Good) -> None:
        self.entries: list[Value] = [json.loads(body) for body in good.bodies]
        self.people: dict[str, EntrySigner] = dict(good.people)
        self.signer: Signer = good.log
        self.sizes = good.sizes
        self._bodies: list[bytes | None] = [*good.bodies]
        self._left: set[int] = set()
        self._keys: dict[tuple[int, str], EntrySigner] = {}

    @property
    def origin(self) -> str:
        """Name of the log."""
        return self.signer.name

    def find(self, kind: str, number: int = 0, **data: Any) -> int:
        """Return the number of an entry of a kind whose data has some values; a negative number counts from the end.

        :raises IndexError: there is none.
        """
        of_kind = (one for one in self.entries if one["kind"] == kind)
        return int([one["seq"] for one in of_kind if data.items() <= _plain(one["data"]).items()][number])

    def data(self, seq: int) -> Value:
        """Return what an entry says, for him to change; it is signed anew by whom it names."""
        self._bodies[seq] = None
        value: Value = self.entries[seq]["data"]
        return value

    def entry(self, seq: int) -> Value:
        """Return a whole entry, for him to change."""
        self._bodies[seq] = None
        return self.entries[seq]

    def lie(self, seq: int) -> Value:
        """Return what an entry says, for him to change; a root that it tells stays as he writes it."""
        self._left.add(seq)
        return self.data(seq)

    def forge(self, seq: int, body: bytes) -> None:
        """Let an entry have these bytes, whatever they are."""
        self._left.add(seq)
        self._bodies[seq] = body

    def sign_with(self, seq: int, name: str, key: EntrySigner) -> None:
        """Let somebody's signature under one entry be made with another key; no entry comes below it afterwards."""
        self._keys[seq, name] = key
        self._bodies[seq] = None

    def say(self, kind: str, data: Mapping[str, Any], *by: str, at: str = "") -> int:
        """Append an entry, of the last one's time; return its number."""
        return self.insert(len(self.entries), kind, data, *by, at=at)

    def insert(self, seq: int, kind: str, data: Mapping[str, Any], *by: str, at: str = "") -> int:
        """Put an entry before another one, of the time of the one below; return its number."""
        new = {"v": 2, "seq": seq, "at": at or self.entries[seq - 1]["at"], "kind": kind, "by": [*by]}
        self._renumber(seq, 1)
        self.entries.insert(seq, {**new, "data": copy.deepcopy(dict(data))})
        self._bodies.insert(seq, None)
        return seq

    def remove(self, seq: int) -> Value:
        """Take an entry out, as if it had never been written; return it."""
        taken = self.entries.pop(seq)
        self._bodies.pop(seq)
        self._renumber(seq, -1)
        return taken

    def again(self, seq: int) -> int:
        """Append an entry once more as a new one; return its number."""
        one = self.entries[seq]
        return self.say(one["kind"], one["data"], *one["by"])

    def at(self, seq: int, seconds: int) -> str:
        """Return the time of an entry and so many seconds."""
        moment = datetime.fromisoformat(self.entries[seq]["at"]) + timedelta(seconds=seconds)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def told(self) -> Told:
        """Return the log that comes of it, with every hash and signature made good."""
        told = Told(self.origin)
        told.signer, told.bodies = self.signer, []
        end, roots = Frontier(), [Frontier().root()]
        for seq, entry in enumerate(self.entries):
            if seq not in self._left:
                self._retell(entry, roots)
            body = self._bodies[seq]
            if body is None:
                body = self._signed(entry)
            told.bodies.append(body)
            end, _ = end.append(leaf_hash(body))
            roots.append(end.root())
        return told

    def _renumber(self, seq: int, by: int) -> None:
        """Move all entries from a number on, and what refers to them."""
        for place, entry in enumerate(self.entries[seq:], seq):
            entry["seq"] += by
            self._bodies[place] = None
            data = entry["data"]
            for name in ("resumed", "entry"):
                if name in data and data[name] >= seq:
                    data[name] += by
            for told in _telling(data):
                name = "log_size" if "log_size" in told else "size"
                if told[name] > seq:
                    told[name] += by
        self._left = {one + by if one >= seq else one for one in self._left}

    def _retell(self, entry: Value, roots: list[bytes]) -> None:
        for told in _telling(entry["data"]):
            size, root = ("log_size", "log_root") if "log_size" in told else ("size", "root")
            right = roots[told[size]].hex() if told[size] < len(roots) else told[root]
            if told[root] != right:
                told[root] = right
                self._bodies[entry["seq"]] = None

    def _signed(self, entry: Value) -> bytes:
        bare = {name: value for name, value in entry.items() if name != "sig"}
        if not entry["by"]:
            return canonical(bare)
        text = message(self._origin_at(entry["seq"]), canonical(bare))
        made = [write_signature(self._key(entry["seq"], name).sign(text)) for name in entry["by"]]
        return canonical({**bare, "sig": made})

    def _key(self, seq: int, name: str) -> EntrySigner:
        return self._keys.get((seq, name)) or self.people[name]

    def _origin_at(self, seq: int) -> str:
        """Return the name that the log had when an entry was written."""
        ended = (one for one in self.entries[:seq] if one["kind"] == "log.rolled_back")
        last = next(reversed([*ended]), None)
        return str(self.entries[0]["data"]["origin"] if last is None else last["data"]["next"]["origin"])


def _telling(value: object) -> Iterator[Value]:
    """Yield the parts of an entry's data that tell a size with its root."""
    if isinstance(value, dict):
        if {"log_size", "log_root"} <= value.keys() or {"size", "root"} <= value.keys():
            yield value
        for inner in value.values():
            yield from _telling(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _telling(inner)


def _plain(data: Value) -> dict[str, Any]:
    return {name: value for name, value in data.items() if isinstance(value, str | int)}
