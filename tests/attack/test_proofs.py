"""Proofs of single cards are forged, or left without what does not suit whoever hands them over.

He HAS the shop, its database and the log's key, and writes the bundle that an auditor asked for. He TRIES to show
another life of a card than the log tells. WHO NOTICES: the auditor's verifier, who has the log's key and nothing else.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from printd_verify.command import main
from support.bundled import bundle
from support.spoilt_bundles import BLANK, SPOILT, lived
from support.told import BUDI, SITI, Told, write

FORGED = (
    "a signature that is forged", "signed by somebody in another role", "signed by nobody who works here",
    "signed by nobody", "of another shop", "of two histories", "an entry altered", "two entries exchanged in place",
    "without what came of the attempt", "without somebody's enrolment", "under the name of another blank",
)  # fmt: skip


def findings(content: bytes, where: Path, capsys: pytest.CaptureFixture[str], *words: str) -> set[str]:
    """Return what the auditor's verifier finds in a bundle."""
    write(where / "brought.tlog-proofs", content)
    code = main([str(where / "brought.tlog-proofs"), "--vkey", lived().vkey, "--json", *words])
    found = {one["class"] for one in json.loads(capsys.readouterr().out)["findings"]}
    assert code == (1 if found else 0)
    return found


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_bundle_is_noticed(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoilt = SPOILT[what]
    assert findings(spoilt.make(lived()), tmp_path, capsys) == spoilt.codes


def test_a_second_card_of_one_job_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """He TRIES to have two good cards of somebody, both in the log. WHO NOTICES: the auditor's verifier."""
    told = Told()
    told.begin()
    told.stock()
    told.shift()
    told.record(1)
    told.start(1)
    told.printed(1)
    told.check(1, BUDI)
    told.start(1, 2, attempt="a2", number=2)
    told.say("attempt.printed", {"attempt": "a2", "to": "output"})
    assert "second_card" in findings(bundle(told, "job", "j1").content, tmp_path, capsys)
    assert "second_card" in findings(bundle(told, "blank", "K00002").content, tmp_path, capsys)


def test_the_proof_of_one_record_does_not_open_with_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """He TRIES to have the proof of one record pass for another's. WHO NOTICES: the registry, who has the files."""
    write(tmp_path / "r.json", b'{"NIK": "5371990101900001"}')
    told = lived()
    told.record(3, delivered="0" * 64)
    content = bundle(told, "record", "r3", bytes(32)).content
    asked = ("--record", str(tmp_path / "r.json"))
    assert findings(content, tmp_path, capsys, *asked) == {"record_other"}
    assert findings(bundle(told, "record", "r3").content, tmp_path, capsys, *asked) == {"record_closed"}


def test_an_end_that_was_left_out_is_noticed_by_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """He TRIES to leave out that the card was handed over. NOBODY notices, for no bundle can show it; that is said."""
    told = lived()
    told.say("card.checked", {"attempt": "a9", "quality": "spoiled", "cause": "jam"}, SITI)
    content = bundle(told, "blank", BLANK).without("card.handed_over").content
    assert findings(content, tmp_path, capsys) == set()
    main([str(tmp_path / "brought.tlog-proofs"), "--vkey", told.vkey])
    said = capsys.readouterr().out
    assert "not proved: that no other entry is about it" in said
    assert "tidak terbukti: bahwa tidak ada entri lain tentangnya" in said
