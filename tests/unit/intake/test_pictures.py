"""Pictures are judged in a process of their own: what one of them does to it is over with that one."""

from __future__ import annotations

import io
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from printd.demo.people import make_people
from printd.desk.acts import perform
from printd.errors import PrintdError
from printd.intake import pictures as parent
from printd.intake.images import scans
from printd.intake.inbox import Inbox, Parcel
from printd.intake.picture_rules import DEFAULT_LIMITS, ImageLimits, ImageRefusedError
from printd.intake.pictures import Bounds, Pictures
from printd.intake.sources.spool import Spool
from support.deliberate import line, notices
from support.intake_help import document, inbox, new_shop, opened, people, state_of
from support.many_scans import many_scans

ANNA, OTHER = people()[0], people()[1]
ANY_SCANS = ImageLimits(scans=1_000_000)
LONG = 4_000
"""So many scans take a processor most of a minute."""


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    made = Pictures()
    yield made
    made.close()


def refused(made: Pictures, data: bytes, limits: ImageLimits = DEFAULT_LIMITS) -> ImageRefusedError:
    with pytest.raises(ImageRefusedError) as refusal:
        made.check_photo(data, limits, 1990)
    return refusal.value


def works(made: Pictures) -> bool:
    made.check_signature(ANNA.signature_png, DEFAULT_LIMITS)
    return made.check_photo(ANNA.photo_jpeg, DEFAULT_LIMITS, 1990).width > 0


def test_it_judges_as_the_decoder_does(pictures: Pictures) -> None:
    for person in make_people(6, seed=3):
        years = [pictures.check_photo(person.photo_jpeg, DEFAULT_LIMITS, year).fits for year in (1990, 1991)]
        assert sorted(years) == [False, True]
        pictures.check_signature(person.signature_png, DEFAULT_LIMITS)
    assert refused(pictures, ANNA.photo_jpeg[:-400]).code == "photo_broken"
    assert refused(pictures, ANNA.signature_png).code == "photo_format"
    assert refused(pictures, b"").code == "photo_size"
    assert refused(pictures, bytes(DEFAULT_LIMITS.photo_bytes + 2)).code == "photo_size"


def test_a_photo_in_many_passes_is_refused_before_it_is_opened(pictures: Pictures) -> None:
    assert works(pictures)
    bomb = many_scans(LONG)
    assert len(bomb) < 150_000
    assert scans(bomb) == LONG
    began = _ticks(pictures)
    error = refused(pictures, bomb)
    assert error.code == "photo_scans"
    assert "100 passes" in str(error)
    assert _ticks(pictures) - began < 100  # hundredths of a second; opening it takes most of a minute
    assert refused(pictures, many_scans(101, 300, 400)).code == "photo_scans"
    assert pictures.check_photo(many_scans(100, 300, 400), DEFAULT_LIMITS, 1990).fits is True


def _ticks(made: Pictures) -> int:
    told = Path(f"/proc/{made.process}/stat").read_text().rpartition(")")[2].split()
    return int(told[11]) + int(told[12])


def test_a_photo_that_takes_the_processor_too_long_is_given_up() -> None:
    made = Pictures(Bounds(processor=1))
    try:
        first = works(made) and made.process
        error = refused(made, many_scans(LONG), ANY_SCANS)
        assert (error.code, "1 s of the processor" in str(error)) == ("photo_costly", True)
        assert works(made)
        assert made.process != first
    finally:
        made.close()


@notices({"nobody looks at the time": line(Pictures._ask, "except TimeoutError:", "except ZeroDivisionError:")})
def test_a_process_that_hangs_is_ended() -> None:
    made = Pictures(Bounds(seconds=2.0))
    try:
        assert works(made)
        hanging = made.process
        assert hanging is not None
        os.kill(hanging, signal.SIGSTOP)
        for data in (ANNA.photo_jpeg, bytes(1_900_000)):
            error = refused(made, data)
            assert (error.code, "more than 2 s" in str(error)) == ("photo_costly", True)
            assert not Path(f"/proc/{hanging}").exists()
            assert works(made)
            hanging = made.process
            assert hanging is not None
            os.kill(hanging, signal.SIGSTOP)
    finally:
        made.close()


def test_a_photo_that_takes_too_much_memory_is_refused() -> None:
    made = Pictures(Bounds(memory=150 * 1024 * 1024))
    try:
        error = refused(made, many_scans(3))
        assert error.code in ("photo_costly", "photo_broken")
        assert works(made)
    finally:
        made.close()


def test_a_text_that_unpacks_without_end_is_refused(pictures: Pictures) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    out = io.BytesIO()
    Image.new("L", (200, 80), 255).save(out, "PNG")
    whole, text = out.getvalue(), chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(400_000_000), 9))
    with pytest.raises(ImageRefusedError) as refusal:
        pictures.check_signature(whole[:33] + text + whole[33:], DEFAULT_LIMITS)
    assert refusal.value.code == "signature_broken"
    assert works(pictures)


