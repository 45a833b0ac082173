"""The typefaces of papers: Arimo, which has Arial's widths, or the two files that an office names.

Arimo is one file with every weight in it, and ReportLab draws the weight that a file begins with. So the bold one is
cut out of it, with the Latin letters alone: a quarter of a second once in a process.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from printd.errors import ConfigError

_BOLD: Final = 700
_POSTSCRIPT_NAME: Final = 6

_LATIN: Final = (
    *range(0x20, 0x250),
    *range(0x1E00, 0x1F00),
    *range(0x2000, 0x2070),
    0x20AC,
    0x2116,
    0x2212,
    0x2264,
    0x2265,
)
"""What papers are written in: Latin with every diacritic, punctuation, a few signs."""


@dataclass(frozen=True)
class Faces:
    """Names of the typefaces as ReportLab knows them."""

    plain: str
    bold: str


@cache
def faces(files: tuple[str, ...] = ()) -> Faces:
    """Register the typefaces of papers and return their names.

    :param files: a plain and a bold TrueType file; none: Arimo.
    :raises ConfigError: a file is no TrueType font.
    """
    if not files:
        import fontpkg  # noqa: PLC0415 - few commands draw a page

        regular = fontpkg.path("Arimo")
        return _registered("Arimo", str(regular), _bold_of(str(regular)))
    try:
        return _registered(files[0], files[0], files[-1])
    except (TTFError, OSError) as broken:
        raise ConfigError(
            "A font of the papers cannot be read.",
            why=f"{broken}.",
            remedy="Give two TrueType files in [papers] fonts, the plain and the bold one, or none.",
        ) from broken


def _registered(name: str, plain: str, bold: str | BytesIO) -> Faces:
    found = Faces(name, f"{name} Bold")
    pdfmetrics.registerFont(TTFont(found.plain, plain))
    pdfmetrics.registerFont(TTFont(found.bold, bold))
    pdfmetrics.registerFontFamily(
        found.plain, normal=found.plain, bold=found.bold, italic=found.plain, boldItalic=found.bold
    )
    return found


def _bold_of(file: str) -> BytesIO:
    from fontTools import subset  # noqa: PLC0415 - few commands draw a page
    from fontTools.ttLib import TTFont as Opened  # noqa: PLC0415
    from fontTools.varLib import instancer  # noqa: PLC0415

    opened = Opened(file)
    options = subset.Options(layout_features=[], hinting=False)
    wanted = subset.Subsetter(options)
    wanted.populate(unicodes=_LATIN)
    wanted.subset(opened)
    instancer.instantiateVariableFont(opened, {"wght": _BOLD}, inplace=True)
    for kept in opened["name"].names:
        if kept.nameID == _POSTSCRIPT_NAME:  # by which ReportLab tells fonts apart
            kept.string = "Arimo-Bold"
    out = BytesIO()
    opened.save(out)
    out.seek(0)
    return out
