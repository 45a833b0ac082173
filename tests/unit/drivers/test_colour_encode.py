"""``python -m drivers encode``: as a process, its bytes read by the simulators, SPECIMEN always over the pictures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from drivers import specimen
from drivers.__main__ import main
from hardware_mocks.evolis.decode import decode_stream
from hardware_mocks.magicard.job import Page
from hardware_mocks.magicard.wires import Parser


def save(path: Path, *, size: tuple[int, int] = (1016, 648), mode: str = "RGB", ink: object = None) -> Path:
    picture = Image.new(mode, size, "white" if mode != "P" else 0)
    if ink is not None:
        picture.paste(ink, (50, 60, 350, 400))  # type: ignore[arg-type]
    picture.save(path)
    return path


def test_the_command_writes_a_stream_that_the_simulator_reads(tmp_path: Path) -> None:
    front, back = save(tmp_path / "f.png", ink=(200, 90, 30)), save(tmp_path / "b.png", ink=(0, 0, 0))
    resin = save(tmp_path / "r.png", mode="L")
    out = tmp_path / "card.bin"
    command = [sys.executable, "-m", "drivers", "encode", "evolis", str(front), str(back), "--model", "primacy"]
    done = subprocess.run(
        [*command, "--out", str(out), "--resin", str(resin)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "ribbon ymckok" in done.stdout
    assert f"{out.stat().st_size} bytes" in done.stdout
    panels = {(one.side, one.panel): np.asarray(one.picture()) for one in decode_stream(out.read_bytes())}
    assert set(panels) == {("front", ink) for ink in "ymcko"} | {("back", "k")}
    words = specimen.words(300)
    for side in ("front", "back"):  # half of the letters' dots are black and half are bare, on white and on black
        resin = panels[side, "k"] == 0
        assert abs(resin[words].mean() - 0.5) < 0.02
        assert not (resin[:, 1:] & resin[:, :-1])[words[:, 1:] & words[:, :-1]].all()
    assert not (panels["front", "k"] == 0)[~words].any()
    black = np.zeros_like(words)
    black[60:400, 50:350] = True
    assert ((panels["back", "k"] == 0) == black)[~words].all()
    dye = panels["front", "y"]
    assert (dye == 255)[words].all()
    assert dye[black & ~words].max() < 40  # (255 - 30) of dye, seen as light
    assert (dye[~black] == 255).all()


def test_resin_of_the_front_comes_from_its_own_picture(tmp_path: Path) -> None:
    front, out = save(tmp_path / "f.png"), tmp_path / "card.bin"
    resin = save(tmp_path / "r.png", mode="1", ink=0)
    assert main(["encode", "magicard", str(front), "--model", "enduro", "--out", str(out), "--resin", str(resin)]) == 0
    reader = Parser("enduro")
    reader.push(out.read_bytes())
    page = reader.next()
    assert isinstance(page, Page)
    (plane,) = page.planes
    assert plane.panel == "k"
    assert plane.values[57:397, 50:350][~specimen.words(300)[60:400, 50:350]].all()


@pytest.mark.parametrize("dpi", [300, 600])
def test_specimen_is_large_and_on_both_halves_of_the_card(dpi: int) -> None:
    words = specimen.words(dpi)
    rows, columns = np.flatnonzero(words.any(axis=1)), np.flatnonzero(words.any(axis=0))
    assert columns[-1] - columns[0] > 0.7 * words.shape[1]
    assert rows[-1] - rows[0] > 0.5 * words.shape[0]
    assert 0.06 < words.mean() < 0.2


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ({"size": (1011, 648)}, "has 1011 x 648 dots; this model needs 1016 x 648"),
        ({"mode": "RGBA"}, "is of mode RGBA; it can be RGB, L, 1"),
        ({"mode": "P"}, "is of mode P"),
    ],
)
def test_a_picture_of_another_size_or_mode_is_refused(
    made: dict[str, object], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    front, out = save(tmp_path / "f.png", **made), tmp_path / "card.bin"  # type: ignore[arg-type]
    assert main(["encode", "evolis", str(front), "--model", "primacy", "--out", str(out)]) == 1
    assert says in capsys.readouterr().err
    assert not out.exists()


def test_what_else_cannot_be_is_told_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    front, out = save(tmp_path / "f.png"), tmp_path / "card.bin"
    text = tmp_path / "text.png"
    text.write_text("no picture")
    cut = tmp_path / "cut.png"
    cut.write_bytes(front.read_bytes()[:200])
    coloured = save(tmp_path / "c.png", ink=(250, 0, 0))
    for arguments, says in (
        (["evolis", str(text), "--model", "primacy"], "front cannot be read"),
        (["evolis", str(cut), "--model", "primacy"], "front cannot be read"),
        (["evolis", str(tmp_path / "none.png"), "--model", "primacy"], "front cannot be read"),
        (["evolis", str(front), "--model", "none"], "has no model 'none'"),
        (["none", str(front), "--model", "primacy"], "No driver for printers of the family 'none'"),
        (["evolis", str(front), str(coloured), "--model", "primacy"], "back has colour"),
        (["evolis", str(front), str(front), "--model", "tattoo"], "cannot turn"),
        (["evolis", str(front), "--model", "primacy", "--resin", str(coloured)], "front's resin is of mode RGB"),
    ):
        assert main(["encode", *arguments, "--out", str(out)]) == 1
        assert says in capsys.readouterr().err
    assert main(["encode", "evolis", str(front), "--model", "primacy", "--out", str(tmp_path / "no" / "x")]) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert not out.exists()
