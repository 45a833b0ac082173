"""Signatures of people over entries: vectors rebuilt and verified by Go (encoding/json, crypto/ed25519)."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from printd.ledger import notes, signatures

DATA = Path(os.environ.get("PRINTD_CONFORMANCE_DATA", Path(__file__).parents[3] / "shared" / "data"))
VECTORS = DATA / "tlog-vectors-2.json"
V: dict[str, Any] = json.loads(VECTORS.read_text("utf-8"))["entry_signatures"] if VECTORS.is_file() else {}
pytestmark = pytest.mark.skipif(
    not V, reason=f"no {VECTORS}: set PRINTD_CONFORMANCE_DATA to the folder with the vectors"
)

cases = pytest.mark.parametrize("case", V.get("cases", [None]), ids=lambda case: str(case and case["name"]))
people = pytest.mark.parametrize("by", V.get("people", ["nobody"]))


@cases
def test_messages(case: dict[str, Any]) -> None:
    assert V["label"] == signatures.LABEL
    assert signatures.message(V["origin"], without_sig(case)).hex() == case["message_hex"]


@cases
def test_signatures(case: dict[str, Any]) -> None:
    """What is wrong with a signature or a key is found here; numbers and names are the entry's own rules."""
    entry = json.loads(case["entry"])
    said = signatures.message(V["origin"], without_sig(case))
    for by, text in zip(entry["by"], entry["sig"], strict=False):
        public = bytes.fromhex(V["people"][by]["public_hex"])
        if case["expect"] == "reject: not canonical base64url":
            with pytest.raises(signatures.SignatureError, match="base64url"):
                signatures.read_signature(text)
            continue
        signature = signatures.read_signature(text)
        assert signatures.write_signature(signature) == text
        wrong = case["expect"] in (f"reject: signature of {by}", f"reject: weak key of {by}")
        if signatures.verify(public, signature, said) is wrong:
            pytest.fail(f"{case['name']}: the signature of {by}")
        if wrong:
            return  # vectors name the first that is wrong
        key = signatures.SigningKey(bytes.fromhex(V["people"][by]["seed_hex"]))
        assert key.sign(said) == signature


@people
def test_keys(by: str) -> None:
    person = V["people"][by]
    public = bytes.fromhex(person["public_hex"])
    assert person["vkey"].split("+")[1] == person["key_id_hex"]
    if "seed_hex" in person:
        assert signatures.SigningKey(bytes.fromhex(person["seed_hex"])).public == public
        assert signatures.public_key_problem(public) is None
        assert signatures.vkey(person["name"], public) == person["vkey"]
        assert signatures.read_vkey(person["vkey"]) == (person["name"], public)
    else:
        assert "small order" in str(signatures.public_key_problem(public))
        with pytest.raises(signatures.SignatureError, match="small order"):
            signatures.read_vkey(person["vkey"])
    with pytest.raises(notes.NoteMalformedError):
        notes.Verifier.from_vkey(person["vkey"])


def without_sig(case: dict[str, Any]) -> bytes:
    """The entry's bytes with its last member `sig` cut out, as the log reference says."""
    return re.sub(rb',"sig":\[[^\]]*\](?=,"v":2\}$)', b"", case["entry"].encode())
