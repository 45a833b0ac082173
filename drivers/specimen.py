"""Pictures from files for a card that nobody can take for a real one: SPECIMEN lies over every side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from drivers.errors import ArtworkError
from drivers.panels import HEIGHT, WIDTH
from drivers.printer import Artwork, SidePicture

_WORDS = ("SPECIMEN", "CONTOH")
_ANGLE = 20.0
_DARK = 128  # of 255: darker dots of a picture of resin are resin


def artwork(front: Path, back: Path | None, resin: Path | None, dpi: int) -> Artwork:
    """Read a card from pictures of the size that a model wants.

    :param front: RGB or grey; all of it is dye.
    :param back: RGB or grey; what is exactly black is resin, all else is dye.
    :param resin: dark where the front has black resin.
    :param dpi: 300 or 600.
    :raises ArtworkError: a picture cannot be read, or is of another size or mode.
    """
    colour = _colour(front, "front", dpi)
    dots = np.zeros(colour.shape[:2], np.bool_)
    if resin is not None:
        dots = np.asarray(_read(resin, "front's resin", dpi, ("1", "L")).convert("L")) < _DARK
    sides = [SidePicture(colour, dots, np.ones_like(dots))]
    if back is not None:
        behind = _colour(back, "back", dpi)
        black = (behind == 0).all(axis=2)
        behind[black] = 255
        sides.append(SidePicture(behind, black, np.ones_like(black)))
    marked = [_mark(side, dpi) for side in sides]
    return Artwork(marked[0], marked[1] if back is not None else None)


def _colour(path: Path, what: str, dpi: int) -> npt.NDArray[np.uint8]:
    return np.array(_read(path, what, dpi, ("RGB", "L", "1")).convert("RGB"))


def _read(path: Path, what: str, dpi: int, modes: tuple[str, ...]) -> Image.Image:
    size = WIDTH * dpi // 300, HEIGHT * dpi // 300
    try:
        with Image.open(path) as picture:
            if picture.size != size:  # known before a dot is decoded
                raise ArtworkError(
                    f"The picture of the {what} has {picture.width} x {picture.height} dots; "
                    f"this model needs {size[0]} x {size[1]}",
                    hint="Draw it at that size: scaling would blur letters",
                )
            if picture.mode not in modes:
                raise ArtworkError(
                    f"The picture of the {what} is of mode {picture.mode}; it can be {', '.join(modes)}",
                    hint="Save it without transparency, palette or profile tricks",
                )
            picture.load()
            return picture.copy()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as broken:  # all that Pillow raises
        raise ArtworkError(f"The picture of the {what} cannot be read ({broken})") from broken


def _mark(side: SidePicture, dpi: int) -> SidePicture:
    """Lay the words over a side in a grain of resin and bare card, which is seen on light and on dark."""
    letters = words(dpi)
    y, x = np.ogrid[: letters.shape[0], : letters.shape[1]]
    grain = 2 * dpi // 300
    dark = (x // grain + y // grain) % 2 == 0
    colour = side.colour.copy()
    colour[letters] = 255
    return replace(side, colour=colour, resin=np.where(letters, dark, side.resin))


def words(dpi: int) -> npt.NDArray[np.bool_]:
    """Return where SPECIMEN and CONTOH stand across a side: ``bool``, landscape."""
    columns, rows = WIDTH * dpi // 300, HEIGHT * dpi // 300
    paper = Image.new("L", (columns, rows))
    font = ImageFont.load_default(rows / 4)  # comes with Pillow: no font need be installed
    pen = ImageDraw.Draw(paper)
    for line, word in enumerate(_WORDS):
        place = columns / 2, rows * (0.36 + 0.28 * line)
        pen.text(place, word, fill=255, font=font, anchor="mm", stroke_width=dpi / 150, stroke_fill=255)
    letters: npt.NDArray[np.bool_] = np.asarray(paper.rotate(_ANGLE, Image.Resampling.BICUBIC)) >= _DARK
    return letters
