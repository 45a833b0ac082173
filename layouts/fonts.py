"""Typefaces: where they come from, how wide a text is, and its ink as dots.

Families are installed as packages (fontpkg); the card's is Arimo, which has the widths of Arial and every Latin letter
with its marks. An office that wants another face puts its files into a directory of its own. Glyphs are kept after
their first use: a card is some 350 glyphs of some 60 kinds.
"""

import threading
from dataclasses import dataclass
from pathlib import Path

import fontpkg
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFont

from layouts.errors import FontError

Bits = NDArray[np.bool_]

_REFERENCE = 256  # dots per em at which advances are measured
_OVERSAMPLING = 4  # glyphs are drawn this much larger and averaged down, so that narrowing keeps even stems
_INK_LEVEL = 100  # of 255: below half, because resin transfer loses a little at the edges
_NO_CHARACTER = "\uffff"  # Unicode: never a character, so every font answers with its "missing" box
_CAPITALS = "".join(map(chr, (*range(0x0020, 0x0250), *range(0x1E00, 0x1F00)))).upper()
"""What stands in a name in Latin script, as the card shows it (blocks of Unicode: Latin, its supplements)."""

# Only for a character that the font lacks: the plain character that readers take for the same.
_PLAIN = {
    "\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u02bb": "'", "\u00b4": "'", "\u0060": "'", "\u2032": "'",
    "\u201c": '"', "\u201d": '"', "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-",
    "\u2212": "-",
}  # fmt: skip


@dataclass(frozen=True)
class Ink:
    """Dots of a glyph or line, cropped to what is black.

    ``bits`` is bool (height, width); its first column lies ``left`` dots right of the pen, its first row ``top`` dots
    below the baseline (negative: above).
    """

    bits: Bits
    left: int
    top: int

    @property
    def right(self) -> int:
        """First column, seen from the pen, that is no longer part of the ink."""
        return self.left + int(self.bits.shape[1])

    @property
    def bottom(self) -> int:
        """First row, seen from the baseline, that is no longer part of the ink."""
        return self.top + int(self.bits.shape[0])


_NOTHING = Ink(np.zeros((0, 0), np.bool_), 0, 0)


