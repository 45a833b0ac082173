"""Merkle tree over entries: roots, an O(log n) frontier for appending, proofs of one entry, of a range, of growth.

Sources: RFC 6962 section 2 and RFC 9162 section 2; algorithms as in the log reference sections 2 to 4, of ranges 17.6.
Every hash is the 32 raw bytes of SHA-256. A node (level, index) is the root of the complete subtree over the leaves
[index * 2^level, (index + 1) * 2^level); level 0 is the leaf hashes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

EMPTY_ROOT: Final = sha256(b"").digest()
"""Root of the tree without leaves (RFC 6962 section 2.1)."""

NodeReader = Callable[[int, int], bytes]
"""Returns the stored hash of the complete subtree (level, index)."""


class ProofError(ValueError):
    """A proof that does not prove what it is said to prove; the message tells which check failed."""


@dataclass(frozen=True, slots=True)
class Node:
    """The hash of one complete subtree."""

    level: int
    index: int
    hash: bytes


def leaf_hash(body: bytes) -> bytes:
    """Return SHA-256(0x00 || body), the leaf hash of an entry's bytes."""
    return sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right) of two 32-byte hashes."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """All that appending needs: roots of the complete subtrees that the binary digits of `size` name, largest first.

    Immutable; `append` returns a new one. Raises ValueError when `hashes` cannot belong to `size`.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ValueError(f"a frontier of size {self.size} cannot have {len(self.hashes)} hashes")
        if any(len(item) != 32 for item in self.hashes):
            raise ValueError("a frontier holds 32-byte hashes")

    def append(self, leaf: bytes) -> "tuple[Frontier, list[Node]]":
        """Return the frontier with one more leaf hash, and every complete-subtree node that became known.

        The nodes come leaf first (level 0), then upwards; storing all of them of every append makes each node known
        once.
        """
        if len(leaf) != 32:
            raise ValueError("a leaf hash has 32 bytes")
        hashes = list(self.hashes)
        current, index, level = leaf, self.size, 0
        nodes = [Node(0, index, current)]
        while index & 1:
            current = node_hash(hashes.pop(), current)
            index >>= 1
            level += 1
            nodes.append(Node(level, index, current))
        return Frontier(self.size + 1, (*hashes, current)), nodes

    def extend(self, leaves: Iterable[bytes]) -> "Frontier":
        """Return the frontier with more leaf hashes, which are read once, in O(log n) memory."""
        hashes, size = list(self.hashes), self.size
        for leaf in leaves:
            current, index = leaf, size
            while index & 1:
                current = node_hash(hashes.pop(), current)
                index >>= 1
            hashes.append(current)
            size += 1
        return Frontier(size, tuple(hashes))

    def root(self) -> bytes:
        """Return the root of the tree of `size` leaves."""
        if not self.hashes:
            return EMPTY_ROOT
        result = self.hashes[-1]
        for item in reversed(self.hashes[:-1]):
            result = node_hash(item, result)
        return result


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes, read once, in O(log n) memory."""
    return Frontier().extend(leaf_hashes).root()


def range_hash(start: int, end: int, node: NodeReader) -> bytes:
    """Return the tree hash of the leaves [start, end), taking aligned complete subtrees from `node`."""
    count = end - start
    level = count.bit_length() - 1
    if count == 1 << level and start % count == 0:
        return node(level, start >> level)
    split = start + _split(count)
    return node_hash(range_hash(start, split, node), range_hash(split, end, node))


def inclusion_proof(index: int, size: int, node: NodeReader) -> list[bytes]:
    """Return the proof that leaf `index` is in the tree of `size` leaves, leaf side first.

    Raises ProofError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of {size} leaves")
    proof = []
    low, high = 0, size
    while high - low > 1:
        split = low + _split(high - low)
        if index < split:
            proof.append(range_hash(split, high, node))
            high = split
        else:
            proof.append(range_hash(low, split, node))
            low = split
    return proof[::-1]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that `leaf` is leaf `index` of the tree with `size` leaves and `root`; raises ProofError when not shown.

    Compute `leaf` from the entry's bytes; never take it from whoever sent the proof.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of {size} leaves")
    inner = (index ^ (size - 1)).bit_length()
    _check_hashes(proof, inner + (index >> inner).bit_count())
    current = leaf
    for step, item in enumerate(proof):
        on_right = step >= inner or index >> step & 1
        current = node_hash(item, current) if on_right else node_hash(current, item)
    if current != root:
        raise ProofError("the proof leads to another root")


