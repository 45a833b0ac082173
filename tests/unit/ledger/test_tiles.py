"""Tiles and bundles: what goes in comes out, and what is none is refused for its reason."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from printd.ledger.merkle import inclusion_proof, leaf_hash, root_of, verify_inclusion
from printd.ledger.tiles import WIDTH, Edge, Tile, TileError, bundle, layout, node_of, read_bundle, read_tile, width_of

LEAVES = [leaf_hash(b"%d" % number) for number in range(WIDTH * WIDTH + 2 * WIDTH + 7)]


def grown(size: int) -> tuple[Edge, list[Tile]]:
    """Return the edge of the tree over the first leaves, and its full tiles in the order in which they came."""
    edge = Edge()
    return edge, [tile for leaf in LEAVES[:size] for tile in edge.append(leaf)]


@settings(deadline=None, max_examples=30)
@example(WIDTH * WIDTH, WIDTH * WIDTH - 1)
@example(WIDTH * WIDTH + 1, WIDTH * WIDTH)
@given(st.integers(0, 600), st.integers(0, 600))
def test_an_edge_that_goes_on_somewhere_ends_as_one_that_never_stopped(size: int, start: int) -> None:
    edge, full = grown(size)
    assert edge.root() == root_of(LEAVES[:size])
    every = {(one.level, one.index): one.hashes for one in [*full, *edge.partial()]}
    shape = {
        (level, number) for level, (count, width) in enumerate(layout(size)) for number in range(count + (width > 0))
    }
    assert every.keys() == shape
    assert all(len(hashes) == width_of(size, *place) for place, hashes in every.items())
    for tile in every.items():
        assert read_tile(Tile(*tile[0], tile[1]).content, len(tile[1])) == list(tile[1])
    start = min(start, size)
    again = Edge.of(start, node_of(lambda level, index: every[level, index]))
    more = [tile for leaf in LEAVES[start:size] for tile in again.append(leaf)]
    assert (again.root(), again.partial()) == (edge.root(), edge.partial())
    assert [one.path for one in more] == [one.path for one in full[len(full) - len(more) :]]


def test_proofs_come_from_tiles_alone() -> None:
    size = len(LEAVES)
    edge, full = grown(size)
    every = {(one.level, one.index): one.hashes for one in [*full, *edge.partial()]}
    node = node_of(lambda level, index: every[level, index])
    for index in (0, WIDTH - 1, WIDTH, WIDTH * WIDTH, size - 1):
        verify_inclusion(index, size, LEAVES[index], inclusion_proof(index, size, node), edge.root())
    with pytest.raises(TileError, match="does not reach"):
        node(1, (size - 1) >> 1)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=WIDTH))
def test_a_bundle_gives_its_entries_back(bodies: list[bytes]) -> None:
    content = bundle(bodies)
    assert len(content) == sum(len(one) + 2 for one in bodies)
    assert read_bundle(content, len(bodies)) == bodies


def test_the_longest_entry_fits_and_a_longer_one_is_refused() -> None:
    assert read_bundle(bundle([b"x" * 65_535, b""]), 2) == [b"x" * 65_535, b""]
    with pytest.raises(TileError, match="65536 bytes"):
        bundle([b"x" * 65_536])


@pytest.mark.parametrize("bodies", [[], [b""] * (WIDTH + 1)])
def test_no_bundle_is_empty_or_wider_than_a_tile(bodies: list[bytes]) -> None:
    with pytest.raises(TileError, match="1 to 256"):
        bundle(bodies)


@pytest.mark.parametrize(
    ("content", "width", "says"),
    [
        (b"\x00\x01a\x00", 1, "within"),
        (b"\x00\x01a\x00\x02b", 2, "within"),
        (b"\x00\x01a", 2, "1 entries"),
        (b"\x00\x01a\x00\x01b", 1, "2 entries"),
        (b"", 1, "0 entries"),
    ],
)
def test_what_is_no_bundle(content: bytes, width: int, says: str) -> None:
    with pytest.raises(TileError, match=says):
        read_bundle(content, width)


@pytest.mark.parametrize("length", [0, 31, 33, 96])
def test_what_is_no_tile(length: int) -> None:
    with pytest.raises(TileError, match="where 2 hashes take 64"):
        read_tile(b"x" * length, 2)


@pytest.mark.parametrize(("size", "rows"), [(1, []), (2, [[b"a" * 32]]), (256, [[b"a" * 32]]), (256, [[], [], []])])
def test_hashes_that_cannot_be_the_edge(size: int, rows: list[list[bytes]]) -> None:
    with pytest.raises(ValueError, match="cannot be the edge"):
        Edge(size, rows)
