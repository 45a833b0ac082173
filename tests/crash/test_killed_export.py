"""An export killed at every change of a file, and cut off from power: the folder is the old export or the new one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from crash.files import file_events
from crash.points import KILL, Killed, Points
from crash.power_cut import after, half_renamed, traced
from printd import durable
from printd.backup import export as exporting
from printd.backup import export_files
from printd.ledger.export import FIRST, Export
from printd.ledger.merkle import leaf_hash, verify_range
from printd.ledger.notes import Signer
from printd.ledger.tiles import CHECKPOINT, Edge, bundle_path, read_bundle, tile_path
from printd.store import log
from printd.store.engine import Store
from support.bare_log import BareLog, leaf
from support.deliberate import line, notices
from support.exported import files
from support.fixed import NewDatabase

SIGNER = Signer("printd.example/killed", bytes(range(32)))
OLD, FULL, NEW, NEWEST = 300, 1024, 1100, 1200
EXCERPT = (300, 700)


@pytest.fixture(scope="module")
def bare(new_sqlite: NewDatabase) -> Iterator[BareLog]:
    store = Store.open(new_sqlite(True))
    with store.writing() as connection:
        log.start(connection)
    made = BareLog(store, SIGNER)
    made.grow(NEWEST)
    yield made
    store.close()


@pytest.fixture(scope="module")
def heads(bare: BareLog) -> dict[int, bytes]:
    return {size: bare.head(size) for size in (OLD, FULL, NEW, NEWEST)}


def proved(folder: Path) -> int:
    """Return how many entries an export or excerpt proves, its tiles being those of the log; -1: it is none."""
    if not (folder / CHECKPOINT).exists():
        return -1
    export = Export.open(folder, SIGNER.verifier)
    edge, head, part = Edge(), export.head, export.excerpt
    leaves = [leaf_hash(leaf(number)) for number in range(head.size)]
    full = [tile for one in leaves for tile in edge.append(one)]
    for tile in [*full, *edge.partial()]:
        path = folder / tile.path
        if part is None or tile.level or path.exists():
            assert path.read_bytes() == tile.content
    if part is None:
        assert [body for _, body, _ in export.entries()] == [leaf(number) for number in range(head.size)]
        return head.size
    for number in range(part.first // 256, -(-part.end // 256)):
        assert (folder / tile_path(0, number)).exists()
        bodies = read_bundle((folder / bundle_path(number)).read_bytes(), 256)
        assert bodies == [leaf(256 * number + slot) for slot in range(256)]
    verify_range(part.first, part.end, head.size, leaves[part.first : part.end], part.proof, head.root)
    return part.end - part.first


@pytest.fixture(autouse=True)
def _few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files get their names four by four, so that many kills come between."""
    monkeypatch.setattr(export_files, "_AT_ONCE", 4)


CASES = {
    "a new one": (None, None),
    "one that goes on": (OLD, None),
    "one whose last tile was full": (FULL, None),
    "an excerpt": (None, EXCERPT),
}


def began(bare: BareLog, folder: Path, before: int | None, heads: dict[int, bytes]) -> int:
    """Make what is there before; return how many entries it proves."""
    if before is None:
        return -1
    bare.export(folder, note=heads[before])
    return before


def points_of(run: Callable[[], object], folder: Path, kill_at: int | None) -> Points:
    """Run under a kill at one point; return the points that were passed."""
    points = Points({} if kill_at is None else {kill_at: (KILL,)}, lambda action, printer: None)
    try:
        with file_events(folder.parent, points.reach):
            run()
    except Killed:
        assert kill_at is not None
    return points


