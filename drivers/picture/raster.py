"""Panels and sides as PNG pictures. Pure."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from drivers.panels import Panels

LEVEL_BITS = 8
"""Bits of a dot of dye: the grey levels of a PNG."""


def pack(panel: npt.NDArray[Any]) -> bytes:
    """Return one panel: a dye in grey levels, 0 for none and 255 for all; resin and overlay white where they are laid.

    :param panel: ``uint8`` or ``bool``, landscape.
    """
    return _png(Image.fromarray(panel))


def pack_side(laid: Panels) -> bytes:
    """Return a side as it would look: dyes and resin on white; the overlay is clear."""
    light = [np.where(laid.k, np.uint8(0), 255 - dye) for dye in (laid.c, laid.m, laid.y)]
    return _png(Image.merge("RGB", [Image.fromarray(one) for one in light]))


def _png(picture: Image.Image) -> bytes:
    # Cards are plain areas and rows that resemble each other, of which the filters leave runs: no search is needed.
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1, compress_type=Image.RLE)
    return file.getvalue()
