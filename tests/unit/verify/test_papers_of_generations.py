"""A paper outlives the key that signed its code: the log beside it says until when that was the log's."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from printd.language.sentences import Reader
from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.merkle import leaf_hash
from printd.ledger.notes import Signer
from printd.ledger.paper_code import Claim, pack
from printd.reports import pdf
from printd.reports.code_block import Code
from printd.reports.document import Document
from printd.reports.office import Office
from printd_verify import command, generations, given_paper, paper_folder, signed_entries
from support.deliberate import line, notices
from support.told import ORIGIN, SITI, TONO, Told, end_generation

OLD = Signer(ORIGIN, b"l" * 32)
NEXT, LAST, STRANGER = (Signer(f"printd.example/test/blanks/{number}", bytes([number]) * 32) for number in (2, 3, 4))


class Shop:
    """A log in its third generation, and the paper of a delivery that was received in its first."""

    def __init__(self, **changes: Any) -> None:
        self.log = log = Told()
        log.begin()
        act = log.stock()
        size = len(log.bodies)
        self.claim = Claim("delivery", "D1", act, leaf_hash(log.bodies[act]), log.note())
        self.pdf = page(self.claim)
        made = {"paper": "delivery", "name": "D1", "entry": act, "size": size, "root": log.end().root().hex()}
        log.say("paper.made", {**made, "digest": sha256(self.pdf).hexdigest()}, SITI, TONO)
        self.ended = end_generation(log, NEXT, **changes)
        log.say("login.failed", {"names": {}, "unknown": 1})
        end_generation(log, LAST)
        log.say("login.failed", {"names": {}, "unknown": 1})

    def signed(self, size: int, key: Signer) -> bytes:
        """Return the checkpoint of a size under a key."""
        return sign(Checkpoint(key.name, size, self.log.end(size).root()), key)


def page(claim: Claim) -> bytes:
    return pdf.render(
        Document("x", "Act"), Office("Dinas", Reader("id", ZoneInfo("Asia/Makassar"))), code=Code(pack(claim), ("x",))
    )


@pytest.fixture
def judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    number = count()

    def run(shop: Shop, paper: bytes | str, *, beside: bool = True, folder: bool = False) -> tuple[set[str], bool]:
        """Return the classes of what is found, and whether every byte is known."""
        here = tmp_path / str(next(number))
        log = shop.log.write_tiles(here / "log")
        path = here / "acts" / "receipt-D1.pdf"
        path.parent.mkdir()
        path.write_bytes(paper if isinstance(paper, bytes) else paper.encode())
        given = [str(path.parent if folder else path), "--vkey", shop.log.vkey]
        code = command.main([*given, *(["--log", str(log)] if beside else []), "--json"])
        told = json.loads(capsys.readouterr().out)
        assert code == (0 if told["holds"] else 1)
        return {one["class"] for one in told["findings"]}, told["known"]

    return run


@notices(
    {
        "the key of the last generation alone is believed": line(generations.retired_keys, "after = [key]", "break"),
        "no earlier key is believed": line(given_paper._head, "if source is not None else ()", "if False else ()"),
        "in a folder no earlier key is believed": line(
            paper_folder.verify_folder, "*(one.key for one in retired_keys(source, trust))", ""
        ),
    }
)
def test_its_paper_is_good_by_the_log_beside_it(judged: Any) -> None:
    shop = Shop()
    assert judged(shop, shop.pdf) == (set(), True)
    assert judged(shop, shop.pdf, folder=True) == (set(), True)
    assert judged(shop, pack(shop.claim)) == (set(), False), "a picture has no bytes of its own"
    assert judged(shop, pack(shop.claim), folder=True) == (set(), False)
    assert judged(shop, shop.pdf + b"%", folder=True)[0] == {"paper_altered"}
    assert judged(shop, shop.pdf, beside=False) == ({"paper_code"}, False), "nothing vouches for that key"


@notices(
    {
        "a key is believed for ever": line(given_paper._head, "one.since < head.size <= one.until", "True"),
        "whoever is named is believed": line(
            generations.retired_keys, 'read_key(last["data"]["next"]["log_key"]) not in after', "False"
        ),
    }
)
def test_a_key_is_believed_for_its_own_time_alone(judged: Any) -> None:
    shop = Shop()

    def signed(size: int, key: Signer) -> str:
        return pack(replace(shop.claim, note=shop.signed(size, key)))

    assert judged(shop, signed(shop.ended + 1, OLD))[0] == {"paper_code"}
    assert judged(shop, signed(shop.ended, NEXT))[0] == {"paper_code"}
    assert judged(shop, signed(shop.ended, STRANGER))[0] == {"paper_code"}
    assert judged(shop, signed(shop.ended, OLD))[0] == {"paper_not_made"}, "a root on which no paper stands"
    other = Shop(next={"origin": STRANGER.name, "log_key": STRANGER.vkey})
    assert judged(other, other.pdf)[0] == {"paper_code"}, "the log did not go on there under a key that is believed"


@notices(
    {
        "what no checkpoint covers is believed": line(generations.retired_keys, "if is_signed]", "]"),
        "another root will do": line(signed_entries.entries_of, "!= signed.root", "!= signed.root and False"),
    }
)
def test_what_no_trusted_checkpoint_covers_vouches_for_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever has the log's file and a retired key can write entries behind the last checkpoint, or exchange some."""
    shop = Shop()
    young, other = Told(), Told()
    young.bodies = shop.log.bodies[: shop.ended]
    size = len(young.bodies)
    note = sign(Checkpoint(LAST.name, size, young.end().root()), LAST)
    end_generation(young, LAST)
    other.bodies = [*young.bodies]
    for name, log, found in (("young", young, "paper_code"), ("other", other, "paper_log")):
        if log is other:
            log.say("login.failed", {"names": {}, "unknown": 1})
            size, note = len(log.bodies), sign(Checkpoint(LAST.name, len(log.bodies), bytes(32)), LAST)
        path = log.write_database(tmp_path / f"{name}.sqlite")
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("DELETE FROM checkpoint")
            connection.execute("DELETE FROM checkpoint_note")
            connection.execute("INSERT INTO checkpoint VALUES (?, ?)", (size, log.end(size).root()))
            connection.execute("INSERT INTO checkpoint_note VALUES (?, ?)", (size, note))
            connection.commit()
        paper = tmp_path / "paper.pdf"
        paper.write_bytes(shop.pdf)
        assert command.main([str(paper), "--vkey", LAST.vkey, "--log", str(path), "--json"]) == 1
        assert {one["class"] for one in json.loads(capsys.readouterr().out)["findings"]} == {found}
