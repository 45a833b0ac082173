"""Closings: where every blank is, told each day, so that an excerpt adds up and silence shows.

HAS: database, folder and the log's key, as whoever owns the machine; the closing of a day is signed by nothing else.
TRIES: to tell other totals, to let a day be forgotten, to close one before it is over. All of it is signed anew, with
everybody's passphrase where people sign; every hash, root, number and checkpoint is right.
NOTICED: by `printd-verify`, of the whole log and of an excerpt, by `audit verify` and by `audit replay`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from attack.test_signatures import forge, replayed, retold, verified
from printd.ledger.entry import Entry
from printd.ledger.signatures import message, write_signature
from printd.shop.shop import Shop
from printd.store import log
from printd.store.engine import Store
from printd_verify.closings import Closings
from printd_verify.command import main
from support.deliberate import line, notices
from support.exported import export
from support.people import EverybodysKeys
from support.week import DAYS, week

Change = Callable[[list[Entry]], list[Entry]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A week of a shop."""
    folder = tmp_path_factory.mktemp("week") / "shop"
    week(folder, past=260).shop.close()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """The shop, for one attack."""
    shutil.copytree(made, tmp_path / "shop")
    return tmp_path / "shop"


def seen(given: Path, vkey: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, list[int | None]]:
    """Return by class the entries of what `printd-verify` finds."""
    main([str(given), "--vkey", (vkey / "keys" / "log.vkey").read_text().strip(), "--json", "--jobs", "0", *words])
    said = json.loads(capsys.readouterr().out)
    return {case["class"]: [place["entry"] for place in case["first"]] for case in said["findings"]}


def day(entries: list[Entry], name: str) -> int:
    """Return the number of the entry that closes a day."""
    return next(one.seq for one in entries if one.kind.endswith(".closed") and one.data.get("day") == name)


def told(name: str, **figures: int) -> Change:
    """Tell other totals of a day: so many more of each."""

    def change(entries: list[Entry]) -> list[Entry]:
        seq = day(entries, name)
        rows = [dict(row) for row in entries[seq].data["totals"]]
        rows[-1].update({figure: rows[-1][figure] + more for figure, more in figures.items()})
        return other(entries, seq, totals=rows)

    return change


def other(entries: list[Entry], seq: int, **data: Any) -> list[Entry]:
    """Let an entry say something else."""
    return [replace(one, data={**one.data, **data}) if one.seq == seq else one for one in entries]


def without(*names: str) -> Change:
    """Leave days out."""

    def change(entries: list[Entry]) -> list[Entry]:
        gone = {day(entries, name) for name in names}
        return [one for one in entries if one.seq not in gone]

    return change


def rewritten(folder: Path, change: Change) -> None:
    """Write the log anew, with every number, root and signature as it must be: all who sign are accomplices."""

    store = Store.open(f"sqlite:///{folder / 'printd.sqlite'}")
    keys = EverybodysKeys(store)

    def whole(entries: list[Entry]) -> list[Entry | bytes]:
        origin = str(entries[0].data["origin"])

        def again(one: Entry) -> Entry:
            text = message(origin, one.unsigned())
            return replace(one, signatures=tuple(write_signature(keys[name].sign(text)) for name in one.actors))

        return retold(change(entries), again)

    try:
        forge(folder, whole)
    finally:
        store.close()


def earlier(entries: list[Entry]) -> list[Entry]:
    """Close the silent day again in the place of the next one."""
    return other(entries, day(entries, DAYS[2]), day=DAYS[1])


def too_early(entries: list[Entry]) -> list[Entry]:
    """Close the day before the last one while it goes on: its shift closes afterwards."""
    return other(entries, day(entries, DAYS[3]), day=DAYS[5])


ATTACKS: Mapping[str, tuple[Change, set[str], str]] = {
    "a blank is hidden among those on hand": (
        told(DAYS[1], spoiled=-1, store=1), {"totals"}, "are not those of the books",
    ),
    "more came than was announced": (
        told(DAYS[2], announced=5, received=5, store=5), {"totals"}, "are not those of the books",
    ),
    "a doubt is hidden": (told(DAYS[2], in_doubt=-1), {"totals"}, "are not those of the books"),
    "totals do not add up": (told(DAYS[2], missing=1), {"totals", "totals_sum"}, "do not add up"),
    "two people and the machine tell other totals": (
        told(DAYS[4], store=-1, holder=1), {"totals"}, "are not those of the books",
    ),
    "the silent day is left out": (without(DAYS[1]), {"day_missing"}, f"The day {DAYS[1]} has no closing"),
    "two days are left out": (without(DAYS[2], DAYS[3]), {"day_missing"}, f"The day {DAYS[2]} has no closing"),
    "a day is closed twice": (earlier, {"day_again", "day_missing"}, "is not the next one that lacks a closing"),
    "a day is closed before it is over": (too_early, {"day_not_over", "day_missing"}, "is not the next one"),
}  # fmt: skip


