"""The vendor's captured streams: decoded from file, and printed by the simulated printer that never hears a Pem."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hardware_mocks.__main__ import main
from hardware_mocks.evolis.decode import decode_stream
from hardware_mocks.pytest_wires import Setup, SimulatedPrinter
from hardware_mocks.recording import StreamError

ROOT = Path(__file__).resolve().parents[4]
DATA = Path(os.environ.get("PRINTD_CONFORMANCE_DATA", ROOT / "../shared/data")) / "evolis"
CAPTURES = {
    "card-black": "c439670b", "card-gradient": "58b3545e", "card-white": "c174a84d", "evolis-card-text": "6d172d67",
}  # fmt: skip


def capture(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"conformance data absent: set PRINTD_CONFORMANCE_DATA to the folder that holds evolis/{name}")
    return path


@pytest.mark.parametrize("name", CAPTURES)
def test_captures_decode_to_the_sheets_checksums(name: str) -> None:
    (panel,) = decode_stream(capture(name).read_bytes())
    assert (panel.side, panel.panel, panel.levels, panel.crc32) == ("front", "k", 2, CAPTURES[name])
    assert panel.raster.shape == (1016, 648)


def test_the_gradient_is_upright(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode-evolis", str(capture("card-gradient")), "--out", str(tmp_path)]) == 0
    assert "58b3545e" in capsys.readouterr().out
    pixels = np.asarray(Image.open(tmp_path / "front-k.png").convert("L"))
    assert pixels.shape == (648, 1016)
    corners = {"top-left": pixels[:80, :80].mean(), "bottom-right": pixels[-80:, -80:].mean()}
    assert corners["top-left"] < 30 < 225 < corners["bottom-right"]


@pytest.mark.parametrize("name", CAPTURES)
def test_a_capture_prints_one_whole_card(name: str, tmp_path: Path) -> None:
    data = capture(name).read_bytes()
    setup = Setup(dialect="classic", ribbon="k:10", hopper=["A"], cards=tmp_path)
    with SimulatedPrinter(setup) as printer:
        with printer.machine.cond:
            assert printer.port.offer(data) == len(data)
        assert printer.idle()
        (card,) = printer.truth.read("card")
        assert printer.truth.read("protocol") == []
    assert card["front"] == [{"panel": "k", "job": 1, "crc32": CAPTURES[name], "laid": 1.0}]
    assert (card["blank"], card["where"], card["complete"]) == ("A", "output", True)
    assert np.array_equal(
        np.asarray(Image.open(str(card["picture"])).convert("L")),
        np.asarray(decode_stream(data)[0].picture()),
    )


@pytest.mark.parametrize(
    "stream",
    [b"", b"\x00\x00", b"\x1bPr;k\r", b"\x1bDbc;k;2;5000;abc", b"\x1bDb;k;2;" + bytes(82_296), b"%PDF-1.4\n" * 50,
     b"\x1bDbc;k;2;3;abc\r"],
)  # fmt: skip
def test_what_is_no_print_stream_is_refused(stream: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StreamError):
        decode_stream(stream)
    (tmp_path / "bad").write_bytes(stream)
    assert main(["decode-evolis", str(tmp_path / "bad"), "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.startswith("hardware_mocks: ")
    assert not (tmp_path / "out").exists()


def test_sides_and_repeated_panels_get_their_own_files(tmp_path: Path) -> None:
    panel = b"\x1bDb;k;2;" + bytes(82_296) + b"\r"
    (tmp_path / "both").write_bytes(b"\x1bSr\r" + panel + panel + b"\x1bSv\r" + panel)
    assert main(["decode-evolis", str(tmp_path / "both"), "--out", str(tmp_path / "out")]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["back-k.png", "front-k-2.png", "front-k.png"]
