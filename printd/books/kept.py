"""Whether the checkpoints are where they were written: in the database, and the last one in the shop's folder as well.

A shop is signed from the moment it is made, and no checkpoint is ever taken away. The folder's note is written after
the database has it and before a later one is signed: so it is the database's last one, or, after a crash, the one
before. Anything else was deleted, or put back.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from printd.books import heads
from printd.books.retrace import missing
from printd.errors import IntegrityError
from printd.ledger.checkpoint import CheckpointError, open_checkpoint
from printd.ledger.notes import NoteError, Verifier
from printd.store import log
from printd.store.engine import Store


def lacking(store: Store, folder: Path, verifier: Verifier, retired: Sequence[Verifier] = ()) -> IntegrityError | None:
    """Return what is said where checkpoints are not there that were; ``None``: nothing is known to lack.

    :param retired: keys of generations of the log that ended.
    """
    path = folder / heads.SEEN_NAME
    note = path.read_bytes() if path.exists() else None  # first: whoever signs meanwhile writes the database first
    with store.reading() as connection:
        end = log.frontier(connection).size
        rows = log.signed_checkpoints(connection, 2)
    if not end:
        return None
    if not rows:
        return missing(f"The database has {end} entries and no signed checkpoint.")
    own = [size for size, _, signed in rows if _speaks_of(signed, [verifier]) is not None]
    if note is None:
        return missing(f"The last signed checkpoint is not in {path}; the database has one of {rows[0][0]} entries.")
    size = _speaks_of(note, [verifier])
    if size is None and _speaks_of(note, retired) is not None and len(own) == 1:
        return None  # the first one of a new generation is signed, and a crash came before it was kept
    if size is None or (size not in own and size <= rows[0][0]):
        return missing(f"{path} keeps an older checkpoint than the database had to, whose last is of {rows[0][0]}.")
    if rows[0][0] < size <= end:
        return missing(f"{path} keeps a checkpoint of {size} entries, the database's last is of {rows[0][0]}.")
    return None


def _speaks_of(note: bytes, keys: Sequence[Verifier]) -> int | None:
    """Return the size that a note tells; ``None``: none of the keys signed it."""
    for key in keys:
        try:
            return open_checkpoint(note, key.name, [key]).size
        except (NoteError, CheckpointError):
            continue
    return None