def consistency_proof(old: int, new: int, node: NodeReader) -> list[bytes]:
    """Return the proof that the tree of `new` leaves begins with the tree of `old` leaves.

    Empty for old == 0 and for equal sizes. Raises ProofError unless 0 <= old <= new.
    """
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} leaves cannot begin with one of {old}")
    if old == 0:
        return []
    proof = []
    low, high, whole = 0, new, True
    while high != old:
        split = low + _split(high - low)
        if old <= split:
            proof.append(range_hash(split, high, node))
            high = split
        else:
            proof.append(range_hash(low, split, node))
            low, whole = split, False
    if not whole:
        proof.append(range_hash(low, high, node))
    return proof[::-1]


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree (new, new_root) begins with the tree (old, old_root); raises ProofError when not shown."""
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} leaves cannot begin with one of {old}")
    if old in (0, new):
        _check_hashes(proof, 0)
        if old_root != (EMPTY_ROOT if old == 0 else new_root):
            raise ProofError("the empty tree has another root" if old == 0 else "one size has two different roots")
        return
    shift = (old & -old).bit_length() - 1
    inner = ((old - 1) ^ (new - 1)).bit_length() - shift
    border = ((old - 1) >> (inner + shift)).bit_count()
    power_of_two = old == 1 << shift
    _check_hashes(proof, inner + border + (0 if power_of_two else 1))
    seed, rest = (old_root, proof) if power_of_two else (proof[0], proof[1:])
    from_old = from_new = seed
    mask = (old - 1) >> shift
    for step, item in enumerate(rest):
        if step >= inner or mask >> step & 1:
            from_old, from_new = node_hash(item, from_old), node_hash(item, from_new)
        else:
            from_new = node_hash(from_new, item)
    if from_old != old_root:
        raise ProofError("the proof leads to another old root")
    if from_new != new_root:
        raise ProofError("the proof leads to another new root")


def range_proof(start: int, end: int, size: int, node: NodeReader) -> list[bytes]:
    """Return the proof that the leaves [start, end) are in the tree of `size` leaves, from left to right.

    Raises ProofError unless 0 <= start < end <= size.
    """
    _check_range(start, end, size)
    return [range_hash(low, high, node) for low, high in [*_whole(start), *_beyond(0, size, end)]]


def verify_range(
    start: int, end: int, size: int, leaves: Iterable[bytes], proof: Sequence[bytes], root: bytes
) -> tuple[bytes, bytes]:
    """Check that `leaves` are the leaves [start, end) of the tree with `size` leaves and `root`.

    Returns the roots that the same tree had at `start` and at `end` leaves, to be held against what was kept of that
    time. Leaves are read once, in O(log n) memory. Raises ProofError when it is not shown.
    """
    _check_range(start, end, size)
    right = _beyond(0, size, end)
    _check_hashes(proof, start.bit_count() + len(right))
    before = Frontier(start, tuple(proof[: start.bit_count()]))
    after = before.extend(leaves)
    if after.size != end:
        raise ProofError(f"{after.size - start} leaves, where the range from {start} to {end} has {end - start}")
    hashes = dict(zip([*_whole(end), *right], [*after.hashes, *proof[start.bit_count() :]], strict=True))

    def over(low: int, high: int) -> bytes:
        known = hashes.get((low, high))
        if known is not None:
            return known
        split = low + _split(high - low)
        return node_hash(over(low, split), over(split, high))

    if over(0, size) != root:
        raise ProofError("the proof leads to another root")
    return before.root(), after.root()


def _check_range(start: int, end: int, size: int) -> None:
    if not 0 <= start < end <= size:
        raise ProofError(f"no leaves lie from {start} to {end} in a tree of {size} leaves")


def _whole(end: int) -> list[tuple[int, int]]:
    """Return the complete subtrees that a frontier of `end` leaves holds, largest first, as ranges of leaves."""
    found, low = [], 0
    for level in reversed(range(end.bit_length())):
        if end >> level & 1:
            found.append((low, low + (1 << level)))
            low += 1 << level
    return found


def _beyond(low: int, high: int, end: int) -> list[tuple[int, int]]:
    """Return the largest subtrees of [low, high) that lie beyond `end`, from left to right, as ranges of leaves."""
    if high <= end:
        return []
    if low >= end:
        return [(low, high)]
    split = low + _split(high - low)
    return _beyond(low, split, end) + _beyond(split, high, end)


def _split(count: int) -> int:
    """Return the largest power of two strictly below `count` (count > 1)."""
    return 1 << ((count - 1).bit_length() - 1)


def _check_hashes(proof: Sequence[bytes], count: int) -> None:
    if len(proof) != count:
        raise ProofError(f"a proof between these sizes has {count} hashes, this one has {len(proof)}")
    if any(len(item) != 32 for item in proof):
        raise ProofError("a proof holds 32-byte hashes")
