"""Signing the tree head: one size, one root, ever (log reference section 13)."""

from __future__ import annotations

from printd.errors import IntegrityError
from printd.ledger.checkpoint import Checkpoint, CheckpointError, open_checkpoint, sign
from printd.ledger.merkle import range_hash
from printd.ledger.notes import NoteError, Signer
from printd.store import log
from printd.store.engine import Store


def sign_now(store: Store, signer: Signer) -> int:
    """Sign the present tree head if the log grew, and finish a signature that a crash left open.

    The root is fixed in a transaction of its own before the key is used. Ed25519 signs the same text the same way,
    so a repeat after a crash gives the same note. What a crash left open is finished before a larger size is fixed:
    only the last checkpoint is ever without its note.

    :returns: the size of the last signed checkpoint.
    """
    _finish(store, signer)
    with store.writing() as connection:
        end = log.frontier(connection, lock=True)
        last = log.last_checkpoint(connection)
        if end.size and (last is None or last[0] < end.size):
            log.add_checkpoint(connection, end.size, end.root())
    return _finish(store, signer)


def _finish(store: Store, signer: Signer) -> int:
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
                signed = open_checkpoint(note, signer.verifier.name, [signer.verifier])
                if (signed.size, signed.root) != (size, root):
                    raise CheckpointError("The signed note speaks of another size or root")
            except (NoteError, CheckpointError) as foreign:
                raise IntegrityError(
                    f"The checkpoint at size {size} was not signed by this shop's key.",
                    why=f"{foreign}.",
                    consequence="Nothing is signed or printed.",
                    remedy="Restore keys and database of the same shop and day.",
                ) from foreign
        if size > end.size:
            raise IntegrityError(
                f"A checkpoint was signed over {size} entries, the database has {end.size}.",
                why="The database was restored from an older copy.",
                consequence="Going on would make two histories; nothing is signed or printed.",
                remedy="Bring the missing entries back from a later copy.",
            )

        def stored(level: int, index: int) -> bytes:
            found = log.find_node(connection, level, index)
            if found is None:
                raise IntegrityError(f"The log's node {level}/{index} is missing.", remedy="Run: printd audit verify")
            return found

        if range_hash(0, end.size, stored) != end.root():
            raise IntegrityError(
                f"The stored end of the log does not fit its {end.size} entries.",
                why="It was altered, or entries were.",
                consequence="Nothing is signed or printed.",
                remedy="Run printd audit verify, which names the place, and call the auditor.",
            )
        if range_hash(0, size, stored) != root:
            raise IntegrityError(
                f"The entries no longer give the root that was signed at size {size}.",
                why="Entries or nodes of the database were altered.",
                consequence="Nothing is signed or printed.",
                remedy="Run printd audit verify, which names the place, and call the auditor.",
            )
