"""What the EPCL driver encodes, decoded by the simulator's own reading of the sheet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from drivers import panels
from drivers.dither import Dither
from drivers.family import Options
from drivers.panels import Separation
from drivers.printer import Artwork, SidePicture
from drivers.zebra.job import MODELS, Memory, Model, Quirks, encode
from hardware_mocks.recording import StreamError
from hardware_mocks.zebra.decode import decode_stream

SETTLED = Quirks(ribbons={"k": "4", "ko": "3", "ymcko": "2", "ymckok": "5"}, overlay="", black="I 10", flip="MF")
BLACK = Options(Separation(ribbon="k"))
DIALECT = {"p330i": "i", "p310": "p310", "p300": "p300", "p420": "p420", "max3300": "max"}


def settled(name: str, escapes: bool | None = None) -> Model:
    return replace(MODELS[name], quirks=replace(SETTLED, escapes_colour=escapes))


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


def placed(picture: npt.NDArray[np.generic], memory: Memory, ground: int) -> npt.NDArray[np.generic]:
    """Put a picture into the middle of a memory, by plain loops over edges and not as the driver does it."""
    out = np.full((memory.dots, memory.lines), ground, picture.dtype)
    top, left = (picture.shape[0] - memory.dots) // 2, (picture.shape[1] - memory.lines) // 2
    for row in range(memory.dots):
        source = row + top
        if not 0 <= source < picture.shape[0]:
            continue
        for column, width in ((max(0, -left), min(memory.lines, picture.shape[1])),):
            out[row, column : column + width] = picture[source, column + left : column + left + width]
    return out


@pytest.mark.parametrize("escapes", [None, False, True])
@pytest.mark.parametrize("name", ["p330i", "p310", "p300", "p420"])
def test_the_simulator_sees_the_picture_that_went_in(name: str, escapes: bool | None) -> None:
    art, model = artwork(), settled(name, escapes)
    stream = b"".join(encode(art, model).commands)
    found = decode_stream(stream, DIALECT[name], raw_panels=escapes is False)
    assert [one.plane.panel for one in found] == ["y", "m", "c", "k", "o"]
    planes = {one.plane.panel: np.rint(one.plane.picture() / 255.0 * one.plane.most) for one in found}
    bare = ~placed(art.front.resin, model.memory, 0).astype(np.bool_)
    for panel, channel in (("y", 2), ("m", 1), ("c", 0)):
        expected = (255 - placed(art.front.colour[:, :, channel], model.memory, 255)) // 8 * bare
        if escapes is None:
            expected = np.where(expected == 13, 12, np.where(expected == 27, 28, expected))
        assert (planes[panel] == expected).all(), panel
        assert len(np.unique(planes[panel])) >= 30
    assert (planes["k"].astype(np.bool_) == ~bare).all()
    assert (planes["o"].astype(np.bool_) == placed(art.front.overlay, model.memory, 0)).all()


def test_dyes_that_avoid_three_bytes_read_the_same_with_and_without_escape() -> None:
    stream = b"".join(encode(artwork(), settled("p330i")).commands)
    with_escape, without = (decode_stream(stream, "i", raw_panels=raw) for raw in (False, True))
    assert [one.plane.crc32 for one in with_escape] == [one.plane.crc32 for one in without]


@pytest.mark.parametrize("name", list(DIALECT))
def test_black_alone_is_what_went_in_on_every_memory(name: str) -> None:
    side = artwork(back=True).back
    assert side is not None
    (one,) = decode_stream(b"".join(encode(Artwork(side), settled(name), BLACK).commands), DIALECT[name])
    assert (one.plane.panel, one.card, one.side) == ("k", 1, "front")
    assert one.plane.picture().shape == (MODELS[name].memory.dots, MODELS[name].memory.lines)
    assert (one.plane.picture().astype(np.bool_) == placed(side.resin, MODELS[name].memory, 0)).all()


def test_a_photograph_becomes_dots_of_resin_without_any_quirk() -> None:
    art = artwork()
    options = Options(Separation(ribbon="k", dither=Dither.ORDERED))
    (one,) = decode_stream(b"".join(encode(art, MODELS["p330i"], options).commands), "i")
    fitted = panels.fit(art.front, MODELS["p330i"].memory.lines, MODELS["p330i"].memory.dots)
    dots = one.plane.picture().astype(np.bool_)
    assert dots[fitted.resin].all()
    dark, light = fitted.colour.mean(axis=2) < 60, fitted.colour.mean(axis=2) > 200
    assert dots[dark].mean() > 0.6 > 0.4 > dots[light].mean() > 0


def test_the_back_is_laid_on_the_other_side() -> None:
    art = artwork(back=True)
    assert art.back is not None
    found = decode_stream(b"".join(encode(art, settled("p420")).commands), "p420")
    assert [(one.card, one.side, one.plane.panel) for one in found[-2:]] == [(1, "front", "o"), (1, "back", "k")]
    assert (found[-1].plane.picture().astype(np.bool_) == placed(art.back.resin, MODELS["p420"].memory, 0)).all()


def test_a_picture_for_another_memory_is_no_picture_for_this_printer() -> None:
    stream = b"".join(encode(artwork(), settled("p300")).commands)
    with pytest.raises(StreamError):
        decode_stream(stream, "p310")
