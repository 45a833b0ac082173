"""Faces in clear: whoever gets the disk of a real shop, a copy of it, or what was deleted on it.

He HAS the disk and neither keys nor passphrases. What he TRIES stands in each test: to find a face where the shop, its
tools or its print server may have left one. NOBODY needs to notice: it is not there, or was refused before it was.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import drivers
from drivers.dither import Dither
from drivers.panels import Separation
from drivers.printer import Artwork, SidePicture
from drivers.transports.trace import Trace
from printd.cli import memory
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.intake import purge
from printd.intake.sources import aside
from printd.intake.sources.aside import TOO_LARGE, UNREADABLE
from printd.intake.sources.spool import Spool
from printd.printing import kept
from printd.words.states import AttemptState
from support.intake_help import (
    KNOWN_DISTRICT,
    CommandLine,
    accept,
    deliver,
    document,
    inbox,
    new_shop,
    opened,
    people,
    print_card,
    signer,
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with opened(new_shop(tmp_path / "shop", KNOWN_DISTRICT, practice=False)) as made:
        yield made


# --- the commands that give a face out ---


def test_the_picture_of_a_card_in_doubt_is_written_to_no_disk(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """TRIES the file that an operator wrote to settle a doubt."""
    deliver(desk)
    job = accept(desk, people()[0]).job
    perform(desk, "records.acknowledge", {"by": signer("ani"), "second": signer("budi")})
    print_card(desk, job, "KPG0000001", AttemptState.IN_DOUBT)
    draw = {"job": job, "by": signer("ani")}
    with pytest.raises(Refused, match="would lie on a disk in clear"):
        perform(desk, "pictures.draw", {**draw, "to_disk": True})
    assert perform(desk, "pictures.draw", draw)["specimen"] is False
    monkeypatch.setattr(memory, "to_disk", lambda _path: True)
    run = CommandLine(desk.shop.folder, capsys, monkeypatch)
    monkeypatch.setattr("printd.cli.jobs.to_disk", lambda _path: True)
    said = run("jobs", "show", job, "--picture", str(tmp_path / "card.png"), "--by", "ani")
    assert (said.code, (tmp_path / "card.png").exists()) == (1, False)
    assert "in memory alone" in said.err


def test_a_specimen_may_be_written_anywhere(desk: Desk) -> None:
    """HAS nothing. TRIES nothing. NOTICED by nobody: there is no face on it."""
    job = accept(desk, people()[0]).job
    assert perform(desk, "pictures.draw", {"job": job, "by": signer("ani"), "to_disk": True})["specimen"]


def test_what_was_refused_is_given_back_to_no_disk(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """TRIES the folder into which somebody took a refused record out, to repair it."""
    person = people()[0]
    files = {"record.json": document(person, TGL_LHR="yesterday"), "photo.jpg": person.photo_jpeg}
    number = inbox(desk).quarantine(files, ())
    run = CommandLine(desk.shop.folder, capsys, monkeypatch)
    monkeypatch.setattr("printd.cli.records.to_disk", lambda _path: True)
    said = run("records", "restore", number, "--by", "ani", "--dir", str(tmp_path / "out"))
    assert (said.code, (tmp_path / "out").exists()) == (1, False)
    assert "would lie on a disk in clear" in said.err


def test_what_is_not_known_to_be_memory_is_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TRIES what memory wrote to a swap device, and folders that look like memory."""

    def swapping(*devices: str) -> None:
        table = tmp_path / "swaps"
        table.write_text("".join(f"{line}\n" for line in ("Filename\tType", *devices)))
        monkeypatch.setattr(memory, "_SWAPS", table)

    def mounted(kind: str) -> None:
        device = Path("/dev/shm").stat().st_dev
        table = tmp_path / "mounts"
        about = f"22 1 {os.major(device)}:{os.minor(device)} / /dev/shm rw - {kind} none rw\n"
        table.write_text(f"21 1 254:254 / / rw - ext4 /dev/x rw\n{about}")
        monkeypatch.setattr(memory, "_MOUNTS", table)

    place = Path("/dev/shm/card.png")
    for kind, swaps, disk in (
        ("tmpfs", (), False),
        ("tmpfs", ("/dev/sda2 partition",), True),
        ("ramfs", ("/dev/sda2 partition",), False),
        ("ext4", (), True),
    ):
        mounted(kind)
        swapping(*swaps)
        assert memory.to_disk(place) is disk, (kind, swaps)
    monkeypatch.setattr(memory, "_MOUNTS", tmp_path / "nothing")
    assert memory.to_disk(place)
    assert memory.to_disk(tmp_path / "no" / "where" / "card.png")


