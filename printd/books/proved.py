"""One entry, proved: that it is the one over which the tree head was signed.

Whoever can write into the database can alter an entry and its hash. He cannot alter what was signed: the entry is
held against the smallest signed head that has it below. One that is younger than every signed head is held against the
end of the log as it is stored; it is minutes old at most.
"""

from __future__ import annotations

from collections.abc import Sequence

from printd.books.heads import Head
from printd.books.retrace import check_leaf
from printd.errors import IntegrityError
from printd.ledger.entry import Entry, EntryError
from printd.ledger.merkle import ProofError
from printd.remedies import Do
from printd.store import log
from printd.store.rows import Connection


def proved(connection: Connection, seq: int, heads: Sequence[Head]) -> Entry:
    """Return an entry.

    :param heads: that were signed, their signatures checked.
    :raises IntegrityError: it is not there, or not the one that was signed, or a stored hash is missing.
    """
    end = log.frontier(connection)
    body = log.bodies(connection, [seq]).get(seq)
    # A head that was signed after this transaction began to read is beyond its end; what is cut off a start finds.
    above = min((head for head in heads if seq < head.size <= end.size), key=lambda head: head.size, default=None)
    size, root = (end.size, end.root()) if above is None else (above.size, above.root)
    try:
        if body is None:
            raise EntryError("it is missing")
        check_leaf(connection, seq, body, size, root)
        return Entry.from_body(body)
    except (ProofError, EntryError) as altered:
        raise IntegrityError(
            f"Entry {seq} is not the one that was signed.",
            why=f"{altered}.",
            consequence="Nothing that it speaks of is printed.",
            remedy=("Run ", Do("audit.verify"), ", and call the auditor."),
        ) from altered
