"""Signing the tree head: one size, one root, ever (log reference section 13).

The key signs nothing that was not looked at: each checkpoint goes on from the last signed one, by the bytes of the
entries since (:mod:`printd.books.retrace`). No row of the database is believed for what it says of itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from printd.books.heads import Head
from printd.books.retrace import another_root, check_leaf, node_at, retrace, root_at, signed_tree
from printd.errors import IntegrityError
from printd.ledger.checkpoint import Checkpoint, CheckpointError, open_checkpoint, sign
from printd.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    ProofError,
    consistency_proof,
    verify_consistency,
)
from printd.ledger.notes import NoteError, Signer, Verifier
from printd.ledger.statements import Ended, Statements
from printd.remedies import ASKED, Do
from printd.store import generations, log
from printd.store.engine import Store
from printd.store.rows import Connection
from printd.store.tables.generations import GenerationRow

NOTHING = Frontier()
"""The tree without entries: whoever goes on from it looks at every entry."""


@dataclass(frozen=True)
class Known:
    """What the next signature goes on from.

    :param base: tree that is known from elsewhere than the database; ``None``: the last signed checkpoint's.
    :param heads: tree heads that the log must have.
    :param before: key of the generation that ends with this signature.
    """

    base: Frontier | None = None
    heads: Sequence[Head] = ()
    before: Verifier | None = None


_LAST_SIGNED = Known()


def sign_now(store: Store, signer: Signer, known: Known = _LAST_SIGNED) -> int:
    """Sign the present tree head if the log grew, and finish a signature that a crash left open.

    The root is fixed in a transaction of its own before the key is used. Ed25519 signs the same text the same way,
    so a repeat after a crash gives the same note. What a crash left open is finished before a larger size is fixed:
    only the last checkpoint is ever without its note.

    :returns: the size of the last signed checkpoint.
    :raises IntegrityError: what would be signed is not what was signed last, and entries that are there since.
    """
    finish(store, signer, known)
    with store.writing() as connection:
        end = log.frontier(connection, lock=True)
        last = log.last_checkpoint(connection)
        if end.size and (last is None or last[0] < end.size):
            _look(connection, signer.verifier, known)
            log.add_checkpoint(connection, end.size, end.root())
    return finish(store, signer, known)


def finish(store: Store, signer: Signer, known: Known = _LAST_SIGNED) -> int:
    """Sign the last checkpoint where its note is missing; return its size.

    :raises IntegrityError: its root is not the one of the entries.
    """
    with store.reading() as connection:
        last = log.last_checkpoint(connection)
        if last is None:
            return 0
        size, root, note = last
        if note is None:
            _look(connection, signer.verifier, known)
    if note is None:
        note = sign(Checkpoint(signer.verifier.name, size, root), signer)
        with store.writing() as connection:
            log.add_note(connection, size, note)
    return size


def _look(connection: Connection, verifier: Verifier, known: Known) -> Frontier:
    """Make sure that the log goes on from what is known; return what was signed last, or the base that is known."""
    keys = [verifier] if known.before is None else [verifier, known.before]
    heads = list(known.heads)
    if known.base is None:
        base = signed_tree(connection, keys)
    else:
        base = known.base
        if log.signed_checkpoints(connection, 1):
            signed = signed_tree(connection, keys)
            heads.append(Head(signed.size, signed.root(), "the last signed checkpoint"))
    last = log.last_checkpoint(connection)
    if last is not None and last[2] is None:
        heads.append(Head(last[0], last[1], "the checkpoint whose signature is open"))
    retrace(connection, base, heads)
    return base


def check_start(store: Store, verifier: Verifier, known: Known = _LAST_SIGNED) -> Frontier:
    """Make sure, before the key is used, that this is the database the last checkpoint was signed over.

    Every entry since is hashed from its bytes; what lies below, see :class:`printd.books.retrace.Past`.

    :returns: the tree that was signed last.
    :raises IntegrityError: the checkpoint is missing or not ours, the database is older than it, or entries were
        altered.
    """
    with store.reading() as connection:
        if not log.frontier(connection).size and log.last_checkpoint(connection) is None:
            return NOTHING
        return _look(connection, verifier, known)


def check_heads(store: Store, heads: Iterable[Head]) -> None:
    """Hold the database against heads that are known from elsewhere; its end is taken for what :func:`check_start` saw.

    :raises IntegrityError: it ends before one of them, or has another history.
    """
    with store.reading() as connection:
        end = log.frontier(connection)
        for head in heads:
            if head.size > end.size:
                raise IntegrityError(
                    f"The database ends at {end.size} entries, but {head.size} were signed or printed "
                    f"({head.source}): {head.size - end.size} entries are missing.",
                    why="The database was put back from an older copy.",
                    consequence="Going on would make two histories, and could print a card twice; nothing is booked, "
                    "signed or printed.",
                    remedy=(
                        "Restore a newer backup. Where there is none, two people record the loss: ",
                        Do("audit.go_on", by=ASKED, second=ASKED, origin=ASKED),
                        "; see docs/operation.md.",
                    ),
                )
            if not _begins_with(connection, end, head):
                raise another_root(head)


def _begins_with(connection: Connection, end: Frontier, head: Head) -> bool:
    """Tell whether the log's tree begins with a head: proved by hashes that lead to the end, whatever is stored."""
    try:
        proof = consistency_proof(head.size, end.size, lambda level, index: node_at(connection, level, index))
        verify_consistency(head.size, head.root, end.size, end.root(), proof)
    except ProofError:
        return False
    return True


