"""Checkpoints that travel on a stick: two shops, each the other's witness, and the commands of both."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from printd.cli.app import app
from printd.errors import IntegrityError, Refused
from printd.events.kinds import read
from printd.ledger.notes import Verifier
from printd.ledger.submission import folder_of
from printd.shop.shop import Shop
from printd.witness.kept import Kept
from support.other_logs import MemoryLog
from support.people import FIRST, EverybodysKeys, create
from support.witnesses import policy

A, B = "printd.example/ntt/kupang/blanks/1", "printd.example/ntt/ende/blanks/1"


def run(*words: str | Path) -> Any:
    done = CliRunner().invoke(app, [*map(str, words), "--json"])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def work(folder: Path, entries: int, rows: int = 0) -> None:
    shop = Shop.open(folder)
    try:
        shop.books.keys = EverybodysKeys(shop.store)
        for _ in range(entries):
            shop.books.enter(read("register.read", {"what": "specimen:j", "rows": rows}), [FIRST])
        shop.sign()
    finally:
        shop.close()


class Pair:
    """Two shops with a witness each, and one stick."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.stick = base / "stick"
        self.stick.mkdir()
        self.witness: dict[str, Path] = {A: base / "witness of b", B: base / "witness of a"}
        self.shop: dict[str, Path] = {A: base / "a", B: base / "b"}
        for origin in (A, B):
            made = Kept.make(self.witness[origin], f"{origin.split('/')[2]}.example/w1")
            create(self.shop[origin], origin=origin, extra=policy(("colleagues", made.cosigner.verifier.vkey, "")))
            vkey = (self.shop[origin] / "keys" / "log.vkey").read_text().strip()
            run("audit", "witness", self.witness[origin], "--trust", vkey)

    def from_shop(self, origin: str, shop: Path | None = None) -> Any:
        return run("--shop", shop or self.shop[origin], "audit", "cosigned", "--stick", self.stick)

    def at_witness(self, origin: str) -> Any:
        (answered,) = run("audit", "witness", self.witness[origin], "--stick", self.stick)["answered"]
        return answered["status"]


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


def test_two_shops_cosign_each_other_with_one_stick(pair: Pair) -> None:
    for origin in (A, B):
        first = pair.from_shop(origin)
        assert (first["kept"], first["requests"], first["cosigned"]["holding"]) == (0, 1, 0)
    for origin in (A, B):
        assert pair.at_witness(origin) == 200
    for origin in (A, B):
        back = pair.from_shop(origin)
        assert (back["kept"], back["requests"], back["cosigned"]["holding"]) == (1, 0, 1)
        assert back["cosigned"]["before_first_print"]
        assert pair.from_shop(origin)["kept"] == 0, "an answer that is read twice is one"


def test_the_shop_worked_on_while_the_stick_was_away(pair: Pair) -> None:
    """Each time it asks from every size that the witness may hold by then; the witness takes the one that fits."""
    pair.from_shop(A)
    work(pair.shop[A], 3)
    pair.from_shop(A)
    assert pair.at_witness(A) == 200
    work(pair.shop[A], 300)
    met = pair.from_shop(A)
    assert (met["kept"], met["cosigned"]["holding"]) == (1, 0)
    assert met["cosigned"]["held"] == met["cosigned"]["head"] - 300
    assert len(list((pair.stick / "tlog-witness" / "requests").rglob("*.txt"))) == 1, "the newest stands for all"
    assert pair.at_witness(A) == 200
    assert pair.from_shop(A)["cosigned"]["holding"] == 1
    assert list((pair.stick / "tlog-witness" / "requests").rglob("*.txt")) == []


def test_a_witness_that_reads_a_stick_twice_says_the_same_again(pair: Pair) -> None:
    pair.from_shop(A)
    assert pair.at_witness(A) == 200
    (answer,) = pair.stick.rglob("*.200.txt")
    before = answer.read_bytes()
    assert pair.at_witness(A) == 200
    assert answer.read_bytes() == before


def test_a_new_stick_goes_on_where_the_answer_says(pair: Pair) -> None:
    """The shop lost what it was told: the witness answers which size it holds, and the next request starts there."""
    shutil.copytree(pair.shop[A], pair.base / "earlier")
    pair.from_shop(A)
    assert pair.at_witness(A) == 200
    shutil.rmtree(pair.stick / "tlog-witness")
    work(pair.base / "earlier", 4)
    shop = pair.base / "earlier"
    pair.from_shop(A, shop)
    assert pair.at_witness(A) == 409
    told = pair.from_shop(A, shop)
    assert [one["status"] for one in told["unanswered"]] == [409]
    assert told["requests"] > 0
    assert pair.at_witness(A) == 200
    assert pair.from_shop(A, shop)["cosigned"]["holding"] == 1


PUT_BACK: dict[str, tuple[int, str]] = {"older": (1, "entries are missing"), "another history": (9, "another root")}


@pytest.mark.parametrize("how", PUT_BACK)
def test_a_copied_shop_that_was_put_back_is_found_by_the_stick(pair: Pair, how: str) -> None:
    entries, says = PUT_BACK[how]
    pair.from_shop(A)
    assert pair.at_witness(A) == 200
    pair.from_shop(A)
    shutil.copytree(pair.shop[A], pair.base / "copy")
    work(pair.shop[A], 5)
    pair.from_shop(A)
    assert pair.at_witness(A) == 200
    pair.from_shop(A)
    copy = pair.base / "copy"
    work(copy, entries, rows=1)
    with pytest.raises(IntegrityError, match=says):
        pair.from_shop(A, copy)
    with pytest.raises(IntegrityError, match=says):
        run("--shop", copy, "operators", "list")
    key = Verifier.from_vkey((copy / "keys" / "log.vkey").read_text().strip())
    kept = Kept.open(pair.witness[A])
    assert kept is not None
    assert kept.refused(key) == [], "the shop found it before it asked"


STRANGERS = MemoryLog(A, 20).request(0, 20)  # under this log's name, of another key
LITTER: dict[str, Callable[[Path], object]] = {
    "a stranger's request": lambda place: (place / "99999-from-0.txt").write_bytes(STRANGERS),
    "half a file": lambda place: (place / "99998-from-0.txt").write_bytes(b"old 0\n"),
    "another name": lambda place: (place / "readme.txt").write_bytes(b"hello"),
    "a folder": lambda place: (place / "99997-from-0.txt").mkdir(),
    "a link": lambda place: (place / "99996-from-0.txt").symlink_to("/etc/passwd"),
    "a pipe": lambda place: os.mkfifo(place / "99995-from-0.txt"),
}


@pytest.mark.parametrize("what", LITTER)
def test_what_else_lies_on_the_stick_hides_no_request(pair: Pair, what: str) -> None:
    pair.from_shop(A)
    LITTER[what](pair.stick / "tlog-witness" / "requests" / folder_of(A))
    assert pair.at_witness(A) == 200


def test_a_stick_that_is_not_there_is_named(pair: Pair) -> None:
    for words in (("--shop", pair.shop[A], "audit", "cosigned"), ("audit", "witness", pair.witness[A])):
        with pytest.raises(Refused, match="There is no folder"):
            run(*words, "--stick", pair.base / "nowhere")
