"""Vectors of the log reference for cosignatures, policies and witnesses, computed and judged by programs of others."""

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from printd.ledger import notes, policy
from printd.ledger.checkpoint import CheckpointError
from printd.ledger.cosignature import ed25519_message, ml_dsa_message
from printd.ledger.cosigner import Cosigner, cosignatures
from printd.ledger.submission import folder_of
from printd.witness.kept import Kept
from printd.witness.rules import TEXT, Answer, take
from support.witnesses import WAIT, served

DATA = Path(os.environ.get("PRINTD_CONFORMANCE_DATA", Path(__file__).parents[3] / "shared" / "data"))


def vectors(name: str) -> dict[str, Any]:
    file = DATA / name
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


V, W = vectors("tlog-vectors.json"), vectors("tlog-vectors-2.json")
pytestmark = pytest.mark.skipif(
    not (V and W), reason=f"no tlog-vectors in {DATA}: set PRINTD_CONFORMANCE_DATA to the folder with the vectors"
)


def cases(items: list[Any] | None, name: str) -> pytest.MarkDecorator:
    found = items or [None]
    return pytest.mark.parametrize("case", found, ids=[str(one[name]) if one else "none" for one in found])


def note(name: str) -> bytes:
    return str(next(one["note"] for one in V["notes"] if one["name"] == name)).encode()


def key(name: str) -> notes.Verifier:
    return notes.Verifier.from_vkey(V["keys"][name]["vkey"])


def witness() -> Cosigner:
    return Cosigner(V["keys"]["witness"]["name"], bytes.fromhex(V["keys"]["witness"]["seed_hex"]))


def test_the_messages_that_are_cosigned() -> None:
    told = V["cosignature_messages"]
    text, _ = notes.split_note(note("log-1000"))
    assert ed25519_message(told["timestamp"], text).decode() == told["ed25519_message"]
    name = V["keys"]["witness_pq"]["name"].encode()
    assert ml_dsa_message(name, told["timestamp"], text).hex() == told["ml_dsa_44_message_hex"]


def test_a_witness_cosigns_to_the_byte() -> None:
    text, _ = notes.split_note(note("log-1000"))
    line = witness().cosign(text, V["cosignature_messages"]["timestamp"])
    assert note("cosigned") == note("log-1000") + line
    assert witness().verifier.vkey == V["keys"]["witness"]["vkey"]
    assert Cosigner.from_text(witness().to_text()) == witness()


@pytest.mark.parametrize(("name", "whose"), [("cosigned", "witness"), ("cosigned-pq", "witness_pq")])
def test_a_cosignature_is_read_with_its_time(name: str, whose: str) -> None:
    (found,) = cosignatures(note(name), [key(whose)])
    assert (found.label, found.time) == (key(whose).label, V["cosignature_messages"]["timestamp"])
    assert note(name).endswith(found.line)


@pytest.mark.parametrize(("name", "whose"), [("cosigned", "witness"), ("cosigned-pq", "witness_pq")])
def test_a_cosignature_of_another_text_is_refused(name: str, whose: str) -> None:
    other = note(name).replace(b"\n1000\n", b"\n1001\n")
    with pytest.raises(notes.NoteSignatureError):
        cosignatures(other, [key(whose)])
    with pytest.raises(notes.NoteSignatureError):
        cosignatures(note("bad-cosignature"), [key("witness")])


def test_the_keys_of_three_witnesses() -> None:
    for told in W["keys"].values():
        assert Cosigner(told["name"], bytes.fromhex(told["seed_hex"])).verifier.vkey == told["vkey"]


def test_where_a_witness_shows_a_log() -> None:
    told = V["witness_monitoring_path"]
    assert f"{folder_of(told['origin'])}/checkpoint" == told["path"]
    assert folder_of("x") == sha256(b"x").hexdigest()


KINDS: dict[str, type[Exception]] = {
    "reject: log signature": CheckpointError,
    "reject: known key, bad signature": notes.NoteSignatureError,
}


