"""Exports of the log: where they come from, and where they go.

HAS: the database that is exported, or the folder of an exported log (a stick, a web server) between two exports; no key
of the shop.
TRIES: to have an export carry what he wrote, under the head that the log's key signed; to have the next one go on from
his own history, write or remove elsewhere, or wait for ever.
NOTICED: by the export itself, which hashes what it carries and follows no link; what was published stays.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from printd.errors import IntegrityError, PrintdError
from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.export import Export
from printd.ledger.merkle import Frontier, leaf_hash
from printd.ledger.notes import Signer
from support.counter import Counter, counter
from support.exported import bodies, export, files, replace, vkey
from support.forger import loosen, rewrite


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path / "shop") as made:
        made.announce()
        made.shop.sign()
        yield made


def other_time(seq: int, body: bytes) -> bytes:
    return body.replace(b'"at":"20', b'"at":"19', 1) if seq == 3 else body


@pytest.mark.parametrize("hashes", ["none", "its own", "every"])
@pytest.mark.parametrize("span", [pytest.param(None, id="whole"), pytest.param((2, 5), id="excerpt")])
def test_an_entry_is_altered_before_it_is_exported(
    office: Counter, tmp_path: Path, hashes: str, span: tuple[int, int] | None
) -> None:
    """HAS the database. TRIES to have an export carry another entry, and writes no hash of it anew, its own, or every.

    NOTICED by the export: what it carries does not give the root that was signed, and nothing is published.
    """
    with office.shop.store.writing() as connection:
        loosen(connection)
        if hashes == "every":
            rewrite(connection, other_time)
        else:
            body = bytes(connection.execute(sa.text("SELECT body FROM entry WHERE seq = 3")).scalar_one())
            other = other_time(3, body)
            assert other != body
            told = {"body": other, "leaf": leaf_hash(other if hashes == "its own" else body)}
            connection.execute(sa.text("UPDATE entry SET body = :body, leaf_hash = :leaf WHERE seq = 3"), told)
    with pytest.raises(IntegrityError):
        export(office.shop, tmp_path / "log", span)
    assert not (tmp_path / "log").exists()


def _his_own_head(folder: Path, _elsewhere: Path, name: str) -> None:
    thief, found = Signer.generate(name), bodies(folder)
    tree = Frontier().extend(map(leaf_hash, found))
    (folder / "checkpoint").write_bytes(sign(Checkpoint(name, tree.size, tree.root()), thief))


def _his_own_history(folder: Path, _elsewhere: Path, name: str) -> None:
    replace(folder, [other_time(seq, body) for seq, body in enumerate(bodies(folder))])
    _his_own_head(folder, _elsewhere, name)


def _no_head(folder: Path, _elsewhere: Path, _name: str) -> None:
    (folder / "checkpoint").unlink()


def _an_excerpt(folder: Path, _elsewhere: Path, _name: str) -> None:
    (folder / "excerpt").write_text("from 0\nto 1\n")


def _linked(path: str) -> Callable[[Path, Path, str], None]:
    def link(folder: Path, elsewhere: Path, _name: str) -> None:
        (folder / path).rename(elsewhere / "was there")
        (folder / path).symlink_to(elsewhere)

    return link


def _endless(path: str) -> Callable[[Path, Path, str], None]:
    def endless(folder: Path, _elsewhere: Path, _name: str) -> None:
        (folder / path).unlink()
        os.mkfifo(folder / path)

    return endless


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(_his_own_head, id="his own head"),
        pytest.param(_his_own_history, id="his own history"),
        pytest.param(_no_head, id="no head"),
        pytest.param(_an_excerpt, id="an excerpt"),
        pytest.param(_linked("tile"), id="a link for all tiles"),
        pytest.param(_linked("tile/entries"), id="a link for bundles"),
        pytest.param(_linked("keys"), id="a link for keys"),
        pytest.param(_linked("checkpoint"), id="a link for the head"),
        pytest.param(_endless("checkpoint"), id="a head that is read for ever"),
        pytest.param(_endless("policy"), id="a policy that is read for ever"),
    ],
)
def test_the_folder_is_prepared_for_the_next_export(
    office: Counter, tmp_path: Path, spoil: Callable[[Path, Path, str], None]
) -> None:
    """HAS the folder of an exported log, between two exports. TRIES to have the next one go on from what he laid there.

    NOTICED by the next export, which writes nothing: not there, and not where a link leads.
    """
    folder, elsewhere = export(office.shop, tmp_path / "log"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    office.receive()
    office.shop.sign()
    spoil(folder, elsewhere, vkey(office.shop).name)
    before, beside = files(folder), files(elsewhere)
    with pytest.raises(PrintdError):
        export(office.shop, folder)
    assert files(folder) == before
    assert files(elsewhere) == beside
    again = export(office.shop, tmp_path / "new")
    assert len(list(Export.open(again, vkey(office.shop)).entries())) == len(bodies(again))
