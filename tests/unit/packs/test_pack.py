"""Packs: every row from the entries, found again by the verifier; any change is told, to the row."""

from __future__ import annotations

import base64
import csv
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from lxml import etree

from printd.ledger.merkle import leaf_hash
from printd.ledger.notes import COSIGNATURE, Signer, key_id
from printd_verify import packs
from printd_verify.command import main
from printd_verify.gdpdu import DTD, INDEX
from printd_verify.tables import TABLES
from printd_verify.tiles import FIRST
from support.packed import eventful, packed
from support.told import Told


@pytest.fixture(scope="module")
def log() -> Told:
    return eventful()


@pytest.fixture(scope="module")
def kept(log: Told, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack that nobody changes."""
    return packed(log, tmp_path_factory.mktemp("packs") / "pack")


@pytest.fixture
def pack(kept: Path, tmp_path: Path) -> Path:
    """A pack to be changed."""
    return shutil.copytree(kept, tmp_path / "pack")


Found = Callable[..., dict[str, Any]]


@pytest.fixture
def found(log: Told, capsys: pytest.CaptureFixture[str]) -> Found:
    """Verify a pack; return what is said of it."""

    def run(*words: object) -> dict[str, Any]:
        code = main([*map(str, words), "--vkey", log.vkey, "--json"])
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert code == (0 if told["holds"] else 1)
        return told

    return run


def rows(pack: Path, table: str) -> list[dict[str, str]]:
    with (pack / packs.TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def classes(told: dict[str, Any]) -> dict[str, int]:
    return {one["class"]: one["number"] for one in told["findings"]}


def test_a_pack_holds_and_its_sums_too(kept: Path, found: Found) -> None:
    told = found(kept)
    assert (told["holds"], told["pack"]) == (True, True), told["findings"]
    checked = subprocess.run(["sha256sum", "-c", "--quiet", packs.SUMS], cwd=kept, capture_output=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, b"")
    listed = {line.split("  ", 1)[1] for line in (kept / packs.SUMS).read_text().splitlines()}
    there = {one.relative_to(kept).as_posix() for one in kept.rglob("*") if one.is_file()}
    assert listed == there - {packs.SUMS}


def test_its_own_verifier_proves_it(log: Told, kept: Path) -> None:
    words = [sys.executable, "-I", str(kept / packs.VERIFIER), str(kept), "--vkey", log.vkey, "--language", "id"]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.startswith("SEMUA COCOK")) == (0, True), ran


def test_audit_programs_can_import_the_tables(kept: Path) -> None:
    folder = kept / packs.TABLES
    parsed = etree.parse(str(folder / INDEX), etree.XMLParser(dtd_validation=True, no_network=True))
    told = {
        one.findtext("URL"): [
            column.findtext("Name")
            for kind in ("VariablePrimaryKey", "VariableColumn")
            for column in one.iterfind(f"VariableLength/{kind}")
        ]
        for one in parsed.iterfind("Media/Table")
    }
    assert set(told) == {f"{one.name}.csv" for one in TABLES}
    for name, columns in told.items():
        with (folder / str(name)).open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            assert next(reader) == columns
            keys = [tuple(map(int, row[:2])) for row in reader]
        assert keys == sorted(set(keys)), name
    assert {one.name for one in folder.iterdir()} == {*told, INDEX, DTD}


def test_every_piece_of_a_delivery_is_somewhere(kept: Path) -> None:
    places = Counter[str]()
    for row in rows(kept, "pieces"):
        assert row["delivery"] == "D1"
        places[row["place"].partition(":")[0]] += int(row["pieces"])
    assert places.total() == 100
    left = {row["place"]: int(row["left"]) for row in rows(kept, "account") if row["left"] != "0"}
    assert dict(places) == left
    assert left == {
        "store": 88, "hopper": 5, "finished": 2, "holder": 1, "spoiled": 2, "skipped": 1, "missing": 1,
    }  # fmt: skip


def test_what_is_out_of_the_ordinary_is_told(kept: Path) -> None:
    told = [(row["class"], row["serial"], row["detail"], row["by"]) for row in rows(kept, "exceptions")]
    assert told == [
        ("lone_act", "K00003", "good", "siti"),
        ("doubt", "K00004", "p1", ""),
        ("doubt_settled", "K00004", "printed", "siti budi"),
        ("lone_act", "K00006", "skipped", "siti"),
        ("override", "", "'=berangkat haji besok segera", "ratna siti"),
    ]
    gaps = [(row["kind"], row["first"], row["pieces"], row["state"]) for row in rows(kept, "gaps")]
    assert gaps == [
        ("skipped", "K00006", "1", "open"),
        ("missing", "K00020", "2", "open"),
        ("missing", "K00020", "1", "closed"),
    ]


def test_a_changed_cell_is_told_with_its_entry(pack: Path, found: Found) -> None:
    path = pack / packs.TABLES / "account.csv"
    path.write_bytes(path.read_bytes().replace(b",holder,1,0,1", b",holder,2,0,2"))
    told = found(pack)
    assert classes(told) == {"file_altered": 1, "table_row": 1}
    [place] = told["findings"][1]["first"]
    assert place["what"] == {"table": "account", "number": 4, "column": "came", "said": "2", "found": "1"}
    assert place["entry"] == 17
    assert found(pack, "--quick")["findings"][0]["class"] == "file_altered"


def test_a_piece_has_its_life_and_its_proof(log: Told, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["piece", "K00004", str(kept), "--vkey", log.vkey]
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    piece = told["piece"]
    assert (piece["delivery"], piece["bast_number"], piece["place"]) == ("D1", "1", "finished")
    assert [(one["kind"], one["by"]) for one in piece["steps"]] == [
        ("delivery.announced", "siti"),
        ("delivery.received", "siti tono"),
        ("blanks.moved", "siti tono"),
        ("blanks.moved", "tono"),
        ("attempt.started", ""),
        ("attempt.in_doubt", ""),
        ("attempt.printed", "siti budi"),
        ("card.checked", "budi"),
    ]
    for step in piece["steps"]:
        assert step["leaf"] == leaf_hash(log.bodies[step["entry"]]).hex()
    settled = piece["steps"][6]["rows"]
    assert (settled["exceptions"][0]["class"], settled["cards"][0]["let_work_by"]) == ("doubt_settled", "siti")
    assert main(words) == 0
    said = capsys.readouterr().out
    assert f"8 entri itu, dan tidak ada yang lain tentang blangko ini, terbukti di bawah akar {told['root']}" in said
    assert f"these 8 entries, and no others about this blank, are proved below the root {told['root']}" in said


def test_of_an_unknown_piece_that_is_said(log: Told, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for serial in ("K00999", "nothing"):
        assert main(["piece", serial, str(kept), "--vkey", log.vkey, "--json"]) == 1
        told = json.loads(capsys.readouterr().out)
        assert (list(classes(told)), told["piece"]["steps"]) == (["piece_unknown"], [])
    assert main(["piece", "K00001", str(kept / packs.LOG), "--vkey", log.vkey]) == 2


def test_an_excerpt_up_to_a_day_ends_there(log: Told, tmp_path: Path, found: Found) -> None:
    """Entry 17 hands the first card over; what comes behind stands in the same bundle, and is not of the excerpt."""
    pack = packed(log, tmp_path / "pack", 0, 18)
    assert found(pack)["holds"]
    assert [row["entry"] for row in rows(pack, "entries")] == [str(number) for number in range(18)]
    assert {row["place"]: row["left"] for row in rows(pack, "account") if row["left"] != "0"} == {
        "store": "90", "hopper": "9", "holder": "1",
    }  # fmt: skip
    assert "kutipan" in (pack / packs.GUIDE).read_text()


def test_an_excerpt_without_the_beginning_tells_what_moved(log: Told, tmp_path: Path, found: Found) -> None:
    pack = packed(log, tmp_path / "pack", 18)
    assert found(pack)["holds"]
    assert rows(pack, "entries")[0]["entry"] == "18"
    assert {row["left"] for row in rows(pack, "account")} == {""}
    assert rows(pack, "balance") == []
    assert [row["serial"] for row in rows(pack, "cards")][:2] == ["K00002", "K00002"]


def test_whether_a_witness_held_the_log_before_the_first_card_is_told(
    log: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    witness = Signer("w.example/1", b"w" * 32)
    key = bytes([COSIGNATURE]) + witness.verifier.public
    number = key_id(witness.name, key)
    vkey = f"{witness.name}+{number.hex()}+{base64.b64encode(key).decode()}"
    (tmp_path / "policy").write_text(f"log {log.vkey}\nwitness w {vkey}\nquorum none\n")
    private = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
    for size, time, before in ((6, 1_700_000_000, True), (6, 1_900_000_000, False), (30, 1_700_000_000, False)):
        note = log.note(size)
        made = private.sign(b"cosignature/v1\ntime %d\n" % time + note[: note.index(b"\n\n") + 1])
        line = base64.b64encode(number + time.to_bytes(8, "big") + made)
        first = note + b"\xe2\x80\x94 w.example/1 " + line + b"\n"
        pack = packed(log, tmp_path / f"pack-{size}-{time}", beside={FIRST: first})
        assert main([str(pack), "--policy", str(tmp_path / "policy"), "--language", "en"]) == 0
        said = capsys.readouterr().out
        assert (f"the first {size} entries were seen by w at 2023-11-14T22:13:20Z, before" in said) is before, said
        assert ("after a card was printed" in said) is not before
