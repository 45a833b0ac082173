"""Tone curves and ICC profiles: what a printer with its ribbon makes of a colour, and so what to ask it for. Pure."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from drivers.errors import ArtworkError

Points = tuple[tuple[int, int], ...]
"""A tone curve: pairs of an amount 0 to 255 and the amount to ask for instead; no pairs leave it as it is."""

_FULL = 255


class Intent(StrEnum):
    """What is done with colours that the printer cannot make (ICC.1:2022 section 6.2).

    The absolute intent is not offered: it would print the tone of a paper on a card.
    """

    PERCEPTUAL = "perceptual"
    RELATIVE = "relative"
    SATURATION = "saturation"


_INTENTS = {
    Intent.PERCEPTUAL: ImageCms.Intent.PERCEPTUAL,
    Intent.RELATIVE: ImageCms.Intent.RELATIVE_COLORIMETRIC,
    Intent.SATURATION: ImageCms.Intent.SATURATION,
}


@dataclass(frozen=True)
class Curves:
    """A tone curve for each dye and for the tones that are dithered into resin.

    :raises ArtworkError: a curve does not begin at 0:0, does not end at 255, or goes back.
    """

    y: Points = ()
    m: Points = ()
    c: Points = ()
    k: Points = ()

    def __post_init__(self) -> None:
        for one in fields(self):
            _check(one.name, getattr(self, one.name))


def _check(name: str, points: Sequence[tuple[int, int]]) -> None:
    if not points:
        return
    if any(not 0 <= value <= _FULL for pair in points for value in pair):
        raise ArtworkError(f"The curve of {name} has an amount outside 0 to {_FULL}")
    if points[0] != (0, 0):
        raise ArtworkError(f"The curve of {name} does not begin at 0:0", hint="Where nothing is wanted nothing is laid")
    if points[-1][0] != _FULL:
        raise ArtworkError(f"The curve of {name} ends before {_FULL}", hint=f"Its last pair is {_FULL}:AMOUNT")
    if any(after[0] <= before[0] or after[1] < before[1] for before, after in pairwise(points)):
        raise ArtworkError(
            f"The curve of {name} goes back", hint="Amounts rise from pair to pair, and what is asked for never falls"
        )


@lru_cache(maxsize=32)
def table(points: Points) -> npt.NDArray[np.uint8]:
    """Return a curve as ``uint8`` of 256 amounts, straight between its points; not to be written to."""
    given = np.array(points)
    amounts: npt.NDArray[np.uint8] = np.rint(np.interp(np.arange(_FULL + 1), given[:, 0], given[:, 1])).astype(np.uint8)
    amounts.flags.writeable = False
    return amounts


def convert(rgb: npt.NDArray[np.uint8], profile: bytes, intent: Intent) -> npt.NDArray[np.uint8]:
    """Return the colours to ask the printer for, so that it shows the sRGB colours given; white stays white.

    :param rgb: ``uint8`` of shape (rows, columns, 3), sRGB.
    :param profile: ICC profile of the printer with its ribbon, whose device colours are RGB.
    :raises ArtworkError: the profile cannot be used.
    """
    if not rgb.size:
        return rgb
    asked = np.array(ImageCms.applyTransform(Image.fromarray(np.ascontiguousarray(rgb)), transform(profile, intent)))
    asked[(rgb == _FULL).all(axis=2)] = _FULL  # no profile's rounding lays a dye where none is wanted
    return asked


@lru_cache(maxsize=8)
def transform(profile: bytes, intent: Intent) -> ImageCms.ImageCmsTransform:
    """Return LittleCMS's transform from sRGB to a printer's profile, made once.

    :raises ArtworkError: no ICC profile, one of another colour space, or one without a way from colours to the printer.
    """
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = opened.profile.xcolor_space.strip()
        if space == "RGB":
            return ImageCms.buildTransform(
                ImageCms.createProfile("sRGB"),
                opened,
                "RGB",
                "RGB",
                renderingIntent=_INTENTS[intent],
                # Several printers' pictures go through one transform at the same time.
                flags=ImageCms.Flags.NOCACHE | ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
    except (OSError, ImageCms.PyCMSError) as broken:
        raise ArtworkError(
            f"The ICC profile cannot be used ({broken})", hint="Take the profile of this printer and ribbon, whole"
        ) from broken
    raise ArtworkError(
        f"The ICC profile is for {space or 'unknown'} colours, and this driver asks a printer for RGB",
        hint="Take an RGB output profile of this printer and ribbon",
    )
