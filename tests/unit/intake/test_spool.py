"""The spool folder: taken whole, booked once, given back byte for byte, and no file name is told."""

import json
import os
import shutil
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from structlog.testing import capture_logs

from printd.cli.remedies import sentence
from printd.demo.people import Person
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import ConfigError
from printd.intake.sources import spool as module
from printd.intake.sources.aside import TOO_LARGE, UNREADABLE
from printd.intake.sources.spool import CLAIMED, Spool, parcel_of
from printd.store.records import record_secret_of
from support.intake_help import document, files, inbox, new_shop, opened, people, secrets_of, signer, state

ANNA = people()[0]
WAIT = 20.0


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with opened(new_shop(tmp_path / "shop")) as desk:
        yield desk


@pytest.fixture
def spool(desk: Desk) -> Spool:
    return Spool(desk.shop)


def put(desk: Desk, person: Person, name: str = "", raw: bytes | None = None, **changes: Any) -> str:
    """Deliver as agreed: pictures first, the record under another name, then its own."""
    name = name or f"{person.fields['NIK']} {person.fields['NAMA_LGKP']}"
    folder = desk.shop.spool
    (folder / f"{name}.jpg").write_bytes(person.photo_jpeg)
    (folder / f"{name}.png").write_bytes(person.signature_png)
    (folder / f"{name}.tmp").write_bytes(document(person, **changes) if raw is None else raw)
    (folder / f"{name}.tmp").rename(folder / f"{name}.json")
    return name


def wait_until(what: Any) -> None:
    end = time.monotonic() + WAIT
    while not what():
        if time.monotonic() > end:
            raise AssertionError("it did not come about")
        time.sleep(0.02)


def settle(desk: Desk) -> None:
    """Wait until nothing in the folder is new."""
    wait_until(
        lambda: all(time.time() - path.lstat().st_ctime > module._SETTLED_SECONDS for path in desk.shop.spool.iterdir())
    )


def swept(desk: Desk, spool: Spool) -> int:
    settle(desk)
    return spool.sweep()


def left(desk: Desk) -> list[str]:
    """What lies in the folder and below it."""
    return sorted(files(desk.shop.spool))