@pytest.mark.timeout(900)
@pytest.mark.parametrize("case", CASES)
def test_a_kill_at_every_change_of_a_file(bare: BareLog, heads: dict[int, bytes], tmp_path: Path, case: str) -> None:
    before, span = CASES[case]
    first = tmp_path / "first" / "log"
    first.parent.mkdir()
    there = began(bare, first, before, heads)
    shutil.copytree(first.parent, tmp_path / "old")
    names = points_of(lambda: bare.export(first, span, heads[NEW]), first, None).names
    right, done = files(first), proved(first)
    for part in (
        "mkdir log/.part",
        "open log/.part/0",
        "rename log/.part/0",
        "rename log/.part/one",
        "rmdir log/.part",
    ):
        assert any(part in name for name in names), part
    assert done == (NEW if span is None else span[1] - span[0])
    seen = set()
    for number, name in enumerate(names, start=1):
        place = tmp_path / str(number)
        shutil.copytree(tmp_path / "old", place)
        folder = place / "log"
        points_of(partial(bare.export, folder, span, heads[NEW]), folder, number)
        left = proved(folder)
        assert left in (there, done), f"killed at {number}, {name}: {left} entries"
        seen.add(left)
        if left == there and (number % 2 or span is not None):
            bare.export(folder, span, heads[NEW])
            assert files(folder) == right, f"killed at {number}, {name}"
        if span is None:
            bare.export(folder, None, heads[NEWEST])
            assert proved(folder) == NEWEST, f"killed at {number}, {name}"
        shutil.rmtree(place)
    assert seen == {there, done}


def no_sync_of_content(patch: pytest.MonkeyPatch) -> None:
    line(export_files.Files._beside, "os.fsync(out.fileno())", "pass")(patch)


def no_sync_of_names(patch: pytest.MonkeyPatch) -> None:
    line(durable.sync_folder, "os.fsync(handle)", "pass")(patch)


@pytest.mark.parametrize("case", [one for one in CASES if one != "one that goes on"])  # its bundles hide a bug
@notices(
    {
        "content is not synced": no_sync_of_content,
        "names are not synced": no_sync_of_names,
        "names of files are not synced": line(export_files.Files.flush, "durable.sync_folder(parent)", "pass"),
        "names of folders are not synced": line(export_files.make, "durable.sync_folder(folder.parent)", "pass"),
        "the head comes before the last files": line(
            exporting._write,
            "    files.flush()\n    if source.first and span is None:",
            "    files.replace(CHECKPOINT, source.note)\n    files.flush()\n    if source.first and span is None:",
        ),
        "the head comes first": line(
            exporting._write,
            "    if span is None:",
            "    files.replace(CHECKPOINT, source.note)\n    if span is None:",
        ),
        "the head itself is not synced": line(export_files.Files.replace, "durable.sync_folder(final.parent)", "pass"),
    }
)
def test_a_power_cut_takes_nothing_that_the_head_speaks_of(
    bare: BareLog, heads: dict[int, bytes], tmp_path: Path, case: str
) -> None:
    _cut_off(bare, heads, tmp_path, case)


@notices(
    {
        "the head comes before the first one cosigned": line(
            exporting._write,
            "    if source.first and span is None:",
            "    files.replace(CHECKPOINT, source.note)\n    if source.first and span is None:",
        )
    }
)
def test_a_power_cut_takes_no_head_that_was_cosigned_first(
    bare: BareLog, heads: dict[int, bytes], tmp_path: Path
) -> None:
    _cut_off(bare, heads, tmp_path, "a new one")


def _cut_off(bare: BareLog, heads: dict[int, bytes], tmp_path: Path, case: str) -> None:
    """Export, and make sure that what its head speaks of outlasts a cut of power right before the head is there."""
    before, span = CASES[case]
    folder = tmp_path / "place" / "log"
    folder.parent.mkdir()
    began(bare, folder, before, heads)
    with traced(folder.parent, tmp_path / "calls") as calls:
        bare.export(folder, span, heads[NEW], first=heads[OLD])
    assert (folder / FIRST).exists() == (span is None)
    assert half_renamed(calls) == set()
    (at,) = (number for number, step in enumerate(calls.steps) if step.to == folder / "checkpoint")
    disk = after(calls, at)
    safe = {str(one.relative_to(folder)) for one in disk.there if one.is_relative_to(folder)} - disk.may_lack(folder)
    assert files(folder).keys() - {"checkpoint"} <= safe, "all that it speaks of is safe before it has its name"
    assert {one for one in after(calls).may_lack(folder.parent) if "/.part" not in one} == set()
