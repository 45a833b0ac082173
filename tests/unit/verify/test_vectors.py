"""The published vectors of the log's formats, read by the verifier."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from printd_verify.checkpoints import CheckpointError, head_of
from printd_verify.entries import EntryError, is_as_written, message, read_entry, unsigned
from printd_verify.notes import Key, NoteError, open_note, read_key
from printd_verify.people import PersonKeyError, read_person_key, verify_signatures
from printd_verify.policies import PolicyError, read_policy
from printd_verify.proofs import ProofFileError, check_proof, read_proof
from printd_verify.tiles import index_path, read_bundle_file
from printd_verify.tree import (
    ProofError,
    fold,
    leaf_hash,
    pieces_of,
    rows_of,
    verify_consistency,
    verify_inclusion,
    verify_range,
)

DATA = Path(os.environ.get("PRINTD_CONFORMANCE_DATA", Path(__file__).parents[4] / "shared" / "data"))
FILES = (DATA / "tlog-vectors.json", DATA / "tlog-vectors-2.json")
pytestmark = pytest.mark.skipif(
    not all(one.is_file() for one in FILES), reason=f"no vectors in {DATA}: set PRINTD_CONFORMANCE_DATA"
)
V, W = (json.loads(one.read_text(encoding="utf-8")) if one.is_file() else {} for one in FILES)


def cases(vectors: dict[str, Any], section: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", vectors.get(section, []))


def keys(*names: str) -> list[Key]:
    return [read_key(V["keys"][name]["vkey"]) for name in names]


def hashes(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(one) for one in texts]


@cases(V, "roots")
def test_roots(case: dict[str, Any]) -> None:
    if case["size"] <= 1000:
        rows = rows_of([leaf_hash(b"leaf-%d" % one) for one in range(case["size"])])
        assert fold(pieces_of(rows, case["size"])).hex() == case["root"]


@cases(V, "inclusion")
def test_inclusion(case: dict[str, Any]) -> None:
    leaf, root = bytes.fromhex(case["leaf_hash"]), bytes.fromhex(case["root"])
    verify_inclusion(case["index"], case["size"], leaf, hashes(case["proof"]), root)


@cases(V, "inclusion_bad")
def test_bad_inclusion(case: dict[str, Any]) -> None:
    leaf, root = bytes.fromhex(case["leaf_hash"]), bytes.fromhex(case["root"])
    with pytest.raises(ProofError):
        verify_inclusion(case["index"], case["size"], leaf, hashes(case["proof"]), root)


@cases(V, "consistency")
def test_consistency(case: dict[str, Any]) -> None:
    roots = bytes.fromhex(case["old_root"]), bytes.fromhex(case["new_root"])
    verify_consistency(case["old_size"], case["new_size"], hashes(case["proof"]), *roots)


@cases(V, "consistency_bad")
def test_bad_consistency(case: dict[str, Any]) -> None:
    roots = bytes.fromhex(case["old_root"]), bytes.fromhex(case["new_root"])
    with pytest.raises(ProofError):
        verify_consistency(case["old_size"], case["new_size"], hashes(case["proof"]), *roots)


@cases(W, "range_proofs")
def test_ranges(case: dict[str, Any]) -> None:
    leaves = [leaf_hash(b"leaf-%d" % one) for one in range(case["start"], case["end"])]
    root = bytes.fromhex(case["root"])
    before = verify_range(case["start"], leaves, case["size"], hashes(case["proof"]), root)
    assert before.hex() == case["root_at_start"]


@cases(W, "range_proofs_bad")
def test_bad_ranges(case: dict[str, Any]) -> None:
    leaves = [leaf_hash(b"leaf-%d" % one) for one in range(case["start"], case["end"])]
    with pytest.raises(ProofError):
        verify_range(case["start"], leaves, case["size"], hashes(case["proof"]), bytes.fromhex(case["root"]))


@cases(V, "paths")
def test_paths(case: dict[str, Any]) -> None:
    assert f"tile/entries/{index_path(case['n'])}" == case["entries_full"]


@cases(V, "entry_bundles")
def test_bundles(case: dict[str, Any]) -> None:
    if case.get("hex"):
        content = bytes.fromhex(case["hex"])
        bodies = read_bundle_file(content)
        assert len(bodies) == case["width"]
        assert b"".join(len(one).to_bytes(2, "big") + one for one in bodies) == content


@cases(V, "notes")
def test_notes(case: dict[str, Any]) -> None:
    note, known = case["note"].encode(), keys("log", "witness", "witness_pq")
    if case["open"] == "ok":
        opened = open_note(note, known)
        assert opened.text.decode() == case["text"]
        assert sorted(key.label for key in (*opened.signed, *opened.unchecked)) == sorted(case["verified"])
    else:
        with pytest.raises(NoteError):
            open_note(note, known)


@cases(V, "notes")
def test_checkpoints(case: dict[str, Any]) -> None:
    note, log = case["note"].encode(), keys("log", "witness")
    plain = case["name"] in ("blank-line-in-text", "unicode-line-ends")
    if case["expect"] == "accept" and case["open"] == "ok" and not plain:
        assert head_of(open_note(note, log)).origin == V["keys"]["log"]["name"]
    else:
        with pytest.raises((NoteError, CheckpointError)):
            head_of(open_note(note, log))


def entry_with(data: str) -> bytes:
    """Return the bytes of an entry with some data."""
    text = f'{{"at":"2026-11-02T08:00:00Z","by":[],"data":{data},"kind":"a","seq":1,"v":2}}'
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("case", V.get("jcs", {}).get("refuse", []), ids=lambda case: case["why"])
def test_what_no_canonical_json_carries_no_entry_carries(case: dict[str, Any]) -> None:
    with pytest.raises(EntryError):
        read_entry(entry_with(case["input"]))


@pytest.mark.parametrize("case", V.get("jcs", {}).get("cases", []), ids=lambda case: case["name"])
def test_an_entry_has_one_spelling(case: dict[str, Any]) -> None:
    """Fractions and names beyond ASCII, which canonical JSON knows, entries do not carry."""
    value, body = json.loads(case["canonical"]), entry_with(case["canonical"])
    if not isinstance(value, dict) or "." in json.dumps(value) or not case["canonical"].isascii():
        return
    try:
        assert read_entry(body)["data"] == value
        assert is_as_written(json.loads(body), body)
    except EntryError as wrong:
        assert str(wrong) == "numbers"  # noqa: PT017 - some of the vectors are refused, and only for this
    if case["input"] != case["canonical"]:
        with pytest.raises(EntryError):
            read_entry(entry_with(case["input"]))


@cases(W, "policies_bad")
def test_bad_policies(case: dict[str, Any]) -> None:
    with pytest.raises(PolicyError, match=r"^line \d+: "):
        read_policy(case["policy"].encode("utf-8"))


@cases(W, "policy_cases")
def test_policies(case: dict[str, Any]) -> None:
    policy = read_policy(W["policies"][case["policy"]].encode())
    try:
        opened = open_note(case["note"].encode(), policy.keys)
        head_of(opened)
        good = policy.is_satisfied(set(opened.signed))
    except (NoteError, CheckpointError):
        good = False
    assert good is (case["expect"] == "accept")


@pytest.mark.parametrize("case", W.get("entry_signatures", {}).get("cases", []))
def test_signatures_of_people(case: dict[str, Any]) -> None:
    people = W["entry_signatures"]["people"]
    good = True
    try:
        body = case["entry"].encode()
        entry = read_entry(body)
        text = message(W["entry_signatures"]["origin"], unsigned(body))
        publics = [read_person_key(people[name]["vkey"])[1] for name in entry["by"]]
        good = not verify_signatures([(key, one, text) for key, one in zip(publics, entry["sig"], strict=True)])
        assert not case.get("message_hex") or not good or text.hex() == case["message_hex"]
    except (EntryError, PersonKeyError):
        good = False
    assert good is (case["expect"] == "accept")


@cases(V, "tlog_proofs")
def test_proofs(case: dict[str, Any]) -> None:
    known = keys("log", "witness")
    try:
        _, signed = check_proof(read_proof(case["proof"].encode()), case["entry"].encode(), known)
        good = known[1] in signed
    except (ProofFileError, NoteError, CheckpointError, ProofError):
        good = False
    assert good is (case["expect"] == "accept")


@pytest.mark.parametrize("case", W.get("proof_with_entry", {}).get("cases", []))
def test_proofs_with_their_entry(case: dict[str, Any]) -> None:
    policy = read_policy(W["policies"][case["policy"]].encode())
    good = True
    try:
        proof = read_proof(case["proof"].encode())
        _, signed = check_proof(proof, proof.extra, policy.keys)
        entry = read_entry(proof.extra)
        good = policy.is_satisfied(set(signed)) and entry["seq"] == proof.index
    except (ProofFileError, NoteError, CheckpointError, ProofError, EntryError):
        good = False
    assert good is (case["expect"] == "accept")


def test_a_code_on_paper_is_the_file() -> None:
    first = W["proof_with_entry"]["cases"][0]["proof"].encode()
    assert read_proof(W["proof_with_entry"]["qr_text_of_first"].encode()) == read_proof(first)
