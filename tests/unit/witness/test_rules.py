"""What a witness cosigns, what it refuses, and what it keeps; beside the published cases of the conformance suite."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from printd.errors import ConfigError, IntegrityError, Refused
from printd.ledger.checkpoint import open_checkpoint
from printd.ledger.cosigner import cosignatures
from printd.ledger.notes import Signer
from printd.ledger.submission import SIZE_TYPE, SubmissionError, folder_of, read
from printd.witness import rules
from printd.witness.kept import Kept
from printd.witness.rules import Answer, now_or_unavailable, shown, take
from support.deliberate import line, notices
from support.other_logs import MemoryLog

NOW = 1_800_000_000
LOG, FORK = MemoryLog(), MemoryLog(changed=7)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "witness"


@pytest.fixture
def kept(folder: Path) -> Kept:
    made = Kept.make(folder, "ntt.example/witness-1")
    made.trust(LOG.vkey)
    return made


def asked(kept: Kept, body: bytes, now: int = NOW) -> Answer:
    return take(kept, body, lambda: now)


def size(kept: Kept) -> int | None:
    last = kept.last(LOG.signer.verifier)
    return None if last is None else last.checkpoint.size


def evidence(kept: Kept) -> list[str]:
    return [(one / "why.txt").read_text().split()[0] for one in kept.refused(LOG.signer.verifier)]


def test_a_log_is_cosigned_step_by_step(kept: Kept) -> None:
    old = 0
    for new in (0, 1, 1, 64, 65, 300):
        answer = asked(kept, LOG.request(old, new))
        (given,) = cosignatures(LOG.note(new) + answer.content, [kept.cosigner.verifier])
        assert (answer.status, given.time, size(kept)) == (200, NOW, new)
        old = new
    assert evidence(kept) == []
    assert shown(kept, folder_of(LOG.signer.name)) == LOG.note(300) + given.line
    assert open_checkpoint(LOG.note(300) + given.line, LOG.signer.name, [LOG.signer.verifier]).size == 300


REFUSED: dict[str, tuple[Callable[[], bytes], int, list[str]]] = {
    "a fork at the same size": (lambda: FORK.request(100, 100), 422, ["422"]),
    "a fork that goes on": (lambda: FORK.request(100, 300), 422, ["422"]),
    "a fork from the beginning": (lambda: FORK.request(0, 300), 409, []),
    "a fork at the same size from the beginning": (lambda: FORK.request(0, 100), 409, ["409"]),
    "an older state": (lambda: LOG.request(50, 60), 409, ["409"]),
    "an older state of the other history": (lambda: FORK.request(50, 60), 409, ["409"]),
    "the same, asked for anew": (lambda: LOG.request(0, 100), 409, []),
    "a proof from elsewhere": (lambda: LOG.request(101, 300).replace(b"old 101", b"old 100"), 422, ["422"]),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_does_not_go_on_is_refused_and_kept(kept: Kept, what: str) -> None:
    asked(kept, LOG.request(0, 100))
    held = shown(kept, folder_of(LOG.signer.name))
    make, status, why = REFUSED[what]
    body = make()
    for _ in range(2):  # the same request once more is no second piece of evidence
        answer = asked(kept, body)
        assert answer.status == status
    if status == 409:
        assert (answer.content, answer.media_type) == (b"100\n", SIZE_TYPE)
    assert (size(kept), shown(kept, folder_of(LOG.signer.name)), evidence(kept)) == (100, held, why)
    for one in kept.refused(LOG.signer.verifier):
        assert (one / "request.txt").read_bytes() == body, "what the log's key signed"
        assert (one / "held.note").read_bytes() == held, "beside what it signed before"


def test_a_log_without_entries_has_one_root(kept: Kept) -> None:
    body = LOG.request(0, 0)
    key = Signer(LOG.signer.name, LOG.signer._seed)
    wrong = key.sign(f"{LOG.signer.name}\n0\n{'A' * 43}=\n")
    assert asked(kept, b"old 0\n\n" + wrong).status == 422
    assert asked(kept, b"old 1\n\n" + wrong).status == 400
    assert asked(kept, body).status == 200


def test_a_proof_that_nothing_asks_for_is_refused(kept: Kept) -> None:
    body = LOG.request(0, 100).replace(b"old 0\n", b"old 0\n" + b"A" * 43 + b"=\n")
    assert asked(kept, body).status == 422
    assert size(kept) is None


MALFORMED = {
    "nothing": b"",
    "no old size": LOG.note(3),
    "an old size with a zero": b"old 00\n\n" + LOG.note(3),
    "an old size with a sign": b"old +1\n\n" + LOG.note(3),
    "an old size of other digits": "old \u0661\n\n".encode() + LOG.note(3),
    "sixty-four hashes": b"old 1\n" + (b"A" * 43 + b"=\n") * 64 + b"\n" + LOG.note(3),
    "a hash of 31 bytes": b"old 1\n" + b"A" * 42 + b"==\n\n" + LOG.note(3),
    "stray bits": b"old 1\n" + b"A" * 42 + b"B=\n\n" + LOG.note(3),
    "no checkpoint": b"old 1\n\n",
    "carriage returns": LOG.request(0, 3).replace(b"\n", b"\r\n"),
    "a large one": LOG.request(0, 3) + b"x" * 70_000,
    "half a note": LOG.request(0, 3)[:-40],
    "no utf-8": LOG.request(0, 3).replace(b"printd", b"\xff\xfe"),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_what_is_no_submission_changes_nothing(kept: Kept, what: str) -> None:
    assert asked(kept, MALFORMED[what]).status == 400
    assert (size(kept), evidence(kept)) == (None, [])
    if what != "half a note" and what != "no utf-8":
        with pytest.raises(SubmissionError):
            read(MALFORMED[what])


@notices({"whoever signed is believed": line(rules.signed, "open_note(submission.note, [log])", "pass")})
def test_nothing_is_kept_of_what_the_log_did_not_sign(kept: Kept) -> None:
    """Evidence is what the log's own key signed: a stranger cannot fill the witness's disk, nor accuse a log."""
    asked(kept, LOG.request(0, 100))
    stranger = Signer(LOG.signer.name, bytes(range(32)))
    forged = FORK.request(100, 300).replace(
        FORK.note(300), stranger.sign(FORK.note(300).decode().split("\n\n")[0] + "\n")
    )
    assert asked(kept, forged).status == 403
    assert asked(kept, FORK.request(100, 300).replace(b"\n300\n", b"\n299\n")).status == 403
    assert (size(kept), evidence(kept)) == (100, [])


@notices({"its clock may go back": line(rules._cosigned, "now < last.time", "False")})
def test_a_clock_that_went_back_cosigns_nothing(kept: Kept) -> None:
    asked(kept, LOG.request(0, 100))
    assert asked(kept, LOG.request(100, 200), NOW - 1).status == 503
    assert size(kept) == 100
    assert asked(kept, LOG.request(100, 200), NOW).status == 200


def test_of_two_histories_at_once_one_is_cosigned(kept: Kept, folder: Path) -> None:
    """Two histories of one log come at once to two witnesses that share what they keep, as two processes do."""
    other = Kept.open(folder)
    assert other is not None
    for number in range(10):
        name = f"printd.example/site-{number}/blanks"
        both = [(kept, MemoryLog(name, 20)), (other, MemoryLog(name, 20, changed=7))]
        kept.trust(both[0][1].vkey)
        asked(kept, both[0][1].request(0, 5))
        statuses: list[int] = []
        begin = threading.Barrier(2)

        def submit(witness: Kept, body: bytes, told: list[int], start: threading.Barrier) -> None:
            start.wait(10)
            told.append(asked(witness, body).status)

        threads = [
            threading.Thread(target=submit, args=(witness, log.request(5, 20), statuses, begin))
            for witness, log in both
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join(20)
        assert sorted(statuses) == [200, 409], "one size has one root, ever"


def test_a_witness_that_lost_what_it_saw_cosigns_nothing(kept: Kept, folder: Path) -> None:
    asked(kept, LOG.request(0, 100))
    (folder / "logs" / folder_of(LOG.signer.name) / "checkpoint").unlink()
    with pytest.raises(ConfigError, match="does not know any more"):
        asked(kept, LOG.request(100, 200))
    assert now_or_unavailable(lambda: asked(kept, FORK.request(0, 200))).status == 503
    shutil.rmtree(folder / "logs")
    with pytest.raises(ConfigError, match="does not know any more"):
        Kept.open(folder)


def test_what_was_cosigned_cannot_be_put_to_something_else(kept: Kept, folder: Path) -> None:
    asked(kept, LOG.request(0, 100))
    (folder / "logs" / folder_of(LOG.signer.name) / "checkpoint").write_bytes(FORK.note(50))
    with pytest.raises(IntegrityError, match="is not what this witness cosigned"):
        asked(kept, FORK.request(50, 200))


def test_a_witness_keeps_its_key_and_its_logs(kept: Kept, folder: Path) -> None:
    again = Kept.open(folder)
    assert again is not None
    assert again.cosigner == kept.cosigner
    assert [one.vkey for one in again.logs()] == [LOG.vkey]
    assert (folder / "witness.vkey").read_text().strip() == kept.cosigner.verifier.vkey
    assert (folder / "witness.key").stat().st_mode & 0o777 == 0o600
    (folder / "witness.key").chmod(0o640)
    with pytest.raises(ConfigError, match="can be read by others"):
        Kept.open(folder)


UNTRUSTED = {
    "no key": "hello",
    "a witness's key": "ntt.example/w+d4d9b8b1+BBlMUJTPgHbOJgaUapKk+dfrst/WPoTQ+3JLIoHkPEFa",
    "another key of a log that is known": Signer(LOG.signer.name, bytes(range(32))).vkey,
}


@pytest.mark.parametrize("what", UNTRUSTED)
def test_a_key_that_cannot_be_a_logs_is_refused(kept: Kept, what: str) -> None:
    with pytest.raises(Refused):
        kept.trust(UNTRUSTED[what])
    assert [one.vkey for one in kept.logs()] == [LOG.vkey]


def test_a_witness_is_made_in_an_empty_folder_under_a_name_of_a_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot name a witness"):
        Kept.make(tmp_path / "a", "two words")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x").touch()
    with pytest.raises(ConfigError, match="not empty"):
        Kept.make(tmp_path / "b", "w.example/1")
    assert Kept.open(tmp_path / "b") is None


def test_evidence_does_not_fill_the_disk(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("printd.witness.kept._MOST_REFUSED", 3)
    asked(kept, LOG.request(0, 100))
    for new in range(101, 110):
        assert asked(kept, FORK.request(100, new)).status == 422
    assert evidence(kept) == ["422"] * 3
