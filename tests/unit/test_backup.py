"""A backup of a living shop comes back to a state that proves itself, or is refused whole."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from conftest import ORIGIN, NewDatabase
from printd import backup, keys
from printd.books import Books
from printd.cli.app import app
from printd.ledger.merkle import Frontier, leaf_hash
from printd.restore import bring_back
from printd.shop import Shop, create
from printd.store import log

Live = Callable[[Books, int, int], "Counter[str]"]
NO_LIMIT = 10**6


@dataclass
class House:
    """A shop with a past, a backup of it, and what it takes to restore that."""

    shop: Shop
    copy: Path
    entries_then: int
    new_url: Callable[[], str]

    @property
    def keys(self) -> Path:
        return self.shop.folder / keys.FOLDER


def quiet(_done: int, _whole: int) -> None:
    """Show nobody how far it is."""


def size_of(shop: Shop) -> int:
    with shop.store.reading() as connection:
        return log.frontier(connection).size


@pytest.fixture(scope="module")
def house(new_database: NewDatabase, live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """On each kind of database in turn; tests only read it."""
    folder, url = tmp_path_factory.mktemp("house"), new_database(True)
    sqlite = url.startswith("sqlite")
    create(folder / "shop", origin=ORIGIN, extra="" if sqlite else f'\n[database]\nurl = "{url}"\n')
    made = Shop.open(folder / "shop")
    live(made.books, 3, 60)
    made.sign()
    live(made.books, 4, 64)  # a tail that nobody signed yet
    then = size_of(made)
    backup.make(made.folder, folder / "copy", quiet)
    live(made.books, 5, 80)
    made.sign()
    yield House(made, folder / "copy", then, lambda: "" if sqlite else new_database(False))
    made.close()


def printd(shop: Path, *arguments: str) -> tuple[int, Any]:
    result = CliRunner().invoke(app, ["--shop", str(shop), *arguments, "--json"])
    return result.exit_code, json.loads(result.stdout.splitlines()[-1]) if result.stdout else result.exception


def test_what_comes_back_proves_itself_replays_and_adds_up(house: House, tmp_path: Path) -> None:
    back = tmp_path / "back"
    done = bring_back(house.copy, back, key_folder=house.keys, database=house.new_url())
    assert (done.manifest.size, done.missing) == (house.entries_then, 0)
    code, verified = printd(back, "audit", "verify")
    assert (code, verified["verified"], verified["entries"]) == (0, True, house.entries_then)
    code, replayed = printd(back, "audit", "replay")
    assert (code, replayed["equal"]) == (0, True)
    assert replayed["rows"] > 50
    code, _ = printd(back, "blanks", "reconcile")
    assert code == 0
    with house.shop.store.reading() as connection:
        leaves = [body for _, body, _ in log.entries(connection)][: house.entries_then]
    end = Frontier()
    for body in leaves:
        end, _ = end.append(leaf_hash(body))
    assert verified["root"] == end.root().hex() == done.manifest.root