class Typeface:
    """One font file, at one weight where it has several. Safe to use from several threads.

    :param weight: 400 is regular, 700 bold; ``None``: the file has one.
    """

    def __init__(self, path: Path, weight: int | None = None) -> None:
        self._path = path
        self._weight = weight
        self._lock = threading.Lock()
        self._sizes: dict[int, ImageFont.FreeTypeFont] = {}
        self._advances: dict[str, float] = {}
        self._glyphs: dict[tuple[str, int, float], Ink] = {}
        self._known: dict[str, bool] = {}
        try:
            reference = self._at(_REFERENCE)
        except OSError as error:
            raise FontError(
                f"The font file {path} cannot be read ({error}). Install a TrueType or OpenType file."
            ) from error
        self._missing = self._shape(_NO_CHARACTER)
        ascent, descent = reference.getmetrics()
        # A font's own figures leave out a few capitals with marks, which would run into the line above.
        boxes = [reference.getbbox(char, anchor="ls") for char in _CAPITALS]
        self.ascent = max(ascent, *(-box[1] for box in boxes)) / _REFERENCE
        """Height above the baseline in em, of the highest Latin capital."""
        self.descent = max(descent, *(box[3] for box in boxes)) / _REFERENCE
        """Depth below the baseline in em, of the deepest Latin capital."""

    def _at(self, size: int) -> ImageFont.FreeTypeFont:
        if size not in self._sizes:
            # The basic engine places glyph by glyph, as we do; ligatures would change a name.
            font = ImageFont.truetype(self._path, size, layout_engine=ImageFont.Layout.BASIC)
            if self._weight is not None:
                font.set_variation_by_axes([self._weight])
            self._sizes[size] = font
        return self._sizes[size]

    def _shape(self, char: str) -> tuple[float, bytes]:
        font = self._at(_REFERENCE)
        return font.getlength(char), bytes(font.getmask(char))

    def has(self, char: str) -> bool:
        """Whether the font draws this character, not its "missing" box or nothing."""
        if char not in self._known:
            with self._lock:
                shape = self._shape(char)
                drawn = char.isprintable() and any(shape[1]) and shape != self._missing
                self._known[char] = drawn or char == " "
        return self._known[char]

    def plain(self, text: str) -> str:
        """The text with every character that the font lacks replaced by its plain form, where there is one."""
        return "".join(char if self.has(char) else _PLAIN.get(char, char) for char in text)

    def missing(self, text: str) -> str | None:
        """The first character of the text that the font cannot draw, or None."""
        return next((char for char in text if not self.has(char)), None)

    def advance(self, text: str, size: int, width: float) -> float:
        """How far the pen moves over a text of ``size`` dots per em, letters narrowed to ``width``: dots."""
        total = 0.0
        for char in text:
            if char not in self._advances:
                with self._lock:
                    self._advances[char] = self._at(_REFERENCE).getlength(char) / _REFERENCE
            total += self._advances[char]
        return total * size * width

    def line(self, text: str, size: int, width: float) -> Ink:
        """The ink of one line of text at ``size`` dots per em, letters narrowed to ``width``."""
        pen = 0.0
        placed: list[tuple[int, Ink]] = []
        for char in text:
            ink = self._glyph(char, size, width)
            if ink.bits.size:
                placed.append((round(pen), ink))
            pen += self.advance(char, size, width)
        if not placed:
            return _NOTHING
        left = min(x + ink.left for x, ink in placed)
        right = max(x + ink.right for x, ink in placed)
        top = min(ink.top for _, ink in placed)
        bottom = max(ink.bottom for _, ink in placed)
        bits = np.zeros((bottom - top, right - left), np.bool_)
        for x, ink in placed:
            bits[ink.top - top : ink.bottom - top, x + ink.left - left : x + ink.right - left] |= ink.bits
        return Ink(bits, left, top)

    def _glyph(self, char: str, size: int, width: float) -> Ink:
        key = (char, size, width)
        if key not in self._glyphs:
            with self._lock:
                self._glyphs[key] = self._draw(char, size, width)
        return self._glyphs[key]

    def _draw(self, char: str, size: int, width: float) -> Ink:
        mask, (offset_x, offset_y) = self._at(size * _OVERSAMPLING).getmask2(char, mode="L", anchor="ls")
        columns, rows = mask.size
        if not columns or not rows:
            return _NOTHING
        step = _OVERSAMPLING / width  # columns of the large drawing in one dot
        left = int(np.floor(offset_x / step))
        right = int(np.ceil((offset_x + columns) / step))
        top = offset_y // _OVERSAMPLING
        bottom = -(-(offset_y + rows) // _OVERSAMPLING)
        large = Image.new("L", (round((right - left) * step) + 1, (bottom - top) * _OVERSAMPLING))
        drawing = Image.frombytes("L", (columns, rows), bytes(mask))
        large.paste(drawing, (round(offset_x - left * step), offset_y - top * _OVERSAMPLING))
        area = (0, 0, min((right - left) * step, large.width), large.height)
        small = large.resize((right - left, bottom - top), Image.Resampling.BOX, box=area)
        return _cropped(np.asarray(small) > _INK_LEVEL, left, top)


def _cropped(bits: Bits, left: int, top: int) -> Ink:
    rows = np.flatnonzero(bits.any(axis=1))
    columns = np.flatnonzero(bits.any(axis=0))
    if not rows.size:
        return _NOTHING
    return Ink(
        bits[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].copy(), left + int(columns[0]), top + int(rows[0])
    )


class FontSource:
    """Finds typefaces by name, as ``Arimo-Bold``: a file in ``directory``, or else a weight of an installed family."""

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._faces: dict[str, Typeface] = {}

    def typeface(self, name: str) -> Typeface:
        """The typeface of that name, read once.

        :raises FontError: no such file in any place, or not a font.
        """
        if name not in self._faces:
            self._faces[name] = self._of_the_office(name) or _installed(name, self._directory)
        return self._faces[name]

    def _of_the_office(self, name: str) -> Typeface | None:
        if self._directory is None:
            return None
        paths = (self._directory / f"{name}{suffix}" for suffix in (".ttf", ".otf"))
        path = next((path for path in paths if path.is_file()), None)
        return None if path is None else Typeface(path)


def _installed(name: str, directory: Path | None) -> Typeface:
    family, _, weight = name.partition("-")
    try:
        wanted = fontpkg.normalize_weight(weight or "regular")
        path = fontpkg.path(family, wanted)
    except fontpkg.FontpkgError as absent:
        places = f"{directory}, or among the installed packages" if directory else "the installed packages"
        raise FontError(
            f"The layout asks for the font {name}, and there is no {name}.ttf or {name}.otf in {places}."
            " Put the file into the configured font directory or name another font in the layout."
        ) from absent
    several = any(one.path == path and one.variable for one in fontpkg.family(family).files)
    return Typeface(path, wanted if several else None)