def forked(connection: Connection, end: int, head: Head) -> bool:
    """Tell whether a proved database has another root at the size of a head; one beyond its end tells nothing."""
    if head.size > end:
        return False
    return (root_at(connection, head.size) if head.size else EMPTY_ROOT) != head.root


def retired(connection: Connection, verifier: Verifier) -> list[Verifier]:
    """Return the keys of the log's generations that ended, oldest first.

    The table only says where to look. A key is believed where the entry that ended its generation lies below a
    checkpoint that the present key signed, and names it and, step by step, the present one.

    :raises IntegrityError: the table says something else than the entries.
    """
    rows = generations.generations(connection)
    if not rows:
        return []
    found: list[Verifier] = []
    tree, next_key = _signed_by(connection, verifier), verifier.vkey
    for row in reversed(rows):
        if row["seq"] >= tree.size and next_key == verifier.vkey and row["next_key"] != next_key:
            continue  # its change is not complete: the next key has signed nothing yet
        ended = _ended(connection, tree, row)
        if ended is None or ended.next_key != next_key:
            raise _generation_altered(row["seq"])
        found.insert(0, Verifier.from_vkey(ended.log_key))
        next_key = ended.log_key
    return found


def _signed_by(connection: Connection, verifier: Verifier) -> Frontier:
    """Return the tree of the last checkpoint, where this key signed it; the empty one where another did."""
    rows = log.signed_checkpoints(connection, 1)
    try:
        if rows:
            open_checkpoint(rows[0][2], verifier.name, [verifier])
    except (NoteError, CheckpointError):
        return NOTHING
    return signed_tree(connection, [verifier]) if rows else NOTHING


def _ended(connection: Connection, tree: Frontier, row: GenerationRow) -> Ended | None:
    """Return what the entry of a generation's end says; ``None``: it is not there, or the table says otherwise."""
    seq = row["seq"]
    body = log.bodies(connection, [seq]).get(seq)
    if body is None or seq >= tree.size:
        return None
    try:
        check_leaf(connection, seq, body, tree.size, tree.root())
        said = Statements(lambda _kind, _seq, _message: None)
        said.add(seq, body)
        (ended,) = said.ended
        Verifier.from_vkey(ended.log_key)
    except (ProofError, NoteError, ValueError):
        return None
    told = (ended.origin, ended.log_key, ended.next_key, ended.missing)
    return ended if told == (row["origin"], row["log_key"], row["next_key"], row["missing"]) else None


def _generation_altered(seq: int) -> IntegrityError:
    return IntegrityError(
        f"The table of the log's generations speaks of entry {seq}, and the signed log says something else there.",
        why="The table was altered, or the entry.",
        consequence="Nothing is signed or printed.",
        remedy=("Run ", Do("audit.verify"), ", and call the auditor."),
    )
