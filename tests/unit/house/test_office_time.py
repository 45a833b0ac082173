"""What people read stands on the office's clock and says whose; what machines read stays as the log writes it."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from printd.books import restored
from printd.errors import Refused
from printd.events.kinds import read
from printd.words import moments
from support.counter import BUDI, RATNA, SITI, TWO, Counter, counter
from support.intake_help import CommandLine
from support.paper import text_of

UTC_TEXT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ")
NOON = datetime(2026, 11, 2, 17, 30, 12, tzinfo=UTC)
"""Half past one at night in Kupang, on the next day."""


@pytest.mark.parametrize(
    ("zone", "told", "name"),
    [
        ("Asia/Makassar", "2026-11-03 01:30:12 WITA", "WITA"),
        ("Asia/Jakarta", "2026-11-03 00:30:12 WIB", "WIB"),
        ("Asia/Jayapura", "2026-11-03 02:30:12 WIT", "WIT"),
        ("Asia/Singapore", "2026-11-03 01:30:12 UTC+08", "UTC+08"),
        ("Europe/Berlin", "2026-11-02 18:30:12 CET", "CET/CEST"),
        ("UTC", "2026-11-02 17:30:12 UTC", "UTC"),
    ],
)
def test_a_moment_says_whose_clock_it_was(zone: str, told: str, name: str) -> None:
    here = ZoneInfo(zone)
    assert moments.moment("2026-11-02T17:30:12Z", here) == told
    assert moments.minute("2026-11-02T17:30:12Z", here) == told[:16]
    assert moments.minute("2026-11-02T17:30", here) == told[:16]
    assert moments.second("2026-11-02T17:30:12Z", here) == told[:19]
    assert moments.zone_name(here) == name


@pytest.mark.parametrize("text", ["", "yesterday", "9999-12-31T23:59:59Z", "2026-13-45T17:30:12Z"])
def test_what_is_no_moment_is_told_as_it_stands(text: str) -> None:
    here = ZoneInfo("Asia/Makassar")
    assert [show(text, here) for show in (moments.moment, moments.minute, moments.second)] == [text] * 3


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], list[str]]:
    """A shop with one of everything that has a time, the ids of them, and the papers of its acts."""
    folder = tmp_path_factory.mktemp("lived") / "shop"
    with counter(folder) as office:
        office.now = NOON
        office.announce()
        office.count({"pieces": 100, "cartons": [{"carton": f"D1-{n}"} for n in (1, 2)]})
        papers = [office.act("deliveries.receive", delivery="D1", **TWO)["act"]["pdf"]]
        office.act("deliveries.open", delivery="D1", carton="D1-1", **TWO)
        shift = office.open_shift(5)
        office.act("blanks.spoil", serial="K00001", cause="factory_defect", **TWO)
        office.act("consumables.receive", kind="ribbon", label="L1", pieces=3, nominal=200, by=SITI)
        for _ in range(2):
            office.act("consumables.open", kind="ribbon", label="L1", printer="p1", by=SITI)
        office.act("calibration.calibrate", name="p1", by=SITI, edge=2)
        office.act("sites.set", site="alak", kind="subdistrict", title="Alak", by=RATNA)
        sent = office.act("transfers.send", to="alak", carrier="X", document="B/1", pieces=3, **TWO)
        papers.append(sent["files"]["pdf"])
        office.act("transfers.acknowledge", transfer=sent["id"], document="B/2", pieces=3, **TWO)
        incident = office.act("incidents.open", kind="other", note="a drawer stood open", by=SITI)["id"]
        office.act("incidents.note", incident=incident, text="asked the guard", by=SITI)
        office.act("shifts.count_begin", by=SITI)
        office.sheets(shift)
        papers.append(office.act("shifts.close", **TWO)["files"]["pdf"])
        witnesses = [{"name": "PETRUS CONTOH", "agency": "Satpol PP"}]
        about = {"ba_number": "BA/1", "place": "halaman", "witnesses": witnesses, "by": BUDI, "second": RATNA}
        papers.append(office.act("destructions.destroy", **about)["files"]["pdf"])
        days = {"first": "2026-11-02", "last": "2026-11-03"}
        papers.append(office.act("reports.report", name="r9", **days)["files"]["pdf"])
        office.announce("D2", 201)
        again: list[tuple[str, dict[str, Any], str]] = [
            ("deliveries.receive", {"delivery": "D1"}, "Delivery D1 was received already"),
            ("deliveries.open", {"delivery": "D1", "carton": "D1-1"}, "Carton D1-1 was opened already"),
            ("transfers.acknowledge", {"transfer": sent["id"], "document": "B/2", "pieces": 3}, "acknowledged already"),
        ]
        for act, about, sentence in again:
            with pytest.raises(Refused, match=f"{sentence}.*2026-11-03 01:30:12 WITA") as refusal:
                office.act(act, **about, **TWO)
            assert not UTC_TEXT.search(refusal.value.what)
    return folder, {"shift": shift, "transfer": sent["id"], "incident": incident}, papers


COMMANDS = [
    "deliveries show D1",
    "shifts list",
    "shifts show {shift}",
    "blanks show K00001",
    "transfers list",
    "transfers show {transfer}",
    "incidents list",
    "incidents show {incident}",
    "destructions list",
    "spoilage ages",
    "consumables list",
    "printers calibration p1",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_tell_the_offices_time_and_json_the_logs(
    lived: tuple[Path, dict[str, str], list[str]],
    command: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, ids, _ = lived
    cli = CommandLine(folder, capsys, monkeypatch)
    words = command.format(**ids).split()
    told = cli(*words)
    assert told.code == 0
    assert not UTC_TEXT.search(told.out)
    assert "2026-11-03 01:30" in told.out
    assert "WITA" in told.out
    assert UTC_TEXT.search(cli(*words, "--json").out)


def test_what_verifiers_find_is_told_on_the_offices_clock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their sentences come from below, where nobody knows the office; a log that is ahead of the clock has moments."""
    ahead = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    with counter(tmp_path / "shop") as office:
        office.now = ahead
        office.announce()
    cli = CommandLine(tmp_path / "shop", capsys, monkeypatch)
    at = moments.stamp(ahead)
    here = moments.moment(at, ZoneInfo("Asia/Makassar"))
    for words in (("audit", "verify"), ("audit",)):
        told = cli(*words)
        shown = " ".join(f"{told.out} {told.err}".split())
        assert (told.code, f"is of {here}, which is" in shown) == (1, True)
        assert not UTC_TEXT.search(shown)
        assert f"is of {at}, which is" in cli(*words, "--json").out


