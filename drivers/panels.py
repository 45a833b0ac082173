"""From what one side of a card shall carry to the panels of a dye-sublimation ribbon. Pure.

Dye is subtractive: yellow takes blue away, magenta green, cyan red. Black resin covers everything, so no dye is laid
under it: dye there would only show as a fringe where the two do not meet exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from drivers.errors import ArtworkError
from drivers.printer import SidePicture

HEIGHT = 648  # dots: 54 mm at 300 dpi, with bleed
WIDTH = 1016  # dots: 86 mm at 300 dpi, with bleed

_CHANNEL = {"y": 2, "m": 1, "c": 0}  # the channel of RGB that each dye takes away


@dataclass(frozen=True)
class DyePanels:
    """Amount of each dye, landscape, origin top left: ``uint8`` of the picture's shape, 0 = none, 2**bits - 1 = all."""

    y: npt.NDArray[np.uint8]
    m: npt.NDArray[np.uint8]
    c: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Separation:
    """How colours become panels on one printer with one ribbon; the default lays no dye under resin."""


@dataclass(frozen=True)
class Panels(DyePanels):
    """All panels of one side, of the picture's shape: the dyes, black resin ``k`` and overlay ``o`` as ``bool``."""

    k: npt.NDArray[np.bool_]
    o: npt.NDArray[np.bool_]


def separate(side: SidePicture, separation: Separation, *, bits: int) -> Panels:
    """Return the panels that one side needs.

    :param bits: 5 to 8 bits a dot of dye.
    """
    dye = dyes(side, bits)
    return Panels(dye.y, dye.m, dye.c, side.resin, side.overlay)


def check(side: SidePicture, name: str, dpi: int = 300) -> None:
    """Refuse arrays of another shape or type than the contract's.

    :param name: which side, for the message.
    :param dpi: resolution that the model wants, 300 or 600.
    :raises ArtworkError: naming side, array, what was found and what is wanted.
    """
    rows, columns = HEIGHT * dpi // 300, WIDTH * dpi // 300
    for label, array, shape, dtype in (
        ("colour", side.colour, (rows, columns, 3), np.uint8),
        ("resin", side.resin, (rows, columns), np.bool_),
        ("overlay", side.overlay, (rows, columns), np.bool_),
    ):
        if array.shape != shape or array.dtype != dtype:
            raise ArtworkError(
                f"The {label} picture of the {name} is {array.dtype} {array.shape}; "
                f"a card needs {np.dtype(dtype)} {shape}",
                hint=f"Render the card at {columns} x {rows} dots",
            )


def fit(side: SidePicture, width: int, height: int) -> SidePicture:
    """Cut or widen a side about its middle to another raster of the same resolution.

    What is cut is bleed; what is added is white, without resin and overlay.

    :param width: dots of the new raster, landscape.
    :param height: its rows.
    """
    return SidePicture(
        _fit(side.colour, width, height, 255), _fit(side.resin, width, height, 0), _fit(side.overlay, width, height, 0)
    )


def _fit(picture: npt.NDArray[Any], width: int, height: int, ground: int) -> npt.NDArray[Any]:
    rows, columns = picture.shape[:2]
    cut_y, cut_x = max(0, (rows - height) // 2), max(0, (columns - width) // 2)
    cut = picture[cut_y : cut_y + height, cut_x : cut_x + width]
    if cut.shape[:2] == (height, width):
        return np.ascontiguousarray(cut)
    grown = np.full((height, width, *picture.shape[2:]), ground, picture.dtype)
    add_y, add_x = (height - cut.shape[0]) // 2, (width - cut.shape[1]) // 2
    grown[add_y : add_y + cut.shape[0], add_x : add_x + cut.shape[1]] = cut
    return grown


def has_dye(side: SidePicture) -> bool:
    """Tell whether any dye is to be laid on this side: a dot that is neither white nor covered by resin."""
    rows, columns = _box(side.colour)
    return bool(((side.colour[rows, columns] != 255).any(axis=2) & ~side.resin[rows, columns]).any())


def dyes(side: SidePicture, bits: int) -> DyePanels:
    """Separate the colour picture into yellow, magenta and cyan.

    Value = (255 - channel) >> (8 - bits), and 0 under resin (protocol sheet 4.4).

    :param bits: 5 to 8 bits a dot.
    """
    # Most of a card is white, which is no dye: only the box that holds all colour is worked on.
    rows, columns = _box(side.colour)
    inked = side.colour[rows, columns]
    bare = ~side.resin[rows, columns]
    out = {}
    for dye, channel in _CHANNEL.items():
        panel = np.zeros(side.resin.shape, np.uint8)
        values = panel[rows, columns]
        np.invert(inked[:, :, channel], out=values)
        values >>= 8 - bits
        values *= bare
        out[dye] = panel
    return DyePanels(**out)


def _box(colour: npt.NDArray[np.uint8]) -> tuple[slice, slice]:
    """Return the smallest rows and columns that hold every dot that is not white."""
    inked_rows = np.flatnonzero(colour.reshape(colour.shape[0], -1).min(axis=1) != 255)
    if not inked_rows.size:
        return slice(0, 0), slice(0, 0)
    rows = slice(int(inked_rows[0]), int(inked_rows[-1]) + 1)
    darkest = colour[rows].min(axis=0)
    inked_columns = np.flatnonzero(darkest.min(axis=1) != 255)
    return rows, slice(int(inked_columns[0]), int(inked_columns[-1]) + 1)
