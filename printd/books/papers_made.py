"""The papers that the log knows, each entry proved below the last signed checkpoint; the table is not believed."""

from __future__ import annotations

from collections.abc import Sequence

from printd.books.retrace import check_leaf, root_at, signed_tree
from printd.errors import IntegrityError
from printd.events.papers import PaperMade
from printd.ledger.entry import Entry, EntryError
from printd.ledger.merkle import ProofError
from printd.ledger.notes import Verifier
from printd.remedies import Do
from printd.store import log
from printd.store.rows import Connection

_KIND = f'"kind":"{PaperMade.kind}"'.encode()


def papers_made(connection: Connection, verifiers: Sequence[Verifier]) -> tuple[list[Entry], list[Entry]]:
    """Return the entries that say that a paper was made, first to last: those that are signed for, and younger ones.

    :param verifiers: keys of which one must have signed the last checkpoint.
    :raises IntegrityError: it is not signed by them, or an entry is not the one that was signed.
    """
    tree = signed_tree(connection, verifiers)
    size, root = tree.size, tree.root()
    signed: list[Entry] = []
    young: list[Entry] = []
    for seq, body in log.holding(connection, [_KIND], 0, log.frontier(connection).size):
        try:
            if seq < size:
                check_leaf(connection, seq, body, size, root)
            entry = Entry.from_body(body)
        except (ProofError, EntryError) as altered:
            raise IntegrityError(
                f"Entry {seq} is not the one that was signed.",
                why=f"{altered}.",
                consequence="No paper was compared.",
                remedy=("Run ", Do("audit.verify"), ", and call the auditor."),
            ) from altered
        if entry.kind == PaperMade.kind:
            (signed if seq < size else young).append(entry)
    return signed, young


def has_below(connection: Connection, seq: int, leaf: bytes, size: int, root: bytes) -> bool:
    """Tell whether the log has a root at a size, and an entry of some hash below it."""
    if not seq < size <= log.frontier(connection).size:
        return False
    return root_at(connection, size) == root and log.find_node(connection, 0, seq) == leaf
