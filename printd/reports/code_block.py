"""The code on a paper: drawn beside its title, with what it claims in words below it.

ReportLab makes the code itself: it is there for the pages, knows the alphanumeric mode, and draws lines and no picture,
so that equal papers are equal files and a copier sees sharp edges. It stands on the first page in one row with the
title, where it cannot meet another text and cannot come to lie on a page of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Table

from printd.reports.styles import Styles

MODULE: Final = 0.4 * mm
"""Side of a module: what a phone and a scanner of 200 dpi read (log reference section 17.4)."""

_QUIET: Final = 4
"""Modules that stay white around a code (ISO/IEC 18004)."""

_BALANCED: Final = 150 * mm
"""Width of a page's text from which the title keeps to the middle, with as much room on its left."""

_WORDS: Final = 5.5
"""Size of the words below a code, in points."""


@dataclass(frozen=True)
class Code:
    """What is drawn.

    :param text: of the code.
    :param words: what it claims, a line each.
    """

    text: str
    words: Sequence[str]


class _Drawn(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """A QR code of level Q, which is read with a quarter of it gone; modules that touch are one rectangle."""

    def __init__(self, text: str) -> None:
        super().__init__()
        made = QRCode(None, QRErrorCorrectLevel.Q)
        made.addData(text)
        made.make()
        self._rows: list[list[bool]] = [[bool(one) for one in row] for row in made.modules]
        self.width = self.height = (len(self._rows) + 2 * _QUIET) * MODULE

    def wrap(self, *_room: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setFillColor(colors.black)
        for number, row in enumerate(self._rows):
            low = self.height - (_QUIET + number + 1) * MODULE
            start = 0
            for place in range(1, len(row) + 1):
                if place == len(row) or row[place] != row[start]:
                    if row[start]:
                        left = (_QUIET + start) * MODULE
                        self.canv.rect(left, low, (place - start) * MODULE, MODULE, stroke=0, fill=1)
                    start = place


def beside(
    titles: Sequence[Flowable], code: Code, width: float, styles: Styles, below: Sequence[Flowable] = ()
) -> Flowable:
    """Return the title of a paper in one row with its code.

    :param width: of the page's text.
    :param below: what follows the title beside the code, as wide as the code leaves room.
    """
    drawn = _Drawn(code.text)
    words = ParagraphStyle(
        "code", fontName=styles.faces.plain, fontSize=_WORDS, leading=_WORDS * 1.3, alignment=TA_CENTER
    )
    block = [drawn, *(Paragraph(escape(line), words) for line in code.words)]
    left = drawn.width if width >= _BALANCED else 0
    room = width - drawn.width
    title = Table([["", list(titles)]], colWidths=[left, room - left], style=_BARE) if left else list(titles)
    return Table([[[title, *below] if left else [*title, *below], block]], colWidths=[room, drawn.width], style=_BARE)


_BARE: Final = (
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
)
