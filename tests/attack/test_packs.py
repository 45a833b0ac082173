"""Packs: what an auditor is handed, by the office that is audited or by whoever carried it.

HAS: the whole pack, and makes its sums anew after every change; no key of the log.
TRIES: to have a figure, a row or a whole table say something else than the entries; to slip in a table, a report or a
file that nobody made; to leave one out; to have the verifier wait, or read what is not in the pack.
NOTICED: by the verifier, which makes every row anew. PDFs alone are kept by nothing but the sums: the figures that
count are in CSV and JSON, and the page to be read first says so.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from printd_verify.command import main
from printd_verify.packs import SUMS
from support.packed import eventful, packed
from support.told import Told

Attack = Callable[[Path], object]


@pytest.fixture(scope="module")
def log() -> Told:
    return eventful()


@pytest.fixture(scope="module")
def kept(log: Told, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packed(log, tmp_path_factory.mktemp("packs") / "pack")


def sums_made_anew(folder: Path) -> None:
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.name != SUMS
    ]
    (folder / SUMS).write_text("".join(lines))


def said(path: str, before: bytes, after: bytes) -> Attack:
    def attack(folder: Path) -> None:
        content = (folder / path).read_bytes()
        assert before in content
        (folder / path).write_bytes(content.replace(before, after, 1))

    return attack


def written(path: str, content: bytes) -> Attack:
    return lambda folder: (folder / path).write_bytes(content)


def gone(path: str) -> Attack:
    return lambda folder: (folder / path).unlink()


def reported(name: str, change: Callable[[dict[str, Any]], object]) -> Attack:
    def attack(folder: Path) -> None:
        path = folder / "reports" / f"{name}.json"
        told = json.loads(path.read_text())
        change(told)
        path.write_text(json.dumps(told))

    return attack


def linked(path: str) -> Attack:
    def attack(folder: Path) -> None:
        (folder / path).rename(folder.parent / "elsewhere")
        (folder / path).symlink_to(folder.parent / "elsewhere")

    return attack


def piped(path: str) -> Attack:
    def attack(folder: Path) -> None:
        (folder / path).unlink()
        os.mkfifo(folder / path)

    return attack


def exchanged(folder: Path) -> None:
    """Two rows change places."""
    path = folder / "tables/movements.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[3], lines[4] = lines[4], lines[3]
    path.write_bytes(b"".join(lines))


def balance_without_losses(folder: Path) -> None:
    path = folder / "reports/account.json"
    told = json.loads(path.read_text())
    told["tables"][0]["rows"][0].update(missing=0)
    path.write_text(json.dumps(told))


EMPTY = b",1,2026-11-02,08:00:00,,,,,,,,,,\r\n"
"""The rest of a row of gaps in which nothing is told."""

ATTACKS: dict[str, tuple[Attack, str]] = {
    "a figure": (said("tables/account.csv", b",holder,1,0,1", b",holder,2,0,2"), "table_row"),
    "who signed": (said("tables/exceptions.csv", b"ratna siti", b"ratna budi"), "table_row"),
    "a figure of another form": (said("tables/account.csv", b",holder,1,0,1", b",holder,01,0,1"), "table_row"),
    "a row left out": (said("tables/gaps.csv", b"32,1,", b"99,1,"), "table_row_missing"),
    "a row too many": (said("tables/gaps.csv", b"32,1,", b"30" + EMPTY + b"32,1,"), "table_row_stray"),
    "a row twice": (said("tables/gaps.csv", b"33,1,", b"32" + EMPTY + b"33,1,"), "table_row_stray"),
    "a row without its number": (said("tables/gaps.csv", b"32,1,", b"x,1,"), "table_row_form"),
    "rows in another order": (exchanged, "table_row_missing"),
    "a column renamed": (said("tables/pieces.csv", b",place,", b",status,"), "table_columns"),
    "a mark before the first column": (said("tables/pieces.csv", b"entry,", b"\xef\xbb\xbfentry,"), "table_columns"),
    "a table emptied": (written("tables/spoils.csv", b""), "table_row_missing"),
    "a table of no letters": (written("tables/spoils.csv", b"\xff\xfe"), "table_unreadable"),
    "a field without an end": (said("tables/cards.csv", b"attempt.started", b'"attempt.started'), "table_row_missing"),
    "a table gone": (gone("tables/gaps.csv"), "table_unreadable"),
    "other columns": (said("tables/index.xml", b"<Name>came</Name>", b"<Name>kept</Name>"), "description"),
    "a word behind the description": (said("tables/index.xml", b"</DataSet>", b"</DataSet><!-- -->"), "description"),
    "another form": (said("tables/gdpdu-01-08-2002.dtd", b"EMPTY", b"ANY"), "description"),
    "a figure of a report": (balance_without_losses, "report_row"),
    "a row of a report": (reported("gaps", lambda told: told["tables"][0]["rows"].pop()), "report_rows"),
    "a report on another root": (reported("gaps", lambda told: told.update(root="0" * 64)), "report_root"),
    "a table more in a report": (reported("gaps", lambda told: told["tables"].append({"rows": []})), "report_more"),
    "a sum in a report": (reported("gaps", lambda told: told["tables"][0].update(total={"pieces": 0})), "report_more"),
    "a remark in a report": (reported("gaps", lambda told: told.update(remarks=["nihil"])), "report_more"),
    "a report of no form": (written("reports/gaps.json", b"[" * 100_000), "report_unreadable"),
    "a report gone": (gone("reports/master.json"), "report_unreadable"),
    "a file that belongs to no pack": (written("tables/account-final.csv", b"all is well\r\n"), "file_unknown"),
    "a link out of the pack": (linked("tables/gaps.csv"), "file_no_file"),
    "a pipe for a table": (piped("tables/gaps.csv"), "file_no_file"),
    "a pipe": (lambda folder: os.mkfifo(folder / "reports/more"), "file_no_file"),
    "an entry": (said("log/tile/entries/000.p/37", b"K00001", b"K00009"), "entry_or_leaf_altered"),
    "the head": (said("log/checkpoint", b"\n37\n", b"\n36\n"), "unsigned"),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_a_changed_pack_is_found_out(
    name: str, log: Told, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    attack, finding = ATTACKS[name]
    folder = shutil.copytree(kept, tmp_path / "pack")
    attack(folder)
    sums_made_anew(folder)
    assert main([str(folder), "--vkey", log.vkey, "--json"]) == 1
    found = {one["class"] for one in json.loads(capsys.readouterr().out)["findings"]}
    assert finding in found, found
    assert not {"file_altered", "file_missing", "file_not_listed"} & found, "its sums are right"
