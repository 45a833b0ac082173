"""The command line: for people in whole sentences and whole rows, for machines as one JSON value on the last line."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from printd.cli import output
from printd.intake.warnings import WARNINGS
from printd.language.catalogue import messages
from printd.store import records
from printd.words.states import AttemptState
from support.intake_help import (
    KNOWN_DISTRICT,
    CommandLine,
    accept,
    deliver,
    document,
    inbox,
    manifest,
    new_shop,
    opened,
    people,
    print_card,
    secrets_of,
    state,
)
from support.people import OF_INTAKE as PASSPHRASE
from support.people import create

ANNA = people()[0]


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return CommandLine(new_shop(tmp_path / "shop", KNOWN_DISTRICT, practice=True), capsys, monkeypatch)


@pytest.fixture
def ids(cli: CommandLine, filled: tuple[Path, dict[str, str]]) -> dict[str, str]:
    """Give the shop one of everything; return the ids."""
    shutil.rmtree(cli.folder)
    shutil.copytree(filled[0], cli.folder)
    return filled[1]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = new_shop(tmp_path_factory.mktemp("filled") / "shop", KNOWN_DISTRICT, practice=True)
    with opened(folder) as desk:
        deliver(desk)
        done = accept(desk, ANNA)
        spoiled = accept(desk, people()[1])
        attempt = print_card(desk, done.job, "KPG0000001")
        print_card(desk, spoiled.job, "KPG0000002", AttemptState.SPOILED)
        held = accept(desk, people()[2], NIK=str(people()[2].fields["NIK"]).replace("537199", "537198"))
        quarantine = inbox(desk).quarantine({"record.json": b"{"}, ())
        return folder, {
            "job": done.job,
            "record": done.record,
            "attempt": attempt,
            "spoiled": spoiled.job,
            "held": held.record,
            "quarantine": quarantine,
        }


SHOWS = [
    "operators list",
    "deliveries list",
    "deliveries show D-1",
    "blanks where",
    "blanks reconcile",
    "blanks show KPG0000001",
    "blanks show KPG0000020",
    "records list",
    "records show {record}",
    "records quarantined",
    "records purge --dry-run",
    "jobs list",
    "jobs list --state held",
    "jobs show {job}",
    "jobs show {spoiled}",
    "printers list",
    "audit verify",
    "audit replay",
    "check",
]
ACTS = [
    "operators role ani storekeeper --by wayan --with komang",
    "operators retire budi --by wayan --with komang",
    "blanks load p1 --serial KPG0000011..KPG0000012 --by ani",
    "blanks unload p1 --serial KPG0000010 --by ani --with budi",
    "blanks spoil KPG0000020 --cause factory_defect --by ani --with budi",
    "blanks skip KPG0000009 --by ani --with budi",
    "records acknowledge {held} --by ani",
    "records acknowledge --all --by ani",
    "records dismiss {quarantine} --by ani",
    "records purge --by ani",
    "jobs check {job} --good --by budi",
    "jobs check {job} --spoiled print_blur --by budi",
    "jobs reprint {spoiled} --by ani --with budi",
    "printers add p2 --by ani --with budi",
    "people",
    "people --end budi --by wayan",
    "logout",
    "printers pause p1 --by ani --reason lunch",
    "printers resume p1 --by ani",
]


@pytest.mark.parametrize("command", SHOWS + ACTS)
def test_json_is_one_value_on_the_last_line(cli: CommandLine, ids: dict[str, str], command: str) -> None:
    ran = cli(*command.format(**ids).split(), "--json")
    assert ran.code == 0
    assert ran.value is not None
    assert len(ran.out.splitlines()) == 1
    assert ran.err == ""
    assert not [text for person in people()[:3] for text in secrets_of(person) if text in ran.out]


@pytest.mark.parametrize("command", SHOWS + ACTS)
def test_people_get_words_and_no_person(cli: CommandLine, ids: dict[str, str], command: str) -> None:
    ran = cli(*command.format(**ids).split())
    assert ran.code == 0
    assert ran.out.strip()
    assert "Traceback" not in ran.out + ran.err
    assert PASSPHRASE not in ran.out + ran.err
    assert not [text for person in people()[:3] for text in secrets_of(person) if text in ran.out + ran.err]


def test_lists_of_an_empty_shop_say_so(cli: CommandLine) -> None:
    for command in [*SHOWS[:2], "blanks where", "records list", "records quarantined", "jobs list", "printers list"]:
        ran = cli(*command.split())
        assert (ran.code, len(ran.out.splitlines()) >= 1) == (0, True)
        assert isinstance(cli(*command.split(), "--json").value, (list, dict))


@pytest.mark.parametrize(
    "command",
    [
        "blanks show nonsense",
        "blanks show KPG0000099",
        "blanks load p9 --serial KPG0000011 --by ani",
        "deliveries show D-9",
        "deliveries announce nowhere.json --by ani",
        "jobs show zzzz",
        "jobs check {job} --by budi",
        "jobs resolve {job} --printed --unused --by budi",
        "jobs resolve {job} --printed --by budi",
        "records show zzzz",
        "records acknowledge --by ani",
        "records import nowhere --by ani",
        "records restore zzzz --dir x --by ani",
        "printers resume p9 --by ani",
        "printers add p2 nonsense --by ani --with budi",
        "printers add p2 --by ani --with ani",
        "printers pause p1 --by nobody",
        "operators retire ani --by ani --with budi",
        "operators role ani supervisor --by ani --with wayan",
        "people --end budi --by ani",
        "audit verify --vkey nonsense",
        "init --origin a.example/53/5371/blanks/1",
    ],
)
def test_a_refusal_is_exit_1_with_what_to_do(cli: CommandLine, ids: dict[str, str], command: str) -> None:
    plain = cli(*command.format(**ids).split())
    assert (plain.code, plain.out) == (1, "")
    assert len(plain.err.splitlines()) >= 2 or "twice" in plain.err or "nowhere" in plain.err
    machine = cli(*command.format(**ids).split(), "--json")
    assert machine.code == 1
    assert machine.err == plain.err
    assert plain.err.startswith(machine.value["what"])
    assert set(machine.value) == {"error", "what", "why", "consequence", "remedy", "remedies"}


@pytest.mark.parametrize(
    "command",
    [
        "",
        "nonsense",
        "blanks",
        "blanks eat",
        "blanks show",
        "jobs list --limit 0",
        "jobs list --limit x",
        "--colour",
        "blanks unload p1 --by ani",
        "blanks skip KPG0000011 --by ani",
        "init",
        "blanks spoil KPG0000020 --cause luck --by ani --with budi",
        "operators enrol cici --legal-name Cici --role king --by ani --with budi",
        "printers add p2 --by ani",
        "jobs reprint zzzz --by ani",
    ],
)
def test_wrong_usage_is_exit_2(cli: CommandLine, command: str) -> None:
    ran = cli(*command.split())
    assert ran.code == 2
    assert ran.out == ""
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("command", "what"),
    [
        ("nonsense", "No such command 'nonsense'."),
        ("job list", "No such command 'job'. Did you mean jobs?"),
        ("blanks shwo", "No such command 'shwo'. Did you mean show?"),
        ("blanks show", "Missing argument 'serial'."),
        ("blanks skip KPG0000011 --by ani", "Missing option '--with'."),
        ("jobs list --limit x", "Invalid value for '--limit': 'x' is not a valid int range."),
        ("--colour", "No such option: --colour."),
        ("docs log more", "Got unexpected extra argument(s) (more)."),
    ],
)
def test_wrong_usage_is_one_json_value_too(cli: CommandLine, command: str, what: str) -> None:
    plain = cli(*command.split())
    machine = cli(*command.split(), "--json")
    assert (machine.code, machine.err) == (2, plain.err)
    assert len(machine.out.splitlines()) == 1
    assert (machine.value["error"], machine.value["what"]) == ("UsageError", what)
    assert machine.value["remedy"].endswith("--help")
    assert set(machine.value) == {"error", "what", "why", "consequence", "remedy", "remedies"}
    assert plain.err.startswith(what)
    assert machine.value["remedy"] in plain.err


def test_the_version_is_told(cli: CommandLine) -> None:
    ran = cli("--version")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"printd {version('printd')}\n"


@pytest.mark.parametrize("command", ["r1", "R1"])
def test_a_report_is_named_as_an_office_writes_it(cli: CommandLine, command: str) -> None:
    ran = cli("reports", command, "--from", "2026-11-01", "--to", "2026-11-02", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.value["title"] == "Daily stock position of card blanks"


@pytest.mark.parametrize("command", SHOWS)
def test_no_command_tells_people_a_time_of_the_log(cli: CommandLine, ids: dict[str, str], command: str) -> None:
    told = cli(*command.format(**ids).split()).out
    assert told
    assert not re.search(r"\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00)", told)


@pytest.mark.parametrize("command", ["--help", "blanks --help", "blanks load --help", "jobs resolve --help"])
def test_help_is_exit_0(cli: CommandLine, command: str) -> None:
    ran = cli(*command.split())
    assert ran.code == 0
    assert "Usage" in ran.out


def test_a_life_is_told_in_lines_that_are_not_broken(cli: CommandLine, ids: dict[str, str]) -> None:
    ran = cli("blanks", "show", "KPG0000001")
    lines = ran.out.splitlines()
    (attempt,) = (line for line in lines if re.search(r" hopper p1 +printer p1 +taken to be printed ", line))
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", attempt)
    assert ids["job"][:8] in attempt
    assert ids["attempt"][:8] not in ran.out
    assert lines[-2] == attempt
    assert re.search(r" printer p1 +output +printed", lines[-1])


def test_sums_are_told_by_delivery_and_place(cli: CommandLine, ids: dict[str, str]) -> None:
    rows = [line.split() for line in cli("blanks", "where").out.splitlines()[2:]]
    assert ["D-1", "hopper", "p1", "8"] in rows
    assert ["D-1", "all", "places", "20", "20", "0"] in rows
    assert sum(int(row[-1]) for row in rows if row[1] != "all") == 20


def test_a_load_says_what_went_where_and_what_is_left(cli: CommandLine, ids: dict[str, str]) -> None:
    first, behind, order, second = cli("blanks", "load", "p1", "--pieces", "1", "--by", "ani").out.splitlines()
    assert re.fullmatch(r"Loaded into p1: 1 of type WNI, KPG0000011 \(entry \d+\)\.", first)
    assert behind == "Put KPG0000011 behind those that lie in p1: it takes them last."
    assert re.fullmatch(r"p1 takes them in this order: KPG\d+ to KPG0000011\.", order)
    assert re.fullmatch(r"Left in the shift: \d+ of type WNI\.", second)
    held = cli("shifts", "list", "--json").value[-1]["id"]
    places = cli("blanks", "where", "--json").value["places"]
    assert second.split()[4] == str(places[f"shift:{held}"])


def test_where_the_reader_is_a_file_no_row_is_folded(cli: CommandLine) -> None:
    with opened(cli.folder) as desk:
        inbox(desk).quarantine(
            {"record.json": b"{"},
            tuple(_finding(f"Sentence number {number} about the record.") for number in range(20)),
        )
    (row,) = cli("records", "quarantined").out.splitlines()[2:]
    assert all(f"Sentence number {number} about" in row for number in range(20))


def _finding(message: str) -> Any:
    from printd.intake.findings import Finding

    return Finding("error", "x", "", message)


class Screen(io.StringIO):
    """What a person looks at."""

    def isatty(self) -> bool:
        return True


def shown(
    width: int, monkeypatch: pytest.MonkeyPatch, columns: list[str], rows: list[list[Any]], text: list[str]
) -> str:
    """Show a table on a terminal of this width."""
    stream = Screen()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(output.out, "width", width)
    output.show_rows("Title", columns, rows, empty="nothing", text=text)
    return re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())


def test_on_a_terminal_text_folds_first_and_short_columns_stay_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = "Every word of this long message must be there to be read by whoever stands at the printer."
    row = ["printer-1", "2026-11-23 17:51:12", "hopper:printer-1", sentence]
    told = shown(80, monkeypatch, ["printer", "at", "place", "message"], [row], ["message"])
    assert all(len(line.rstrip()) <= 80 for line in told.splitlines())
    assert "printer-1  2026-11-23 17:51:12  hopper:printer-1  Every" in told
    words = " ".join(line[49:].strip() for line in told.splitlines()[2:])
    assert words == sentence


@pytest.mark.parametrize("width", [24, 40, 60, 80, 120, 200])
def test_on_a_terminal_of_any_width_nothing_is_cut(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    row = ["abcdefghij", "2026-11-23T17:51:12Z", "klmnopqrstuvw", "xyzäöüß" * 6]
    told = shown(width, monkeypatch, ["one", "two", "three", "four"], [row], ["four"])
    assert all(len(line.rstrip()) <= width for line in told.splitlines())
    for cell in row:
        assert sorted(set(cell) - set(told)) == []
    letters = "".join(told.splitlines()[1:])
    assert letters.count("ß") == 6


def test_brackets_and_colons_of_places_are_shown_as_they_are(cli: CommandLine) -> None:
    with tempfile.TemporaryDirectory(prefix="p-") as short:  # a shop's path has a longest length
        folder = Path(short) / "a[/b] [red]c :smile:"
        create(folder, origin="a.example/53/5371/blanks/1")
        ran = cli("init", "--origin", "a.example/53/5371/blanks/1", shop=folder)
        assert (ran.code, ran.out) == (1, "")
        assert "a[/b] [red]c :smile: is not empty." in ran.err


def test_names_that_are_no_text_are_shown_as_well_as_can_be(tmp_path: Path, cli: CommandLine) -> None:
    for arguments in (
        ("deliveries", "show", "\udcff"),
        ("blanks", "show", "\udcff"),
        ("jobs", "show", "\udcff\udcfe12"),
    ):
        ran = cli(*arguments, "--json")
        assert ran.code == 1
        assert "Traceback" not in ran.err
        assert ran.value["remedy"]


def test_import_leaves_the_files_and_names_each_refusal_by_its_place(tmp_path: Path, cli: CommandLine) -> None:
    folder = tmp_path / "brought"
    folder.mkdir()
    for number, person in enumerate(people()[:3]):
        name = f"{number} {person.fields['NIK']}"
        (folder / f"{name}.json").write_bytes(document(person) if number != 1 else b"{")
        (folder / f"{name}.jpg").write_bytes(person.photo_jpeg)
    before = sorted(path.name for path in folder.iterdir())
    ran = cli("records", "import", str(folder), "--by", "ani", "--json")
    assert ran.code == 1
    assert len(ran.value["accepted"]) == 2
    assert [one["file"] for one in ran.value["refused"]] == ["number 2 of 3 in name order"]
    assert sorted(path.name for path in folder.iterdir()) == before
    assert not [text for person in people()[:3] for text in secrets_of(person) if text in ran.out + ran.err]


def test_restore_writes_private_files_into_a_new_folder_only(
    tmp_path: Path, cli: CommandLine, ids: dict[str, str]
) -> None:
    arguments = ("records", "restore", ids["quarantine"], "--by", "ani", "--dir")
    assert cli(*arguments, str(tmp_path / "out")).code == 0
    assert (tmp_path / "out/record.json").read_bytes() == b"{"
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0
    assert (tmp_path / "out/record.json").stat().st_mode & 0o077 == 0
    assert cli(*arguments, str(tmp_path / "out")).code == 1
    assert cli(*arguments, str(tmp_path / "no/where")).code == 1


def test_what_restore_writes_comes_in_again_with_its_pictures(
    tmp_path: Path, cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the spool through quarantine and repair: nothing has to be renamed by hand."""
    person, out = people()[3], tmp_path / "out"
    with opened(cli.folder) as desk:
        bad = {"record.json": document(person, TGL_LHR="yesterday"), "photo.jpg": person.photo_jpeg}
        number = inbox(desk).quarantine({**bad, "signature.png": person.signature_png}, ())
    done = cli("records", "restore", number, "--by", "ani", "--dir", str(out), "--json").value
    assert done["files"] == ["record.jpg", "record.json", "record.png"]
    (out / "record.json").write_bytes(document(person, NAMA_LGKP="CONTOH"))
    ran = cli("records", "import", str(out), "--by", "ani", "--json")
    assert (ran.code, ran.value["refused"]) == (0, [])
    with opened(cli.folder) as desk:
        with desk.shop.store.reading() as connection:
            secret = records.record_secret_of(connection, ran.value["accepted"][0]["record"])
        assert secret is not None
        assert secret["signature"] is not None
    warned = cli("records", "show", ran.value["accepted"][0]["record"]).out
    assert "- name of one word: The name is a single word." in warned
    monkeypatch.setenv("LANGUAGE", "id")
    warned = cli("records", "show", ran.value["accepted"][0]["record"]).out
    assert "- nama satu kata: Nama hanya satu kata." in warned
    assert "nama satu kata" in " ".join(cli("records", "list").out.split())


