"""The README's first shop, typed as it stands there: a newcomer's day from the first delivery to the evening."""

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from printd.client.client import listens
from printd.shop.folder import SOCKET_NAME
from support.terminal import Seat

ROOT = Path(__file__).parents[2]
SHOP = "/srv/printd"
SECONDS = 60.0
RECORDS = 5


def blocks() -> list[str]:
    """Return the code blocks of the README's chapter, without their indentation."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    chapter = readme.partition("## A shop of your own\n")[2].partition("\n## ")[0]
    found = re.findall(r"(?:^(?:    .*)?\n)+", chapter, re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE).strip() for block in found if block.strip()]


def typed(block: str) -> list[str]:
    """Return what is typed one after the other: lines, and a document with the line that asks for it."""
    return [one for one in re.findall(r".*<<END\n(?:.*\n)*?END|.+", block) if one.strip()]


PASSPHRASES = {"siti": "a long enough word", "budi": "another long word"}
PIN = "2468"
ANSWERS = {
    "Legal name of siti": "Siti Contoh",
    "Legal name of budi": "Budi Contoh",
    "Role of": "",
    "NIP of": "",
    "Office (jabatan) of": "",
    "Rank (pangkat/golongan) of": "",
    **{f"New passphrase of {name}": secret for name, secret in PASSPHRASES.items()},
    **{f"Passphrase of {name}": secret for name, secret in PASSPHRASES.items()},
    **{f"PIN or passphrase of {name}": secret for name, secret in PASSPHRASES.items()},
    "PIN for this terminal": PIN,
}


class Newcomer:
    """Types at a terminal."""

    def __init__(self, folder: Path) -> None:
        self.shop = folder / "shop"
        (folder / ".venv").symlink_to(sys.prefix)
        self._seat = Seat(self.shop, folder, cwd=folder)

    def types(self, what: str) -> str:
        """Type it, answer what it asks, wait for it; return what it showed. It must have done what it says."""
        words = what if "<<END" in what else what.partition(" #")[0].strip()
        code, shown = self._seat.run(words.replace(SHOP, str(self.shop)), knows=ANSWERS)
        assert code == 0, (what, shown)
        return shown

    def asks(self, what: str) -> Any:
        """Return what a command shows to machines; the daemon may say something beside it."""
        shown = self.types(f"{what} --json")
        told = re.search(r'^(\[\]|[\[{]".*|\[\{.*)$', shown, re.MULTILINE)  # beside what the daemon says of itself
        assert told is not None, shown
        return json.loads(told[0])

    def until(self, ready: str, wanted: int) -> list[dict[str, Any]]:
        """Look at a list again and again, as a person does, until it is so long; return it."""
        end = time.monotonic() + SECONDS
        while True:
            told = self.asks(ready)
            rows = told if isinstance(told, list) else told["jobs"]
            if len(rows) >= wanted:
                return list(rows)
            assert time.monotonic() < end, rows
            time.sleep(0.2)

    def sees_the_daemon(self) -> None:
        """Wait until the daemon has said that it is there, as whoever started it does before typing on."""
        end = time.monotonic() + SECONDS
        while not listens(self.shop / SOCKET_NAME):
            assert time.monotonic() < end
            time.sleep(0.1)

    def leaves(self) -> None:
        """Hang up: everything that was started there ends."""
        self._seat.leave()


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    person = Newcomer(tmp_path)
    try:
        yield person
    finally:
        person.leaves()


@pytest.mark.timeout(900)
def test_a_newcomers_day_is_typed_as_it_stands_there(newcomer: Newcomer) -> None:
    job = ""
    shown: dict[str, str] = {}
    for what in typed(blocks()[0]):
        if not what.strip().partition("#")[0]:  # a remark that takes several lines
            continue
        if what.startswith("printd jobs list"):
            newcomer.until("printd jobs list --state printed", RECORDS)
        if "JOB" in what:
            job = job or newcomer.until("printd jobs list --state printed", 1)[0]["id"][:8]
        shown[what.partition(" #")[0].strip()] = newcomer.types(what.replace("JOB", job))
        if what.startswith("printd run"):
            newcomer.sees_the_daemon()
    assert len(shown) > 25
    listed = shown["printd jobs list"]
    assert listed.count(" printed ") == RECORDS
    assert len(list((newcomer.shop / "printed/practice").glob("*/front.png"))) == RECORDS
    places = newcomer.asks("printd blanks where")["deliveries"]["KPG-2026-01"]["places"]
    assert places == {"store": 1995, "output": 4, "holder": 1}
    (shift,) = newcomer.asks("printd shifts list")
    assert shift["state"] == "closed"
    newcomer.types("printd audit verify && printd audit replay && printd check")


def test_each_command_of_the_second_block_is_one_that_there_is(tmp_path: Path) -> None:
    """They need hardware or a doubt: here they are refused, but none is wrong usage."""
    lines = [shlex.split(one.partition(" #")[0]) for one in typed(blocks()[1])]
    assert len(lines) > 5
    for words in lines:
        ran = subprocess.run(
            [sys.executable, "-m", *words],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=tmp_path,
            env={**os.environ, "PRINTD_SHOP": str(tmp_path / "no-shop")},
        )
        assert ran.returncode == (0 if words[1] == "docs" else 1), (words, ran.stderr)
        assert "Traceback" not in ran.stderr
