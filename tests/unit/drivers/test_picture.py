"""The printer that is a folder: what lies in it, what it counts, and what goes wrong with folders."""

from __future__ import annotations

import errno
import functools
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from drivers import open_printer
from drivers.deadline import Deadline
from drivers.errors import (
    AddressError,
    BusyError,
    GoneError,
    NotFoundError,
    RefusedError,
    UnexpectedReplyError,
)
from drivers.family import Options
from drivers.panels import Separation
from drivers.picture.job import MODELS, encode, names
from drivers.picture.printer import BOOK
from drivers.printer import (
    Artwork,
    CardPrinter,
    Confirmation,
    Counters,
    EncodedCard,
    Outcome,
    Reason,
    Rung,
    SidePicture,
    State,
    Station,
)

FRONT = ["front-c.png", "front-k.png", "front-m.png", "front-o.png", "front-y.png", "front.png"]


def soon() -> Deadline:
    return Deadline.after(20)


def side(dpi: int = 300) -> SidePicture:
    rows, columns = 648 * dpi // 300, 1016 * dpi // 300
    made = SidePicture(
        np.full((rows, columns, 3), 255, np.uint8), np.zeros((rows, columns), np.bool_), np.ones((rows, columns), bool)
    )
    made.colour[50:300, 60:260] = (200, 90, 30)
    made.resin[400, 100:700] = True
    made.overlay[177:354, 71:283] = False
    return made


@functools.cache
def card(*, both: bool = False) -> EncodedCard:
    return encode(Artwork(side(), side() if both else None), MODELS["png"])


def dots(file: Path) -> npt.NDArray[np.uint8]:
    with Image.open(file) as image:
        return np.asarray(image)


def opened(folder: Path) -> CardPrinter:
    return open_printer(f"picture:{folder}", family="picture", model="png", deadline=soon())


def printed(printer: CardPrinter, one: EncodedCard) -> Confirmation:
    before = printer.counters(soon())
    printer.print(one, soon())
    return printer.confirm(before, one, soon())


def test_a_card_is_its_panels_and_its_sides(tmp_path: Path) -> None:
    printer = opened(tmp_path)
    found = printed(printer, card(both=True))
    assert (found.outcome, found.rung, found.after.cards) == (Outcome.PRINTED, Rung.LEFT_PRINTER, 1)
    laid = tmp_path / "000001"
    assert sorted(one.name for one in laid.iterdir()) == [one.replace("front", "back") for one in FRONT] + FRONT
    for place in ("front", "back"):
        seen = dots(laid / f"{place}.png")
        assert seen.shape == (648, 1016, 3)
        assert tuple(seen[60, 70]) == (200, 90, 30), "the colours that were drawn"
        assert not seen[400, 100:700].any(), "a line of one dot in black"
        assert (seen[399, 100:700] == 255).all()
        assert (seen[401, 100:700] == 255).all()
        yellow = dots(laid / f"{place}-y.png")
        assert (yellow[60, 70], yellow[0, 0]) == (255 - 30, 0)
        assert not dots(laid / f"{place}-o.png")[177:354, 71:283].any()
    assert {stat.S_IMODE(one.stat().st_mode) for one in laid.iterdir()} == {0o600}
    assert stat.S_IMODE(laid.stat().st_mode) == 0o700
    printer.close()


def test_the_other_resolution_and_a_ribbon_without_dyes(tmp_path: Path) -> None:
    fine = encode(Artwork(side(600)), MODELS["png-600"])
    black = side()
    black.colour[:] = 255
    plain = encode(Artwork(black), MODELS["png"], Options(separation=Separation(ribbon="k")))
    assert (plain.panels, names(plain)) == (("k",), ["front-k.png", "front.png"])
    printer = opened(tmp_path)
    assert printed(printer, fine).outcome is Outcome.PRINTED
    assert printed(printer, plain).outcome is Outcome.PRINTED
    assert dots(tmp_path / "000001" / "front.png").shape == (1296, 2032, 3)
    assert printer.counters(soon()).panels == 6
    printer.close()


def test_number_and_count_outlive_the_process_and_the_pictures(tmp_path: Path) -> None:
    first = opened(tmp_path)
    who = first.identify(soon()).serial_number
    printed(first, card())
    first.close()
    shutil.rmtree(tmp_path / "000001")  # somebody took the pictures away
    again = opened(tmp_path)
    assert again.identify(soon()).serial_number == who
    assert printed(again, card()).after.cards == 2
    assert (tmp_path / "000002").is_dir()
    again.close()


def test_another_folder_is_another_printer(tmp_path: Path) -> None:
    found = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        printer = opened(tmp_path / name)
        found.append(printer.identify(soon()).serial_number)
        printer.close()
    assert found[0] != found[1]