def test_every_warning_of_a_record_is_said_in_both_languages() -> None:
    for code, sentence in WARNINGS.items():
        assert ("", sentence) in messages("id"), code


def test_check_reads_the_keys_too_and_tells_no_address_of_the_database(cli: CommandLine) -> None:
    assert "database" not in cli("check", "--json").value
    (cli.folder / "keys/records.key").unlink()
    ran = cli("check")
    assert ran.code == 1
    assert "records.key" in ran.err


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_session_file_that_others_may_read_is_not_used(cli: CommandLine, ids: dict[str, str], mode: int) -> None:
    (cli.sessions / "budi").chmod(mode)
    ran = cli("blanks", "skip", "KPG0000009", "--by", "ani", "--with", "budi")
    assert ran.code == 1
    assert f"chmod 600 {cli.sessions / 'budi'}" in ran.err


SEED = "ab" * 32
WRONG_FILES = {
    "missing": None,
    "no text": b"\xff" + SEED.encode(),
    "no JSON": b'{"seed": "%s"' % SEED.encode(),
    "a list": b'["%s"]' % SEED.encode(),
    "no name": b'{"origin": "x", "seed": "%s"}' % SEED.encode(),
    "another's key": b'{"name": "budi", "origin": "x", "seed": "%s"}' % SEED.encode(),
    "half a key": b'{"name": "budi", "origin": "x", "seed": "abab"}',
    "no key": b'{"name": "budi", "origin": "x", "seed": "%s"}' % (b"x" * 64),
}