def test_a_process_that_was_gone_already_costs_no_record(pictures: Pictures) -> None:
    for how in (signal.SIGKILL, signal.SIGSEGV):
        assert works(pictures)
        gone = pictures.process
        assert gone is not None
        os.kill(gone, how)
        assert works(pictures)
        assert pictures.process != gone


def test_a_photo_under_which_it_ends_again_and_again_is_refused(pictures: Pictures) -> None:
    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.3):
            if pictures.process is not None and Path(f"/proc/{pictures.process}/limits").exists():
                with_memory = _ticks(pictures) > 60  # it has begun with the photo
                if with_memory:
                    os.kill(pictures.process, signal.SIGKILL)

    killing = threading.Thread(target=kill)
    killing.start()
    try:
        error = refused(pictures, many_scans(LONG), ANY_SCANS)
    finally:
        over.set()
        killing.join()
    assert error.code == "photo_costly"
    assert works(pictures)


def test_it_has_nothing_of_the_shop_and_opens_nothing(pictures: Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRINTD_SESSIONS", "/home/siti/passwords")
    monkeypatch.setenv("PGPASSWORD", "secret")
    read, write = os.pipe()
    os.set_inheritable(read, True)
    try:
        assert works(pictures)
        home = Path(f"/proc/{pictures.process}")
        assert b"secret" not in (home / "environ").read_bytes()
        assert b"PRINTD" not in (home / "environ").read_bytes()
        limits = {one[:25].strip(): one[26:].split()[:2] for one in (home / "limits").read_text().splitlines()[1:]}
        for name in ("Max open files", "Max core file size", "Max file size", "Max processes"):
            assert limits[name] == ["0", "0"], name
        assert limits["Max address space"] == [str(Bounds().memory)] * 2
        held = [str(one.readlink()) for one in (home / "fd").iterdir()]
        assert sorted({one.partition(":")[0] for one in held}) == ["/dev/null", "socket"]
    finally:
        os.close(read)
        os.close(write)


def test_where_it_cannot_be_begun_no_record_is_refused_for_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Pictures()
    with opened(new_shop(tmp_path / "shop")) as desk:
        before = state_of(desk.shop.store)
        parcel = Parcel(document(ANNA), ANNA.photo_jpeg, ANNA.signature_png)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "executable", "/nowhere/python")
            with pytest.raises(PrintdError, match="cannot be opened now"):
                Inbox(desk.shop, made).accept(parcel, "test")
        starved = Pictures(Bounds(memory=4096))
        with pytest.raises(PrintdError, match="does not start"):
            Inbox(desk.shop, starved).accept(parcel, "test")
        starved.close()
        assert state_of(desk.shop.store) == before
        Inbox(desk.shop, made).accept(parcel, "test")
    made.close()


def test_the_spool_goes_on_with_the_next_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One photo would take minutes, one takes the process with it; the records beside them enter."""
    made = Pictures(Bounds(processor=1))
    monkeypatch.setattr("printd.intake.sources.spool._is_settled", lambda _path: True)
    with opened(new_shop(tmp_path / "shop")) as desk:
        spool = Spool(desk.shop)
        monkeypatch.setattr(spool, "_inbox", Inbox(desk.shop, made))
        monkeypatch.setattr(spool._inbox, "_limits", ImageLimits(scans=LONG))
        bad = (many_scans(LONG), many_scans(LONG + 1))
        photos = (bad[0], ANNA.photo_jpeg, bad[1], ANNA.photo_jpeg)
        for number, (person, photo) in enumerate(zip(people()[:4], photos, strict=True)):
            path = desk.shop.spool / f"{number}.json"
            path.write_bytes(document(person))
            path.with_suffix(".jpg").write_bytes(photo)
            path.with_suffix(".png").write_bytes(person.signature_png)
        assert spool.sweep() == 2
        kept = perform(desk, "records.quarantined", {})
        assert {one["codes"] for one in kept} == {"photo_costly", "photo_scans"}
        assert {inbox(desk).restore(one["id"])["photo.jpg"] for one in kept} == set(bad)
        assert list(desk.shop.spool.glob("*.json")) == []
    made.close()


def test_a_fork_begins_its_own(pictures: Pictures) -> None:
    assert works(pictures)
    shared = pictures.process
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if works(pictures) and pictures.process != shared else 2
            pictures.close()
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert works(pictures)
    assert pictures.process == shared


def test_the_one_of_this_process_ends_with_it() -> None:
    script = (
        "from printd.intake.pictures import PICTURES\nfrom printd.intake.picture_rules import *\n"
        "try: PICTURES.check_photo(b'', DEFAULT_LIMITS, 1990)\nexcept ImageRefusedError: print(PICTURES.process)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    until = time.monotonic() + 10
    while Path(f"/proc/{int(done.stdout)}").exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    assert parent.PICTURES.process is None or parent.PICTURES.process != int(done.stdout)
