"""A power cut at any moment leaves the old file or the new one, and never half a shop: every sync is counted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crash.power_cut import after, half_renamed, traced
from printd import durable
from printd.backup import backup, restore
from printd.backup.restore import bring_back
from printd.books import heads
from printd.errors import ConfigError, IntegrityError
from printd.events.kinds import read
from printd.shop import keys
from printd.shop.config import CONFIG_NAME
from printd.shop.shop import Shop
from support.counter import ORIGIN, TWO, Counter, counter
from support.deliberate import line, notices
from support.fixed import unbooked
from support.people import EverybodysKeys
from support.people import create_of_its_own as create

KEYS = (*keys.SECRETS, *keys.PUBLIC)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path / "shop") as made:
        made.shop.sign()
        yield made


def not_sqlite_s_own(names: set[str]) -> set[str]:
    """Leave out what SQLite keeps beside its database, and looks after itself."""
    return {name for name in names if not name.endswith(("-wal", "-shm", "-journal"))}


def quiet(_done: int, _whole: int) -> None:
    """Show nobody how far it is."""


def no_sync_of_content(patch: pytest.MonkeyPatch) -> None:
    line(durable.write, "os.fsync(out.fileno())", "pass")(patch)


def sync_after_the_name(patch: pytest.MonkeyPatch) -> None:
    there = "            os.fsync(out.fileno())\n        beside.replace(path)"
    bug = (
        "            late = os.dup(out.fileno())\n        beside.replace(path)\n        os.fsync(late); os.close(late)"
    )
    line(durable.write, there, bug)(patch)


def no_sync_of_names(patch: pytest.MonkeyPatch) -> None:
    line(durable.sync_folder, "os.fsync(handle)", "pass")(patch)


@pytest.mark.parametrize("before", [None, b"old"])
@notices(
    {
        "the content is not synced": no_sync_of_content,
        "the content is synced before it is written": line(durable.write, "out.flush()", "pass"),
        "the content is synced after it has its name": sync_after_the_name,
        "the name is not synced": line(durable.write, "sync_folder(path.parent)", "pass"),
        "the name is synced before it is there": line(
            durable.write, "beside.replace(path)", "sync_folder(path.parent); beside.replace(path); return"
        ),
        "another folder is synced": line(durable.write, "path.parent", "path.parent.parent"),
        "no folder is synced": no_sync_of_names,
        "the file itself is overwritten": line(durable.write, 'path.with_name(f".{path.name}.{os.getpid()}")', "path"),
    }
)
def test_a_file_that_is_written_durably_is_the_old_one_or_the_new_one(tmp_path: Path, before: bytes | None) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "last-checkpoint.note"
    if before is not None:
        path.write_bytes(before)
    with traced(folder, tmp_path / "calls") as calls:
        durable.write(path, b"new")
    assert path.read_bytes() == b"new"
    moved = [step for step in calls.steps if step.to is not None]
    assert [step.to for step in moved] == [path], "its name goes over in one step"
    assert not any(step.path == path for step in calls.steps)
    assert half_renamed(calls) == set()
    assert after(calls).may_lack(folder) == set()


@notices({"content": no_sync_of_content, "names": no_sync_of_names})
def test_a_shop_that_was_made_is_there(tmp_path: Path) -> None:
    """Its keys above all: without them nobody reads its records or signs its log."""
    folder = tmp_path / "place" / "shop"
    folder.parent.mkdir()
    with traced(folder.parent, tmp_path / "calls") as calls:
        create(folder, origin=ORIGIN)
    made = {str(path.relative_to(folder)) for path in folder.rglob("*")}
    assert {CONFIG_NAME, heads.SEEN_NAME, "printd.sqlite", *(f"keys/{name}" for name in KEYS)} <= made
    assert not_sqlite_s_own(half_renamed(calls)) == set()
    assert not_sqlite_s_own(after(calls).may_lack(folder.parent)) == set()


@notices({"content": no_sync_of_content, "names": no_sync_of_names})
def test_what_an_act_leaves_in_the_folder_is_there(office: Counter, tmp_path: Path) -> None:
    """The note of the last checkpoint, and the papers of a receipt."""
    office.announce()
    office.count({"pieces": 100, "cartons": [{"carton": "D1-1"}, {"carton": "D1-2"}]})
    folder = office.shop.folder
    with traced(folder, tmp_path / "calls") as calls:
        office.act("deliveries.receive", delivery="D1", **TWO)
        office.shop.sign()
    written = {str(step.to.relative_to(folder)) for step in calls.steps if step.to is not None}
    assert written == {heads.SEEN_NAME, "acts/receipt-D1.json", "acts/receipt-D1.pdf"}
    assert half_renamed(calls) == set()
    assert not_sqlite_s_own(after(calls).may_lack(folder)) == set()


@notices(
    {
        "content": no_sync_of_content,
        "names": no_sync_of_names,
        "the whole has no name yet": line(backup.make, "durable.sync_folder(target.parent)", "pass"),
    }
)
def test_a_backup_that_was_made_is_there_whole(office: Counter, tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    with traced(tmp_path / "away", tmp_path / "calls") as calls:
        backup.make(office.shop.folder, tmp_path / "away" / "copy", quiet, unbooked)
    assert half_renamed(calls) == set(), "not even the folder has its name before all in it is safe"
    assert after(calls).may_lack(tmp_path / "away") == set()
    assert {path.name for path in (tmp_path / "away").iterdir()} == {"copy"}


@notices(
    {
        "content": no_sync_of_content,
        "names": no_sync_of_names,
        "the configuration goes in its turn": line(restore._move_in, "one.name == CONFIG_NAME", "one.name"),
        "the configuration goes first": line(restore._move_in, "one.name == CONFIG_NAME", "one.name != CONFIG_NAME"),
        "the configuration does not wait for the others": line(
            restore._move_in, "            durable.sync_folder(target)", "            pass"
        ),
        "the last step is not synced": line(
            restore._move_in,
            "        path.rename(target / path.name)\n    durable.sync_folder(target)",
            "        path.rename(target / path.name)",
        ),
        "the shop has no name yet": line(restore._move_in, "durable.sync_folder(target.parent)", "pass"),
    }
)
def test_a_cut_while_a_restore_moves_in_leaves_no_shop_or_the_whole_one(office: Counter, tmp_path: Path) -> None:
    """Whole, with the mark that bars it: half of one would print what was printed since, or not know its keys."""
    moved_in(office, tmp_path, key_folder=office.shop.folder / keys.FOLDER)


@notices({"the configuration goes in its turn": line(restore._move_in, "one.name == CONFIG_NAME", "one.name")})
def test_a_cut_beside_keys_that_lay_there_before_leaves_no_shop_or_the_whole_one(
    office: Counter, tmp_path: Path
) -> None:
    shutil.copytree(office.shop.folder / keys.FOLDER, tmp_path / "place" / "back" / keys.FOLDER)
    moved_in(office, tmp_path, key_folder=None)


def moved_in(office: Counter, tmp_path: Path, key_folder: Path | None) -> None:
    """Restore into ``place/back``, and look at what a cut leaves before each thing that moves in, and at the end."""
    place = tmp_path / "place"
    back = place / "back"
    place.mkdir(exist_ok=True)
    backup.make(office.shop.folder, tmp_path / "copy", quiet, unbooked)
    with traced(place, tmp_path / "calls") as calls:
        bring_back(tmp_path / "copy", back, key_folder=key_folder)
    whole = {path.name for path in back.iterdir()}
    assert {CONFIG_NAME, "printd.sqlite", keys.FOLDER} <= whole
    moved = [number for number, step in enumerate(calls.steps) if step.to is not None and step.to.parent == back]
    for number in moved:
        there = {path.name for path in after(calls, number).there if path.parent == back}
        cut = tmp_path / f"cut-{number}"
        shutil.copytree(back, cut, ignore=lambda at, names, kept=there: set(names) - kept if Path(at) == back else ())
        with pytest.raises(ConfigError):
            Shop.open(cut)
    assert calls.steps[moved[-1]].to == back / CONFIG_NAME, "it makes a folder a shop"
    assert after(calls, moved[-1]).may_lack(back) == set(), "before it comes, all else is safe"
    assert after(calls).may_lack(place) == set()
    shop = Shop.open(back)
    try:
        shop.books.keys = EverybodysKeys(shop.store)
        with pytest.raises(IntegrityError, match="was restored from a backup"):
            shop.books.enter(read("register.read", {"what": "specimen:j", "rows": 0}), ["siti"])
    finally:
        shop.close()


@notices(
    {
        "content": no_sync_of_content,
        "the new key may not be there": line(
            keys.make_ready, "durable.write(", "(lambda path, text: path.write_bytes(text))("
        ),
        "the old key may be back": line(keys.take_over, "durable.sync_folder(place)", "pass"),
    }
)
def test_the_key_of_the_log_s_next_generation_is_there_before_it_signs_and_the_old_one_does_not_come_back(
    office: Counter, tmp_path: Path
) -> None:
    folder = office.shop.folder / keys.FOLDER
    with traced(folder, tmp_path / "calls") as calls:
        keys.make_ready(office.shop.folder, f"{ORIGIN}-2").sign("nothing\n")
    assert after(calls).may_lack(folder) == set()
    with traced(folder, tmp_path / "later calls") as calls:
        keys.take_over(office.shop.folder)
    assert half_renamed(calls) == set()
    disk = after(calls)
    assert (disk.may_lack(folder), disk.may_have_again(folder)) == (set(), set())
