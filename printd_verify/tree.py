"""The Merkle tree of a log (RFC 6962 section 2): hashes, roots and proofs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

EMPTY_ROOT: Final = sha256(b"").digest()
"""Root over no entries."""

WIDTH: Final = 256
"""Entries of a bundle, and hashes of a tile."""

BUNDLE_LEVEL: Final = 8
"""Level of the tree's node over a whole bundle."""


class ProofError(ValueError):
    """Hashes that do not prove what they are said to prove."""


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of an entry."""
    return sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash above two others."""
    return sha256(b"\x01" + left + right).digest()


def rows_of(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Return the hashes of all complete subtrees over leaves, level by level; the lowest are the leaves."""
    rows = [list(leaves)]
    while len(rows[-1]) > 1:
        pairs = iter(rows[-1])
        rows.append([sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)])
    return rows


def pieces_of(rows: Sequence[Sequence[bytes]], count: int) -> list[bytes]:
    """Return the hashes of the complete subtrees that the first so many leaves consist of, largest first."""
    pieces, start = [], 0
    for level in reversed(range(count.bit_length())):
        if count >> level & 1:
            pieces.append(rows[level][start >> level])
            start += 1 << level
    return pieces


def fold(pieces: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees, largest first."""
    if not pieces:
        return EMPTY_ROOT
    root = pieces[-1]
    for piece in reversed(pieces[:-1]):
        root = node_hash(piece, root)
    return root


class Tree:
    """The tree above whole bundles, as it grows: 32 bytes for each bundle, and as much again above them."""

    def __init__(self) -> None:
        self.rows: list[list[bytes]] = [[]]
        """Complete subtrees by level, from :data:`BUNDLE_LEVEL` on."""

    def __len__(self) -> int:
        return len(self.rows[0])

    def append(self, bundle: bytes) -> None:
        """Add the hash over the next whole bundle."""
        self.rows[0].append(bundle)
        level, count = 0, len(self.rows[0])
        while not count & 1:
            if len(self.rows) == level + 1:
                self.rows.append([])
            below = self.rows[level]
            self.rows[level + 1].append(node_hash(below[count - 2], below[count - 1]))
            level, count = level + 1, count >> 1

    def pieces(self, bundles: int) -> list[bytes]:
        """Return the hashes that the first so many bundles consist of, largest first."""
        return pieces_of(self.rows, bundles)


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Make sure that a leaf is at its place below a root.

    :raises ProofError: the hashes do not lead there.
    """
    if not 0 <= index < size:
        raise ProofError("the entry is beyond the tree")
    inner = (index ^ (size - 1)).bit_length()
    if len(proof) != inner + (index >> inner).bit_count():
        raise ProofError("too many hashes, or too few")
    for level, other in enumerate(proof):
        left = level >= inner or index >> level & 1
        leaf = node_hash(other, leaf) if left else node_hash(leaf, other)
    if leaf != root:
        raise ProofError("the hashes lead to another root")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Make sure that a tree is the beginning of another.

    :raises ProofError: the hashes do not show it.
    """
    if old > new:
        raise ProofError("the old tree is the larger one")
    if old in (0, new):
        expected = EMPTY_ROOT if old == 0 else new_root
        if proof or old_root != expected:
            raise ProofError("hashes where none are wanted, or another root")
        return
    shift = (old & -old).bit_length() - 1
    inner = ((old - 1) ^ (new - 1)).bit_length() - shift
    border = ((old - 1) >> (inner + shift)).bit_count()
    rest = list(proof)
    if old & (old - 1):
        if not rest:
            raise ProofError("too few hashes")
        seed = rest.pop(0)
    else:
        seed = old_root
    if len(rest) != inner + border:
        raise ProofError("too many hashes, or too few")
    one = two = seed
    for level, other in enumerate(rest):
        if level >= inner or (old - 1) >> shift >> level & 1:
            one, two = node_hash(other, one), node_hash(other, two)
        else:
            two = node_hash(two, other)
    if one != old_root or two != new_root:
        raise ProofError("the hashes lead to other roots")


def verify_range(start: int, leaves: Sequence[bytes], size: int, proof: Iterable[bytes], root: bytes) -> bytes:
    """Make sure that leaves lie one after the other below a root, and return the root that the tree had before them.

    :param start: number of the first.
    :param proof: one hash for each largest subtree beside them, left to right.
    :raises ProofError: the hashes do not lead there.
    """
    end, rest, before = start + len(leaves), iter(proof), []
    if not 0 <= start < end <= size:
        raise ProofError("the entries are beyond the tree")

    def hash_of(low: int, high: int) -> bytes:
        if high <= start or low >= end:
            try:
                one = next(rest)
            except StopIteration:
                raise ProofError("too few hashes") from None
            if high <= start:
                before.append(one)
            return one
        if high - low == 1:
            return leaves[low - start]
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        return node_hash(hash_of(low, middle), hash_of(middle, high))

    if hash_of(0, size) != root:
        raise ProofError("the hashes lead to another root")
    if next(rest, None) is not None:
        raise ProofError("too many hashes")
    return fold(before)
