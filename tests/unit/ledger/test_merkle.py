"""The Merkle tree against a naive recursion of its definition (RFC 6962 section 2)."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printd.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    ProofError,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    range_proof,
    root_of,
    verify_consistency,
    verify_inclusion,
    verify_range,
)


def naive(leaves: list[bytes]) -> bytes:
    """The definition, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + naive(leaves[:k]) + naive(leaves[k:])).digest()


class Tree:
    def __init__(self, size: int) -> None:
        self.leaves = [leaf_hash(b"%d" % number) for number in range(size)]
        self.frontier = Frontier()
        self.nodes: dict[tuple[int, int], bytes] = {}
        for leaf in self.leaves:
            self.frontier, new = self.frontier.append(leaf)
            for node in new:
                assert (node.level, node.index) not in self.nodes, "each node becomes known once"
                self.nodes[node.level, node.index] = node.hash

    def node(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]


@settings(deadline=None)
@given(st.integers(0, 300))
def test_roots_and_nodes(size: int) -> None:
    tree = Tree(size)
    assert tree.frontier.root() == naive(tree.leaves) == root_of(iter(tree.leaves))
    assert tree.frontier.size == size
    complete = {(level, index) for level in range(10) for index in range(size >> level)}
    assert tree.nodes.keys() == complete
    for (level, index), found in tree.nodes.items():
        assert found == naive(tree.leaves[index << level : (index + 1) << level])


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_inclusion_is_proved_and_nothing_else_is(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 120))
    index = data.draw(st.integers(0, size - 1))
    tree = Tree(size)
    proof, root = inclusion_proof(index, size, tree.node), tree.frontier.root()
    verify_inclusion(index, size, tree.leaves[index], proof, root)
    with pytest.raises(ProofError):
        verify_inclusion(index, size, leaf_hash(b"other"), proof, root)
    with pytest.raises(ProofError):
        verify_inclusion(index, size, tree.leaves[index], [*proof, bytes(32)], root)
    if proof:
        place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
        proof[place] = (int.from_bytes(proof[place], "big") ^ 1 << bit).to_bytes(32, "big")
        with pytest.raises(ProofError):
            verify_inclusion(index, size, tree.leaves[index], proof, root)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_consistency_is_proved_and_nothing_else_is(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, 120))
    old = data.draw(st.integers(0, new))
    tree = Tree(new)
    old_root, new_root = Tree(old).frontier.root(), tree.frontier.root()
    proof = consistency_proof(old, new, tree.node)
    verify_consistency(old, old_root, new, new_root, proof)
    with pytest.raises(ProofError):
        verify_consistency(old, leaf_hash(b"other"), new, new_root, proof)
    if 0 < old < new:
        with pytest.raises(ProofError):
            verify_consistency(old, old_root, new, leaf_hash(b"other"), proof)
        with pytest.raises(ProofError):
            verify_consistency(old, old_root, new, new_root, proof[:-1])


def test_refusals() -> None:
    tree = Tree(5)
    for index, size in ((5, 5), (-1, 5), (0, 0)):
        with pytest.raises(ProofError, match="not in a tree"):
            inclusion_proof(index, size, tree.node)
        with pytest.raises(ProofError, match="not in a tree"):
            verify_inclusion(index, size, bytes(32), [], bytes(32))
    with pytest.raises(ProofError, match="cannot begin"):
        consistency_proof(6, 5, tree.node)
    with pytest.raises(ProofError, match="cannot begin"):
        verify_consistency(6, bytes(32), 5, bytes(32), [])
    with pytest.raises(ProofError, match="32-byte"):
        verify_inclusion(0, 2, tree.leaves[0], [b"short"], bytes(32))
    with pytest.raises(ProofError, match="empty tree"):
        verify_consistency(0, bytes(32), 5, tree.frontier.root(), [])


def test_a_frontier_must_fit_its_size() -> None:
    assert Frontier().root() == EMPTY_ROOT
    with pytest.raises(ValueError, match="cannot have 1 hashes"):
        Frontier(3, (bytes(32),))
    with pytest.raises(ValueError, match="32-byte"):
        Frontier(1, (bytes(31),))
    with pytest.raises(ValueError, match="32 bytes"):
        Frontier().append(b"")


def test_appending_leaves_the_old_frontier_alone() -> None:
    frontier = Tree(7).frontier
    before = (frontier.size, frontier.hashes)
    frontier.append(bytes(32))
    assert (frontier.size, frontier.hashes) == before


@settings(deadline=None)
@given(st.integers(1, 300), st.data())
def test_ranges(size: int, data: st.DataObject) -> None:
    tree, start = Tree(size), data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(start + 1, size))
    proof = range_proof(start, end, size, tree.node)
    root, leaves = tree.frontier.root(), tree.leaves[start:end]
    assert len(proof) <= 2 * max(1, (size - 1).bit_length())
    assert verify_range(start, end, size, iter(leaves), proof, root) == (
        naive(tree.leaves[:start]),
        naive(tree.leaves[:end]),
    )
    wrong = data.draw(st.integers(0, end - start - 1))
    for others in (leaves[:-1], [*leaves, leaf_hash(b"x")], [*leaves[:wrong], leaf_hash(b"x"), *leaves[wrong + 1 :]]):
        with pytest.raises(ProofError):
            verify_range(start, end, size, others, proof, root)
    for other in (*([*proof[:at], leaf_hash(b"x"), *proof[at + 1 :]] for at in range(len(proof))), [*proof, root]):
        with pytest.raises(ProofError):
            verify_range(start, end, size, leaves, other, root)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2), (0, 6), (5, 6)])
def test_a_range_that_is_none(start: int, end: int) -> None:
    tree = Tree(5)
    with pytest.raises(ProofError, match="no leaves lie"):
        range_proof(start, end, 5, tree.node)
    with pytest.raises(ProofError, match="no leaves lie"):
        verify_range(start, end, 5, [], [], tree.frontier.root())
