"""Vectors of the log reference: computed by Go's sumdb/tlog and sumdb/note, cross-checked with other authors' code."""

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from printd.ledger import checkpoint, entry, merkle, notes

DATA = Path(os.environ.get("PRINTD_CONFORMANCE_DATA", Path(__file__).parents[3] / "shared" / "data"))
VECTORS = DATA / "tlog-vectors.json"
V: dict[str, Any] = json.loads(VECTORS.read_text("utf-8")) if VECTORS.is_file() else {}
pytestmark = pytest.mark.skipif(
    not V, reason=f"no {VECTORS}: set PRINTD_CONFORMANCE_DATA to the folder with the vectors"
)

LARGEST = 70_000


def cases(section: str, name: str | None = None) -> pytest.MarkDecorator:
    """Parametrise over one section; a missing file gives one skipped case."""
    items = V.get(section, [None])
    ids = [str(item[name]) if item and name else str(number) for number, item in enumerate(items)]
    return pytest.mark.parametrize("case", items, ids=ids)


@pytest.fixture(scope="module")
def nodes() -> dict[tuple[int, int], bytes]:
    """Every complete subtree over the 70,000 leaves `leaf-0`, `leaf-1`, ..., as appending makes them known."""
    frontier = merkle.Frontier()
    known: dict[tuple[int, int], bytes] = {}
    for number in range(LARGEST):
        frontier, new = frontier.append(merkle.leaf_hash(b"leaf-%d" % number))
        known |= {(node.level, node.index): node.hash for node in new}
    return known


@pytest.fixture
def node(nodes: dict[tuple[int, int], bytes]) -> Callable[[int, int], bytes]:
    return lambda level, index: nodes[level, index]


def test_leaf_and_node_hashes() -> None:
    for number, expected in V["leaf_hashes"].items():
        assert merkle.leaf_hash(b"leaf-" + number.encode()).hex() == expected
    assert merkle.leaf_hash(b"").hex() == V["leaf_hash_of_zero_byte_entry"]
    example = V["node_hash_example"]
    left, right = bytes.fromhex(example["left"]), bytes.fromhex(example["right"])
    assert merkle.node_hash(left, right).hex() == example["node"]
    body = V["leaf_example"]["entry"].encode()
    assert merkle.leaf_hash(body).hex() == V["leaf_example"]["leaf_hash"]


def test_roots() -> None:
    expected = {case["size"]: case["root"] for case in V["roots"]}
    assert max(expected) == LARGEST
    frontier = merkle.Frontier()
    for size in range(LARGEST + 1):
        if size in expected:
            assert frontier.root().hex() == expected.pop(size)
        frontier, _ = frontier.append(merkle.leaf_hash(b"leaf-%d" % size))
    assert not expected


def test_root_of_leaves() -> None:
    for case in V["roots"]:
        if case["size"] <= 1000:
            leaves = (merkle.leaf_hash(b"leaf-%d" % number) for number in range(case["size"]))
            assert merkle.root_of(leaves).hex() == case["root"]


@cases("inclusion")
def test_inclusion(case: dict[str, Any], node: Callable[[int, int], bytes]) -> None:
    proof = merkle.inclusion_proof(case["index"], case["size"], node)
    assert [item.hex() for item in proof] == case["proof"]
    leaf, root = bytes.fromhex(case["leaf_hash"]), bytes.fromhex(case["root"])
    merkle.verify_inclusion(case["index"], case["size"], leaf, proof, root)


@cases("inclusion_bad", "why")
def test_bad_inclusion(case: dict[str, Any]) -> None:
    proof = [bytes.fromhex(item) for item in case["proof"]]
    leaf, root = bytes.fromhex(case["leaf_hash"]), bytes.fromhex(case["root"])
    reasons = {
        "first two hashes swapped": "another root",
        "one bit flipped in hash 3": "another root",
        "index off by one": "another root",
        "index equal to size": "not in a tree",
    }
    with pytest.raises(merkle.ProofError, match=reasons.get(case["why"], "has .* hashes, this one has")):
        merkle.verify_inclusion(case["index"], case["size"], leaf, proof, root)


@cases("consistency")
def test_consistency(case: dict[str, Any], node: Callable[[int, int], bytes]) -> None:
    proof = merkle.consistency_proof(case["old_size"], case["new_size"], node)
    assert [item.hex() for item in proof] == case["proof"]
    old, new = bytes.fromhex(case["old_root"]), bytes.fromhex(case["new_root"])
    merkle.verify_consistency(case["old_size"], old, case["new_size"], new, proof)


@cases("consistency_bad", "why")
def test_bad_consistency(case: dict[str, Any]) -> None:
    proof = [bytes.fromhex(item) for item in case["proof"]]
    old, new = bytes.fromhex(case["old_root"]), bytes.fromhex(case["new_root"])
    reasons = {
        "old and new roots swapped": "another old root",
        "old root is that of another size": "another old root",
        "same size, different root": "two different roots",
    }
    with pytest.raises(merkle.ProofError, match=reasons.get(case["why"], "has .* hashes, this one has")):
        merkle.verify_consistency(case["old_size"], old, case["new_size"], new, proof)