def test_a_folder_is_one_printer_at_a_time(tmp_path: Path) -> None:
    printer = opened(tmp_path)
    with pytest.raises(BusyError, match="Somebody else"):
        opened(tmp_path)
    printer.close()
    opened(tmp_path).close()


@pytest.mark.parametrize("address", ["picture:here", "picture://host/x", "picture:/x?y=1", "file:/x", "picture:"])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(AddressError, match="not understood"):
        open_printer(address, family="picture", model="png", deadline=soon())


def test_spaces_in_a_folder_s_name_are_written_as_in_any_address(tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    open_printer(f"picture:{tmp_path}/a%20b", family="picture", model="png", deadline=soon()).close()
    assert (tmp_path / "a b" / BOOK).exists()


def test_a_missing_folder_and_a_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no folder") as missing:
        opened(tmp_path / "gone")
    assert "mkdir -m 700" in missing.value.hint
    (tmp_path / "file").touch()
    with pytest.raises(NotFoundError, match="is no folder"):
        opened(tmp_path / "file")


GARBAGE = {
    "empty": b"",
    "binary": bytes(range(256)),
    "no object": b"[]",
    "a word": b'{"serial_number": "P", "cards": "seven", "panels": 0}',
    "negative": b'{"serial_number": "P", "cards": -1, "panels": 0}',
    "true": b'{"serial_number": "P", "cards": true, "panels": 0}',
    "nobody": b'{"serial_number": "", "cards": 1, "panels": 5}',
    "control characters": b'{"serial_number": "\\u0007", "cards": 1, "panels": 5}',
    "endless": b'{"serial_number": "P", "cards": 1, "panels": ' + b"1" * 100_000,
    "deep": b"[" * 4000,
    "torn": b'{"serial_number": "PIC-1", "ca',
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_a_damaged_book_is_no_new_printer(tmp_path: Path, kind: str) -> None:
    (tmp_path / BOOK).write_bytes(GARBAGE[kind])
    with pytest.raises(UnexpectedReplyError, match="damaged"):
        opened(tmp_path)
    assert (tmp_path / BOOK).read_bytes() == GARBAGE[kind], "it is kept for whoever repairs it"


def test_a_book_damaged_between_two_cards_stops_the_printer(tmp_path: Path) -> None:
    printer = opened(tmp_path)
    before = printer.counters(soon())
    (tmp_path / BOOK).write_bytes(b"?")
    status = printer.status(soon())
    assert (status.state, status.blocking[0].reason) == (State.UNKNOWN, Reason.UNKNOWN)
    with pytest.raises(UnexpectedReplyError):
        printer.print(card(), soon())
    assert printer.confirm(before, card(), soon()).outcome is Outcome.IN_DOUBT
    assert not (tmp_path / "000001").exists()
    printer.close()


def test_cards_without_a_book_are_no_new_printer(tmp_path: Path) -> None:
    printer = opened(tmp_path)
    printed(printer, card())
    printer.close()
    (tmp_path / BOOK).unlink()
    with pytest.raises(UnexpectedReplyError, match="holds cards and no"):
        opened(tmp_path)


def test_a_folder_holds_and_moves_no_card(tmp_path: Path) -> None:
    printer = opened(tmp_path)
    for act in (printer.eject, printer.reject):
        with pytest.raises(RefusedError):
            act(soon())
    with pytest.raises(RefusedError):
        printer.feed(Station.CONTACTLESS, soon())
    printer.clear(soon())
    assert printer.status(soon()).state is State.IDLE
    printer.close()


def test_a_card_of_another_family_is_refused_and_unused(tmp_path: Path) -> None:
    printer = opened(tmp_path)
    before = printer.counters(soon())
    other = EncodedCard((b"\x1bSs\r",) * 6, ("y", "m", "c", "k", "o"), "ymcko", 1)
    with pytest.raises(RefusedError, match="not made for"):
        printer.print(other, soon())
    assert printer.confirm(before, other, soon()).outcome is Outcome.UNUSED
    printer.close()


def test_time_over_before_all_is_written_leaves_nothing(tmp_path: Path) -> None:
    printer = opened(tmp_path)
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match="in time"):
        printer.print(card(), Deadline.after(0))
    found = printer.confirm(before, card(), soon())
    assert (found.outcome, found.rung) == (Outcome.UNUSED, Rung.NOTHING)
    assert sorted(one.name for one in tmp_path.iterdir()) == [BOOK]
    printer.close()


def test_another_process_s_card_is_unused_or_in_doubt(tmp_path: Path) -> None:
    printer = opened(tmp_path)
    before = printer.counters(soon())
    assert printer.confirm(before, None, soon()).outcome is Outcome.UNUSED
    printer.print(card(), soon())
    printer.close()
    again = opened(tmp_path)
    found = again.confirm(before, None, soon())
    assert (found.outcome, found.rung) == (Outcome.IN_DOUBT, Rung.NOTHING)
    again.close()


def small_disk(folder: Path) -> Callable[[], None]:
    """Mount a file system of 300 kB over a folder; skip where that is not allowed."""
    folder.mkdir(exist_ok=True)
    if os.system(f"mount -t tmpfs -o size=300k printd-test '{folder}' 2>/dev/null"):
        pytest.skip("file systems cannot be mounted here; run as root")

    def away() -> None:
        assert not os.system(f"umount --lazy '{folder}'")

    return away


def noisy() -> EncodedCard:
    """A card that no compression makes small."""
    made = side()
    made.colour[:] = np.random.default_rng(1).integers(0, 256, made.colour.shape, np.uint8)
    return encode(Artwork(made), MODELS["png"])


def test_a_real_full_disk_prints_nothing_and_says_so(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    away = small_disk(disk)
    try:
        printer = opened(disk)
        status = printer.status(soon())
        assert (status.state, status.blocking[0].reason) == (State.STOPPED, Reason.OUTPUT_AREA_FULL)
        before = printer.counters(soon())
        large = noisy()
        with pytest.raises(RefusedError, match="full"):
            printer.print(large, soon())
        assert printer.confirm(before, large, soon()).outcome is Outcome.UNUSED
        assert [one.name for one in disk.iterdir()] == [BOOK], "the torn card is gone"
        assert printed(printer, card()).outcome is Outcome.PRINTED, "a smaller one has room"
        printer.close()
        assert not os.system(f"mount -o remount,ro '{disk}'")
        later = opened(disk)
        assert "the folder is read-only" in [one.raw for one in later.status(soon()).blocking]
        before = later.counters(soon())
        with pytest.raises(RefusedError, match="is read-only"):
            later.print(card(), soon())
        assert later.confirm(before, card(), soon()).outcome is Outcome.UNUSED
        later.close()
    finally:
        away()


def test_an_empty_folder_that_is_read_only_is_refused(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    away = small_disk(disk)
    try:
        assert not os.system(f"mount -o remount,ro '{disk}'")
        with pytest.raises(RefusedError, match="is read-only"):
            opened(disk)
    finally:
        away()


KILLED = """
import os, signal, sys
from pathlib import Path
from test_picture import card, opened, soon
root = Path(sys.argv[1])
card()
fsync = os.fsync
step = 0
while True:
    folder = root / f"{step:03}"
    folder.mkdir()
    opened(folder).close()
    child = os.fork()
    if child == 0:
        left = [step]
        def act():
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1
        def synced(descriptor):
            act()
            fsync(descriptor)
        def noticed(event, arguments):
            if event in ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir"):
                act()
        printer = opened(folder)
        os.fsync = synced
        sys.addaudithook(noticed)
        printer.print(card(), soon())
        os._exit(7)
    if os.waitpid(child, 0)[1] == 7 << 8:
        break
    step += 1
print(step)
"""


def test_killed_at_every_step_a_card_is_whole_and_counted_or_not_there(tmp_path: Path) -> None:
    """A process is killed before each of its acts on the disk, one after the other, until one gets through."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    steps = int(done.stdout)
    assert steps >= 20, "six pictures and the book are made and synced, two folders synced, two things renamed"
    outcomes = []
    for step in range(steps):
        folder = tmp_path / f"{step:03}"
        printer = opened(folder)
        found = printer.confirm(Counters(cards=0, panels=0), None, soon())
        laid = [one for one in folder.iterdir() if one.name != BOOK and one.is_dir()]
        assert not [one for one in laid if one.name.startswith(".")]
        assert found.after.cards == len(laid)
        assert found.after.panels == 5 * len(laid)
        for one in laid:
            assert sorted(picture.name for picture in one.iterdir()) == FRONT
            for picture_file in one.iterdir():
                assert dots(picture_file).shape[:2] == (648, 1016)
        assert printed(printer, card()).outcome is Outcome.PRINTED, "the next card has its own number"
        printer.close()
        outcomes.append(found.outcome)
    unused = outcomes.count(Outcome.UNUSED)
    assert outcomes == [Outcome.UNUSED] * unused + [Outcome.IN_DOUBT] * (steps - unused)
    assert 0 < unused < steps


def test_the_disk_that_fails_at_the_rename_leaves_a_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printer = opened(tmp_path)
    before = printer.counters(soon())

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", broken)
        with pytest.raises(GoneError, match="Look whether it is there"):
            printer.print(card(), soon())
    assert printer.confirm(before, card(), soon()).outcome is Outcome.IN_DOUBT
    printer.close()
