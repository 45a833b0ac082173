"""Signing the tree head: one size, one root, ever (log reference section 13)."""

from __future__ import annotations

from collections.abc import Iterable

from printd.books.heads import Head
from printd.errors import IntegrityError
from printd.ledger.checkpoint import Checkpoint, CheckpointError, open_checkpoint, sign
from printd.ledger.merkle import EMPTY_ROOT, leaf_hash, node_hash, range_hash
from printd.ledger.notes import NoteError, Signer, Verifier
from printd.remedies import ASKED, Do
from printd.store import generations, log
from printd.store.engine import Store
from printd.store.rows import Connection


def sign_now(store: Store, signer: Signer) -> int:
    """Sign the present tree head if the log grew, and finish a signature that a crash left open.

    The root is fixed in a transaction of its own before the key is used. Ed25519 signs the same text the same way,
    so a repeat after a crash gives the same note. What a crash left open is finished before a larger size is fixed:
    only the last checkpoint is ever without its note.

    :returns: the size of the last signed checkpoint.
    """
    finish(store, signer)
    with store.writing() as connection:
        end = log.frontier(connection, lock=True)
        last = log.last_checkpoint(connection)
        if end.size and (last is None or last[0] < end.size):
            log.add_checkpoint(connection, end.size, end.root())
    return finish(store, signer)


def finish(store: Store, signer: Signer) -> int:
    """Sign the last checkpoint where its note is missing; return its size."""
    with store.reading() as connection:
        last = log.last_checkpoint(connection)
    if last is None:
        return 0
    size, root, note = last
    if note is None:
        note = sign(Checkpoint(signer.verifier.name, size, root), signer)
        with store.writing() as connection:
            log.add_note(connection, size, note)
    return size


def check_heads(store: Store, heads: Iterable[Head]) -> None:
    """Hold the database against heads that are known from elsewhere.

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
            if forked(connection, end.size, head):
                raise IntegrityError(
                    f"At {head.size} entries the database has another root than the one that was signed or printed "
                    f"({head.source}).",
                    why="There are two histories of this log, or entries were altered.",
                    consequence="Nothing is booked, signed or printed, and no act records this away.",
                    remedy="Keep both, touch neither, and call the auditor.",
                )


def forked(connection: Connection, end: int, head: Head) -> bool:
    """Tell whether the database has another root at the size of a head; one beyond its end tells nothing."""
    if head.size > end:
        return False
    return (root_at(connection, head.size) if head.size else EMPTY_ROOT) != head.root


def key_at(connection: Connection, size: int) -> Verifier | None:
    """Return the retired key that signed checkpoints of a size; ``None``: the present one does."""
    return next((Verifier.from_vkey(key) for last, key in retired(connection) if size <= last), None)


def last_signed(connection: Connection, verifier: Verifier) -> Head | None:
    """Return the last checkpoint that the database keeps; ``None``: its newest has no note yet.

    :param verifier: the present key.
    :raises IntegrityError: no key of this log signed it.
    """
    last = log.last_checkpoint(connection)
    if last is None:
        return None
    size, _, note = last
    if note is None:
        return None
    key = key_at(connection, size) or verifier
    try:
        signed = open_checkpoint(note, key.name, [key])
    except (NoteError, CheckpointError) as foreign:
        raise foreign_note(size, foreign) from foreign
    return Head(signed.size, signed.root, "the database", note)


def foreign_note(size: int, why: Exception) -> IntegrityError:
    """Return that a checkpoint in the database is not this shop's."""
    return IntegrityError(
        f"The checkpoint at size {size} was not signed by this shop's key.",
        why=f"{why}.",
        consequence="Nothing is signed or printed.",
        remedy="Restore keys and database of the same shop and day.",
    )


def retired(connection: Connection) -> list[tuple[int, str]]:
    """Return the entry that ended each earlier generation of the log, and the key that had signed until then.

    :raises IntegrityError: the table was altered.
    """
    found = [(int(row["seq"]), str(row["log_key"])) for row in generations.generations(connection)]
    for last, key in found:
        try:
            Verifier.from_vkey(key)
        except NoteError as altered:
            raise IntegrityError(
                f"The key of the log's generation that ended with entry {last} cannot be read.",
                why=f"{altered}.",
                consequence="Nothing is signed or printed.",
                remedy=("Run ", Do("audit.replay"), ", and call the auditor."),
            ) from altered
    return found


def retired_keys(store: Store) -> list[Verifier]:
    """Return the keys of the log's generations that ended."""
    with store.reading() as connection:
        return [Verifier.from_vkey(key) for _, key in retired(connection)]


def root_at(connection: Connection, size: int) -> bytes:
    """Return the root over the first entries.

    :raises IntegrityError: a stored hash is missing.
    """

    return range_hash(0, size, lambda level, index: _stored(connection, level, index))


def _stored(connection: Connection, level: int, index: int) -> bytes:
    found = log.find_node(connection, level, index)
    if found is None:
        raise IntegrityError(f"The log's node {level}/{index} is missing.", remedy=("Run: ", Do("audit.verify")))
    return found


def check_first(store: Store) -> None:
    """Make sure that the first entry is the one under the root, for it decides whether the shop is real.

    :raises IntegrityError: it was altered.
    """
    with store.reading() as connection:
        size = log.frontier(connection).size
        body = log.bodies(connection, [0]).get(0)
        if body is None:
            return  # the shop does not open
        found = leaf_hash(body)
        for level in range(size.bit_length() - 1):  # up to the largest whole tree that begins with it
            found = node_hash(found, _stored(connection, level, 1))
        if found != _stored(connection, size.bit_length() - 1, 0):
            raise IntegrityError(
                "The first entry is not the one that the log's root was made over.",
                why="It was altered: it says whether this is a real shop, whose it is, and with which keys.",
                consequence="Nothing is signed or printed.",
                remedy=("Run ", Do("audit.verify"), ", which names the place, and call the auditor."),
            )


def check_start(store: Store, signer: Signer) -> None:
    """Make sure, before the key is used, that this is the database the last checkpoint was signed over.

    :raises IntegrityError: the checkpoint is not ours, the database is older than it, or entries were altered.
    """
    with store.reading() as connection:
        end = log.frontier(connection)
        last = log.last_checkpoint(connection)
        if last is None:
            return
        size, root, note = last
        if note is not None:
            try:
                verifier = key_at(connection, size) or signer.verifier
                signed = open_checkpoint(note, verifier.name, [verifier])
                if (signed.size, signed.root) != (size, root):
                    raise CheckpointError("The signed note speaks of another size or root")
            except (NoteError, CheckpointError) as foreign:
                raise foreign_note(size, foreign) from foreign
        if size > end.size:
            raise IntegrityError(
                f"A checkpoint was signed over {size} entries, the database has {end.size}.",
                why="The database was restored from an older copy.",
                consequence="Going on would make two histories; nothing is signed or printed.",
                remedy="Bring the missing entries back from a later copy.",
            )
        if root_at(connection, end.size) != end.root():
            raise IntegrityError(
                f"The stored end of the log does not fit its {end.size} entries.",
                why="It was altered, or entries were.",
                consequence="Nothing is signed or printed.",
                remedy=("Run ", Do("audit.verify"), ", which names the place, and call the auditor."),
            )
        if root_at(connection, size) != root:
            raise IntegrityError(
                f"The entries no longer give the root that was signed at size {size}.",
                why="Entries or nodes of the database were altered.",
                consequence="Nothing is signed or printed.",
                remedy=("Run ", Do("audit.verify"), ", which names the place, and call the auditor."),
            )
