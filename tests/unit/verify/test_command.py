"""The command: what it is given, what it says in both languages, and how it ends; and the same as a single file."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from printd.ledger.merkle import inclusion_proof, leaf_hash, root_of
from printd.ledger.notes import COSIGNATURE, Signer, key_id
from printd_verify import single_file
from printd_verify.command import main
from support.told import NOWHERE, SITI, Told, write


@pytest.fixture(scope="module")
def log() -> Told:
    made = Told()
    made.begin()
    made.stock()
    made.shift()
    for number in range(1, 4):
        made.good_card(number)
    return made


@pytest.fixture
def folder(log: Told, tmp_path: Path) -> Path:
    return log.write_tiles(tmp_path / "log")


@pytest.fixture
def database(log: Told, tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    return log.write_database(tmp_path / "shop" / "printd.sqlite", [5, 20])


Told_ = Callable[..., tuple[int, str]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told_:
    """Run the command; return how it ends and what it says."""

    def run(*words: object) -> tuple[int, str]:
        try:
            code = main([str(word) for word in words])
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_a_good_log_ends_with_0_however_it_lies_there(log: Told, folder: Path, database: Path, told: Told_) -> None:
    for where in (folder, database, database.parent):
        for more in ((), ("--quick",), ("--json",)):
            code, said = told(where, "--vkey", log.vkey, *more)
            assert code == 0, said
    code, said = told(folder, "--vkey", log.vkey)
    assert "SEMUA COCOK" in said
    assert "ALL HOLDS" in said
    assert log.end().root().hex() in said
    assert told(folder, "--vkey", log.vkey, "--language", "id")[1].count("COCOK") == 1


def test_a_finding_ends_with_1_in_both_languages(log: Told, database: Path, told: Told_) -> None:
    log = Told()
    log.begin()
    log.stock()
    for _ in range(9):
        log.move(500, 501, "store", "shift:s1", "issue", SITI)
    path = log.write_database(database.parent / "other.sqlite")
    code, said = told(path, "--vkey", log.vkey)
    assert code == 1
    assert "! number_of_signers (9)" in said
    assert "entri 8: blanks.moved ditandatangani 1 orang, seharusnya 2" in said
    assert "entry 8: 1 people sign blanks.moved, and it must be 2" in said
    assert "... and 4 more" in said
    code, said = told(path, "--vkey", log.vkey, "--json")
    assert code == 1
    shown = json.loads(said)
    assert shown["holds"] is False
    (case,) = (one for one in shown["findings"] if one["class"] == "number_of_signers")
    assert case["number"] == 9
    assert [one["entry"] for one in case["first"]] == [8, 9, 10, 11, 12]
    assert set(case["first"][0]["says"]) == {"id", "en"}


def test_what_is_used_wrongly_ends_with_2(log: Told, folder: Path, tmp_path: Path, told: Told_) -> None:
    write(tmp_path / "nothing", b"nothing")
    write(tmp_path / "policy", b"quorum none\n")
    witness = Signer("w", b"w" * 32).verifier
    key = bytes([COSIGNATURE]) + witness.public
    of_witness = f"w+{key_id('w', key).hex()}+{base64.b64encode(key).decode()}"
    for words in (
        (),
        (folder,),
        (folder, "--vkey", "nothing+at+all"),
        (folder, "--vkey", tmp_path / "nobody"),
        (folder, "--vkey", of_witness),
        (folder, "--vkey", log.vkey, "--policy", tmp_path / "policy"),
        (folder, "--policy", tmp_path / "policy"),
        (folder, "--vkey", log.vkey, "--against", tmp_path / "nothing"),
        (folder, "--vkey", log.vkey, "--against", "5:root"),
        (tmp_path, "--vkey", log.vkey),
        (tmp_path / "nothing", "--vkey", log.vkey),
        (tmp_path / "nowhere", "--vkey", log.vkey),
    ):
        code, said = told(*words)
        assert code == 2, (words, said)
        assert said


def test_a_checkpoint_that_was_kept(log: Told, folder: Path, tmp_path: Path, told: Told_) -> None:
    write(tmp_path / "kept", log.note(10))
    root = log.end(7).root().hex()
    code, said = told(folder, "--vkey", log.vkey, "--against", tmp_path / "kept", "--against", f"7:{root}")
    assert code == 0
    assert said.count("is of this log") == 2
    code, said = told(folder, "--vkey", log.vkey, "--quick", "--against", f"8:{root}")
    assert code == 1
    assert "kept_root" in said


def test_people_are_asked_from_where_it_was_verified_before(log: Told, database: Path, told: Told_) -> None:
    whole = json.loads(told(database, "--vkey", log.vkey, "--json")[1])
    write(database.parent / "kept", log.note(20))
    code, said = told(database, "--vkey", log.vkey, "--json", "--since", database.parent / "kept")
    assert code == 0
    since = json.loads(said)
    assert since["signatures_from"] == 20
    assert 0 < since["signatures"] < whole["signatures"]


def test_totals_are_told_quickly(log: Told, told: Told_, tmp_path: Path) -> None:
    flows = ("opening", "received", "loaned_in", "recovered", "used_good", "spoiled", "loaned_out", "returned")
    none = dict.fromkeys((*flows, "skipped", "missing", "closing"), 0)
    rest = {"closing": {"WNI": 5}, "places": [], "gaps": [], "spoiled": {}, "outcomes": {}, "note": ""}
    again = Told()
    again.begin()
    for opening, closing in ((0, 5), (4, 9)):
        stock = {**none, "stock_type": "WNI", "opening": opening, "received": 5, "closing": closing}
        root = {"log_size": len(again.bodies), "log_root": again.end().root().hex()}
        act = {**rest, **root, "stock": [stock]}
        totals = [{**NOWHERE, "announced": 9, "received": closing, "store": closing, "transit": 9 - closing}]
        data = {"shift": "s", "returned": [], "act": act, "day": "2026-11-02", "totals": totals}
        again.say("shift.closed", data, SITI, "tono")
    code, said = told(again.write_tiles(tmp_path / "log"), "--vkey", again.vkey, "--quick", "--json")
    shown = json.loads(said)
    assert code == 1
    assert [one["stock"][0]["closing"] for one in shown["totals"]] == [5, 9]
    assert [one["totals"][0]["store"] for one in shown["totals"]] == [5, 9]
    assert [one["class"] for one in shown["findings"]] == ["closing_chain"]


def proof_of(log: Told, index: int) -> bytes:
    """Return the proof of an entry, with the entry in it."""
    size = len(log.bodies)
    leaves = [leaf_hash(body) for body in log.bodies]
    hashes = inclusion_proof(index, size, lambda level, at: root_of(leaves[at << level : at + 1 << level]))
    lines = [b"c2sp.org/tlog-proof@v1", b"extra " + base64.b64encode(log.bodies[index]), b"index %d" % index]
    return b"\n".join([*lines, *map(base64.b64encode, hashes), b"", log.note()])


def test_proofs_one_by_one_or_a_folder_of_them(log: Told, tmp_path: Path, told: Told_) -> None:
    for index in (0, 9, len(log.bodies) - 1):
        write(tmp_path / "proofs" / f"{index}.tlog-proof", proof_of(log, index))
    code, said = told(tmp_path / "proofs", "--vkey", log.vkey)
    assert code == 0, said
    assert told(tmp_path / "proofs" / "9.tlog-proof", "--vkey", log.vkey)[0] == 0
    assert told(tmp_path / "proofs" / "9.tlog-proof", "--vkey", Told("x.example/1").vkey)[0] == 1
    content = proof_of(log, 9)
    write(tmp_path / "proofs" / "8.tlog-proof", content.replace(b"index 9", b"index 8"))
    code, said = told(tmp_path / "proofs", "--vkey", log.vkey)
    assert code == 1
    assert "! proof (1)" in said


def test_a_policy_asks_for_witnesses(log: Told, folder: Path, tmp_path: Path, told: Told_) -> None:
    witness = Signer("w.example/1", b"w" * 32)
    key = bytes([COSIGNATURE]) + witness.verifier.public
    number = key_id(witness.name, key)
    vkey = f"{witness.name}+{number.hex()}+{base64.b64encode(key).decode()}"
    write(tmp_path / "policy", f"log {log.vkey}\nwitness w {vkey}\nquorum w\n".encode())
    code, said = told(folder, "--policy", tmp_path / "policy")
    assert code == 1
    assert "! quorum (1)" in said
    note, time = (folder / "checkpoint").read_bytes(), 1_790_000_000
    text = note[: note.index(b"\n\n") + 1]
    made = Ed25519PrivateKey.from_private_bytes(b"w" * 32).sign(b"cosignature/v1\ntime %d\n" % time + text)
    line = base64.b64encode(number + time.to_bytes(8, "big") + made)
    write(folder / "checkpoint", note + "— w.example/1 ".encode() + line + b"\n")
    code, said = told(folder, "--policy", tmp_path / "policy")
    assert code == 0, said
    assert "witness w at 2026-09-21" in said


def test_the_single_file_is_the_same_verifier(log: Told, folder: Path, tmp_path: Path) -> None:
    """As an auditor runs it: another folder, nothing of ours to import, several processes."""
    single = tmp_path / "elsewhere" / "printd-verify.pyz"
    single.parent.mkdir()
    single_file.write(single)
    again = tmp_path / "again.pyz"
    single_file.write(again)
    assert single.read_bytes() == again.read_bytes()
    for more, wanted in ((["--jobs", "1"], 0), (["--against", f"5:{'0' * 64}"], 1)):
        command = [sys.executable, "-I", str(single), str(folder), "--vkey", log.vkey, *more]
        done = subprocess.run(command, capture_output=True, text=True, cwd=single.parent, timeout=120)
        assert done.returncode == wanted, done.stderr + done.stdout
        assert done.stderr == ""


def test_without_what_it_needs_the_single_file_says_so(tmp_path: Path) -> None:
    """A Python that has no packages at all."""
    single_file.write(tmp_path / "printd-verify.pyz")
    bare = [sys.executable, "-I", "-S", str(tmp_path / "printd-verify.pyz"), "x"]
    done = subprocess.run(bare, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "pip install cryptography" in done.stderr
    assert "belum terpasang" in done.stderr
