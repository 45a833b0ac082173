"""printd audit pack: whole or not at all, from the command line; what the books say is what its tables say."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from printd_verify import packs
from printd_verify.command import main as verify
from support.exported import files
from support.intake_help import (
    KNOWN_DISTRICT,
    CommandLine,
    accept,
    deliver,
    new_shop,
    opened,
    people,
    print_card,
    secrets_of,
)


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return CommandLine(new_shop(tmp_path / "shop", KNOWN_DISTRICT), capsys, monkeypatch)


def told(cli: CommandLine, *words: str) -> dict[str, Any]:
    ran = cli("audit", "pack", *words, "--by", "ani", "--json")
    assert ran.code == 0, ran
    value: dict[str, Any] = json.loads(ran.out)
    return value


def test_a_pack_of_a_shop_is_proved_without_it(
    cli: CommandLine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(cli.folder) as desk:
        deliver(desk)
        for number, serial in ((0, "KPG0000001"), (1, "KPG0000002")):
            print_card(desk, accept(desk, people()[number]).job, serial)
        vkey = desk.shop.keys.log.vkey
    (tmp_path / ".pack.part" / "log").mkdir(parents=True)  # one that was cut off
    made = told(cli, str(tmp_path / "pack"))
    assert (made["holds"], made["findings"]) == (True, {})
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == [], "nothing lies beside it"
    assert verify([str(tmp_path / "pack"), "--vkey", vkey]) == 0, capsys.readouterr().out
    with (tmp_path / "pack" / packs.TABLES / "account.csv").open(encoding="utf-8", newline="") as file:
        left = {row["place"]: int(row["left"]) for row in csv.DictReader(file) if row["left"] != "0"}
    booked = Counter[str]()
    for place, pieces in json.loads(cli("blanks", "where", "--json").out)["places"].items():
        booked[place.partition(":")[0]] += pieces
    assert left == dict(booked), "the tables of the database say what the table made of entries says"
    for path, content in files(tmp_path / "pack").items():
        pages = PdfReader(io.BytesIO(content)).pages if path.endswith(".pdf") else []
        read = content + "\n".join(page.extract_text() for page in pages).encode()
        for person in people()[:2]:
            assert not any(one.encode() in read for one in secrets_of(person)), path


def test_where_something_is_nothing_is_written(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    ran = cli("audit", "pack", str(tmp_path / "mine"), "--by", "ani")
    assert (ran.code, "is there already" in ran.err) == (1, True)
    assert files(tmp_path / "mine") == {"letter.txt": b"mine"}
    ran = cli("audit", "pack", str(tmp_path / "none"), "--from", "1999-01-01", "--to", "1999-01-02", "--by", "ani")
    assert (ran.code, "no entry" in ran.err) == (1, True)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["mine", "sessions", "shop"]
