"""printd audit export: booked and signed before anything leaves, from the command line and beside a daemon."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from printd.daemon.daemon import Daemon
from printd.desk import leaving
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.ledger.export import Export
from printd.ledger.notes import Signer
from printd.store import log
from support.deliberate import line, notices
from support.exported import bodies, files
from support.intake_help import CommandLine, deliver, new_shop, opened, signer


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return CommandLine(new_shop(tmp_path / "shop"), capsys, monkeypatch)


def told(cli: CommandLine, *words: str) -> dict[str, Any]:
    ran = cli("audit", "export", *words, "--by", "ani", "--json")
    assert ran.code == 0, ran
    value: dict[str, Any] = json.loads(ran.out)
    return value


def entries(folder: Path) -> list[dict[str, Any]]:
    with opened(folder) as desk, desk.shop.store.reading() as connection:
        return [json.loads(body) for _, body, _ in log.entries(connection)]


def test_an_export_ends_with_the_entry_that_says_so(cli: CommandLine, tmp_path: Path) -> None:
    made = told(cli, str(tmp_path / "log"))
    booked = entries(cli.folder)
    assert list(map(json.loads, bodies(tmp_path / "log"))) == booked
    last = booked[-1]
    assert (last["kind"], last["by"], last["data"]["size"]) == ("export.begun", ["ani"], last["seq"])
    assert set(last["data"]) == {"size", "root"}, "it began at the start and goes on to the end"
    assert (made["size"], made["first"], made["end"], made["read"]) == (len(booked), 0, len(booked), 0)
    with opened(cli.folder) as desk:
        assert Export.open(tmp_path / "log", desk.shop.keys.log.verifier).head.root.hex() == made["root"]
        found = files(tmp_path / "log")
        assert found["keys/documents.vkey"].decode().strip() == desk.shop.keys.documents.vkey
        assert found["policy"].decode() == f"log {desk.shop.keys.log.vkey}\nquorum none\n"


def test_a_second_one_goes_on_where_the_first_ended(cli: CommandLine, tmp_path: Path) -> None:
    first = told(cli, str(tmp_path / "log"))
    with opened(cli.folder) as desk:
        deliver(desk)
    second = told(cli, str(tmp_path / "log"))
    assert second["size"] > first["size"] + 5
    assert list(map(json.loads, bodies(tmp_path / "log"))) == entries(cli.folder)
    shown = cli("audit", "export", str(tmp_path / "log"), "--by", "ani")
    assert f"{second['size'] + 1:,} entries with root" in shown.out


def test_a_folder_that_cannot_take_it_is_refused_before_anything_is_booked(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    before = entries(cli.folder)
    ran = cli("audit", "export", str(tmp_path / "mine"), "--by", "ani")
    assert (ran.code, "something else than an export of this log" in ran.err) == (1, True)
    assert entries(cli.folder) == before
    assert files(tmp_path / "mine") == {"letter.txt": b"mine"}


def test_an_excerpt_is_of_whole_days_of_the_office(cli: CommandLine, tmp_path: Path) -> None:
    """The days begin at midnight in the office, eight hours before it is midnight in the log.

    The first entry of each closes the day before it, on which no shift closed.
    """
    zone = ZoneInfo("Asia/Makassar")
    today = datetime.now(UTC).astimezone(zone).date()
    days = [today + timedelta(days=number) for number in range(1, 5)]
    with opened(cli.folder) as desk:
        for day in days:
            for clock in ("00:00:00", "12:00:00", "23:59:59"):
                moment = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)
                desk.shop.books.clock = partial(moment.replace)
                perform(desk, "leaving.backup", {"by": signer("ani")})
        desk.shop.sign()
        made = [
            perform(desk, "leaving.export", {"by": signer("ani"), "first": first, "last": last})
            for first, last in (
                (f"{days[1]}", f"{days[2]}"),
                (None, f"{days[0]}"),
                (f"{days[2]}", f"{days[3]}"),
                (f"{days[3]}", None),
                (None, None),
            )
        ]
        assert desk.shop.config.office.timezone == zone.key
    booked = entries(cli.folder)
    at = [one["seq"] for one in booked if one["kind"] == "backup.begun"]
    begins = [one["seq"] for one in booked if one["kind"] == "day.closed"]
    assert begins == [at[number] - 1 for number in (0, 3, 6, 9)]
    found = [(one["first"], one["end"]) for one in made]
    assert found == [(begins[1], begins[3]), (0, begins[1]), (begins[2], None), (begins[3], None), (0, None)]
    said = [(one["data"].get("first", 0), one["data"].get("end")) for one in booked if one["kind"] == "export.begun"]
    assert said == found


def test_an_excerpt_says_that_it_is_none_of_the_beginning(cli: CommandLine, tmp_path: Path) -> None:
    with opened(cli.folder) as desk:
        desk.shop.books.clock = lambda: datetime.now(UTC) + timedelta(days=2)
        perform(desk, "leaving.backup", {"by": signer("ani")})
        day = desk.shop.today()
        desk.shop.sign()
    ran = cli("audit", "export", str(tmp_path / "part"), "--from", f"{day}", "--by", "ani")
    assert ran.code == 0, ran
    booked = entries(cli.folder)
    size = len(booked)
    first = size - 5
    of_that_day = ["day.closed", "day.closed", "backup.begun"]
    assert [one["kind"] for one in booked[first:]] == [*of_that_day, "clock.went_back", "export.begun"]
    assert (tmp_path / "part" / "excerpt").read_text().startswith(f"from {first}\nto {size}\n")
    assert f"The entries {first} to {size - 1} of {size} with root" in ran.out
    assert "does not begin at the start" in ran.out


@pytest.mark.parametrize("days", [("--from", "yesterday"), ("--from", "2020-01-02", "--to", "2020-01-01")])
def test_days_that_are_none(cli: CommandLine, tmp_path: Path, days: tuple[str, ...]) -> None:
    before = entries(cli.folder)
    ran = cli("audit", "export", str(tmp_path / "part"), *days, "--by", "ani")
    assert ran.code == 1
    assert entries(cli.folder) == before
    assert not (tmp_path / "part").exists()


def test_reports_want_the_logs_key_from_elsewhere_or_the_shops_own(cli: CommandLine, tmp_path: Path) -> None:
    told(cli, str(tmp_path / "log"))
    key = (cli.folder / "keys" / "log.vkey").read_text().strip()
    asked = ("reports", "r1", "--from", "2026-11-01", "--to", "2026-11-30", "--log", str(tmp_path / "log"), "--json")
    own, given = cli(*asked), cli(*asked, "--vkey", key, shop=tmp_path / "nowhere")
    assert own.code == given.code == 0, (own, given)
    assert json.loads(own.out) == json.loads(given.out)
    without = cli(*asked, shop=tmp_path / "nowhere")
    assert without.code == 1
    strange = cli(*asked, "--vkey", Signer.generate(key.partition("+")[0]).vkey)
    assert (strange.code, json.loads(strange.out)["what"]) == (
        1,
        f"The exported log {tmp_path / 'log'} cannot be used.",
    )


@notices({"the act leaves it to the daemon": line(leaving._sign, "desk.workshop is not None", "False")})
def test_beside_a_daemon_the_act_has_it_signed(cli: CommandLine) -> None:
    """The daemon signs now and then; an export waits for nobody."""
    with opened(cli.folder) as desk:
        beside = Desk(desk.shop, Daemon(desk.shop))
        made = perform(beside, "leaving.export", {"by": signer("ani")})
        with desk.shop.store.reading() as connection:
            assert log.signed_checkpoints(connection, 1)[0][0] == made["entry"] + 1