# --- the spool ---


def test_what_the_spool_sets_aside_goes_after_three_days(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """TRIES the deliveries that could not be sealed, years later."""
    watcher = Spool(desk.shop)
    for name in (TOO_LARGE, UNREADABLE):
        kept_there = desk.shop.spool / name / "0123"
        kept_there.mkdir(parents=True)
        (kept_there / "record.jpg").write_bytes(people()[0].photo_jpeg)
    assert watcher.sweep() == 0
    assert len(list(desk.shop.spool.rglob("record.jpg"))) == 2, "there is time to look at them"
    assert purge.purge(desk.shop).aside == 0
    now = time.time() + aside.HOURS * 3600 + 1
    monkeypatch.setattr(time, "time", lambda: now)
    assert purge.purge(desk.shop).aside == 2
    assert {path.name for path in desk.shop.spool.rglob("*")} == {".ended", TOO_LARGE, UNREADABLE}


# --- the wires ---


def side(seed: int, scale: int) -> SidePicture:
    """Noise where the portrait is."""
    colour = np.full((648 * scale, 1016 * scale, 3), 255, np.uint8)
    place = np.s_[100 * scale : 520 * scale, 720 * scale : 980 * scale]
    colour[place] = np.random.default_rng(seed).integers(0, 256, colour[place].shape, np.uint8)
    dark = np.zeros(colour.shape[:2], np.bool_)
    dark[place] = colour[place][:, :, 0] < 128
    return SidePicture(colour, dark, np.ones_like(dark))


def without_lengths(line: dict[str, Any]) -> bytes:
    """Return what a line of a trace has of a write, but for numbers: how long a panel is stands there anyhow."""
    return re.sub(rb"[0-9]+", b"#", bytes.fromhex(line.get("out", "")))


@pytest.mark.parametrize(
    ("family", "model"),
    [("evolis", "primacy"), ("magicard", "enduro"), ("matica", "xid8600"), ("zebra", "p330i")],
)
def test_neither_a_trace_nor_what_is_kept_of_a_wire_tells_whose_card_it_was(
    family: str, model: str, tmp_path: Path
) -> None:
    """TRIES traces and kept wires: all that they have of two people's cards is the same, but for lengths and hashes."""
    language = next(one for one in drivers.FAMILIES if one.name == family)
    options = None
    if family == "zebra":
        options = language.options(separation=Separation(ribbon="k", dither=Dither.ORDERED))
    told = []
    for seed in (1, 2):
        drawn = Artwork(side(seed, language.models[model].abilities.dpi // 300))
        card = drivers.encode(drawn, model=model, family=family, options=options)
        whole = io.StringIO()
        short = kept.keep(tmp_path, f"{family}{seed}", doubtful=True, at="then", also=Trace(whole))
        assert short is not None
        for command in card.commands:
            short.out(command)
        file = (tmp_path / "wires" / f"{family}{seed}.look").read_text()
        told.append([without_lengths(json.loads(one)) for one in (*whole.getvalue().splitlines(), *file.splitlines())])
        assert sum(map(len, card.commands)) > 10_000, "a picture was sent"
    assert told[0] == told[1]


# --- a process that dies ---


def test_no_process_of_ours_leaves_its_memory_behind(tmp_path: Path) -> None:
    """TRIES a core dump of the daemon, which has faces and keys in its memory."""
    folder = new_shop(tmp_path / "shop", practice=False)
    code = (
        "import ctypes, resource, sys\n"
        "from pathlib import Path\n"
        "from printd.shop.shop import Shop\n"
        "Shop.open(Path(sys.argv[1])).close()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "(0, 0) 0"
