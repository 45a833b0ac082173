"""Signatures of people over entries: vectors rebuilt and verified by Go (encoding/json, crypto/ed25519).

Names, kinds and data of the vectors are the reference's own: whole entries are taken or refused here by form, keys and
signatures; who may sign what is the shop's rule (tests/unit/books/test_signers.py).
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from printd.books.people import Person
from printd.books.signing import not_good
from printd.ledger import notes, signatures
from printd.ledger.entry import Entry, EntryError, without_signatures
from printd.ledger.merkle import leaf_hash
from printd.words.roles import Role

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


@cases
def test_whole_entries(case: dict[str, Any]) -> None:
    """As the booking, the replay and the verifier take them: one that is refused names who has not signed it."""
    body = case["entry"].encode()
    assert leaf_hash(body).hex() == case["leaf_hash"]
    refused = not_an_entry(body) or whose_is_bad(body)
    if case["expect"] == "accept":
        assert refused == ""
    else:
        assert refused == REFUSED[case["name"]]


REFUSED = {
    "altered after signing: count 3 became 2": "signature of SITI, BUDI",
    "signatures in the wrong order": "signature of SITI, BUDI",
    "one signature twice": "signature of BUDI",
    "one signature missing": "$.sig must hold one signature for each name in $.by",
    "replayed under another seq": "signature of SITI",
    "signed for another log": "signature of SITI",
    "signed without label and origin": "signature of SITI",
    "signature text with non-zero unused bits": "signature of SITI",
    "small-order public key (libraries accept this signature)": "signature of MARA",
    "sig without by": "$.sig must hold one signature for each name in $.by",
}
"""By the names of the vectors."""


def not_an_entry(body: bytes) -> str:
    """Return why bytes are no entry; empty: they are one."""
    try:
        Entry.from_body(body)
    except EntryError as why:
        return str(why)
    return ""


def whose_is_bad(body: bytes) -> str:
    """Return whose signatures are not good, in order; empty: nobody's."""
    entry = Entry.from_body(body)
    known = {name: Person(Role.OPERATOR, bytes.fromhex(one["public_hex"])) for name, one in V["people"].items()}
    bad = not_good(entry, signatures.message(V["origin"], without_signatures(body)), known.get)
    return f"signature of {', '.join(bad)}" if bad else ""


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
