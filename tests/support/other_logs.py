"""A log in memory that asks a witness: entries leaf-0, leaf-1, and so on, and a second history of them."""

from __future__ import annotations

from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.merkle import Frontier, consistency_proof, leaf_hash
from printd.ledger.notes import Signer
from printd.ledger.submission import Submission


class MemoryLog:
    """A log of so many leaves.

    :param changed: number of an entry that is another one than in the first history.
    """

    def __init__(self, name: str = "printd.example/site-a/blanks", leaves: int = 300, changed: int = -1) -> None:
        self.signer = Signer(name, bytes(31) + bytes([len(name) % 256]))
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._roots = [Frontier().root()]
        end = Frontier()
        for number in range(leaves):
            told = b"leaf-%d" % number if number != changed else b"another leaf"
            end, new = end.append(leaf_hash(told))
            self._nodes |= {(one.level, one.index): one.hash for one in new}
            self._roots.append(end.root())

    @property
    def vkey(self) -> str:
        return self.signer.vkey

    def proof(self, old: int, new: int) -> list[bytes]:
        return consistency_proof(old, new, lambda level, index: self._nodes[level, index])

    def note(self, size: int) -> bytes:
        return sign(Checkpoint(self.signer.name, size, self._roots[size]), self.signer)

    def request(self, old: int, new: int) -> bytes:
        return Submission(old, tuple(self.proof(old, new)), self.note(new)).body()
