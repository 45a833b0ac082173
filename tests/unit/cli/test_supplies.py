"""The commands of forecast, request, consumables and certificates: real arguments in, sentences and JSON out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.intake_help import KNOWN_DISTRICT, CommandLine, accept, deliver, new_shop, opened, people, print_card

NIK = "5371994101900001"


@pytest.fixture
def printd(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A shop of twenty blanks, one card printed and one job waiting."""
    folder = new_shop(tmp_path / "shop", KNOWN_DISTRICT)
    with opened(folder) as desk:
        deliver(desk)
        jobs = [accept(desk, person).job for person in people()[:2]]
        print_card(desk, jobs[0], "KPG0000001")
    return CommandLine(folder, capsys, monkeypatch)


def test_the_forecast_is_shown_and_blanks_are_asked_for(printd: CommandLine) -> None:
    (stock,) = printd("forecast", "show", "--json").value
    assert (stock["stock_type"], stock["stock"], stock["queue"], stock["level"]) == ("WNI", 19, 1, "low")
    shown = printd("forecast", "show").out
    assert "WNI" in shown
    assert "days left" in shown
    assert "unknown" in shown
    assert (
        "WNI: less than 1 working day known of the last 180 days, so nothing is foretold; today so far: 1 used and"
        in shown
    )
    refused = printd("blanks", "request", "--by", "ani")  # today is not over: there is no past yet
    assert refused.code == 1
    assert "--pieces N" in refused.err
    made = printd("blanks", "request", "--by", "ani", "--pieces", "1000", "--sfe", "3")
    assert made.code == 0
    assert "asks for 1,000 blanks of type WNI" in made.out
    (letter,) = (printd.folder / "acts").glob("request-*.pdf")
    assert str(letter) in made.out
    again = printd("blanks", "request", "--by", "ani", "--pieces", "1000", "--sfe", "3")
    assert again.code == 1
    assert "asks for 1000 blanks of type WNI already" in again.err
    who = "WAHYU CONTOH; nip=198204152009011001; position=Pengurus Barang; assignment=ST.470/61@2026-01-02"
    asked = ("--pieces", "50", "--reason", "two schools", "--collector", who)
    more = printd("blanks", "request", "--by", "ani", *asked, "--json").value
    assert more["collector"]["assignment"] == {"number": "ST.470/61", "day": "2026-01-02"}
    assert (more["year"]["received"], more["year"]["closing"], more["difference"]) == (20, 20, None)
    assert more["facts"]["beside"] == letter.stem
    assert {key: more["beside"][key] for key in ("request", "asked", "came", "coming")} == {
        "request": letter.stem, "asked": 1000, "came": 0, "coming": 0,
    }  # fmt: skip
    shown = printd("forecast", "show").out
    assert f"WNI: {more['request']} of 2" in shown
    assert "asks for 50; none has come since." in shown
    third = printd("blanks", "request", "--by", "ani", "--pieces", "60", "--reason", "a third school").out
    assert f"beside {more['request']}; the letter is" in third
    assert " asks for 50; none has come since. Both stand now" in third
    assert printd("blanks", "request", "--by", "ani", "--pieces", "0").code == 2


def test_a_letter_that_cannot_be_written_is_owed_and_said_to_be(printd: CommandLine) -> None:
    shutil.rmtree(printd.folder / "acts", ignore_errors=True)
    (printd.folder / "acts").symlink_to("/sys/kernel")  # where not even root can make a file
    made = printd("blanks", "request", "--by", "ani", "--pieces", "1000")
    assert made.code == 0
    assert "asks for 1,000 blanks of type WNI; the letter is not written yet" in made.out
    assert "printd reports act request" in made.err


def test_consumables_are_received_opened_and_listed(printd: CommandLine) -> None:
    told = printd("consumables", "receive", "ribbon", "YMCKO 7", "--pieces", "2", "--nominal", "500", "--by", "ani")
    assert "2 of ribbon YMCKO 7 are here now" in told.out
    done = printd("consumables", "open", "ribbon", "YMCKO 7", "p1", "--by", "ani")
    assert "ribbon YMCKO 7 is in p1; 1 are left" in done.out
    assert printd("consumables", "open", "ribbon", "YMCKO 7", "p1", "--by", "ani").code == 0
    refused = printd("consumables", "open", "ribbon", "YMCKO 7", "p1", "--by", "ani")
    assert refused.code == 1
    assert "no ribbon YMCKO 7 in stock" in refused.err
    value = printd("consumables", "list", "--json").value
    assert [(one["printer"], one["nominal"], one["level"]) for one in value["open"]] == [("p1", 500, "ok")]
    shown = printd("consumables", "list").out
    for words in ("In the printers", "Ended last", "In the cupboard", "YMCKO 7"):
        assert words in shown


def test_a_certificate_is_booked_without_its_number_in_the_arguments(
    printd: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("typer.prompt", lambda *_arguments, **_options: NIK)
    told = printd("suket", "issue", "--day", "2026-01-15", "--status", "PRR", "--by", "ani")
    assert told.code == 0
    assert "is valid until 2026-07-15" in told.out
    value = printd("suket", "list", "--json").value
    assert value["outstanding"] == 1
    shown = printd("suket", "list")
    assert "1 people wait" in shown.out
    assert NIK not in told.out + told.err + shown.out + repr(value)
    assert printd("suket", "issue", "--day", "2026-01-15", "--status", "PRR", "--by", "ani").code == 1