def test_in_another_zone_the_same_books_tell_another_time(
    lived: tuple[Path, dict[str, str], list[str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(lived[0], moved)
    config = moved / "printd.toml"
    config.write_text(config.read_text().replace("Asia/Makassar", "Asia/Jakarta"))
    assert (
        "2026-11-03 00:30:12 WIB by siti and budi"
        in CommandLine(moved, capsys, monkeypatch)("deliveries", "show", "D1").out
    )


def test_papers_tell_the_offices_time(lived: tuple[Path, dict[str, str], list[str]]) -> None:
    *acts, register = (text_of(Path(path)) for path in lived[2])
    assert len(acts) == 4
    for act in acts:
        assert "tanggal tiga bulan November tahun dua ribu dua puluh enam (03-11-2026), pukul 01.30 WITA" in act
        assert "UTC" not in act
        assert not UTC_TEXT.search(act)
    assert "2 November 2026 s.d. 3 November 2026 (WITA)" in register
    assert "03/11/2026 01.30" in register


def test_the_canonical_json_of_an_act_keeps_the_logs_time(lived: tuple[Path, dict[str, str], list[str]]) -> None:
    for path in lived[2][:4]:
        assert "2026-11-02T17:30:12Z" in Path(path).with_suffix(".json").read_text()


def test_a_clock_that_went_back_is_told_on_the_offices_clock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with counter(tmp_path / "shop") as office:
        enter_jump(office)
    told = CommandLine(tmp_path / "shop", capsys, monkeypatch)("audit", "verify").out
    assert "the clock went back from 2026-11-03 01:30:12 WITA to 2026-11-02 21:30:12 WITA" in told


def test_a_restored_shop_says_on_its_offices_clock_when_its_backup_was_made() -> None:
    about: restored.Marked = {"made_at": "2026-11-02T17:30:12Z", "size": 7, "root": "00"}
    assert "from a backup of 2026-11-03 01:30:12 WITA with 7 entries" in str(
        restored.undecided(about, ZoneInfo("Asia/Makassar"))
    )


def enter_jump(office: Counter) -> None:
    office.shop.books.enter(read("clock.went_back", {"from": "2026-11-02T17:30:12Z", "to": "2026-11-02T13:30:12Z"}))
