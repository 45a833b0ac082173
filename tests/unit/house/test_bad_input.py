"""Whatever is brought to the shop: a clear refusal, exit 1, nothing lost, nothing half done, nobody named."""

import base64
import io
import json
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from structlog.testing import capture_logs

from printd.demo.people import Person
from printd.desk.acts import perform
from printd.intake.sources.spool import Spool
from support.intake_help import (
    ORIGIN,
    CommandLine,
    Ran,
    document,
    files,
    inbox,
    manifest,
    new_shop,
    opened,
    people,
    secrets_of,
    sessions_beside,
    state,
    state_of,
)
from support.many_scans import many_scans

ANNA, OTHER = people()[0], people()[1]


def png(width: int, height: int) -> bytes:
    """A PNG that says it is this large and holds almost nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def jpeg_header(width: int, height: int) -> bytes:
    """The drawn photo with another size in its header."""
    data = bytearray(ANNA.photo_jpeg)
    at = next(at for at in range(len(data)) if data[at : at + 2] == b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


@cache
def drawn(kind: str, size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (176, 28, 38)).save(out, kind)
    return out.getvalue()


Change = Callable[[Path], object]


def record(**changes: Any) -> Change:
    return lambda path: path.write_bytes(document(ANNA, **changes))


def raw(data: bytes) -> Change:
    return lambda path: path.write_bytes(data)


def photo(data: bytes) -> Change:
    return lambda path: path.with_suffix(".jpg").write_bytes(data)


def signature(data: bytes) -> Change:
    return lambda path: path.with_suffix(".png").write_bytes(data)


def without(ending: str) -> Change:
    return lambda path: path.with_suffix(ending).unlink()


def link(ending: str) -> Change:
    def change(path: Path) -> None:
        path.with_suffix(ending).rename(path.with_suffix(".elsewhere"))
        path.with_suffix(ending).symlink_to(path.with_suffix(".elsewhere"))

    return change


def large(ending: str, size: int) -> Change:
    return lambda path: os.truncate(path.with_suffix(ending), size)


WHOLE = document(ANNA)
BAD: dict[str, tuple[Change, str]] = {
    "broken JSON": (raw(WHOLE.replace(b":", b";", 1)), "not JSON"),
    "cut JSON": (raw(WHOLE[:-30]), "not JSON"),
    "empty": (raw(b""), "not JSON"),
    "two records": (raw(WHOLE + WHOLE), "not JSON"),
    "a list": (raw(b"[" + WHOLE + b"]"), "no single record"),
    "UTF-16": (raw(WHOLE.decode().encode("utf-16")), "UTF-8"),
    "Latin-1": (raw(WHOLE.replace(b"CONTOH", b"CONT\xd6H")), "UTF-8"),
    "binary": (raw(bytes(range(256))), "UTF-8"),
    "duplicate key": (raw(WHOLE[:-1] + b', "NIK": "5371996506990001"}'), "twice"),
    "NaN": (raw(WHOLE[:-1] + b', "priority_class": NaN}'), "NaN"),
    "deep": (raw(WHOLE[:-1] + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"), "deep"),
    "long number": (raw(WHOLE[:-1] + b', "priority_class": ' + b"9" * 100_000 + b"}"), "digits"),
    "huge JSON": (large(".json", 60 * 1024 * 1024), "bytes"),
    "lone surrogate": (raw(WHOLE.replace(b"CONTOH", b"CONT\\ud83d")), "nama"),
    "NUL in a name": (record(NAMA_LGKP="MARIA\0CONTOH"), "nama"),
    "NIK of a day that is none": (record(NIK="5371990000000001"), "identity number"),
    "NIK too short": (record(NIK="537199"), "16"),
    "NIK as a number with a fraction": (raw(WHOLE.replace(b'"NIK": "', b'"NIK": 1.5, "x": "')), "nik"),
    "NIK of nowhere": (record(NIK=f"5399{str(ANNA.fields['NIK'])[4:]}"), "regency"),
    "no NIK": (record(drop=("NIK",)), "nik"),
    "unknown reason": (record(reason="iseng"), "reason"),
    "status that may not be printed": (record(EKTP_STATUS="BIOMETRIC_CAPTURED"), "status"),
    "unknown status": (record(EKTP_STATUS="OK"), "status"),
    "no photo": (without(".jpg"), "no photo"),
    "empty photo": (photo(b""), "photo"),
    "huge photo": (large(".jpg", 3_000_000), "bytes"),
    "giant photo": (large(".jpg", 40 * 1024 * 1024), "bytes"),
    "cut photo": (photo(ANNA.photo_jpeg[: len(ANNA.photo_jpeg) // 2]), "cut short"),
    "photo without an end": (photo(ANNA.photo_jpeg[:200]), "photo"),
    "PNG named .jpg": (photo(drawn("PNG", (413, 531))), "not a JPEG"),
    "text named .jpg": (photo(b"not a picture"), "not a JPEG"),
    "bomb in a JPEG header": (photo(jpeg_header(65_000, 65_000)), "pixels"),
    "tiny photo": (photo(drawn("JPEG", (8, 10))), "pixels"),
    "photo in a thousand passes": (photo(many_scans(1000)), "passes"),
    "wide photo": (photo(drawn("JPEG", (531, 413))), "wider"),
    "bomb in a PNG header": (signature(png(2_000_000_000, 2_000_000_000)), "pixels"),
    "large PNG header": (signature(png(30_000, 30_000)), "pixels"),
    "JPEG named .png": (signature(ANNA.photo_jpeg), "not a PNG"),
    "cut signature": (signature(ANNA.signature_png[:-60]), "cut short"),
    "inline photo that is no base64": (record(foto="%%%"), "foto"),
    "inline bomb": (record(tanda_tangan=base64.b64encode(png(50_000, 50_000)).decode(), foto=None), "pixels"),
    "linked record": (link(".json"), "link"),
    "linked photo": (link(".jpg"), "link"),
    "linked signature": (link(".png"), "link"),
}


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return CommandLine(new_shop(tmp_path / "shop"), capsys, monkeypatch)


def lay(folder: Path, person: Person, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.json"
    path.write_bytes(document(person))
    path.with_suffix(".jpg").write_bytes(person.photo_jpeg)
    path.with_suffix(".png").write_bytes(person.signature_png)
    return path


def silent_about(person: Person, name: str, *told: object) -> None:
    text = "".join(map(str, told))
    assert "Traceback" not in text
    assert not [secret for secret in (*secrets_of(person), name) if secret in text]


@pytest.mark.parametrize("what", BAD)
def test_by_command(cli: CommandLine, tmp_path: Path, what: str) -> None:
    change, word = BAD[what]
    name = "MARIA 5371990000000001"
    path = lay(tmp_path / "in", ANNA, name)
    change(path)
    before, brought = state(cli.folder), files(path.parent)
    ran = cli("records", "import", str(path), "--by", "ani")
    assert ran.code == 1
    assert word in ran.out
    silent_about(ANNA, name, ran.out, ran.err)
    assert state(cli.folder) == before
    assert files(path.parent) == brought


@pytest.mark.parametrize("what", BAD)
def test_by_the_spool(tmp_path: Path, what: str) -> None:
    change, word = BAD[what]
    name = "MARIA 5371990000000001"
    folder = new_shop(tmp_path / "shop")
    with opened(folder) as desk:
        path = lay(desk.shop.spool, ANNA, name)
        change(path)
        before, brought = state_of(desk.shop.store), files(desk.shop.spool)
        links = sum(one.is_symlink() for one in desk.shop.spool.iterdir())
        with pytest.MonkeyPatch.context() as patch, capture_logs() as events:
            patch.setattr("printd.intake.sources.spool._is_settled", lambda _path: True)
            assert Spool(desk.shop).sweep() == 0
        (refused,) = perform(desk, "records.quarantined", {})
        assert word in refused["message"]
        silent_about(ANNA, name, refused, events)
        kept = files(desk.shop.spool)
        sealed = inbox(desk).restore(refused["id"])
        lost = [one for one in brought.values() if one not in kept.values() and one not in sealed.values()]
        assert lost == []
        assert links == sum(one.is_symlink() for one in desk.shop.spool.rglob("*"))
        after = state_of(desk.shop.store)
        assert after["entries"] == before["entries"] + 1  # the quarantine itself is an event
        assert [name for name, *_ in after["seal"]] == [f"quarantine:{refused['id']}"]
        nothing = {"entries": 0, "quarantine": 0, "seal": 0}
        assert {**after, **nothing} == {**before, **nothing}


def test_two_records_of_one_person_and_one_twice(cli: CommandLine, tmp_path: Path) -> None:
    lay(tmp_path / "in", ANNA, "1")
    lay(tmp_path / "in", ANNA, "2")
    lay(tmp_path / "in", ANNA, "3").write_bytes(document(ANNA, ALAMAT="JL. LAIN CONTOH NO. 2"))
    lay(tmp_path / "in", OTHER, "4")
    ran = cli("records", "import", str(tmp_path / "in"), "--by", "ani", "--json")
    assert ran.code == 1
    assert len(ran.value["accepted"]) == 2
    twice, live = ran.value["refused"]
    assert "cannot enter twice" in twice["why"]
    assert "same NIK" in live["why"]
    silent_about(ANNA, "JL. LAIN", ran.out, ran.err)


@pytest.mark.parametrize("name", ["a\nb", "x" * 240, "名前 😀", "-rf", "..", "a.b", "\udcff\udcfe", "[red]", "%s", " "])
def test_names_play_no_part(cli: CommandLine, tmp_path: Path, name: str) -> None:
    path = lay(tmp_path / "in", ANNA, name)
    ran = cli("records", "import", "--by", "ani", "--", str(path))
    assert (ran.code, "1 records taken in" in ran.out) == (0, True)


@pytest.mark.parametrize("path", ["nowhere.json", "../x.json", "x" * 300, "/dev/zero", "/proc/self/mem", "."])
def test_paths_that_are_no_record(cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    before = state(cli.folder)
    ran = cli("records", "import", path, "--by", "ani")
    assert ran.code in (1, 2)
    assert ran.out + ran.err
    assert "Traceback" not in ran.err
    assert state(cli.folder) == before


def test_an_unknown_operator_stops_an_import_at_once(cli: CommandLine, tmp_path: Path) -> None:
    lay(tmp_path / "in", ANNA, "1")
    lay(tmp_path / "in", OTHER, "2")
    before = state(cli.folder)
    (cli.sessions / "ani").write_text(json.dumps({"name": "nobody", "origin": ORIGIN, "seed": "ab" * 32}))
    ran = cli("records", "import", str(tmp_path / "in"), "--by", "nobody")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("nobody did not prove who they are.") == 1
    assert "operators list" in ran.err
    assert state(cli.folder) == before


def run(folder: Path, *arguments: str, **environment: str) -> Ran:
    """Run the command as an office does, as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "printd", "--shop", str(folder), *arguments],
        capture_output=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_real_commands_refuse_in_plain_words(tmp_path: Path) -> None:
    folder = new_shop(tmp_path / "shop")
    sessions = sessions_beside(folder)
    (tmp_path / "m.json").write_bytes(manifest())
    (tmp_path / "overlap.json").write_bytes(manifest("D-2", "KPG0000020", "KPG0000030"))
    path = lay(tmp_path / "in", ANNA, "MARIA")
    change, word = BAD["bomb in a JPEG header"]
    change(path)
    done = run(folder, "deliveries", "announce", str(tmp_path / "m.json"), "--by", "ani", PRINTD_SESSIONS=sessions)
    assert done.code == 0, done.err
    before = state(folder)
    wrong = tmp_path / "sessions/budi"
    wrong.write_text(json.dumps({"name": "budi", "origin": ORIGIN, "seed": "ab" * 32}))
    for arguments, told in (
        (["records", "import", str(path), "--by", "ani"], word),
        (
            ["deliveries", "announce", str(tmp_path / "overlap.json"), "--by", "ani"],
            "KPG0000020 belongs to",
        ),
        (["deliveries", "receive", "D-1", "--by", "ani", "--with", "budi"], "budi did not prove who they are"),
        (["blanks", "show", "; rm -rf /"], "not a serial"),
    ):
        ran = run(folder, *arguments, PRINTD_SESSIONS=sessions)
        assert ran.code == 1
        assert told in ran.out + ran.err
        assert "abab" not in ran.out + ran.err
        silent_about(ANNA, "MARIA", ran.out, ran.err)
    assert state(folder) == before


