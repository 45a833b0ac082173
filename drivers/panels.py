"""From what one side of a card shall carry to the panels of a dye-sublimation ribbon. Pure.

Dye is subtractive: yellow takes blue away, magenta green, cyan red. Black resin covers everything, so no dye is laid
under it: dye there would only show as a fringe where the two do not meet exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drivers.errors import ArtworkError
from drivers.printer import SidePicture

HEIGHT = 648  # dots: 54 mm at 300 dpi, with bleed
WIDTH = 1016  # dots: 86 mm at 300 dpi, with bleed

_CHANNEL = {"y": 2, "m": 1, "c": 0}  # the channel of RGB that each dye takes away


@dataclass(frozen=True)
class DyePanels:
    """Amount of each dye, landscape, origin top left: ``uint8`` of shape (648, 1016), 0 = none, 2**bits - 1 = all."""

    y: npt.NDArray[np.uint8]
    m: npt.NDArray[np.uint8]
    c: npt.NDArray[np.uint8]


def check(side: SidePicture, name: str) -> None:
    """Refuse arrays of another shape or type than the contract's.

    :param name: which side, for the message.
    :raises ArtworkError: naming side, array, what was found and what is wanted.
    """
    for label, array, shape, dtype in (
        ("colour", side.colour, (HEIGHT, WIDTH, 3), np.uint8),
        ("resin", side.resin, (HEIGHT, WIDTH), np.bool_),
        ("overlay", side.overlay, (HEIGHT, WIDTH), np.bool_),
    ):
        if array.shape != shape or array.dtype != dtype:
            raise ArtworkError(
                f"The {label} picture of the {name} is {array.dtype} {array.shape}; "
                f"a card needs {np.dtype(dtype)} {shape}",
                hint="Render the card at 1016 x 648 dots",
            )


def has_dye(side: SidePicture) -> bool:
    """Tell whether any dye is to be laid on this side: a dot that is neither white nor covered by resin."""
    rows, columns = _box(side.colour)
    return bool(((side.colour[rows, columns] != 255).any(axis=2) & ~side.resin[rows, columns]).any())


def dyes(side: SidePicture, bits: int) -> DyePanels:
    """Separate the colour picture into yellow, magenta and cyan.

    Value = (255 - channel) >> (8 - bits), and 0 under resin (protocol sheet 4.4).

    :param bits: 5, 6 or 7 bits a dot.
    """
    # Most of a card is white, which is no dye: only the box that holds all colour is worked on.
    rows, columns = _box(side.colour)
    inked = side.colour[rows, columns]
    bare = ~side.resin[rows, columns]
    out = {}
    for dye, channel in _CHANNEL.items():
        panel = np.zeros((HEIGHT, WIDTH), np.uint8)
        values = panel[rows, columns]
        np.invert(inked[:, :, channel], out=values)
        values >>= 8 - bits
        values *= bare
        out[dye] = panel
    return DyePanels(**out)


def _box(colour: npt.NDArray[np.uint8]) -> tuple[slice, slice]:
    """Return the smallest rows and columns that hold every dot that is not white."""
    inked_rows = np.flatnonzero(colour.reshape(HEIGHT, -1).min(axis=1) != 255)
    if not inked_rows.size:
        return slice(0, 0), slice(0, 0)
    rows = slice(int(inked_rows[0]), int(inked_rows[-1]) + 1)
    darkest = colour[rows].min(axis=0)
    inked_columns = np.flatnonzero(darkest.min(axis=1) != 255)
    return rows, slice(int(inked_columns[0]), int(inked_columns[-1]) + 1)
