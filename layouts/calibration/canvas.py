"""A side to draw on in mm and dots: dye and resin apart. Bars and letters, no more."""

from __future__ import annotations

import numpy as np

from layouts.errors import FitError
from layouts.fonts import Typeface
from layouts.model import HEIGHT_DOTS, WIDTH_DOTS
from layouts.render import RenderedSide

DYES = {
    "y": (255, 255, 0), "m": (255, 0, 255), "c": (0, 255, 255),
    "r": (255, 0, 0), "g": (0, 255, 0), "b": (0, 0, 255), "grey": (0, 0, 0),
}  # fmt: skip
"""The full tone of each wedge, RGB: one dye, two dyes, or all three."""

_MM_PER_INCH = 25.4


class Canvas:
    """One side, white; origin top left.

    :param dpi: 300 or 600.
    """

    def __init__(self, dpi: int, face: Typeface) -> None:
        self.scale = dpi // 300
        """Dots of this side in one dot of 300 dpi."""
        self._dpi = dpi
        self._face = face
        self.rows, self.columns = HEIGHT_DOTS * self.scale, WIDTH_DOTS * self.scale
        self.colour = np.full((self.rows, self.columns, 3), 255, np.uint8)
        self.resin = np.zeros((self.rows, self.columns), np.bool_)

    def dots(self, mm: float) -> int:
        """Return whole dots of a length in mm."""
        return round(mm * self._dpi / _MM_PER_INCH)

    def bar(self, ink: str | tuple[int, int, int], x: int, y: int, width: int, height: int) -> None:
        """Lay a rectangle, in dots: ``k`` in resin, else a name of :data:`DYES` or a colour in dye."""
        place = slice(y, y + height), slice(x, x + width)
        if ink == "k":
            self.resin[place] = True
        else:
            self.colour[place] = DYES[ink] if isinstance(ink, str) else ink

    def text(self, words: str, x: int, y: int, size: int, *, ink: str = "k", align: str = "left") -> None:
        """Set one line whose baseline is at ``y``.

        :param x: its left edge, middle or right edge, by ``align``.
        :param size: dots per em.
        :raises FitError: it would leave the card.
        """
        line = self._face.line(words, size, 1.0)
        height, width = line.bits.shape
        left = x - {"left": 0, "center": width // 2, "right": width}[align]
        top = y + line.top
        if left < 0 or top < 0 or left + width > self.columns or top + height > self.rows:
            raise FitError("calibration card", "a text leaves the card; use a shorter name")
        place = slice(top, top + height), slice(left, left + width)
        if ink == "k":
            self.resin[place] |= line.bits
        else:
            self.colour[place][line.bits] = DYES[ink]

    def side(self) -> RenderedSide:
        """Return what was drawn, under a whole overlay."""
        return RenderedSide(self.colour, self.resin, np.ones((self.rows, self.columns), np.bool_))
