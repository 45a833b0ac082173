"""Charts of documents, drawn as vectors."""

from __future__ import annotations

from typing import Any

from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String
from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth

from printd.reports.document import Chart

_HEIGHT = 62 * mm
_LEFT, _RIGHT, _BOTTOM, _TOP = 14 * mm, 3 * mm, 14 * mm, 8 * mm
_GREY, _PALE = colors.HexColor("#666666"), colors.HexColor("#dddddd")
_COLOURS = tuple(colors.HexColor(one) for one in ("#1f5f99", "#c46a1a", "#3c8c4a", "#7a4fa3"))
_FONT, _SIZE = "Vera", 5.5
_RED = colors.HexColor("#c02020")


def drawing(chart: Chart, width: float) -> Drawing:
    """Return a chart as wide as a page's text."""
    picture = Drawing(width, _HEIGHT)
    values = [value for line in chart.lines for value in line.values if value is not None]
    top = _round_up(max([*values, 1.0]))
    inner, height = width - _LEFT - _RIGHT, _HEIGHT - _BOTTOM - _TOP
    count = max(len(chart.labels), 1)

    def x(at: int) -> float:
        return float(_LEFT + inner * (at + 0.5) / count)

    def y(value: float) -> float:
        return float(_BOTTOM + height * value / top)

    for step in range(5):
        value = top * step / 4
        picture.add(Line(_LEFT, y(value), width - _RIGHT, y(value), strokeColor=_PALE, strokeWidth=0.4))
        label = f"{value:g}" if top < 10 else f"{value:,.0f}".replace(",", ".")
        picture.add(_text(_LEFT - 1.5 * mm, y(value) - 2, f"{label}{chart.unit}", "end"))
    every = max(1, -(-count // 16))
    shown = [(at, label) for at, label in enumerate(chart.labels) if at % every == 0]
    widest = max((stringWidth(label, _FONT, _SIZE) for _, label in shown), default=0.0)
    low = widest > inner / count * every * 0.95  # long words stand on two lines in turn
    for turn, (at, label) in enumerate(shown):
        picture.add(_text(x(at), _BOTTOM - (4 + 3 * (low and turn % 2)) * mm, label, "middle"))
    where = float(_LEFT)
    for number, line in enumerate(chart.lines):
        colour = _RED if line.style in ("limit", "alarm") else _COLOURS[number % len(_COLOURS)]
        known = [(x(at), y(value)) for at, value in enumerate(line.values) if value is not None]
        if line.style == "bars":
            wide = inner / count * 0.6
            for px, py in known:
                picture.add(
                    Rect(
                        px - wide / 2, _BOTTOM, wide, py - _BOTTOM, fillColor=colour, strokeColor=None, fillOpacity=0.55
                    )
                )
        elif line.style in ("dots", "alarm"):
            for px, py in known:
                picture.add(Circle(px, py, 2.2 if line.style == "alarm" else 1.5, fillColor=colour, strokeColor=None))
        elif known:
            points = [part for point in (_steps(known) if line.style == "step" else known) for part in point]
            dashes = [2, 2] if line.style == "limit" else None
            picture.add(
                PolyLine(points, strokeColor=colour, strokeWidth=0.7 if dashes else 1.2, strokeDashArray=dashes)
            )
        picture.add(Rect(where, _HEIGHT - 4.6 * mm, 3 * mm, 1.6 * mm, fillColor=colour, strokeColor=None))
        picture.add(_text(where + 4 * mm, _HEIGHT - 4.8 * mm, line.title, "start"))
        where += (6 + 1.45 * len(line.title)) * mm
    return picture


def _steps(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    found = points[:1]
    for at, point in enumerate(points[1:]):
        found += [(point[0], points[at][1]), point]
    return found


def _text(x: float, y: float, text: str, anchor: str) -> Any:
    return String(x, y, text, fontName=_FONT, fontSize=_SIZE, fillColor=_GREY, textAnchor=anchor)


def _round_up(value: float) -> float:
    step = 1.0
    while step * 10 < value:
        step *= 10
    return float(next(step * one for one in (1, 2, 4, 5, 8, 10) if step * one >= value))