@pytest.mark.parametrize("command", ["operators list", "blanks where", "audit verify", "audit replay", "check", "run"])
@pytest.mark.parametrize("kind", ["nowhere", "file", "empty", "other"])
def test_what_is_no_shop_is_left_as_it_was(cli: CommandLine, tmp_path: Path, command: str, kind: str) -> None:
    folder = tmp_path / kind
    if kind == "file":
        folder.write_text("mine")
    elif kind != "nowhere":
        folder.mkdir()
    if kind == "other":
        (folder / "letter.txt").write_text("mine")
    before = files(tmp_path)
    ran = cli(*command.split(), shop=folder)
    assert (ran.code, ran.out) == (1, "")
    assert "Do:" in ran.err
    assert files(tmp_path) == before
    assert folder.exists() == (kind != "nowhere")


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("[intake]\nspol = 'x'\n", ["intake.spol", "spool"]),
        ("[printing]\ncolour_levels = 3\n", ["printing.colour_levels", "32, 64 or 128"]),
        ("[[intake]]\n", ["intake"]),
        ("= 3\n", ["TOML"]),
        ("[intake]\nareas = 'none.csv'\n", ["none.csv", "intake.areas"]),
        ("[database]\nurl = 'nonsense'\n", ["database"]),
        ("[database]\nurl = 'sqlite:////nowhere/at/all.sqlite'\n", ["/nowhere/at/all.sqlite"]),
    ],
)
def test_a_wrong_configuration_is_named_and_nothing_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, toml: str, told: list[str]
) -> None:
    cli = CommandLine(new_shop(tmp_path / "shop", toml), capsys, monkeypatch)
    before = files(cli.folder)
    for command in ("check", "printers pause p1 --by ani", "run"):
        ran = cli(*command.split())
        assert (ran.code, ran.out) == (1, "")
        assert [word for word in told if word not in ran.err] == []
    assert {name: data for name, data in files(cli.folder).items() if name != "shop.lock"} == {
        name: data for name, data in before.items() if name != "shop.lock"
    }


@pytest.mark.parametrize("command", ["printers pause p1 --by ani", "check", "run", "jobs list"])
@pytest.mark.parametrize("what", ["missing", "open", "foreign", "damaged"])
def test_keys_that_are_not_right_stop_every_act(cli: CommandLine, command: str, what: str) -> None:
    key = cli.folder / "keys/log.key"
    before = state(cli.folder)
    if what == "missing":
        key.unlink()
    elif what == "open":
        key.chmod(0o644)
    elif what == "damaged":
        key.write_bytes(key.read_bytes()[:-9])
    else:
        key.write_text(key.read_text().replace(ORIGIN, "printd.example/other"))
    ran = cli(*command.split())
    assert (ran.code, ran.out) == (1, "")
    assert "log.key" in ran.err
    assert state(cli.folder) == before


def test_a_command_while_another_works_says_so(cli: CommandLine) -> None:
    from printd.shop.lock import locked

    with locked(cli.folder):
        ran = cli("jobs", "list", "--json")
    assert ran.code == 1
    assert ran.value["error"] == "ShopBusyError"
    assert json.loads(cli("jobs", "list", "--json").out) == {"jobs": [], "total": 0}
