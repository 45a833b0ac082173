"""An exported log as a folder of static files, and how it is read without believing it.

Public form (c2sp.org/tlog-tiles): ``checkpoint`` is the signed head, with cosignatures where there are any; ``tile``
holds bundles and tiles (:mod:`printd.ledger.tiles`). Beside them lie public keys (``keys``), a ``policy``,
``first-cosigned``, the smallest checkpoint that a witness cosigned, and, where not every entry below the head is there,
``excerpt``: which ones are, and their proof to the head. Whoever has no more than an excerpt knows nothing of what lies
before it but the root.
"""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from printd.ledger.checkpoint import Checkpoint, CheckpointError, open_checkpoint
from printd.ledger.entry import MAX_BODY
from printd.ledger.merkle import Frontier, leaf_hash
from printd.ledger.notes import NoteError, NoteMalformedError, Verifier, decode_base64
from printd.ledger.tiles import CHECKPOINT, TILES, WIDTH, TileError, bundle_path, read_bundle, width_of

EXCERPT: Final = "excerpt"
KEYS: Final = "keys"
POLICY: Final = "policy"
FIRST: Final = "first-cosigned"

NAMES: Final = frozenset({CHECKPOINT, TILES, EXCERPT, KEYS, POLICY, FIRST})
"""All that an export has at its top."""

_EXCERPT: Final = re.compile(rb"from (0|[1-9][0-9]{0,18})\nto ([1-9][0-9]{0,18})\n((?:[A-Za-z0-9+/]{43}=\n){0,126})")
_MOST_NOTE: Final = 1_000_000
_MOST_EXCERPT: Final = 8192
_MOST_BUNDLE: Final = WIDTH * (MAX_BODY + 2)


class ExportError(ValueError):
    """The folder is no export, not of this log, or not what was signed; the message tells why."""


@dataclass(frozen=True)
class Excerpt:
    """Which entries below a head are there.

    `first` is the number of the first, `end` the one after the last, `size` the head's; `proof` leads from their leaf
    hashes to its root (:func:`printd.ledger.merkle.verify_range`).
    """

    first: int
    end: int
    size: int
    proof: Sequence[bytes]

    def content(self) -> bytes:
        """Return the bytes of its file: `from` and `to` with the two numbers, then a line for each hash."""
        hashes = "".join(f"{base64.b64encode(one).decode('ascii')}\n" for one in self.proof)
        return f"from {self.first}\nto {self.end}\n{hashes}".encode("ascii")

    @classmethod
    def read(cls, content: bytes, size: int) -> "Excerpt":
        """Read it back; raises ExportError unless it is what `content` returns of a range below the head."""
        found = _EXCERPT.fullmatch(content)
        if found is None or not int(found[1]) < int(found[2]) <= size:
            raise ExportError(f"{EXCERPT} names no entries below {size}")
        try:
            proof = [decode_base64(line) for line in found[3].splitlines()]
        except NoteMalformedError as broken:
            raise ExportError(f"{EXCERPT} has a hash that is {broken}") from broken
        return cls(int(found[1]), int(found[2]), size, proof)


@dataclass(frozen=True)
class Export:
    """An export whose head the log's key signed; what lies below it is looked at when it is read."""

    folder: Path
    head: Checkpoint
    excerpt: Excerpt | None

    @classmethod
    def open(cls, folder: Path, verifier: Verifier) -> "Export":
        """Open an export.

        Raises ExportError when it has no checkpoint that this key signed, or says what no excerpt says.
        """
        note = _read(folder, CHECKPOINT, _MOST_NOTE)
        if note is None:
            raise ExportError(f"there is no file {CHECKPOINT} in it: it is no export, or one that was cut off")
        try:
            head = open_checkpoint(note, verifier.name, [verifier])
        except (NoteError, CheckpointError) as foreign:
            raise ExportError(f"its checkpoint is not good: {foreign}") from foreign
        told = _read(folder, EXCERPT, _MOST_EXCERPT)
        return cls(folder, head, None if told is None else Excerpt.read(told, head.size))

    def entries(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield (number, bytes, leaf hash) of every entry, in memory that does not grow with the log.

        Raises ExportError for an excerpt, where a bundle is missing or broken, and at the end where all of them do not
        give the signed root: until then nothing of them is proved.
        """
        if self.excerpt is not None:
            first, end = self.excerpt.first, self.excerpt.end - 1
            raise ExportError(f"it is an excerpt, of the entries {first} to {end} alone")
        tree, number = Frontier(), 0
        for index in range(-(-self.head.size // WIDTH)):
            bodies = self._bundle(index)
            leaves = [leaf_hash(body) for body in bodies]
            for body, leaf in zip(bodies, leaves, strict=True):
                yield number, body, leaf
                number += 1
            tree = tree.extend(leaves)
        if tree.root() != self.head.root:
            raise ExportError(f"its {number} entries give another root than the one that was signed: it was altered")

    def _bundle(self, index: int) -> list[bytes]:
        """Return the entries of one bundle; a full one stands for what it was before."""
        width = width_of(self.head.size, 0, index)
        for wide in dict.fromkeys((width, WIDTH)):
            path = bundle_path(index, wide)
            content = _read(self.folder, path, _MOST_BUNDLE)
            if content is not None:
                try:
                    return read_bundle(content, wide)[:width]
                except TileError as broken:
                    raise ExportError(f"{path} is broken: {broken}") from broken
        raise ExportError(f"{bundle_path(index, width)} is missing")


def _read(folder: Path, path: str, most: int) -> bytes | None:
    """Return the bytes of a file; `None`: it is not there."""
    try:
        if not (folder / path).is_file():  # nor anything that is read for ever
            return None
        with (folder / path).open("rb") as file:
            content = file.read(most + 1)
    except OSError as unreadable:
        raise ExportError(f"{path} cannot be read: {unreadable.strerror}") from unreadable
    if len(content) > most:
        raise ExportError(f"{path} is longer than it can be")
    return content
