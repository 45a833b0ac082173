"""Fitting text into a box: wrap, then shrink to a floor, then refuse. Never a cut.

All sizes are dots. A line counts as fitting when its ink, not its advance alone, lies inside the box.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from layouts.errors import FitError
from layouts.fonts import FontSource, Ink, Typeface
from layouts.model import DPI, Style, dots

# Inside a word a line may end after these, when spaces alone do not do.
_PIECES = re.compile(r"[^/,\-]*[/,\-]+|[^/,\-]+")


_OVERHANG = 0.2  # em by which the ink of a line may be narrower than its advance


@dataclass(frozen=True)
class Face:
    """A style with its typeface: ``size`` and ``floor`` in dots per em."""

    typeface: Typeface
    size: int
    floor: int
    width: float

    def pitch(self, size: int) -> int:
        """Dots from line to line at which ascenders and descenders just do not meet."""
        return self.above(size) + self.below(size)

    def above(self, size: int) -> int:
        """Dots above the baseline."""
        return -int(-self.typeface.ascent * size // 1)

    def below(self, size: int) -> int:
        """Dots below the baseline."""
        return -int(-self.typeface.descent * size // 1)


def face_of(style: Style, fonts: FontSource, dpi: int = DPI) -> Face:
    """The style's typeface and sizes in dots. Raises FontError."""
    return Face(fonts.typeface(style.font), dots(style.size, dpi), dots(style.floor, dpi), style.width)


@dataclass(frozen=True)
class Fitted:
    """Lines of ink that fit, and the size (dots per em) at which they do."""

    size: int
    lines: tuple[Ink, ...]


def cleaned(field: str, text: str, typeface: Typeface) -> str:
    """The text as it will be drawn: composed, single spaces, every character known to the font.

    :raises FitError: nothing to print, or a character that the font cannot draw; names the letter.
    """
    result = typeface.plain(" ".join(unicodedata.normalize("NFC", text).split()))
    if not result:
        raise FitError(field, "there is nothing to print; the record must bring a value")
    missing = typeface.missing(result)
    if missing is not None:
        letter = f"the letter '{missing}' (U+{ord(missing):04X})" if missing.isprintable() else f"U+{ord(missing):04X}"
        raise FitError(field, f"the font lacks {letter}; use a font that has it, or correct the record's source")
    return result


def wrap(text: str, limit: float, measure: Callable[[str], float], *, inside_words: bool) -> list[str]:
    """Lines of at most ``limit``, as few as greedy filling gives; one piece alone may still be wider than that.

    ``measure`` must be additive: the length of two texts together is the sum of both.
    """
    space = measure(" ")
    lines: list[str] = []
    used = 0.0
    for word in text.split(" "):
        for index, piece in enumerate(_PIECES.findall(word) if inside_words else [word]):
            length = measure(piece)
            gap, separator = (space, " ") if index == 0 else (0.0, "")
            if lines and used + gap + length <= limit:
                lines[-1] += separator + piece
                used += gap + length
            else:
                lines.append(piece)
                used = length
    return lines


def _steps(size: int, floor: int, lines: int) -> Iterator[tuple[int, int]]:
    """Line counts and sizes in the order in which they are tried.

    One line, then two at full size; then smaller. A third line is worse than smaller type, so it comes last.
    """
    few = min(lines, 2)
    yield 1, size
    for count in range(few, lines + 1):
        for smaller in range(size, floor - 1, -1):
            yield count, smaller


def fit(field: str, text: str, face: Face, *, size: int, width: int, height: int, lines: int) -> Fitted:
    """The largest type of at most ``size`` dots in which the text fits ``width`` x ``height`` dots on ``lines`` lines.

    :raises FitError: it does not fit at the floor size, or the font lacks a character.
    """
    typeface = face.typeface
    shown = cleaned(field, text, typeface)
    unit = cache(lambda piece: typeface.advance(piece, 1, face.width))
    for count, smaller in _steps(size, face.floor, lines):
        if count * face.pitch(smaller) > height:
            continue
        for inside_words in (False, True):
            wrapped = wrap(shown, width / smaller, unit, inside_words=inside_words)
            if len(wrapped) > count or any(unit(line) > width / smaller + _OVERHANG for line in wrapped):
                continue
            inks = tuple(typeface.line(line, smaller, face.width) for line in wrapped)
            above, below = face.above(smaller), face.below(smaller)
            if all(ink.bits.shape[1] <= width and ink.top >= -above and ink.bottom <= below for ink in inks):
                return Fitted(smaller, inks)
    raise FitError(
        field,
        f"too long for its place: {lines} line{'s' if lines > 1 else ''} of {width} dots at the smallest allowed type"
        f" ({face.floor} dots) do not hold it. Print it with a layout that gives it more room",
    )