@cases(W.get("policy_cases"), "name")
def test_a_note_under_a_policy(case: dict[str, Any]) -> None:
    rules = policy.read(W["policies"][case["policy"]].encode())
    if case["expect"] in KINDS:
        with pytest.raises(KINDS[case["expect"]]):
            policy.judge(case["note"].encode(), rules)
        return
    judged = policy.judge(case["note"].encode(), rules)
    assert judged.enough == (case["expect"] == "accept")
    assert case["expect"] in ("accept", "reject: quorum")
    assert judged.checkpoint.size == 1000


REASONS = {
    "no quorum line": "no line says",
    "two quorum lines": "a second quorum",
    "quorum of an unknown name": "does not stand above",
    "group before its member": "does not stand above",
    "threshold 0": "plain number",
    "threshold above the number of members": "members are asked for",
    "threshold with a leading zero": "plain number",
    "group without members": "members are asked for",
    "one name in two groups": "in a group already",
    "one name twice in a group": "in a group already",
    "same public key under two names": "stands above already",
    "witness and group of one name": "is there already",
    "none as member": "does not stand above",
    "none defined as a witness name": "word of the policy's own",
    "witness with a type 0x01 key": "type 1 is none of a witness",
    "log with a type 0x04 key": "type 4 is none of a log",
    "key ID does not match": "key ID",
    "unknown keyword": "none of: log",
    "carriage return": "control character",
    "no final newline (our choice)": "does not end in a line feed",
    "non-breaking space as separator": "line 8: none of: log",
}


@cases(W.get("policies_bad"), "why")
def test_a_bad_policy_is_refused_for_its_reason(case: dict[str, Any]) -> None:
    with pytest.raises(policy.PolicyError, match=REASONS[case["why"]]):
        policy.read(case["policy"].encode())


def body_of(case: dict[str, Any]) -> bytes:
    return str(case["body"]).encode()


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """The witness of the vectors: it knows the log, and cosigned its first 257 entries last."""
    folder = tmp_path / "witness"
    Kept.make(folder, witness().name)
    made = Kept(folder, witness())
    log = made.trust(V["keys"]["log"]["vkey"])
    (folder / "witness.key").write_text(witness().to_text() + "\n")
    text, _ = notes.split_note(note("log-257"))
    made.keep(log, note("log-257") + witness().cosign(text, V["cosignature_messages"]["timestamp"] - 1))
    return made


def answered(kept: Kept, body: bytes) -> Answer:
    return take(kept, body, lambda: int(V["cosignature_messages"]["timestamp"]))


WITNESS = V.get("witness_add_checkpoint", {}).get("cases")
EVIDENCE = {"truncated-proof", "fork-at-same-size"}


@cases(WITNESS, "name")
def test_a_witness_answers_as_published(case: dict[str, Any], kept: Kept) -> None:
    answer = answered(kept, body_of(case))
    assert answer.status == case["status"]
    assert answer.media_type == case.get("content_type", TEXT)
    if "response" in case:
        assert answer.content.decode() == case["response"]
    log = kept.log(V["keys"]["log"]["name"])
    assert log is not None
    last = kept.last(log)
    assert last is not None
    assert last.checkpoint.size == (1000 if case["name"] == "ok" else 257)
    assert len(kept.refused(log)) == (case["name"] in EVIDENCE)


def test_a_witness_answers_the_same_over_http(kept: Kept, tmp_path: Path) -> None:
    """The time is the server's own, so its line is another; everything else is to the byte."""
    assert kept.cosigner == witness()
    shown = f"/{V['witness_monitoring_path']['path']}"
    with (
        served(tmp_path / "witness") as there,
        httpx.Client(base_url=there.url, trust_env=False, timeout=WAIT) as web,
    ):
        for case in sorted(WITNESS or (), key=lambda one: one["name"] == "ok"):  # it moves what is kept, so it is last
            answer = web.post("/add-checkpoint", content=body_of(case))
            assert answer.status_code == case["status"], case["name"]
            assert answer.headers["content-type"] == case.get("content_type", TEXT)
            if answer.status_code == 200:
                note_of = case["body"].partition("\n\n")[2].encode()
                (given,) = cosignatures(note_of + answer.content, [key("witness")])
                assert web.get(shown).content == note_of + given.line
            else:
                assert web.get(shown).content.startswith(note("log-257"))
            if answer.status_code == 409:
                assert answer.text == case["response"]
        assert web.get("/" + "0" * 64 + "/checkpoint").status_code == 404
