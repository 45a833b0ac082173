"""A log as static files (c2sp.org/tlog-tiles): entry bundles, tiles of hashes, and the checkpoint.

An excerpt has the bundles and lowest tiles of its entries alone, every tile above them, and a file `excerpt`: `from N`
and `to N`, the number of its first entry and the one behind its last, and below that the hashes of its proof to the
head, left to right. Without that file a bundle that is not there is a gap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from printd_verify.checkpoints import CheckpointError, read_head
from printd_verify.notes import NoteError, decode_base64
from printd_verify.sources import HASH, PART, Note, Part, Problems, SourceError, hashes
from printd_verify.tree import WIDTH, ProofError, verify_range

EXCERPT: Final = "excerpt"
CHECKPOINT: Final = "checkpoint"
FIRST: Final = "first-cosigned"
"""The smallest checkpoint that a witness cosigned, where the whole log is there."""

_RANGE: Final = re.compile(rb"from (0|[1-9][0-9]{0,18})\nto ([1-9][0-9]{0,18})\n((?:[A-Za-z0-9+/]{43}=\n){0,126})")
_MAX_NOTE: Final = 1_000_000


class TilesError(ValueError):
    """A file of tiles that is not what it must be."""


def index_path(index: int) -> str:
    """Return the number of a tile or bundle as its path: in groups of three digits."""
    groups = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03d}")
    return "/".join(groups)


def read_bundle_file(content: bytes) -> list[bytes]:
    """Return the entries of a bundle.

    :raises TilesError: it ends within one.
    """
    bodies, at, end = [], 0, len(content)
    while at < end:
        start = at + 2
        at = start + int.from_bytes(content[at:start], "big")
        if at > end or start > end:
            raise TilesError("cut")
        bodies.append(content[start:at])
    return bodies


class Tiles:
    """A folder of tiles."""

    def __init__(self, folder: Path) -> None:
        """Open it.

        :raises SourceError: it has no checkpoint, or one that cannot be read.
        """
        self._folder = folder
        try:
            with (folder / CHECKPOINT).open("rb") as file:
                self._note = file.read(_MAX_NOTE + 1)
            text = self._note[: self._note.rfind(b"\n\n") + 1]
            self._head = read_head(text)
        except OSError as wrong:
            raise SourceError("no_checkpoint_file", path=str(folder)) from wrong
        except CheckpointError as wrong:
            raise SourceError("checkpoint_unreadable", path=str(folder / CHECKPOINT)) from wrong
        self.size = self._head.size
        self._first = self._first_cosigned()
        self._proof: list[bytes] = []
        self.start, self.end = self._range()

    def __reduce__(self) -> tuple[type[Tiles], tuple[Path]]:
        return Tiles, (self._folder,)

    def read(self, first: int) -> Part:
        """See :class:`printd_verify.sources.Source`."""
        end = min(first + PART, self.size)
        part = Part(first, [], [])
        leaves: list[bytes] = []
        for start in range(first, end, WIDTH):
            width = min(WIDTH, end - start)
            if start + width <= self.start or start >= self.end:
                part.holes.update(range(start - first, start - first + width))
                part.bodies += [None] * width
                leaves.append(b"" if width == WIDTH else self._hashes(start // WIDTH, width, part))
                continue
            part.bodies += self._bodies(start // WIDTH, width, part)
            leaves.append(self._hashes(start // WIDTH, width, part))
        part.leaves = b"".join(leaves)
        if len(part.leaves) < len(part.bodies) * HASH:
            part.leaves = [one for tile in leaves for one in (hashes(tile) if tile else [None] * WIDTH)]
            part.leaves = part.leaves[: len(part.bodies)]
        whole = range(first // WIDTH, end // WIDTH)
        part.nodes = {8: [self.bundle_hash(index) for index in whole]}
        return part

    def notes(self, first: int, end: int) -> list[Note]:
        """See :class:`printd_verify.sources.Source`."""
        found = [Note(None, None, note) for size, note in self._first if first < size <= end]
        return (
            [*found, Note(None, None, self._note)] if first < self.size <= end or (not self.size and not end) else found
        )

    def beside(self) -> list[tuple[str, bytes]]:
        """See :class:`printd_verify.sources.Source`."""
        return []

    def bundle_hash(self, index: int) -> bytes | None:
        """See :class:`printd_verify.sources.Source`."""
        tile = self._tile(1, index // WIDTH)
        at = index % WIDTH * HASH
        return tile[at : at + HASH] or None

    def check_whole(self, rows: Sequence[Sequence[bytes]]) -> Problems:
        """See :class:`printd_verify.sources.Source`."""
        yield from self._check_proof()
        level = 1
        while self.size >> 8 * level:
            should = rows[8 * (level - 1)] if len(rows) > 8 * (level - 1) else []
            for start in range(0, self.size >> 8 * level, WIDTH):
                width = min(WIDTH, (self.size >> 8 * level) - start)
                found = self._tile(level, start // WIDTH)
                if len(found) < width * HASH:
                    yield "tile_missing", {"path": self._path(f"tile/{level}", start // WIDTH, width)}
                elif found[: width * HASH] != b"".join(should[start : start + width]):
                    yield "tile_altered", {"path": self._path(f"tile/{level}", start // WIDTH, width)}
            level += 1

    def _check_proof(self) -> Problems:
        """Hold an excerpt's own proof against the root that its checkpoint tells."""
        if (self.start, self.end) == (0, self.size):
            return
        first, end = self.start // WIDTH, -(-self.end // WIDTH)
        tiles = [self._tile(0, index, min(WIDTH, self.size - index * WIDTH)) for index in range(first, end)]
        together = b"".join(tiles)
        low, high = (self.start - first * WIDTH) * HASH, (self.end - first * WIDTH) * HASH
        leaves = [together[at : at + HASH] for at in range(low, min(high, len(together)), HASH)]
        try:
            if len(leaves) != self.end - self.start:
                raise ProofError("hashes are missing")
            verify_range(self.start, leaves, self.size, self._proof, self._head.root)
        except ProofError as wrong:
            yield "excerpt_proof", {"why": str(wrong)}

    def _bodies(self, index: int, width: int, part: Part) -> list[bytes | None]:
        content, wide = self._file("tile/entries", index, width)
        path = self._path("tile/entries", index, width)
        if content is None:
            part.problems.append(("bundle_missing", {"path": path}))
            return [None] * width
        try:
            bodies: list[bytes | None] = [*read_bundle_file(content)]
        except TilesError:
            part.problems.append(("bundle_malformed", {"path": path}))
            return [None] * width
        if len(bodies) != wide:
            part.problems.append(("bundle_malformed", {"path": path}))
            bodies += [None] * (width - len(bodies))
        return bodies[:width]

    def _hashes(self, index: int, width: int, part: Part) -> bytes:
        """Return the hashes of entries as a tile has them, joined; nothing where it has too few."""
        tile = self._tile(0, index, width)
        if len(tile) < width * HASH:
            part.problems.append(("tile_missing", {"path": self._path("tile/0", index, width)}))
            return b""
        return tile[: width * HASH]

    def _tile(self, level: int, index: int, width: int = 0) -> bytes:
        """Return the hashes of a tile as far as there are any."""
        width = width or min(WIDTH, (self.size >> 8 * level) - index * WIDTH)
        return _read_tile(self._folder, level, index, width)

    def _file(self, below: str, index: int, width: int) -> tuple[bytes | None, int]:
        return _read(self._folder, below, index, width)

    @staticmethod
    def _path(below: str, index: int, width: int) -> str:
        return f"{below}/{index_path(index)}" + ("" if width == WIDTH else f".p/{width}")

    def _first_cosigned(self) -> list[tuple[int, bytes]]:
        """Return size and note of the smallest checkpoint that was cosigned; none where the head is that one."""
        try:
            with (self._folder / FIRST).open("rb") as file:
                note = file.read(_MAX_NOTE + 1)
            size = read_head(note[: note.rfind(b"\n\n") + 1]).size
        except FileNotFoundError:
            return []
        except (OSError, CheckpointError) as wrong:
            raise SourceError("checkpoint_unreadable", path=str(self._folder / FIRST)) from wrong
        return [(size, note)] if note != self._note else []

    def _range(self) -> tuple[int, int]:
        try:
            content = (self._folder / EXCERPT).read_bytes()
        except FileNotFoundError:
            return 0, self.size
        found = _RANGE.fullmatch(content)
        if found is None or not int(found[1]) < int(found[2]) <= self.size:
            raise SourceError("excerpt_unreadable", path=str(self._folder / EXCERPT))
        try:
            self._proof = [decode_base64(line) for line in found[3].splitlines()]
        except NoteError as wrong:
            raise SourceError("excerpt_unreadable", path=str(self._folder / EXCERPT)) from wrong
        return int(found[1]), int(found[2])


@lru_cache(maxsize=64)
def _read_tile(folder: Path, level: int, index: int, width: int) -> bytes:
    """Return its hashes; none where it has another length than it must have."""
    content, wide = _read(folder, f"tile/{level}", index, width)
    return content if content is not None and len(content) == wide * HASH else b""


def _read(folder: Path, below: str, index: int, width: int) -> tuple[bytes | None, int]:
    """Return the content of a file of this width, or of the full one where it is not there; and which width it has."""
    path = f"{folder}/{below}/{index_path(index)}"
    for name, wide in ((path if width == WIDTH else f"{path}.p/{width}", width), (path, WIDTH)):
        try:
            with open(name, "rb") as file:  # noqa: PTH123 - thousands of files, and a path is made faster of text
                return file.read(), wide
        except OSError:
            continue
    return None, width
