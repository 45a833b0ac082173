"""The log's tree computed again from the bytes of its entries: what is about to be signed, and what was signed before.

Stored hashes say what was written beside an entry, not what the entry is: whoever owns the database writes them anew.
So the key only ever signs a tree that begins with the last one it signed, and goes on with entries whose bytes were
hashed just now. What lies below the last signature cannot change what is signed next; it is computed again a piece at
a time (:class:`Past`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from printd.books.heads import Head
from printd.errors import IntegrityError
from printd.ledger.checkpoint import CheckpointError, open_checkpoint
from printd.ledger.merkle import Frontier, ProofError, inclusion_proof, leaf_hash, range_hash, verify_inclusion
from printd.ledger.notes import NoteError, Verifier
from printd.remedies import ASKED, Do
from printd.store import log
from printd.store.engine import Store
from printd.store.rows import Connection

_PIECE = 1000
_STOPPED = "Nothing is signed or printed."


def node_at(connection: Connection, level: int, index: int) -> bytes:
    """Return a stored hash.

    :raises IntegrityError: it is missing.
    """
    found = log.find_node(connection, level, index)
    if found is None:
        raise IntegrityError(f"The log's node {level}/{index} is missing.", remedy=("Run: ", Do("audit.verify")))
    return found


def root_at(connection: Connection, size: int) -> bytes:
    """Return the root over the first entries, from the stored hashes.

    :raises IntegrityError: one of them is missing.
    """
    return range_hash(0, size, lambda level, index: node_at(connection, level, index))


def signed_tree(connection: Connection, verifiers: Sequence[Verifier]) -> Frontier:
    """Return the tree that the last signed checkpoint speaks of; its hashes give the root that was signed.

    :param verifiers: keys of which one must have signed it.
    :raises IntegrityError: there is none, another key signed it, or entries or nodes are missing or altered.
    """
    last = last_signed(connection, verifiers)
    size, end = last.size, log.frontier(connection).size
    if size > end:
        raise IntegrityError(
            f"A checkpoint was signed over {size} entries, the database has {end}.",
            why="The database was restored from an older copy.",
            consequence="Going on would make two histories; nothing is signed or printed.",
            remedy="Bring the missing entries back from a later copy.",
        )
    tree = _stored_tree(connection, size)
    if tree.root() != last.root:
        raise IntegrityError(
            f"The entries no longer give the root that was signed at size {size}.",
            why="Entries or nodes of the database were altered.",
            consequence=_STOPPED,
            remedy=("Run ", Do("audit.verify"), ", which names the place, and call the auditor."),
        )
    return tree


def last_signed(connection: Connection, verifiers: Sequence[Verifier]) -> Head:
    """Return the last signed checkpoint that the database keeps; whether its entries are there is not looked at.

    :param verifiers: keys of which one must have signed it; it is never enough that a row says so.
    :raises IntegrityError: there is none, or another key signed it.
    """
    rows = log.signed_checkpoints(connection, 1)
    if not rows:
        raise missing("The database has entries and no signed checkpoint.")
    size, root, note = rows[0]
    _check_note(size, root, note, verifiers)
    return Head(size, root, "the database", note)


def check_leaf(connection: Connection, seq: int, body: bytes, size: int, root: bytes) -> None:
    """Make sure that an entry is the one over which a root was made, by the hashes that lead there.

    :param size: entries that the root is over.
    :raises ProofError: it is another one, or beyond them.
    :raises IntegrityError: a stored hash is missing.
    """
    proof = inclusion_proof(seq, size, lambda level, index: node_at(connection, level, index))
    verify_inclusion(seq, size, leaf_hash(body), proof, root)


def check_first(connection: Connection, tree: Frontier) -> None:
    """Make sure that the first entry is the one that was signed, for it says whose shop this is and whether it is real.

    :param tree: what was signed.
    :raises IntegrityError: it was altered.
    """
    body = log.bodies(connection, [0]).get(0, b"")
    try:
        check_leaf(connection, 0, body, tree.size, tree.root())
    except ProofError as altered:
        raise IntegrityError(
            "The first entry is not the one that the log's root was made over.",
            why="It was altered: it says whether this is a real shop, whose it is, and with which keys.",
            consequence=_STOPPED,
            remedy=("Run ", Do("audit.verify"), ", which names the place, and call the auditor."),
        ) from altered


def retrace(connection: Connection, base: Frontier, heads: Iterable[Head] = ()) -> Frontier:
    """Compute the tree from where it is known up to the end of the log, from the entries' bytes alone.

    :param base: where it is known; the empty tree: every entry is read.
    :param heads: roots that it must have on the way; those below ``base`` are not looked at.
    :returns: the end.
    :raises IntegrityError: an entry is missing or has other bytes than its hash, a head has another root, or the stored
        end is another one.
    """
    end = log.frontier(connection)
    wanted: dict[int, list[Head]] = {}
    for head in heads:
        wanted.setdefault(head.size, []).append(head)
    tree = base
    _check_heads(tree, wanted)
    for seq, body, stored in log.entries(connection, base.size):
        tree = _append(tree, seq, body, stored, end.size)
        if tree.size in wanted:
            _check_heads(tree, wanted)
    if tree != end:
        raise _unfit(end.size, "It was altered, or entries were.")
    beyond = max(wanted, default=0)
    if beyond > end.size:
        raise IntegrityError(
            f"A checkpoint speaks of {beyond} entries ({wanted[beyond][0].source}), the database has {end.size}.",
            why="The database was put back from an older copy.",
            consequence="Going on would make two histories; nothing is signed or printed.",
            remedy="Bring the missing entries back from a later copy.",
        )
    return tree


def missing(what: str) -> IntegrityError:
    """Return why a log whose checkpoints are not where they were written is not signed, and who may decide."""
    return IntegrityError(
        what,
        why="A shop has its first checkpoint before anybody works in it, and none is ever taken away: they were "
        "deleted, or database and folder are not of one moment. (A shop whose making was cut off is made again.)",
        consequence="What is signed next could be another history: nothing is booked, signed or printed.",
        remedy=(
            "Two people decide, with a checkpoint that was kept elsewhere (paper, an export, a backup): ",
            Do("audit.go_on", by=ASKED, second=ASKED, against=ASKED),
            "; see docs/operation.md.",
        ),
    )


class Past:
    """What lies below the last signature when a shop starts, computed again a piece at a time in flat memory.

    :param tree: what was signed, see :func:`signed_tree`.
    """

    def __init__(self, store: Store, tree: Frontier) -> None:
        self._store = store
        self._signed = tree
        self._tree = Frontier()

    @property
    def looked(self) -> int:
        """How many entries were looked at."""
        return self._tree.size

    @property
    def size(self) -> int:
        """How many there are to look at."""
        return self._signed.size

    def step(self) -> bool:
        """Look at one more piece; tell whether there is more.

        :raises IntegrityError: an entry is not what was signed.
        """
        tree, size = self._tree, self._signed.size
        with self._store.reading() as connection:
            for seq, body, stored in log.some_entries(connection, tree.size, min(_PIECE, size - tree.size)):
                tree = _append(tree, seq, body, stored, size)
        if tree.size == self._tree.size < size:
            raise _unfit(size, f"Entry {tree.size} is missing.")
        self._tree = tree
        if tree.size == size and tree != self._signed:
            raise IntegrityError(
                f"The first {size} entries are not the ones that were signed.",
                why="Entries and the hashes beside them were altered together.",
                consequence="Nothing more is booked, signed or printed.",
                remedy=("Run ", Do("audit.verify"), ", which names the place, and call the auditor."),
            )
        return tree.size < size


def _check_note(size: int, root: bytes, note: bytes, verifiers: Sequence[Verifier]) -> None:
    why: Exception | None = None
    for verifier in verifiers:
        try:
            signed = open_checkpoint(note, verifier.name, [verifier])
            if (signed.size, signed.root) == (size, root):
                return
            why = CheckpointError("The signed note speaks of another size or root")
        except (NoteError, CheckpointError) as foreign:
            why = why or foreign
    raise IntegrityError(
        f"The checkpoint at size {size} was not signed by this shop's key.",
        why=f"{why}.",
        consequence=_STOPPED,
        remedy="Restore keys and database of the same shop and day.",
    ) from why


def _stored_tree(connection: Connection, size: int) -> Frontier:
    hashes, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            hashes.append(node_at(connection, level, start >> level))
            start += 1 << level
    return Frontier(size, tuple(hashes))


def _append(tree: Frontier, seq: int, body: bytes, stored: bytes, size: int) -> Frontier:
    if seq != tree.size:
        raise _unfit(size, f"Entry {tree.size} is missing.")
    leaf = leaf_hash(body)
    if leaf != stored:
        raise _unfit(size, f"The bytes of entry {seq} do not give the hash that is stored for it.")
    return tree.append(leaf)[0]


def _check_heads(tree: Frontier, wanted: dict[int, list[Head]]) -> None:
    for head in wanted.get(tree.size, ()):
        if tree.root() != head.root:
            raise another_root(head)


def another_root(head: Head) -> IntegrityError:
    """Return what is said of a head that the database does not have at its size."""
    return IntegrityError(
        f"At {head.size} entries the database has another root than the one that was signed or printed "
        f"({head.source}).",
        why="There are two histories of this log, or entries were altered.",
        consequence="Nothing is booked, signed or printed, and no act records this away.",
        remedy="Keep both, touch neither, and call the auditor.",
    )


def _unfit(size: int, why: str) -> IntegrityError:
    return IntegrityError(
        f"The stored end of the log does not fit its {size} entries.",
        why=why,
        consequence=_STOPPED,
        remedy=("Run ", Do("audit.verify"), ", which names the place, and call the auditor."),
    )
