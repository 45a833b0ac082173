"""Proofs of entries that stand by themselves (c2sp.org/tlog-proof), and bundles of them.

Log reference sections 11 and 17.4. A proof carries its entry in ``extra``. A bundle is a few lines that say what it is
about, an empty line, and proofs one behind the other under one checkpoint: cut before each header, it is a row of
proofs that any tool for such files reads.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

HEADER: Final = b"c2sp.org/tlog-proof@v1\n"
BUNDLE: Final = b"printd.example/proof-bundle/v1\n"

Noun = Literal["blank", "job", "record"]
"""What a bundle can be about."""


@dataclass(frozen=True)
class Proof:
    """An entry with the hashes that lead from it to a root.

    `hashes` begin at the leaf.
    """

    index: int
    body: bytes
    hashes: Sequence[bytes]

    def content(self, note: bytes) -> bytes:
        """Return the bytes of its file; `note` is the signed checkpoint over it."""
        lines = [b"extra " + base64.b64encode(self.body), b"index %d" % self.index]
        lines += map(base64.b64encode, self.hashes)
        return HEADER + b"".join(line + b"\n" for line in lines) + b"\n" + note


@dataclass(frozen=True)
class Bundle:
    """Entries about one thing.

    `name` is the blank's serial, or the id of the job or record. `opening` lets whoever has the files of a record tell
    that they are those that were taken in; empty: it is closed.
    """

    noun: Noun
    name: str
    proofs: Sequence[Proof]
    opening: bytes = b""

    def content(self, note: bytes) -> bytes:
        """Return the bytes of its file; `note` is the signed checkpoint over all of them."""
        opening = b"opening " + base64.b64encode(self.opening) + b"\n" if self.opening else b""
        about = f"{self.noun} {self.name}\n".encode()
        return BUNDLE + about + opening + b"\n" + b"".join(one.content(note) for one in self.proofs)