def test_nothing_is_found_where_nobody_was(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """HAS nothing. TRIES nothing. NOTICED by nobody: otherwise no test below says anything."""
    assert seen(folder, folder, capsys) == {}
    assert seen(folder, folder, capsys, "--quick") == {}
    assert seen(excerpt(folder, tmp_path), folder, capsys) == {}
    key = (folder / "keys" / "log.vkey").read_text().strip()
    for words in ([], ["--quick"]):
        assert main([str(folder), "--vkey", key, "--jobs", "0", "--lang", "id", *words]) == 0
        assert (
            f"penutupan {DAYS[4]}, WNI: diterima 100 = di kantor 98 + kartu baik 0 + rusak 2 "
            in capsys.readouterr().out
        )
    assert verified(folder) == (0, set())
    assert by_the_entries(folder) == []


def by_the_entries(folder: Path) -> list[str]:
    """Return what `audit replay` finds, but for records that were never sealed: they were entered past the desk."""
    return [one for one in replayed(folder)[1] if not one.startswith("sealed: ")]


@pytest.mark.parametrize(("change", "classes", "says"), ATTACKS.values(), ids=ATTACKS)
def test_closings_are_written_anew(
    folder: Path, change: Change, classes: set[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """HAS database, folder, the log's key and everybody's passphrase. TRIES to tell other totals or to leave a day out.

    NOTICED by `printd-verify` and by `audit replay`; a day that is missing by `audit verify` as well.
    """
    rewritten(folder, change)
    assert set(seen(folder, folder, capsys)) == classes
    assert says in by_the_entries(folder)[0]
    if "day_missing" in classes:
        code, found = verified(folder)
        assert code == 1
        assert "day_missing" in {kind for kind, _ in found}


def test_a_quick_look_misses_no_day(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """HAS database, folder and the log's key. TRIES to leave out a day. NOTICED by a quick look too."""
    rewritten(folder, without(DAYS[1]))
    assert set(seen(folder, folder, capsys, "--quick")) == {"day_missing"}


IN_AN_EXCERPT: Mapping[str, tuple[Change, set[str]]] = {
    "a blank is hidden among those on hand": (told(DAYS[1], spoiled=-1, store=1), {"totals_between"}),
    "a doubt is hidden": (told(DAYS[2], in_doubt=-1), {"totals_between"}),
    "all closings hide the same blank from then on": (
        lambda entries: _all(entries, *(told(name, spoiled=-1, store=1) for name in DAYS[1:5])),
        {"totals_between"},
    ),
    "more came than was announced": (told(DAYS[3], announced=5, received=5, store=5), {"totals_between"}),
    "the silent day is left out": (without(DAYS[1]), {"day_missing"}),
    "the last day is left out": (without(DAYS[3]), {"day_missing"}),
}


def _all(entries: list[Entry], *changes: Change) -> list[Entry]:
    for change in changes:
        entries = change(entries)
    return entries


@pytest.mark.parametrize(("change", "classes"), IN_AN_EXCERPT.values(), ids=IN_AN_EXCERPT)
def test_an_excerpt_does_not_add_up(
    folder: Path, tmp_path: Path, change: Change, classes: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """HAS database, folder, all keys. TRIES to show only what came after the first closing, with other totals.

    NOTICED by `printd-verify`: two closings differ by something else than the entries between moved.
    """
    rewritten(folder, change)
    assert set(seen(excerpt(folder, tmp_path), folder, capsys)) == classes


@notices(
    {
        "an excerpt's closings are only read": line(Closings._judge, "elif self.last is not None:", "elif False:"),
    }
)
def test_an_excerpt_does_not_add_up_at_all(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """HAS database, folder, all keys. TRIES to tell other totals and to leave a day out, in one excerpt.

    NOTICED by `printd-verify`, each for itself.
    """
    rewritten(folder, lambda entries: _all(entries, told(DAYS[2], spoiled=-1, store=1), without(DAYS[3])))
    assert set(seen(excerpt(folder, tmp_path), folder, capsys)) == {"totals_between", "day_missing"}


def excerpt(folder: Path, tmp_path: Path) -> Path:
    """Export what was written from the first closing on, and nothing that says where any blank was before."""
    shop = Shop.open(folder)
    try:
        with shop.store.reading() as connection:
            entries = [Entry.from_body(body) for _, body, _ in log.entries(connection)]
        return export(shop, tmp_path / "excerpt", (day(entries, DAYS[0]), len(entries)))
    finally:
        shop.close()
