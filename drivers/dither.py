"""Many tones in one bit a dot: resin lies or it does not. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

import numpy as np
import numpy.typing as npt
from PIL import Image


class Dither(StrEnum):
    """How tones become dots of resin."""

    NONE = "none"  # they do not: what is neither white nor declared as resin is dye or is refused
    ORDERED = "ordered"  # a fixed grain of 8 x 8 dots; even in flat tones
    DIFFUSION = "diffusion"  # error diffusion after Floyd and Steinberg; finer in photos


def _bayer(size: int) -> npt.NDArray[np.int64]:
    """Return the ranks 0 to size**2 - 1 of Bayer's grain (IEEE ICC 1973); ``size`` is a power of two."""
    if size == 1:
        return np.zeros((1, 1), np.int64)
    smaller = 4 * _bayer(size // 2)
    return np.block([[smaller, smaller + 2], [smaller + 3, smaller + 1]])


_GRAIN = 8
_THRESHOLDS = ((_bayer(_GRAIN) + 0.5) * 255 / _GRAIN**2).astype(np.uint8)


def dither(darkness: npt.NDArray[np.uint8], how: Dither) -> npt.NDArray[np.bool_]:
    """Return the dots on which resin lies.

    :param darkness: ``uint8`` of shape (rows, columns): 0 gets no dot and 255 every dot, whatever is beside it.
    :returns: ``bool`` of the same shape.
    """
    dots: npt.NDArray[np.bool_] = np.zeros(darkness.shape, np.bool_)
    if not darkness.size:
        return dots
    match how:
        case Dither.NONE:
            pass
        case Dither.ORDERED:
            rows, columns = darkness.shape
            dots = darkness > np.tile(_THRESHOLDS, (-(-rows // _GRAIN), -(-columns // _GRAIN)))[:rows, :columns]
        case Dither.DIFFUSION:
            # Pillow's is that of Floyd and Steinberg; at most half of full is owed, so that white stays white.
            dots = ~np.asarray(Image.fromarray(~darkness).convert("1"))
        case _:
            assert_never(how)
    return dots
