"""The working day on the command line: open, load, count, sample, close, and what a person sees of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.intake_help import CommandLine, deliver, new_shop, opened

TWO = ("--by", "ani", "--with", "budi")


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Twenty blanks, two of them with the open shift and ten in the hopper of p1."""
    with opened(new_shop(tmp_path / "shop")) as desk:
        deliver(desk)
    return CommandLine(tmp_path / "shop", capsys, monkeypatch)


def count(cli: CommandLine, *found: str) -> None:
    for name in ("ani", "budi"):
        ran = cli("shifts", "count", *found, "--by", name)
        assert ran.code == 0, ran.err


def the_shift(cli: CommandLine) -> str:
    return str(cli("shifts", "list", "--json").value[-1]["id"])


def test_a_day_from_open_to_closed(cli: CommandLine) -> None:
    shift = the_shift(cli)
    assert "KPG0000011 to KPG0000012" in cli("shifts", "show", shift).out
    issued = cli("shifts", "issue", *TWO, "--pieces", "3", "--reason", "a queue")
    assert "KPG0000011 to KPG0000015" in issued.out
    assert (
        "Loaded into p1: 1 of type WNI, KPG0000011 (entry"
        in cli("blanks", "load", "p1", "--pieces", "1", "--by", "ani").out
    )
    assert "11 moved from hopper p1" in cli("blanks", "unload", "p1", *TWO).out
    begun = cli("shifts", "count-begin", "--by", "ani").out
    assert "nothing is printed" in begun
    assert f"printd shifts count shift:{shift}=PIECES output=PIECES spoiled=PIECES hopper:p1=PIECES --by NAME" in begun
    hidden = cli("blanks", "where")
    assert (hidden.code, hidden.out) == (1, "")
    assert "is being counted" in hidden.err
    count(cli, f"shift:{shift}=KPG0000001..KPG0000014,KPG0000015", "hopper:p1=0")
    closed = cli("shifts", "close", *TWO)
    assert closed.code == 0
    assert "closing" in closed.out
    assert f"shift-{shift}.pdf" in closed.out.replace("\n", "")
    assert cli("blanks", "where", "--json").value["places"] == {"store": 20}
    again = cli("shifts", "open", *TWO, "--pieces", "0", "--json").value
    assert (again["id"], again["state"], again["holds"]) == (f"{shift[:-1]}2", "open", [])


def test_a_gap_is_named_and_the_count_can_be_left(cli: CommandLine) -> None:
    shift = the_shift(cli)
    cli("shifts", "count-begin", "--by", "ani")
    count(cli, f"shift:{shift}=2", "hopper:p1=9")
    gap = cli("shifts", "close", *TWO)
    assert gap.code == 1
    assert "was counted in hopper:p1" in " ".join(gap.err.split())
    assert "goes on" in cli("shifts", "resume", "--by", "budi").out
    assert cli("shifts", "show", shift, "--json").value["state"] == "open"


@pytest.mark.parametrize("bad", ["hopper:p1", "=3", "hopper:p1=", "hopper:p1=many", "hopper:p1=K2..K1", "ANI WATI=3"])
def test_a_sheet_that_is_none_is_refused(cli: CommandLine, bad: str) -> None:
    cli("shifts", "count-begin", "--by", "ani")
    for words in (("shifts", "count"), ("blanks", "count")):
        ran = cli(*words, bad, "--by", "ani")
        assert ran.code == 1
        assert ran.err
        assert "Traceback" not in ran.err


def test_a_surprise_count(cli: CommandLine) -> None:
    drawn = cli("blanks", "sample", "--pieces", "5", "--number", "4711", "--by", "ani", "--json").value
    serial = drawn["drawn"][0][0]
    assert "population" not in drawn, "of how many, is told when it was counted"
    again = cli("blanks", "sample", "--pieces", "20", "--number", "4711", "--by", "ani")
    assert (again.code, "is not counted" in again.err) == (1, True)
    told = cli("blanks", "sample-count", drawn["sample"], *TWO, "--missing", serial)
    assert told.out.startswith("With 95 % confidence at most ")
    assert told.out.rstrip().endswith("of 20 are missing.")
    shown = cli("blanks", "sample", "--pieces", "20", "--number", "4712", "--by", "ani").out
    assert all(f"KPG{number:07}" in shown for number in range(1, 21))


def test_a_stock_count(cli: CommandLine) -> None:
    for name in ("ani", "budi"):
        assert cli("blanks", "count", "store=8", "--by", name).code == 0
    assert cli("blanks", "count-close", *TWO, "--agency", "Inspektorat").code == 1, "nobody counted hopper and shift"
    for name in ("ani", "budi"):
        assert cli("blanks", "count", "store=8", "hopper:p1=10", f"shift:{the_shift(cli)}=2", "--by", name).code == 0
    closed = cli("blanks", "count-close", *TWO, "--agency", "Inspektorat")
    assert closed.code == 0
    assert ".pdf" in closed.out
