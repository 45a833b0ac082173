"""The letterhead (*kop naskah dinas*): emblem, government, office, address, and the double rule below them.

Of the office's own: printd has no emblem (papers reference section 1.4).
"""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, Image, Paragraph
from reportlab.platypus import Table as Grid

from printd.errors import ConfigError
from printd.reports.office import Office
from printd.reports.styles import INK, Styles

_HEIGHT: Final = 22 * mm
_ROOM: Final = 24 * mm
"""Of the emblem; as much is left free at the right, so that the lines stand in the middle."""

_THICK, _THIN, _GAP = 2.0, 0.75, 1.5


_LEAST: Final = 0.7
"""How far the lines are made smaller together, so that the office's name stands on one line."""


class _DoubleRule(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """A thick line over a thin one, from margin to margin."""

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width = width
        return width, _THICK + _GAP + _THIN + 2 * mm

    def draw(self) -> None:
        self.canv.setStrokeColor(INK)
        low = 2 * mm
        self.canv.setLineWidth(_THIN)
        self.canv.line(0, low, self.width, low)
        self.canv.setLineWidth(_THICK)
        self.canv.line(0, low + _THIN + _GAP + _THICK / 2, self.width, low + _THIN + _GAP + _THICK / 2)


def letterhead(office: Office, width: float, styles: Styles) -> list[Flowable]:
    """Return the letterhead of an office.

    :raises ConfigError: its emblem cannot be read.
    """
    side = _ROOM if office.emblem is not None else 0
    name = office.heading or office.name.upper()
    at_once = stringWidth(name, styles.office.fontName, styles.office.fontSize)
    scale = max(_LEAST, min(1.0, (width - 2 * side) / at_once))
    lines = [Paragraph(escape(office.government), _scaled(styles.government, scale))] if office.government else []
    lines.append(Paragraph(escape(name), _scaled(styles.office, scale)))
    if office.address:
        lines.append(Paragraph(escape(office.address), styles.cell_centre))
    cells: list[object] = [lines] if not side else [_emblem(office), lines, ""]
    widths = [width] if not side else [side, width - 2 * side, side]
    style = [
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1 * mm),
    ]
    return [Grid([cells], colWidths=widths, style=style), _DoubleRule()]


def _scaled(style: ParagraphStyle, scale: float) -> ParagraphStyle:
    size = style.fontSize * scale
    return ParagraphStyle(style.name, parent=style, fontSize=size, leading=size * 1.2)


def _emblem(office: Office) -> Flowable:
    try:
        return Image(str(office.emblem), width=_HEIGHT, height=_HEIGHT, kind="proportional")
    except OSError as broken:
        raise ConfigError(
            "The emblem of the letterhead cannot be read.",
            why=f"{broken}.",
            remedy="Give a PNG or JPEG file in [papers] emblem, or leave it out.",
        ) from broken
