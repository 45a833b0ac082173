"""What the Magicard driver encodes, decoded by the simulator's own reading of the sheet."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.magicard.job import MODELS, encode
from drivers.printer import Artwork, SidePicture
from hardware_mocks.magicard.job import Page
from hardware_mocks.magicard.wires import PageError, Parser


def artwork(*, back: bool = False) -> Artwork:
    """Colour that differs everywhere, slanted resin, and a window in the overlay."""
    y, x = np.mgrid[0:648, 0:1016]
    colour = np.stack((x % 256, y % 256, (x + 2 * y) % 256), axis=2).astype(np.uint8)
    colour[:, 700:] = 255
    overlay = np.ones((648, 1016), np.bool_)
    overlay[180:360, 70:280] = False
    white = np.full_like(colour, 255)
    other = SidePicture(white, (x - 3 * y) % 61 == 0, np.zeros((648, 1016), np.bool_))
    return Artwork(SidePicture(colour, (x + y) % 97 == 0, overlay), other if back else None)


def pages(stream: bytes, family: str, step: int = 1 << 30) -> list[Page]:
    reader, found = Parser(family), []
    for start in range(0, len(stream), step):
        reader.push(stream[start : start + step])
        while (item := reader.next()) is not None:
            assert isinstance(item, Page)
            found.append(item)
    assert not reader.unfinished
    return found


@pytest.mark.parametrize("step", [1 << 30, 8191])
@pytest.mark.parametrize(("model", "family"), [("enduro", "enduro"), ("tango-2e", "rio"), ("opera", "aota")])
def test_the_simulator_sees_the_picture_that_went_in(model: str, family: str, step: int) -> None:
    art = artwork()
    (page,) = pages(b"".join(encode(art, MODELS[model]).commands), family, step)
    cut = 8 if family == "aota" else 0
    front = slice(3, 645), slice(cut, 1016 - cut)
    planes = {plane.panel: plane.values for plane in page.planes}
    for panel, channel in (("y", 2), ("m", 1), ("c", 0)):
        expected = np.where(art.front.resin[front], 0, (255 - art.front.colour[front][:, :, channel]) >> 2)
        assert (planes[panel] == expected).all(), panel
    assert (planes["k"].astype(bool) == art.front.resin[front]).all()
    assert page.overcoat is not None
    assert (page.overcoat.mask == art.front.overlay[front]).all()


def test_the_back_comes_as_a_second_page() -> None:
    art = artwork(back=True)
    assert art.back is not None
    front, back = pages(b"".join(encode(art, MODELS["enduro-plus"]).commands), "enduro")
    assert (front.side, back.side, front.duplex) == ("front", "back", True)
    assert (back.planes[0].values.astype(bool) == art.back.resin[3:645]).all()
    assert back.overcoat is None


def test_another_family_s_job_is_no_page_for_this_printer() -> None:
    stream = encode(artwork(), MODELS["tango-2e"]).commands[0]
    with pytest.raises(PageError, match="a page for rio, this printer is enduro"):
        pages(stream, "enduro")
