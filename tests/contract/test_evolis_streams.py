"""What the driver encodes, decoded by the simulator's own reading of the protocol."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.evolis.job import MODELS, Options, encode
from drivers.printer import Artwork, SidePicture
from hardware_mocks.evolis.decode import decode_stream


def artwork(*, back: bool) -> Artwork:
    """Colour that differs everywhere, slanted resin, and an overlay window."""
    y, x = np.mgrid[0:648, 0:1016]
    colour = np.stack((x % 256, y % 256, (x + 2 * y) % 256), axis=2).astype(np.uint8)
    colour[:, 700:] = 255
    front = SidePicture(colour, (x + y) % 97 == 0, (x < 300) | (y > 200))
    white = np.full_like(colour, 255)
    return Artwork(front, SidePicture(white, (x - y) % 61 == 0, np.zeros((648, 1016), bool)) if back else None)


@pytest.mark.parametrize("levels", [32, 64, 128])
@pytest.mark.parametrize("back", [False, True])
def test_compressed_and_plain_dyes_are_the_same_panels(levels: int, back: bool) -> None:
    art = artwork(back=back)
    plain = encode(art, MODELS["primacy"], Options(levels=levels))
    squeezed = encode(art, MODELS["primacy"], Options(levels=levels, compress_dyes=True))
    first, second = decode_stream(b"".join(plain.commands)), decode_stream(b"".join(squeezed.commands))
    names = [("front", name) for name in "ymcko"] + [("back", "k")] * back
    assert [(panel.side, panel.panel) for panel in first] == [(panel.side, panel.panel) for panel in second] == names
    for one, other in zip(first, second, strict=True):
        assert (one.raster == other.raster).all(), one.panel


def test_the_simulator_sees_the_picture_that_went_in() -> None:
    art = artwork(back=False)
    stream = b"".join(encode(art, MODELS["primacy"]).commands)
    panels = {panel.panel: np.rot90(panel.raster) for panel in decode_stream(stream)}  # upright, counter-clockwise
    dyes = [panels[name] for name in "ymc"]
    colour, resin = art.front.colour, art.front.resin
    for dye, channel in zip(dyes, (2, 1, 0), strict=True):
        expected = np.where(resin, 0, (255 - colour[:, :, channel]) >> 1)
        assert (np.asarray(dye, np.int16) == expected).all()
    assert (panels["k"].astype(bool) == resin).all()
    assert (panels["o"].astype(bool) == art.front.overlay).all()
