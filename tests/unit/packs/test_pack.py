"""Packs: every row from the entries, found again by the verifier; any change is told, to the row."""

from __future__ import annotations

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
from lxml import etree

from printd_verify import packs
from printd_verify.command import main
from printd_verify.gdpdu import DTD, INDEX
from printd_verify.tables import TABLES
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
