"""A proof bundle of a blank, a job or a record: the entries about it, each with its proof under one signed checkpoint.

The entries are found from their bytes alone, and each is held against the root that was signed before it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from printd.books.about import about
from printd.books.retrace import node_at
from printd.errors import IntegrityError, Refused
from printd.ledger.checkpoint import open_checkpoint
from printd.ledger.merkle import ProofError, inclusion_proof, leaf_hash, verify_inclusion
from printd.ledger.notes import Verifier
from printd.ledger.proof_file import Bundle, Noun, Proof
from printd.remedies import Do
from printd.store import log
from printd.store.rows import Connection


@dataclass(frozen=True)
class Proved:
    """A bundle.

    :param content: the bytes of its file.
    :param entries: numbers of the entries about it, and ``people`` of those that give their signers' keys.
    :param size: entries that its checkpoint covers, and ``beyond`` how many of the log are younger.
    """

    content: bytes
    entries: list[int]
    people: list[int]
    size: int
    root: bytes
    beyond: int


def prove(
    connection: Connection,
    noun: Noun,
    name: str,
    note: bytes,
    verifier: Verifier,
    opening: bytes = b"",
    progress: Callable[[int], None] = lambda _done: None,
) -> Proved:
    """Return the bundle of what the log says about something.

    :param note: a signed checkpoint of the log, with its cosignatures.
    :param opening: of a record's commitment.
    :raises Refused: no entry below the checkpoint is about it.
    :raises IntegrityError: an entry is not the one that was signed, or a stored hash is missing.
    """
    head = open_checkpoint(note, verifier.name, [verifier])
    found, people = about(noun, name, lambda: _rows(connection, head.size, progress))
    if not found:
        raise Refused(
            f"No entry up to the last signed checkpoint speaks of {noun} {name}.",
            why=f"It covers {head.size} entries; what is younger is signed within seconds.",
            consequence="No proof was written.",
            remedy="Write it again then.",
        )
    rows = sorted({**found, **people}.items())
    bundle = Bundle(noun, name, [_proof(connection, seq, body, head.size, head.root) for seq, body in rows], opening)
    beyond = log.frontier(connection).size - head.size
    return Proved(bundle.content(note), sorted(found), sorted(people), head.size, head.root, beyond)


def _rows(connection: Connection, size: int, progress: Callable[[int], None]) -> Iterator[tuple[int, bytes]]:
    for seq, body, _ in log.entries(connection):
        if seq >= size:
            return
        if seq % 1000 == 0:
            progress(seq)
        yield seq, body


def _proof(connection: Connection, seq: int, body: bytes, size: int, root: bytes) -> Proof:
    hashes = inclusion_proof(seq, size, lambda level, index: node_at(connection, level, index))
    try:
        verify_inclusion(seq, size, leaf_hash(body), hashes, root)
    except ProofError as altered:
        raise IntegrityError(
            f"Entry {seq} is not the one that was signed.",
            why=f"{altered}.",
            consequence="No proof was written.",
            remedy=("Run ", Do("audit.verify"), ", and call the auditor."),
        ) from altered
    return Proof(seq, body, hashes)
