"""The log as static files (c2sp.org/tlog-tiles): what each is called and what it holds.

Rules as in the log reference section 5. A tile holds up to 256 hashes of one level, a bundle the entries below a tile
of level 0. Slot i of tile N at level L is the root over the 256^L leaves from (256 N + i) * 256^L on: level 0 holds
leaf hashes, and a slot above is the root of one full tile below. A full one never changes; the last of each level is
there once for every size that was published, under its width. The file ``checkpoint`` says which size is published.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from printd.ledger.entry import MAX_BODY
from printd.ledger.merkle import Frontier, NodeReader, root_of

WIDTH: Final = 256
"""Hashes of a full tile, and entries of a full bundle."""

CHECKPOINT: Final = "checkpoint"
"""File of the signed checkpoint: what it does not speak of is not published."""

TILES: Final = "tile"
"""Folder of all tiles and bundles."""

_BITS: Final = 8  # levels of the tree in one tile
_HASH: Final = 32
_LENGTH: Final = 2


class TileError(ValueError):
    """Bytes that are not the tile or bundle they should be; the message tells why."""


@dataclass(frozen=True)
class Tile:
    """Hashes of one level, of complete subtrees that lie side by side."""

    level: int
    index: int
    hashes: Sequence[bytes]

    @property
    def path(self) -> str:
        """Where it lies below the log's folder."""
        return tile_path(self.level, self.index, len(self.hashes))

    @property
    def content(self) -> bytes:
        """The bytes of its file."""
        return b"".join(self.hashes)


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Return where a tile lies below the log's folder."""
    return f"{TILES}/{level}/{_place(index, width)}"


def bundle_path(index: int, width: int = WIDTH) -> str:
    """Return where a bundle lies below the log's folder."""
    return f"{TILES}/entries/{_place(index, width)}"


def partials(path: str) -> str:
    """Return the folder in which what a full tile or bundle was before it was full lies."""
    return f"{path}.p"


def layout(size: int) -> list[tuple[int, int]]:
    """Return, from level 0 up, how many full tiles a tree has and how wide the one after them is (0: there is none)."""
    found = []
    while size:
        found.append((size >> _BITS, size % WIDTH))
        size >>= _BITS
    return found


def width_of(size: int, level: int, index: int) -> int:
    """Return how wide a tile is in a tree of a size; 0: it has none there."""
    return max(0, min(WIDTH, (size >> _BITS * level) - WIDTH * index))


def read_tile(content: bytes, width: int) -> list[bytes]:
    """Return the hashes of a tile's file.

    Raises TileError where it has not exactly as many as it is wide.
    """
    if len(content) != width * _HASH:
        raise TileError(f"{len(content)} bytes, where {width} hashes take {width * _HASH}")
    return [content[at : at + _HASH] for at in range(0, len(content), _HASH)]


def bundle(bodies: Sequence[bytes]) -> bytes:
    """Return the bytes of a bundle's file: each entry behind its length.

    Raises TileError where there are none, too many, or one of them is too long.
    """
    if not 0 < len(bodies) <= WIDTH:
        raise TileError(f"a bundle holds 1 to {WIDTH} entries, not {len(bodies)}")
    parts: list[bytes] = []
    for body in bodies:
        if len(body) > MAX_BODY:
            raise TileError(f"an entry of {len(body)} bytes, more than the {MAX_BODY} that it may have")
        parts += (len(body).to_bytes(_LENGTH, "big"), body)
    return b"".join(parts)


def read_bundle(content: bytes, width: int) -> list[bytes]:
    """Return the entries of a bundle's file.

    Raises TileError where it ends within one, or has not exactly as many as it is wide.
    """
    bodies = []
    at = 0
    while at < len(content):
        start = at + _LENGTH
        at = start + int.from_bytes(content[at:start], "big")
        if start > len(content) or at > len(content):
            raise TileError("it ends within an entry")
        bodies.append(content[start:at])
    if len(bodies) != width:
        raise TileError(f"{len(bodies)} entries, where there should be {width}")
    return bodies


class Edge:
    """The right edge of a growing tree: of each level, the hashes that fill no tile yet.

    It takes memory of some tiles, however large the tree is.
    """

    def __init__(self, size: int = 0, rows: Sequence[Sequence[bytes]] = ()) -> None:
        """Take the hashes of a tree, from level 0 up; raises ValueError where so many cannot belong to its size."""
        if [len(row) for row in rows] != [width for _, width in layout(size)]:
            raise ValueError(f"these hashes cannot be the edge of a tree of {size} leaves")
        self.size = size
        self._rows = [list(row) for row in rows]

    @classmethod
    def of(cls, size: int, node: NodeReader) -> "Edge":
        """Return the edge of a tree whose complete subtrees are known."""
        rows = [
            [node(_BITS * level, index) for index in range(full * WIDTH, full * WIDTH + width)]
            for level, (full, width) in enumerate(layout(size))
        ]
        return cls(size, rows)

    def append(self, leaf: bytes) -> list[Tile]:
        """Add one leaf hash; return the tiles that are full now, lowest first."""
        self.size += 1
        full: list[Tile] = []
        current = leaf
        for level in range(len(self._rows) + 1):
            if level == len(self._rows):
                self._rows.append([])
            row = self._rows[level]
            row.append(current)
            if len(row) < WIDTH:
                break
            self._rows[level] = []
            full.append(Tile(level, (self.size >> _BITS * (level + 1)) - 1, row))
            current = root_of(row)
        return full

    def partial(self) -> list[Tile]:
        """Return what is left of each level: the tiles that belong to this size alone."""
        return [
            Tile(level, self.size >> _BITS * (level + 1), tuple(row)) for level, row in enumerate(self._rows) if row
        ]

    def root(self) -> bytes:
        """Return the root of the tree."""
        hashes = []
        for row in reversed(self._rows):
            start = 0
            for bit in reversed(range(_BITS)):
                if len(row) >> bit & 1:
                    hashes.append(root_of(row[start : start + (1 << bit)]))
                    start += 1 << bit
        return Frontier(self.size, tuple(hashes)).root()


def node_of(read: Callable[[int, int], Sequence[bytes]]) -> NodeReader:
    """Return the hashes of complete subtrees, taken from tiles.

    :param read: gives the hashes of the tile at a level and an index, as far as there are any.
    """

    def node(level: int, index: int) -> bytes:
        high, low = divmod(level, _BITS)
        tile, first = divmod(index << low, WIDTH)
        hashes = read(high, tile)[first : first + (1 << low)]
        if len(hashes) != 1 << low:
            raise TileError(f"the tile {high}/{tile} does not reach over the subtree {level}/{index}")
        return root_of(hashes)

    return node


def _place(index: int, width: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    place = "/".join(groups)
    return place if width == WIDTH else f"{place}.p/{width}"
