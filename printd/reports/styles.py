"""How text stands on papers: typefaces and sizes that follow from the office's running text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from printd.reports.fonts import Faces, faces
from printd.reports.office import Office

INK: Final = colors.black
GREY: Final = colors.HexColor("#666666")
LINE: Final = colors.HexColor("#a0a0a0")
SHADE: Final = colors.HexColor("#e9edf2")
ZEBRA: Final = colors.HexColor("#f7f8fa")

_OF_TABLES: Final = 8.5 / 12
"""Size of a table's text beside running text: 8 to 9 points where that has 12 (papers reference section 1.5)."""


@dataclass(frozen=True)
class Styles:
    """Every style of a paper; sizes in points."""

    faces: Faces
    size: float
    small: float
    text: ParagraphStyle
    justified: ParagraphStyle
    centre: ParagraphStyle
    strong_centre: ParagraphStyle
    right: ParagraphStyle
    title: ParagraphStyle
    heading: ParagraphStyle
    cell: ParagraphStyle
    cell_right: ParagraphStyle
    cell_centre: ParagraphStyle
    head: ParagraphStyle
    head_right: ParagraphStyle
    note: ParagraphStyle
    government: ParagraphStyle
    office: ParagraphStyle


def styles(office: Office) -> Styles:
    """Return the styles of an office's papers."""
    return _styles(office.fonts, office.font_size)


@cache
def _styles(files: tuple[str, ...], size: float) -> Styles:
    found = faces(files)
    small = size * _OF_TABLES

    def style(name: str, points: float, **more: Any) -> ParagraphStyle:
        settings: dict[str, Any] = {
            "fontName": found.plain,
            "fontSize": points,
            "leading": points * 1.22,
            "textColor": INK,
        }
        return ParagraphStyle(name, **{**settings, **more})

    return Styles(
        faces=found,
        size=size,
        small=small,
        text=style("text", size),
        justified=style("justified", size, alignment=TA_JUSTIFY, spaceAfter=1.5 * mm),
        centre=style("centre", size, alignment=TA_CENTER),
        strong_centre=style("strong centre", size, alignment=TA_CENTER, fontName=found.bold),
        right=style("right", size, alignment=TA_RIGHT),
        title=style("title", size + 1, alignment=TA_CENTER, fontName=found.bold),
        heading=style("heading", small + 1, fontName=found.bold, spaceBefore=2.5 * mm, spaceAfter=1 * mm),
        cell=style("cell", small),
        cell_right=style("cell right", small, alignment=TA_RIGHT),
        cell_centre=style("cell centre", small, alignment=TA_CENTER),
        head=style("head", small, fontName=found.bold),
        head_right=style("head right", small, fontName=found.bold, alignment=TA_RIGHT),
        note=style("note", small, textColor=GREY),
        government=style("government", size + 1, alignment=TA_CENTER),
        office=style("office", (size + 1) * 4 / 3, alignment=TA_CENTER, fontName=found.bold),
    )