@pytest.mark.parametrize("content", WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_session_file_that_cannot_be_used_is_not_shown(
    cli: CommandLine, ids: dict[str, str], content: bytes | None
) -> None:
    path = cli.sessions / "budi"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
        path.chmod(0o600)
    before = state(cli.folder)
    ran = cli("blanks", "skip", "KPG0000009", "--by", "ani", "--with", "budi")
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert "abab" not in ran.err
    assert state(cli.folder) == before


def test_whoever_is_first_among_the_session_files_acts_where_nobody_is_named(cli: CommandLine) -> None:
    assert cli("incidents", "open", "other", "--note", "a test", "--json").value["opened_by"] == "ani"


def test_a_whole_morning_by_commands(tmp_path: Path, cli: CommandLine) -> None:
    (tmp_path / "m.json").write_bytes(manifest())
    assert cli("deliveries", "announce", str(tmp_path / "m.json"), "--by", "ani").code == 0
    assert cli("deliveries", "receive", "D-1", "--by", "ani", "--with", "ani").code == 1
    assert cli("deliveries", "receive", "D-1", "--by", "ani", "--with", "budi").code == 1
    for name in ("ani", "budi"):
        counted = cli("deliveries", "count", "D-1", "--pieces", "20", "--carton", "D-1-1", "--by", name)
        assert counted.code == 0
        shown = cli("deliveries", "show", "D-1").out
        assert not re.search(r"(?<![\d:-])20(?![\d:-])", shown), "neither date nor time, and no figure"
    assert cli("deliveries", "receive", "D-1", "--by", "ani", "--with", "budi").code == 0
    (tmp_path / "r.json").write_bytes(document(ANNA))
    (tmp_path / "r.jpg").write_bytes(ANNA.photo_jpeg)
    assert cli("records", "import", str(tmp_path / "r.json"), "--by", "ani").code == 0
    (job,) = cli("jobs", "list", "--json").value["jobs"]
    assert cli("jobs", "hold", job["id"][:8], "--by", "ani").code == 0
    assert cli("jobs", "cancel", job["id"][:8], "--by", "ani").code == 0
    assert cli("jobs", "cancel", job["id"][:8], "--by", "ani").code == 1
    assert json.loads(cli("audit", "verify", "--json").out)["verified"] is True
    assert cli("audit", "replay").code == 0


@pytest.mark.parametrize("arguments", ["docs", "docs log", "docs --json", "docs nothing --json"])
def test_an_answer_that_cannot_be_written_is_said_on_standard_error(arguments: str) -> None:
    """A full disk below a redirected answer: no traceback, and no silence."""
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        ran = subprocess.run(
            [sys.executable, "-m", "printd", *arguments.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert ran.returncode == 1
    assert "The answer cannot be written where it should go.\n  Why: No space left on device.\n" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr


@pytest.mark.parametrize("arguments", ["docs", "docs log"])
def test_a_reader_that_has_seen_enough_ends_a_command_quietly(arguments: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-m", "printd", *arguments.split()],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (1, "")