@pytest.mark.parametrize("case", V.get("jcs", {}).get("cases", []), ids=lambda case: str(case["name"]))
def test_canonical_json(case: dict[str, Any]) -> None:
    value = json.loads(case["input"])
    expected = bytes.fromhex(case["canonical_hex"])
    outside = {"key order is by UTF-16 code unit, not code point": "ASCII", "numbers": "floating-point"}
    if case["name"] in outside:
        with pytest.raises(entry.EntryError, match=outside[case["name"]]):
            entry.canonical(value if isinstance(value, dict) else {"a": value})
    elif isinstance(value, dict):
        assert entry.canonical(value) == expected
        assert entry.parse(expected) == value
    else:
        assert entry.canonical({"a": value}) == b'{"a":' + expected + b"}"


@pytest.mark.parametrize("case", V.get("jcs", {}).get("refuse", []), ids=lambda case: str(case["why"]))
def test_refused_json(case: dict[str, Any]) -> None:
    reasons = {
        "duplicate": "same member twice",
        "not a number": "floating-point",
        "lone": "surrogate",
        "integer": "2\\^53",
    }
    reason = next(text for word, text in reasons.items() if case["why"].startswith(word))
    with pytest.raises(entry.EntryError, match=reason):
        entry.parse(case["input"].encode())


def test_keys() -> None:
    log, witness = V["keys"]["log"], V["keys"]["witness"]
    signer = notes.Signer.from_text(log["signer_key"])
    assert signer.to_text() == log["signer_key"]
    assert notes.Signer(log["name"], bytes.fromhex(log["seed_hex"])) == signer
    assert signer.vkey == log["vkey"]
    for key in (log, witness):
        verifier = notes.Verifier.from_vkey(key["vkey"])
        assert (verifier.name, verifier.key_id.hex()) == (key["name"], key["key_id_hex"])
        assert (verifier.algorithm, verifier.public.hex()) == (key["type"], key["public_hex"])
        assert verifier.vkey == key["vkey"]
    as_type_4 = base64.b64encode(b"\x04" + bytes.fromhex(log["public_hex"])).decode()
    key_id = V["keys"]["same_key_as_type_4"]["key_id_hex"]
    assert notes.Verifier.from_vkey(f"{log['name']}+{key_id}+{as_type_4}").algorithm == notes.COSIGNATURE
    with pytest.raises(notes.NoteMalformedError, match="key ID"):
        notes.Verifier.from_vkey(f"{log['name']}+{log['key_id_hex']}+{as_type_4}")


def known_keys() -> list[notes.Verifier]:
    return [notes.Verifier.from_vkey(V["keys"][name]["vkey"]) for name in ("log", "witness")]


@cases("notes", "name")
def test_notes(case: dict[str, Any]) -> None:
    note = case["note"].encode()
    if case["open"] == "ok":
        opened = notes.open_note(note, known_keys())
        # ML-DSA-44 cosignatures are of a key type not read here: an unknown key's line, to be ignored.
        verified = [name for name in case["verified"] if not name.startswith(V["keys"]["witness_pq"]["name"])]
        assert (opened.text, list(opened.verified)) == (case["text"], verified)
    else:
        kinds = {
            "invalid signature": notes.NoteSignatureError,
            "note has no verifiable": notes.NoteUntrustedError,
            "malformed note": notes.NoteMalformedError,
        }
        expected = next(kind for words, kind in kinds.items() if case["go_error"].startswith(words))
        with pytest.raises(expected):
            notes.open_note(note, known_keys())


@cases("notes", "name")
def test_checkpoints(case: dict[str, Any]) -> None:
    note, origin = case["note"].encode(), V["keys"]["log"]["name"]
    plain = case["what"].startswith("plain note")
    if case["open"] == "ok" and case["expect"] == "accept" and not plain:
        opened = checkpoint.open_checkpoint(note, origin, known_keys())
        assert opened.text() == case["text"]
        assert opened.root.hex() in {known["root"] for known in V["roots"] if known["size"] == opened.size}
    else:
        kind = checkpoint.CheckpointError if case["open"] == "ok" else notes.NoteError
        with pytest.raises(kind):
            checkpoint.open_checkpoint(note, origin, known_keys())


@pytest.mark.parametrize("size", [0, 257, 1000])
def test_signing_gives_the_published_note(size: int) -> None:
    signer = notes.Signer.from_text(V["keys"]["log"]["signer_key"])
    root = next(case["root"] for case in V["roots"] if case["size"] == size)
    expected = next(case["note"] for case in V["notes"] if case["name"] == f"log-{size}")
    head = checkpoint.Checkpoint(signer.name, size, bytes.fromhex(root))
    assert checkpoint.sign(head, signer) == expected.encode()


def test_a_witness_alone_does_not_make_a_checkpoint() -> None:
    cosigned = next(case["note"] for case in V["notes"] if case["name"] == "cosigned")
    with pytest.raises(checkpoint.CheckpointError, match="no key of this log"):
        checkpoint.open_checkpoint(cosigned.encode(), V["keys"]["log"]["name"], known_keys()[1:])
