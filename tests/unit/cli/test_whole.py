"""`printd audit`: one command, one answer, on each kind of database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from printd.books.heads import SEEN_NAME
from printd.cli.app import app
from printd.events.kinds import read
from printd.shop.shop import Shop
from support.forger import loosen


def run(shop: Shop, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--shop", str(shop.folder), "audit", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout


@pytest.fixture
def signed(shop_on_both: Shop) -> Shop:
    """A shop of a few entries, all of them signed."""
    for _ in range(3):
        shop_on_both.books.enter(read("login.failed", {"names": {}, "unknown": 1}))
    shop_on_both.sign()
    return shop_on_both


def test_all_holds(signed: Shop) -> None:
    code, said = run(signed)
    assert code == 0
    assert "SEMUA COCOK" in said
    assert "ALL HOLDS" in said
    code, said = run(signed, "--language", "en")
    assert (code, "SEMUA" in said) == (0, False)
    code, said = run(signed, "--json", "--against", str(signed.folder / SEEN_NAME))
    told = json.loads(said)
    assert (code, told["holds"], told["shop"]["verified"], told["size"]) == (0, True, True, 4)
    assert told["replayed"]["entries"] == 4
    assert told["kept"] == [str(signed.folder / SEEN_NAME), SEEN_NAME]


def test_one_class_of_findings_for_each_way_to_differ(signed: Shop) -> None:
    with signed.store.engine.begin() as connection:
        loosen(connection)
        connection.execute(sa.text("UPDATE operator SET role = 'auditor' WHERE name = 'wayan'"))
        connection.execute(sa.text("UPDATE entry SET leaf_hash = :hash WHERE seq = 2"), {"hash": bytes(32)})
    code, said = run(signed, "--json")
    told = json.loads(said)
    assert (code, told["holds"]) == (1, False)
    found = {one["class"]: one["number"] for one in told["findings"]}
    assert set(found) >= {"leaf_altered", "table", "own_verifier"}
    assert len(found) == len(told["findings"])


def test_a_checkpoint_of_another_history(signed: Shop) -> None:
    code, said = run(signed, "--json", "--against", f"2:{'0' * 64}")
    assert (code, {one["class"] for one in json.loads(said)["findings"]}) == (1, {"kept_root", "own_verifier"})


def test_its_options_stand_behind_it_alone(shop: Shop, tmp_path: Path) -> None:
    assert run(shop, "--json", "replay")[0] == 2
    assert run(shop, "replay", "--json")[0] == 0
    done = CliRunner().invoke(app, ["--shop", str(tmp_path / "none"), "audit"])
    assert done.exit_code == 1
