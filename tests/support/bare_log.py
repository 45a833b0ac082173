"""A log in a database with entries of a few bytes, `leaf-0`, `leaf-1`, ..., as published vectors have them.

No shop is behind it: what is tried with it asks for bytes, hashes and signed heads alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from printd.backup import export as exporting
from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.merkle import Frontier, Node, leaf_hash
from printd.ledger.notes import Signer
from printd.store import log
from printd.store.engine import Store
from printd.store.tables.log import entry, node

_AT_ONCE = 5000


def leaf(number: int) -> bytes:
    """Return the bytes of an entry of the published vectors."""
    return b"leaf-%d" % number


class BareLog:
    """Such a log; it can be exported.

    :param store: with an empty log.
    :param body: gives the bytes of each entry.
    """

    def __init__(self, store: Store, signer: Signer, body: Callable[[int], bytes] = leaf) -> None:
        self.store = store
        self.signer = signer
        self._body = body

    def grow(self, size: int) -> None:
        """Append entries until there are so many."""
        with self.store.writing() as connection:
            end = log.frontier(connection)
            for start in range(end.size, size, _AT_ONCE):
                bodies, nodes = list[dict[str, object]](), list[Node]()
                for seq in range(start, min(start + _AT_ONCE, size)):
                    body = self._body(seq)
                    end, new = end.append(leaf_hash(body))
                    nodes += new
                    bodies.append({"seq": seq, "body": body, "leaf_hash": leaf_hash(body)})
                connection.execute(entry.insert(), bodies)
                above = [{"level": one.level, "idx": one.index, "hash": one.hash} for one in nodes if one.level]
                if above:
                    connection.execute(node.insert(), above)
            log.set_frontier(connection, end)

    def head(self, size: int | None = None) -> bytes:
        """Return a checkpoint that the log's key signs: of its end, or of so many entries of it."""
        with self.store.reading() as connection:
            bodies = connection.execute(sa.select(entry.c.leaf_hash).order_by(entry.c.seq).limit(size)).scalars()
            tree = Frontier().extend(map(bytes, bodies))
        return sign(Checkpoint(self.signer.name, tree.size, tree.root()), self.signer)

    def export(
        self, folder: Path, span: tuple[int, int] | None = None, note: bytes | None = None, first: bytes = b""
    ) -> int:
        """Export it up to its end, or to the head that a note says; return what the export returns.

        :param first: the smallest checkpoint that a witness cosigned.
        """
        verifier = self.signer.verifier
        with self.store.reading() as connection:
            public = {"log.vkey": f"{verifier.vkey}\n".encode()}
            source = exporting.Source(connection, note or self.head(), verifier, public, b"", first)
            return exporting.export(source, folder, lambda _done: None, span)
