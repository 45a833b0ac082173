"""Logs as static files: whole ones of every size, excerpts, and what is done to their files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from printd.ledger.notes import Signer
from printd_verify.checkpoints import Head, read_kept
from printd_verify.database import Database
from printd_verify.heads import Kept
from printd_verify.notes import read_key
from printd_verify.sources import SourceError
from printd_verify.tiles import Tiles
from printd_verify.verification import Report, Trust, verify
from support.told import BUDI, SITI, TONO, Told, blanks

SIZES = (18, 255, 256, 257, 511, 513, 4095, 4096, 4097, 4353)
"""Around the edges of bundles and of parts; the first is a shop with one card."""


def long(size: int) -> Told:
    """Return a log of a size, whose shop goes on failing to log in."""
    log = Told()
    log.begin()
    log.stock()
    log.shift()
    log.good_card(1)
    while len(log.bodies) < size:
        log.say("login.failed", {"names": {}, "unknown": len(log.bodies)})
    assert len(log.bodies) == size
    return log


@pytest.fixture(scope="module")
def log() -> Told:
    return long(700)


@pytest.fixture(scope="module")
def made(log: Told, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return log.write_tiles(tmp_path_factory.mktemp("tiles") / "log")


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "log")
    return tmp_path / "log"


def look(folder: Path, log: Told, *against: Kept, meaning: bool = True, jobs: int = 0) -> Report:
    return verify(Tiles(folder), Trust((read_key(log.vkey),)), against=against, meaning=meaning, jobs=jobs)


def codes(report: Report) -> set[str]:
    return {case.code for case in report.cases}


@pytest.mark.parametrize("size", SIZES)
def test_a_log_of_any_size_is_read_alike_from_files_and_from_a_database(size: int, tmp_path: Path) -> None:
    log = long(size)
    files = look(log.write_tiles(tmp_path / "log"), log)
    database = Database(log.write_database(tmp_path / "log.sqlite", [1, size // 2, size - 1]))
    table = verify(database, Trust((read_key(log.vkey),)), jobs=0)
    assert files.cases == table.cases == []
    assert files.root == table.root == log.end().root()
    assert (files.signatures, files.signed_size, files.checkpoints) == (table.signatures, size, 1)
    assert table.checkpoints == len({1, size // 2, size - 1, size})


def test_the_empty_log(tmp_path: Path) -> None:
    log = Told()
    report = look(log.write_tiles(tmp_path / "log"), log)
    assert report.cases == []
    assert report.checkpoints == 1
    assert look(tmp_path / "log", Told("other.example/blanks/1")).cases != []


def test_several_processes_say_the_same_as_one(tmp_path: Path) -> None:
    log = long(4400)
    bodies = log.bodies
    log.bodies = [*bodies[:4200], bodies[4200].replace(b'"unknown":4200', b'"unknown":-9'), *bodies[4201:]]
    log.write_tiles(tmp_path / "log")
    one, two = look(tmp_path / "log", log, jobs=0), look(tmp_path / "log", log, jobs=2)
    assert one == two
    assert codes(one) == {"data"}


Spoil = Callable[[Path, Told], object]


def flip(name: str, at: int) -> Spoil:
    def spoil(folder: Path, log: Told) -> None:
        content = bytearray((folder / name).read_bytes())
        content[at] ^= 1
        (folder / name).write_bytes(content)

    return spoil


def cut(name: str, to: int) -> Spoil:
    return lambda folder, log: (folder / name).write_bytes((folder / name).read_bytes()[:to])


def drop(name: str) -> Spoil:
    return lambda folder, log: (folder / name).unlink()


def exchanged(folder: Path, log: Told) -> None:
    one, other = folder / "tile/entries/000", folder / "tile/entries/001"
    first = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(first)


def rewritten(folder: Path, log: Told) -> None:
    """Another history, all of one piece, under the old checkpoint."""
    other = long(600)
    other.say("login.failed", {"names": {}, "unknown": 1_000_000})
    while len(other.bodies) < len(log.bodies):
        other.say("login.failed", {"names": {}, "unknown": 1})
    note = (folder / "checkpoint").read_bytes()
    shutil.rmtree(folder)
    other.write_tiles(folder)
    (folder / "checkpoint").write_bytes(note)


def signed_by_another(folder: Path, log: Told) -> None:
    other = Told()
    other.bodies, other.signer = log.bodies, Signer(log.origin, b"x" * 32)
    (folder / "checkpoint").write_bytes(other.note())


LAST = "tile/entries/002.p/188"
SPOILT: Mapping[str, tuple[Spoil, set[str]]] = {
    "a byte of an entry": (flip("tile/entries/001", 5000), {"entry_altered"}),
    "a byte of an entry of the last bundle": (
        flip(LAST, 600),
        {"entry_or_leaf_altered", "checkpoint_root", "unsigned"},
    ),
    "a length in a bundle": (flip("tile/entries/001", 0), {"bundle_malformed"}),
    "a bundle is cut": (cut("tile/entries/000", 3000), {"bundle_malformed"}),
    "a bundle is gone": (drop("tile/entries/001"), {"bundle_missing"}),
    "two bundles change places": (exchanged, {"entry_altered"}),
    "a hash of a lowest tile": (flip("tile/0/001", 77), {"leaf_altered"}),
    "a lowest tile is gone": (drop("tile/0/001"), {"tile_missing"}),
    "a lowest tile is cut": (cut("tile/0/000", 8000), {"tile_missing"}),
    "a hash of an upper tile": (flip("tile/1/000.p/2", 3), {"node_altered", "tile_altered"}),
    "an upper tile is gone": (drop("tile/1/000.p/2"), {"node_missing", "tile_missing"}),
    "another history": (rewritten, {"checkpoint_root", "unsigned"}),
    "another key signed": (signed_by_another, {"checkpoint_note", "unsigned"}),
    "a byte of the checkpoint's signature": (flip("checkpoint", 150), {"checkpoint_note", "unsigned"}),
}


@pytest.mark.parametrize(("spoil", "wanted"), SPOILT.values(), ids=SPOILT)
def test_what_is_done_to_a_file_is_found(folder: Path, log: Told, spoil: Spoil, wanted: set[str]) -> None:
    spoil(folder, log)
    assert codes(look(folder, log)) - {"unchecked"} == wanted


@pytest.mark.parametrize(("spoil", "wanted"), SPOILT.values(), ids=SPOILT)
def test_a_look_at_the_hashes_alone_finds_it_too(folder: Path, log: Told, spoil: Spoil, wanted: set[str]) -> None:
    spoil(folder, log)
    assert codes(look(folder, log, meaning=False)) == wanted


def test_a_full_tile_stands_for_a_partial_one(folder: Path, log: Told) -> None:
    """A log that went on leaves the files of its old sizes, or only the full ones."""
    more = long(900)
    more.write_tiles(folder)
    (folder / "checkpoint").write_bytes(log.note())
    for partial in folder.rglob("002.p"):
        shutil.rmtree(partial)
    assert look(folder, log).cases == []


@pytest.mark.parametrize(("start", "end"), [(0, 256), (300, 400), (256, 512), (600, 700), (10, 690)])
def test_an_excerpt_is_proved_and_says_so(log: Told, tmp_path: Path, start: int, end: int) -> None:
    folder = log.write_tiles(tmp_path / "log", start, end)
    report = look(folder, log)
    assert report.cases == []
    assert (report.start, report.end, report.size, report.root) == (start, end, 700, log.end().root())


def test_an_excerpt_with_closings_adds_up_as_far_as_it_tells(tmp_path: Path) -> None:
    log = long(300)
    log.close()
    for first, last in ((11, 20), (21, 30)):
        name = f"s{first}"
        log.say("shift.opened", {"shift": name}, SITI, TONO)
        log.move(first, last, "store", f"shift:{name}", "issue", SITI, TONO)
        log.move(first, last, f"shift:{name}", "hopper:p1", "load", TONO)
        log.record(first)
        log.start(first, counters={})
        log.printed(first, evidence={"findings": []})
        log.check(first, BUDI)
        opening = 99 if first == 11 else 98
        stock = {"opening": opening, "received": 0, "closing": opening - 1}
        told = {"closing": {"WNI": opening - 1}, "totals": {"store": opening - 1, "finished": 100 - opening}}
        log.close(name, stock=stock, returned=[["hopper:p1", blanks(first + 1, last)]], **told)
    assert look(log.write_tiles(tmp_path / "whole"), log).cases == []
    size = len(log.bodies)
    report = look(log.write_tiles(tmp_path / "excerpt", 298, size), log)
    assert report.cases == []
    assert report.unchecked > 0
    stock = {"opening": 90, "received": 0, "used_good": 0, "closing": 90}
    log.say("shift.opened", {"shift": "s9"}, SITI, TONO)
    log.close("s9", stock=stock, returned=[], **told)
    assert codes(look(log.write_tiles(tmp_path / "silent", 298, len(log.bodies)), log)) == {"closing_chain"}


def test_an_excerpt_is_not_proved_where_it_was_altered(log: Told, tmp_path: Path) -> None:
    folder = log.write_tiles(tmp_path / "log", 300, 400)
    flip("tile/entries/001", 5000)(folder, log)
    assert codes(look(folder, log)) == {"entry_altered"}


def test_an_excerpt_of_another_range_than_its_proof(log: Told, tmp_path: Path) -> None:
    folder = log.write_tiles(tmp_path / "log", 300, 400)
    content = (folder / "excerpt").read_bytes()
    (folder / "excerpt").write_bytes(content.replace(b"from 300", b"from 301"))
    assert codes(look(folder, log)) == {"excerpt_proof"}
    (folder / "excerpt").write_bytes(content.replace(b"=\n", b"A\n", 1))
    with pytest.raises(SourceError, match="excerpt_unreadable"):
        Tiles(folder)


def test_without_its_word_an_excerpt_is_a_log_with_gaps(log: Told, tmp_path: Path) -> None:
    folder = log.write_tiles(tmp_path / "log", 300, 400)
    (folder / "excerpt").unlink()
    assert {"bundle_missing", "tile_missing"} <= codes(look(folder, log))


@pytest.mark.parametrize("content", [b"", b"from 1\n", b"from 5\nto 5\n", b"from 0\nto 9999\n", b"from 01\nto 5\n"])
def test_a_word_of_an_excerpt_that_says_nothing(folder: Path, content: bytes) -> None:
    (folder / "excerpt").write_bytes(content)
    with pytest.raises(SourceError, match="excerpt_unreadable"):
        Tiles(folder)


def test_a_folder_without_a_checkpoint_is_no_log(folder: Path) -> None:
    (folder / "checkpoint").write_bytes(b"nothing")
    with pytest.raises(SourceError, match="checkpoint_unreadable"):
        Tiles(folder)
    (folder / "checkpoint").unlink()
    with pytest.raises(SourceError, match="no_checkpoint_file"):
        Tiles(folder)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 300, 699, 700])
def test_what_was_kept_elsewhere_is_of_this_log(folder: Path, log: Told, size: int) -> None:
    kept = Kept("paper", read_kept(f"{size}:{log.end(size).root().hex()}".encode()))
    for meaning in (True, False):
        report = look(folder, log, kept, Kept("note", read_kept(log.note(size))), meaning=meaning)
        assert report.cases == []
        assert report.kept == ["paper", "note"]


def test_another_history_was_kept(folder: Path, log: Told) -> None:
    report = look(folder, log, Kept("paper", Head("", 300, b"x" * 32)), Kept("note", Head("", 701, b"x" * 32)))
    assert codes(report) == {"kept_root", "kept_beyond"}
