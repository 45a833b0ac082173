"""What the Matica driver sends, decoded by the simulator's own reading of the sheet; the card that comes out of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from contract.matica_desk import NewDesk, desks, soon
from drivers.matica.job import MODELS, encode
from drivers.matica.wires import scsi
from drivers.printer import Artwork, EncodedCard, SidePicture
from hardware_mocks.matica.decode import decode_stream
from hardware_mocks.recording import StreamError

WIRES = pytest.mark.parametrize("wire", ["ethernet", "usb"])
Floats = npt.NDArray[np.uint8]


def artwork(dpi: int, *, back: bool = False) -> Artwork:
    """Colour that differs everywhere, slanted black; nothing is the same when turned or mirrored."""
    fine = dpi // 300
    y, x = np.mgrid[0 : 648 * fine, 0 : 1016 * fine]
    colour = np.stack((x % 256, y % 256, (x + 2 * y) % 256), axis=2).astype(np.uint8)
    colour[:, 700 * fine :] = 255
    none = np.zeros(colour.shape[:2], np.bool_)
    other = SidePicture(np.full_like(colour, 255), (x - 3 * y) % 61 == 0, none)
    return Artwork(SidePicture(colour, (x + y) % 97 == 0, ~none), other if back else None)


def stream(card: EncodedCard, wire: str) -> bytes:
    """Return what goes out on a wire."""
    if wire == "ethernet":
        return b"".join(card.commands)
    sent = b""
    for number, (cdb, payload) in enumerate(map(scsi.translated, card.commands), start=1):
        sent += scsi.cbw(number, cdb, len(payload), inward=False) + payload
    return sent


def expected(side: SidePicture, rows: int, columns: int) -> dict[str, Floats]:
    """Return the panels by the formulas of sheet 5, in the middle of the film."""
    top, left = (rows - side.resin.shape[0]) // 2, (columns - side.resin.shape[1]) // 2
    panels = {}
    for panel, channel in (("y", 2), ("m", 1), ("c", 0)):
        ink = np.where(side.resin, 0, 255 - side.colour[:, :, channel])
        panels[panel] = np.pad(ink.astype(np.uint8), ((top, top), (left, left)))
    panels["k"] = np.pad(np.where(side.resin, 255, 0).astype(np.uint8), ((top, top), (left, left)))
    return panels


@WIRES
@pytest.mark.parametrize("model", list(MODELS))
def test_the_simulator_sees_the_picture_that_went_in(model: str, wire: str) -> None:
    known = MODELS[model]
    art = artwork(known.dpi, back=True)
    found = decode_stream(stream(encode(art, known), wire))
    assert [(one.side, one.plane.panel) for one in found] == [("front", panel) for panel in "ymck"] + [("back", "k")]
    assert art.back is not None
    for side, picture in (("front", art.front), ("back", art.back)):
        wanted = expected(picture, known.rows, known.columns)
        for one in found:
            if one.side == side:
                assert (one.plane.values() == wanted[one.plane.panel]).all(), (side, one.plane.panel)


def test_a_stream_that_was_cut_is_no_card() -> None:
    whole = stream(encode(artwork(300), MODELS["xid580x"]), "ethernet")
    with pytest.raises(StreamError):
        decode_stream(whole[: len(whole) // 2])


@pytest.mark.parametrize(("over", "model"), [("tcp", "xid8600"), ("usb", "xid580x"), ("tcp", "xid580x")])
def test_the_card_that_comes_out_is_the_picture(
    request: pytest.FixtureRequest, tmp_path: Path, model: str, over: str
) -> None:
    art = artwork(MODELS[model].dpi, back=True)
    assert art.back is not None
    new: NewDesk
    with desks(over, request) as new:
        at = new(model, cards=tmp_path)
        printer = at.open(model)
        printer.status(soon())
        printer.print(encode(art, MODELS[model]), soon())
        assert at.sim.idle()
        (line,) = at.sim.truth.read("card")
    for name, side in (("picture", art.front), ("picture_back", art.back)):
        with Image.open(str(line[name])) as seen:
            pixels = np.asarray(seen).astype(int)
        drawn = np.where(side.resin[:, :, None], 0, side.colour).astype(int)
        fine = MODELS[model].dpi // 300  # the simulator shows its cards at 300 dpi: four dots of 600 become their mean
        mean = drawn.reshape(648, fine, 1016, fine, 3).mean(axis=(1, 3))
        black = side.resin.reshape(648, fine, 1016, fine).any(axis=(1, 3))
        assert np.abs(pixels - mean)[~black].max() < 1, name
        assert not pixels[side.resin.reshape(648, fine, 1016, fine).all(axis=(1, 3))].any(), name