def quarantined(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = perform(desk, "records.quarantined", {})
    return found


def given_back(desk: Desk, number: str) -> dict[str, bytes]:
    return inbox(desk).restore(number)


def test_an_accepted_record_leaves_the_folder_empty(desk: Desk, spool: Spool) -> None:
    put(desk, ANNA)
    assert swept(desk, spool) == 1
    assert left(desk) == []
    assert [row["source"] for row in perform(desk, "records.list", {})["records"]] == ["spool"]
    assert spool.sweep() == 0


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"{", "not_json"),
        (b"", "not_json"),
        (b"[]", "not_json"),
        (document(ANNA)[:-40], "not_json"),
        (document(ANNA)[:-1] + b', "x": NaN}', "not_json"),
        (document(ANNA)[:-1] + b', "x": ' + b"[" * 100 + b"]" * 100 + b"}", "too_deep"),
        (document(ANNA)[:-1] + b', "x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "too_deep"),
        (document(ANNA)[:-1] + b', "NIK": "5371996506990001"}', "duplicate_key"),
        (document(ANNA).decode().encode("utf-16"), "encoding"),
        (document(ANNA).decode().encode("utf-16-le"), "encoding"),
        (document(ANNA).replace(b"CONTOH", b"CONT\xd6H"), "encoding"),
        (document(ANNA, NIK="5371990000000001"), "nik_day"),
        (document(ANNA, NIK=5371990000000001), "nik_day"),
        (document(ANNA, drop=("NIK",)), "missing"),
        (document(ANNA, reason="iseng"), None),
        (document(ANNA, EKTP_STATUS="BIOMETRIC_CAPTURED"), "status_not_printable"),
        (document(ANNA, ALAMAT="JL. \u6f22"), "cannot_be_drawn"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_record_is_sealed_with_its_reason_and_comes_back_whole(
    desk: Desk, spool: Spool, raw: bytes, code: str | None
) -> None:
    records = state(desk.shop.folder)["record"]
    name = put(desk, ANNA, raw=raw)
    with capture_logs() as events:
        assert swept(desk, spool) == 0
    assert left(desk) == []
    (refused,) = quarantined(desk)
    assert code is None or code in refused["codes"].split()
    assert refused["message"]
    assert given_back(desk, refused["id"]) == {
        "record.json": raw,
        "photo.jpg": ANNA.photo_jpeg,
        "signature.png": ANNA.signature_png,
    }
    assert state(desk.shop.folder)["record"] == records
    for text in (*secrets_of(ANNA), name):
        assert text not in repr(events)
        assert text not in repr(refused)


def test_a_mended_record_comes_in_and_the_refused_one_can_be_erased(desk: Desk, spool: Spool, tmp_path: Path) -> None:
    put(desk, ANNA, NIK="5371990000000001")
    swept(desk, spool)
    (refused,) = quarantined(desk)
    for name, data in given_back(desk, refused["id"]).items():
        (desk.shop.spool / name.replace("photo", "record").replace("signature", "record")).write_bytes(data)
    (desk.shop.spool / "record.json").write_bytes(document(ANNA))
    assert swept(desk, spool) == 1
    perform(desk, "records.dismiss", {"quarantine": refused["id"][:8], "by": signer("ani")})
    assert quarantined(desk) == []
    assert state(desk.shop.folder)["quarantine"] == []


def test_a_record_still_being_written_is_not_taken(desk: Desk, spool: Spool) -> None:
    """Written in parts under its own name, against the agreement: taken only when it has come to rest."""
    (desk.shop.spool / "a.jpg").write_bytes(ANNA.photo_jpeg)
    whole = document(ANNA)
    parts = [whole[at : at + 60] for at in range(0, len(whole), 60)]
    written = threading.Event()

    def write() -> None:
        with (desk.shop.spool / "a.json").open("wb", buffering=0) as file:
            for part in parts:
                file.write(part)
                time.sleep(0.02)
            file.write(b"\n")
            written.set()

    writer = threading.Thread(target=write)
    writer.start()
    taken_early = 0
    while not written.is_set():
        taken_early += spool.sweep() + len(quarantined(desk))
    writer.join(WAIT)
    assert taken_early == 0
    assert swept(desk, spool) == 1
    assert quarantined(desk) == []


@pytest.mark.parametrize("shift", [-10 * 365 * 86400, 8 * 3600, 10 * 365 * 86400])
def test_the_time_that_a_file_brings_does_not_matter(desk: Desk, spool: Spool, shift: int) -> None:
    put(desk, ANNA, name="a")
    os.utime(desk.shop.spool / "a.json", (time.time() + shift,) * 2)
    assert spool.sweep() == 0  # it has only just come
    assert swept(desk, spool) == 1


def test_names_and_endings_in_all_their_shapes(desk: Desk, spool: Spool) -> None:
    names = [
        "a\nb",
        "x" * 245,
        "ÅÑ 名前 😀",
        "..x",
        " ",
        "-rf",
        "'; DROP TABLE record; --",
        "a.b.c",
        "%s%n",
        "CON",
        "[b]",
    ]
    for name, person in zip(names, people(), strict=False):
        put(desk, person, name=name)
    upper = people()[len(names)]
    (desk.shop.spool / "UP.JPG").write_bytes(upper.photo_jpeg)
    (desk.shop.spool / "UP.JSON").write_bytes(document(upper))
    (desk.shop.spool / "a.b.c.jpg").rename(desk.shop.spool / "a.b.c.jpeg")
    raw = os.fsencode(desk.shop.spool) + b"/\xff\xfe 5371"
    last = people()[len(names) + 1]
    Path(os.fsdecode(raw + b".jpg")).write_bytes(last.photo_jpeg)
    Path(os.fsdecode(raw + b".json")).write_bytes(document(last))
    # "..x" begins with a dot: hidden, like what is still being copied, and left alone
    assert swept(desk, spool) == len(names) + 1
    assert left(desk) == ["..x.jpg", "..x.json", "..x.png"]
    assert quarantined(desk) == []


def test_only_what_lies_in_the_folder_itself_is_taken(desk: Desk, spool: Spool, tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_bytes(document(ANNA))
    (desk.shop.spool / "sub").mkdir()
    (desk.shop.spool / "sub" / "in.json").write_bytes(document(ANNA))
    for name in (".hidden.json", "note.txt", "a.json.tmp", "json"):
        (desk.shop.spool / name).write_bytes(document(ANNA))
    before = files(desk.shop.spool)
    assert swept(desk, spool) == 0
    assert files(desk.shop.spool) == before
    assert outside.read_bytes() == document(ANNA)
    assert quarantined(desk) == []


@pytest.mark.parametrize("ending", ["json", "jpg", "png"])
@pytest.mark.parametrize("target", ["outside", "nowhere", "itself", "folder"])
def test_a_link_is_not_followed(desk: Desk, spool: Spool, tmp_path: Path, ending: str, target: str) -> None:
    name = put(desk, ANNA, name="a")
    path = desk.shop.spool / f"{name}.{ending}"
    outside = tmp_path / "secret.txt"
    outside.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to({"outside": outside, "nowhere": tmp_path / "none", "itself": path, "folder": tmp_path}[target])
    assert swept(desk, spool) == 0
    assert perform(desk, "records.list", {})["records"] == []
    assert outside.exists()
    (refused,) = quarantined(desk)
    assert refused["codes"] == "file_unreadable"
    (aside,) = (desk.shop.spool / UNREADABLE).iterdir()
    assert aside.name in refused["message"]
    kept = {one.name for one in aside.iterdir()}
    assert kept == {"record.json", "record.jpg", "record.png"}  # nothing of the delivery is lost, and import takes it
    assert stat.S_IMODE((desk.shop.spool / UNREADABLE).stat().st_mode) == 0o700


def test_a_folder_or_pipe_that_is_called_a_record_is_kept(desk: Desk, spool: Spool) -> None:
    (desk.shop.spool / "a.json").mkdir()
    (desk.shop.spool / "a.json" / "work").write_bytes(b"of a whole day")
    os.mkfifo(desk.shop.spool / "b.json")
    assert swept(desk, spool) == 0
    assert len(quarantined(desk)) == 2
    assert b"of a whole day" in files(desk.shop.spool).values()


@pytest.mark.parametrize(("ending", "size"), [("json", 4 * 1024 * 1024 + 1), ("jpg", 32 * 1024 * 1024 + 1)])
def test_what_is_too_large_is_set_aside_whole(desk: Desk, spool: Spool, ending: str, size: int) -> None:
    put(desk, ANNA, name="a")
    with (desk.shop.spool / f"a.{ending}").open("r+b") as file:
        file.truncate(size)  # sparse: takes no room on the disk
    before = {name: len(data) for name, data in files(desk.shop.spool).items()}
    assert swept(desk, spool) == 0
    (refused,) = quarantined(desk)
    assert refused["codes"] == "file_too_large"
    (aside,) = (desk.shop.spool / TOO_LARGE).iterdir()
    assert aside.name in refused["message"]
    assert sorted(one.stat().st_size for one in aside.iterdir()) == sorted(before.values())
    assert {one.stem for one in aside.iterdir()} == {"record"}, "the pictures lie beside their record again"
    assert spool.sweep() == 0
    assert len(quarantined(desk)) == 1


def test_a_photo_beyond_the_office_s_limit_is_sealed(desk: Desk, spool: Spool) -> None:
    put(desk, ANNA, name="a")
    large = ANNA.photo_jpeg + bytes(2_000_001)
    (desk.shop.spool / "a.jpg").write_bytes(large)
    swept(desk, spool)
    (refused,) = quarantined(desk)
    assert refused["codes"] == "photo_size"
    assert given_back(desk, refused["id"])["photo.jpg"] == large


def test_a_record_that_is_taken_back_in_between_harms_nothing(
    desk: Desk, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk, ANNA, name="a")
    put(desk, people()[1], name="b")
    put(desk, people()[2], name="c")
    settle(desk)
    claims = spool._claims()
    first = next(claims)
    (desk.shop.spool / "b.json").unlink()
    (desk.shop.spool / "c.png").unlink()
    assert sum(spool._take(claim, first_time=True) for claim in (first, *claims)) == 2
    assert left(desk) == ["b.jpg", "b.png"]


def test_a_picture_that_vanishes_while_it_is_taken_harms_nothing(
    desk: Desk, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk, ANNA, name="a")
    settle(desk)
    rename = Path.rename

    def taken_back(path: Path, target: Path) -> Path:
        if path.suffix == ".jpg":
            path.unlink()  # just now, by whoever delivered it
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", taken_back)
    assert spool.sweep() == 0
    (refused,) = quarantined(desk)
    assert refused["codes"] == "photo_missing"
    assert given_back(desk, refused["id"])["record.json"] == document(ANNA)


class Died(BaseException):
    """The process is killed here."""


def crash(spool: Spool, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    with monkeypatch.context() as patch:
        if where == "before booking":
            patch.setattr(spool._inbox, "accept", _die)
        elif where == "after booking":
            patch.setattr(module, "_remove", _die)
        else:
            patch.setattr(shutil, "rmtree", _die)
        with pytest.raises(Died):
            spool.sweep()


def _die(*_arguments: object, **_named: object) -> None:
    raise Died


@pytest.mark.parametrize("where", ["before booking", "after booking", "while tidying"])
def test_what_a_crash_left_is_finished_once(
    desk: Desk, spool: Spool, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    put(desk, ANNA)
    settle(desk)
    crash(spool, monkeypatch, where)
    assert any((desk.shop.spool / CLAIMED).iterdir())
    again = Spool(desk.shop)
    assert again.finish_claimed() == (1 if where == "before booking" else 0)
    assert len(perform(desk, "records.list", {})["records"]) == 1
    assert quarantined(desk) == []
    assert left(desk) == []
    assert again.finish_claimed() == 0


@pytest.mark.parametrize("name", ["", "record", "photo"])
@pytest.mark.parametrize("renames", range(5))
def test_a_crash_between_a_record_and_its_pictures_keeps_them_together(
    desk: Desk, spool: Spool, monkeypatch: pytest.MonkeyPatch, renames: int, name: str
) -> None:
    """Killed after so many renames: all that was delivered comes in at the next start, or at the next sweep."""
    put(desk, ANNA, name=name)
    settle(desk)
    rename = Path.rename
    done: list[Path] = []

    def until_killed(path: Path, target: Path) -> Path:
        if len(done) == renames:
            raise Died
        done.append(target)
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", until_killed)
        patch.setattr(spool._inbox, "accept", _die)
        with pytest.raises(Died):
            spool.sweep()
    again = Spool(desk.shop)
    assert again.finish_claimed() + again.sweep() == 1
    assert quarantined(desk) == []
    (row,) = perform(desk, "records.list", {})["records"]
    with desk.shop.store.reading() as connection:
        sealed = record_secret_of(connection, row["id"])
    assert sealed is not None
    assert all(sealed[part] is not None for part in ("fields", "photo", "signature"))
    assert left(desk) == []


def test_a_refusal_that_a_crash_cut_is_not_lost(desk: Desk, spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    put(desk, ANNA, NIK="5371990000000001")
    settle(desk)
    with monkeypatch.context() as patch:
        patch.setattr(spool._inbox, "quarantine", _die)
        with pytest.raises(Died):
            spool.sweep()
    assert Spool(desk.shop).finish_claimed() == 0
    (refused,) = quarantined(desk)
    assert given_back(desk, refused["id"])["photo.jpg"] == ANNA.photo_jpeg


def test_a_second_delivery_of_the_same_record_is_told(desk: Desk, spool: Spool) -> None:
    put(desk, ANNA, name="a")
    assert swept(desk, spool) == 1
    put(desk, ANNA, name="b")
    assert swept(desk, spool) == 0
    assert [one["codes"] for one in quarantined(desk)] == ["record_known"]


class Watching:
    """A spool that watches in a thread of its own."""

    def __init__(self, spool: Spool) -> None:
        self.stop = threading.Event()
        self.arrivals = 0
        self.died: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(spool,))

    def _run(self, spool: Spool) -> None:
        try:
            spool.run(self.stop, self._arrived)
        except BaseException as why:  # noqa: BLE001 - whatever it died of is told at the end
            self.died.append(why)

    def _arrived(self) -> None:
        self.arrivals += 1

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_why: object) -> None:
        self.stop.set()
        self._thread.join(WAIT)
        assert not self._thread.is_alive()
        assert self.died == []


def test_fifty_records_before_and_fifty_while_watching_all_arrive(desk: Desk) -> None:
    everybody = people()
    with capture_logs() as events:
        for number, person in enumerate(everybody[:50]):
            put(desk, person, name=f"early {number}")
        with Watching(Spool(desk.shop)) as watching:
            for person in everybody[50:]:
                put(desk, person)
            wait_until(lambda: len(perform(desk, "records.list", {})["records"]) == 100 or watching.died)
    assert quarantined(desk) == []
    assert left(desk) == []
    assert watching.arrivals
    accepted = [event for event in events if event["event"] == "record.accepted"]
    assert len(accepted) == 100
    assert not [text for person in everybody for text in secrets_of(person) if text in repr(events)]


def test_names_that_are_no_text_do_not_stop_the_watch(desk: Desk) -> None:
    with capture_logs() as events, Watching(Spool(desk.shop)) as watching:
        raw = os.fsencode(desk.shop.spool) + b"/\xff 5371"
        Path(os.fsdecode(raw + b".txt")).write_bytes(b"a note")
        Path(os.fsdecode(raw + b".jpg")).write_bytes(ANNA.photo_jpeg)
        Path(os.fsdecode(raw + b".json")).write_bytes(document(ANNA))
        wait_until(lambda: perform(desk, "records.list", {})["records"] or watching.died)
        put(desk, people()[1])
        wait_until(lambda: len(perform(desk, "records.list", {})["records"]) == 2 or watching.died)
    assert "5371" not in repr(events)


def test_what_a_crash_left_wakes_the_printers(desk: Desk, spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    put(desk, ANNA)
    settle(desk)
    crash(spool, monkeypatch, "before booking")
    with capture_logs(), Watching(Spool(desk.shop)) as watching:
        wait_until(lambda: watching.arrivals or watching.died)
    assert len(perform(desk, "records.list", {})["records"]) == 1


def test_no_spool_folder_is_said_plainly(desk: Desk, spool: Spool) -> None:
    desk.shop.spool.rmdir()
    with pytest.raises(ConfigError) as refused:
        spool.run(threading.Event(), lambda: None)
    assert "intake.spool" in sentence(refused.value.remedy)


def test_bringing_by_hand_leaves_the_files_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(document(ANNA))
    (tmp_path / "a.JPEG").write_bytes(ANNA.photo_jpeg)
    parcel = parcel_of(tmp_path / "a.json")
    assert (json.loads(parcel.document)["NIK"], parcel.photo, parcel.signature) == (
        ANNA.fields["NIK"],
        ANNA.photo_jpeg,
        None,
    )
    assert sorted(files(tmp_path)) == ["a.JPEG", "a.json"]
