"""Vectors of the log reference for tiles, bundles and ranges: by Go's sumdb/tlog and by other authors' code."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from printd.ledger import merkle, tiles

DATA = Path(os.environ.get("PRINTD_CONFORMANCE_DATA", Path(__file__).parents[3] / "shared" / "data"))


def read(name: str) -> dict[str, Any]:
    path = DATA / name
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


V, W = read("tlog-vectors.json"), read("tlog-vectors-2.json")
pytestmark = pytest.mark.skipif(
    not (V and W), reason=f"no tlog-vectors in {DATA}: set PRINTD_CONFORMANCE_DATA to the folder with the vectors"
)


def cases(vectors: dict[str, Any], section: str, *names: str) -> pytest.MarkDecorator:
    """Parametrise over one section; a missing file gives one skipped case."""
    items = vectors.get(section, [None])
    return pytest.mark.parametrize(
        "case", items, ids=["-".join(str(one[n]) for n in names) if one else "" for one in items]
    )


def leaf(number: int) -> bytes:
    return b"leaf-%d" % number


@pytest.fixture(scope="module")
def published() -> Callable[[int], dict[str, bytes]]:
    """Return the files of the tree over the first so many leaves, as they are after each of the sizes is published."""
    sizes = sorted({one["tree_size"] for section in ("tiles", "entry_bundles") for one in V[section]})
    edge, bodies, known, files = tiles.Edge(), list[bytes](), dict[str, bytes](), dict[int, dict[str, bytes]]()
    for size in sizes:
        while edge.size < size:
            bodies.append(leaf(edge.size))
            known.update((one.path, one.content) for one in edge.append(merkle.leaf_hash(bodies[-1])))
            if len(bodies) == tiles.WIDTH:
                known[tiles.bundle_path(edge.size // tiles.WIDTH - 1)] = tiles.bundle(bodies)
                bodies.clear()
        files[size] = {**known, **{one.path: one.content for one in edge.partial()}}
        if bodies:
            files[size][tiles.bundle_path(size // tiles.WIDTH, len(bodies))] = tiles.bundle(bodies)
    return files.__getitem__


@pytest.fixture(scope="module")
def node() -> merkle.NodeReader:
    """Give the complete subtrees over the first million leaves that are asked for."""
    known: dict[tuple[int, int], bytes] = {}

    def at(level: int, index: int) -> bytes:
        if (level, index) not in known:
            known[level, index] = (
                merkle.node_hash(at(level - 1, 2 * index), at(level - 1, 2 * index + 1))
                if level
                else merkle.leaf_hash(leaf(index))
            )
        return known[level, index]

    return at


@cases(V, "layout", "tree_size")
def test_which_tiles_a_tree_has(case: dict[str, Any]) -> None:
    told = [(one["full_tiles"], one["partial_width"]) for one in case["levels"]]
    assert [one["level"] for one in case["levels"]] == list(range(len(told)))
    assert tiles.layout(case["tree_size"]) == told
    for level, (full, width) in enumerate(told):
        assert tiles.width_of(case["tree_size"], level, full) == width
        assert tiles.width_of(case["tree_size"], level, full + 1) == 0
        assert not full or tiles.width_of(case["tree_size"], level, full - 1) == tiles.WIDTH


@cases(V, "paths", "n")
def test_what_tiles_are_called(case: dict[str, Any]) -> None:
    assert tiles.tile_path(0, case["n"]) == case["full_level0"]
    assert tiles.tile_path(3, case["n"], 7) == case["partial_level3_width7"]
    assert tiles.bundle_path(case["n"]) == case["entries_full"]
    assert f"{tiles.partials(tiles.tile_path(3, case['n']))}/7" == case["partial_level3_width7"]


@cases(V, "tiles", "tree_size", "level", "index")
def test_tiles(case: dict[str, Any], published: Callable[[int], dict[str, bytes]]) -> None:
    content = published(case["tree_size"])[case["path"]]
    assert (len(content), sha256(content).hexdigest()) == (case["bytes"], case["sha256"])
    assert case.get("hex", content.hex()) == content.hex()
    assert b"".join(tiles.read_tile(content, case["width"])) == content


@cases(V, "entry_bundles", "tree_size", "index")
def test_bundles(case: dict[str, Any], published: Callable[[int], dict[str, bytes]]) -> None:
    content = published(case["tree_size"])[case["path"]]
    assert (len(content), sha256(content).hexdigest()) == (case["bytes"], case["sha256"])
    assert case.get("hex", content.hex()) == content.hex()
    first = case["index"] * tiles.WIDTH
    assert tiles.read_bundle(content, case["width"]) == [leaf(first + number) for number in range(case["width"])]


@cases(V, "roots", "size")
def test_the_root_from_the_edge_and_from_tiles(case: dict[str, Any]) -> None:
    size = case["size"]
    edge = tiles.Edge()
    full = [one for number in range(size) for one in edge.append(merkle.leaf_hash(leaf(number)))]
    assert edge.root().hex() == case["root"]
    every = {(one.level, one.index): one.hashes for one in [*full, *edge.partial()]}
    if size:
        read = tiles.node_of(lambda level, index: every[level, index])
        assert merkle.range_hash(0, size, read).hex() == case["root"]
        assert tiles.Edge.of(size, read).partial() == edge.partial()


def leaves(case: dict[str, Any]) -> Sequence[bytes]:
    return [merkle.leaf_hash(leaf(number)) for number in range(case["start"], case["end"])]


@cases(W, "range_proofs", "size", "start", "end")
def test_ranges(case: dict[str, Any], node: merkle.NodeReader) -> None:
    start, end, size = case["start"], case["end"], case["size"]
    proof = merkle.range_proof(start, end, size, node)
    assert [one.hex() for one in proof] == case["proof"]
    ends = merkle.verify_range(start, end, size, leaves(case), proof, bytes.fromhex(case["root"]))
    assert [one.hex() for one in ends] == [case["root_at_start"], case["root_at_end"]]
    assert [one.hex() for one in merkle.inclusion_proof(start, size, node)] == case["inclusion_of_first"]
    assert [one.hex() for one in merkle.inclusion_proof(end - 1, size, node)] == case["inclusion_of_last"]


@cases(W, "range_proofs_bad", "why")
def test_bad_ranges(case: dict[str, Any]) -> None:
    proof = [bytes.fromhex(one) for one in case["proof"]]
    reasons = {
        "one hash missing": "has .* hashes, this one has",
        "one hash too many": "has .* hashes, this one has",
        "start one lower (one entry more claimed than hashes allow)": "has .* hashes, this one has|another root",
        "end past the size": "no leaves lie",
        "empty range": "no leaves lie",
    }
    with pytest.raises(merkle.ProofError, match=reasons.get(case["why"], "another root")):
        merkle.verify_range(case["start"], case["end"], case["size"], leaves(case), proof, bytes.fromhex(case["root"]))
