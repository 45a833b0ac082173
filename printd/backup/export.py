"""The log written into a folder as its public form says (:mod:`printd.ledger.export`): whole or an excerpt, or further.

The folder is the old export or the new one at every moment, whatever cuts the work off: tiles and bundles have names
that nothing asks for until ``checkpoint`` speaks of them, that is replaced last and at once, and only then goes what
the new one has no use for. A file that is there is never written again; it has to be what would be written.

Nothing of the database is believed. Entries are hashed from their bytes, and what all of them give must be the root
that the log's key signed, before the head is replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from printd.backup.export_files import PART, Files, alone, make
from printd.books.retrace import node_at
from printd.errors import IntegrityError, PrintdError, Refused
from printd.ledger.checkpoint import Checkpoint, open_checkpoint
from printd.ledger.export import EXCERPT, FIRST, KEYS, NAMES, POLICY, Excerpt, Export, ExportError
from printd.ledger.merkle import (
    ProofError,
    consistency_proof,
    leaf_hash,
    range_proof,
    root_of,
    verify_consistency,
    verify_range,
)
from printd.ledger.notes import Verifier, split_note
from printd.ledger.tiles import CHECKPOINT, WIDTH, Edge, Tile, bundle, bundle_path, layout
from printd.remedies import Do
from printd.store import log
from printd.store.rows import Connection

Progress = Callable[[int], None]
"""Called with the number of the entry that is reached."""

_BITS = 8  # levels of the tree in one tile


@dataclass(frozen=True)
class Source:
    """What is exported.

    :param note: the signed checkpoint, with cosignatures where there are any; ``key`` signed it.
    :param keys: public keys that lie beside the log, by file name.
    :param policy: whose signatures and cosignatures the office says are enough (c2sp.org/tlog-policy). It is a hint:
        whoever judges has a policy of their own.
    :param first: the smallest checkpoint that a witness cosigned, with its cosignatures; empty: there is none.
    """

    connection: Connection
    note: bytes
    key: Verifier
    keys: Mapping[str, bytes]
    policy: bytes
    first: bytes = b""

    @property
    def head(self) -> Checkpoint:
        """The head that is published."""
        return open_checkpoint(self.note, self.key.name, [self.key])

    def node(self, level: int, index: int) -> bytes:
        """Return a stored hash, which proves nothing by itself."""
        return node_at(self.connection, level, index)


def export(source: Source, folder: Path, progress: Progress, span: tuple[int, int] | None = None) -> int:
    """Write an export, or make one that is there longer; return the number of the first entry that was read for it.

    :param folder: a new or an empty one, or one that holds an earlier export of this log, whole as this one.
    :param span: numbers of the first entry of an excerpt, and of the one after its last; it goes to a new folder.
    :raises Refused: the folder holds something else, or cannot be written.
    :raises IntegrityError: the database does not give the root that was signed, or the folder holds another history.
    """
    made = not folder.exists()
    try:
        make(folder)
        with alone(folder):
            before = published(folder, source.key, excerpt=span is not None)
            if before is not None:
                _check_goes_on(source, before, folder)
            start = span[0] if span else 0 if before is None else before.size // WIDTH * WIDTH
            files = Files(folder, anew=before is None)
            try:
                _write(source, files, start, progress, span)
            except (OSError, PrintdError):
                if before is None:
                    files.take_away()
                raise
            files.clear(start, source.head.size)
    except OSError as failed:
        raise _cannot_be_written(folder, failed) from failed
    finally:
        if made and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return start


def cosign(folder: Path, key: Verifier, cosigned: Callable[[int], bytes | None]) -> Checkpoint:
    """Write the head of an export anew with what witnesses say of it by now; nothing else changes.

    :param cosigned: gives the log's checkpoint of a size with its cosignatures; ``None``: the log has none of it.
    :raises Refused: there is no export of this log, or it cannot be written.
    :raises IntegrityError: the log has another checkpoint of that size.
    """
    try:
        with alone(folder):
            head = Export.open(folder, key).head
            note, there = cosigned(head.size), (folder / CHECKPOINT).read_bytes()
            if note is None or split_note(note)[0] != split_note(there)[0]:
                raise IntegrityError(
                    f"The export in {folder} has a signed head of {head.size} entries that this log does not have.",
                    why="There are two histories of this log, or its database was put back from an older copy.",
                    consequence="Nothing was written.",
                    remedy=("Keep both, touch neither, run ", Do("audit.verify"), ", and call the auditor."),
                )
            if len(note) > len(there):  # what an earlier run wrote is not taken away
                files = Files(folder, anew=False)
                files.replace(CHECKPOINT, note)
                files.clear(head.size, head.size)
    except ExportError as other:
        raise _something_else(folder, f"{other}.") from other
    except OSError as failed:
        raise _cannot_be_written(folder, failed) from failed
    return head


# --- what is there already ------------------------------------------------------------------------------------------


def published(folder: Path, key: Verifier, *, excerpt: bool) -> Checkpoint | None:
    """Return the head that is published in a folder which an export may be written to.

    ``None``: there is nothing in it, or the beginning of an export that was cut off.

    :raises Refused: something else is there.
    """
    try:
        names = {one.name for one in folder.iterdir()} if folder.exists() else set()
    except OSError as closed:
        raise _something_else(folder, f"{closed.strerror}.") from closed
    if CHECKPOINT not in names and (not names or (PART in names and names <= {*NAMES, PART})):
        return None
    try:
        there = Export.open(folder, key)
    except ExportError as other:
        raise _something_else(folder, f"{other}.") from other
    if excerpt or there.excerpt is not None:
        raise Refused(
            f"{folder} holds an export already, and an excerpt is written whole.",
            consequence="Nothing was written.",
            remedy="Name a new folder.",
        )
    return there.head


def _cannot_be_written(folder: Path, failed: OSError) -> Refused:
    return Refused(
        f"The log cannot be written to {folder}.",
        why=f"{failed.strerror}.",
        consequence="No export was made; one that was there before still is.",
        remedy="Name a folder that you may write to, on a disk with room.",
    )


def _something_else(folder: Path, why: str) -> Refused:
    return Refused(
        f"{folder} holds something else than an export of this log.",
        why=why,
        consequence="Nothing was written.",
        remedy="Name a new folder.",
    )


def _check_goes_on(source: Source, before: Checkpoint, folder: Path) -> None:
    """Make sure that what is published next begins with what was published there."""
    head = source.head
    try:
        proof = consistency_proof(before.size, head.size, source.node)
        verify_consistency(before.size, before.root, head.size, head.root, proof)
    except ProofError as forked:
        raise IntegrityError(
            f"The export in {folder} has a signed head of {before.size} entries that this log does not go on from.",
            why=f"{forked}.",
            consequence="There are two histories of this log, or its database was put back from an older copy. Nothing "
            "was written.",
            remedy=("Keep both, touch neither, run ", Do("audit.verify"), ", and call the auditor."),
        ) from forked


# --- what is written ------------------------------------------------------------------------------------------------


def _write(source: Source, files: Files, start: int, progress: Progress, span: tuple[int, int] | None) -> None:
    for name, content in source.keys.items():
        files.replace(f"{KEYS}/{name}", content)
    files.replace(POLICY, source.policy)
    if span is None:
        _write_all(source, files, start, progress)
    else:
        _write_excerpt(source, files, *span, progress)
    files.flush()
    if source.first and span is None:  # an excerpt cannot lead to it
        files.replace(FIRST, source.first)
    files.replace(CHECKPOINT, source.note)


def _write_all(source: Source, files: Files, start: int, progress: Progress) -> None:
    """Write every bundle and tile from an entry on, which begins a bundle, up to the head."""
    size = source.head.size
    edge = Edge.of(start, source.node)
    for bodies in _bundles(source, start, size):
        files.put(bundle_path(edge.size // WIDTH, len(bodies)), bundle(bodies))
        for body in bodies:
            _put(files, edge.append(leaf_hash(body)))
        progress(edge.size)
    _put(files, edge.partial())
    if edge.root() != source.head.root:
        raise _altered(f"The first {size} entries do not give the root that was signed over them.")


def _write_excerpt(source: Source, files: Files, first: int, end: int, progress: Progress) -> None:
    """Write the bundles that a range touches, and every tile that leads from them to the head."""
    head = source.head
    end = min(end, head.size)
    known = _upper(source)
    _put(files, [tile for (level, _), tile in known.items() if level or len(tile.hashes) < WIDTH])

    def written() -> Iterator[bytes]:
        low = first // WIDTH * WIDTH
        high = min(-(-end // WIDTH) * WIDTH, head.size)
        for number, bodies in enumerate(_bundles(source, low, high), low // WIDTH):
            leaves = [leaf_hash(body) for body in bodies]
            tile = Tile(0, number, leaves)
            if not _is_known(known, tile):
                raise _altered(f"The entries from {number * WIDTH} on are not the ones that the log's tree is over.")
            files.put(bundle_path(number, len(bodies)), bundle(bodies))
            _put(files, [tile])
            progress(number * WIDTH + len(bodies))
            yield from leaves[max(0, first - number * WIDTH) : end - number * WIDTH]

    try:
        proof = range_proof(first, end, head.size, source.node)
        verify_range(first, end, head.size, written(), proof, head.root)
    except ProofError as altered:
        raise _altered(f"The entries {first} to {end - 1} do not lead to the root that was signed.") from altered
    files.replace(EXCERPT, Excerpt(first, end, head.size, proof).content())


def _upper(source: Source) -> dict[tuple[int, int], Tile]:
    """Return the partial tiles of the head, and every full one above the leaves, each proved by the signed root."""
    head = source.head
    edge = Edge.of(head.size, source.node)
    if edge.root() != head.root:
        raise _altered(f"The hashes of the first {head.size} entries do not give the root that was signed.")
    known = {(one.level, one.index): one for one in edge.partial()}
    for level, (full, _) in reversed(list(enumerate(layout(head.size)))):
        for index in range(full if level else 0):
            hashes = [source.node(_BITS * level, index * WIDTH + slot) for slot in range(WIDTH)]
            tile = Tile(level, index, hashes)
            if not _is_known(known, tile):
                raise _altered(f"The hashes of level {level} from {index * WIDTH} on are not those of the log's tree.")
            known[level, index] = tile
    return known


def _is_known(known: Mapping[tuple[int, int], Tile], tile: Tile) -> bool:
    """Tell whether a tile is the log's: by the one above it where it is full, by what is known of it otherwise."""
    there = known.get((tile.level, tile.index))
    if there is not None:
        return list(there.hashes) == list(tile.hashes)
    return known[tile.level + 1, tile.index // WIDTH].hashes[tile.index % WIDTH] == root_of(tile.hashes)


def _bundles(source: Source, start: int, end: int) -> Iterator[list[bytes]]:
    """Yield the entries of each bundle, from one that begins with a number to the last one below an end."""
    bodies: list[bytes] = []
    number = start
    for seq, body, _ in log.entries(source.connection, start):
        if number == end:
            break
        if seq != number:
            raise _altered(f"Entry {number} is missing.")
        bodies.append(body)
        number += 1
        if len(bodies) == WIDTH:
            yield bodies
            bodies = []
    if number != end:
        raise _altered(f"Entry {number} is missing.")
    if bodies:
        yield bodies


def _put(files: Files, tiles: Sequence[Tile]) -> None:
    for tile in tiles:
        files.put(tile.path, tile.content)


def _altered(what: str) -> IntegrityError:
    return IntegrityError(
        what,
        why="The database was altered.",
        consequence="No export was made; one that was there before still is.",
        remedy=("Run ", Do("audit.verify"), ", which names the place, and call the auditor."),
    )
