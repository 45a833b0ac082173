"""Charts of documents, drawn as vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Any

from reportlab.graphics.shapes import Circle, Drawing, PolyLine, Rect, String
from reportlab.graphics.shapes import Line as Stroke
from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth

from printd.language.sentences import Reader
from printd.reports.document import Chart, Line
from printd.reports.styles import Styles

_HEIGHT = 62 * mm
_LEFT, _RIGHT, _BOTTOM, _TOP = 14 * mm, 3 * mm, 14 * mm, 8 * mm
_GREY, _PALE = colors.HexColor("#666666"), colors.HexColor("#dddddd")
_COLOURS = tuple(colors.HexColor(one) for one in ("#1f5f99", "#c46a1a", "#3c8c4a", "#7a4fa3"))
_SIZE = 6
_RED = colors.HexColor("#c02020")
_WIDEST_BAR = 14 * mm
_STEPS = 5
"""Steps of the scale, at most."""


def drawing(chart: Chart, width: float, styles: Styles, reader: Reader) -> Drawing:
    """Return a chart as wide as a page's text.

    Over a single day there is no line to draw: what would be lines stand as bars, each with its figure.
    """
    picture = Drawing(width, _HEIGHT)
    font = styles.faces.plain
    labels = [reader.word(chart.words, one) if chart.words else one for one in chart.labels]
    values = [value for line in chart.lines for value in line.values if value is not None]
    ticks = _ticks(max(values, default=0.0), whole=not chart.unit)
    plot = _Plot(width - _LEFT - _RIGHT, max(len(labels), 1), ticks[-1])
    for value in ticks:
        picture.add(Stroke(_LEFT, plot.y(value), width - _RIGHT, plot.y(value), strokeColor=_PALE, strokeWidth=0.4))
        picture.add(_text(_LEFT - 1.5 * mm, plot.y(value) - 2, f"{_figure(value)}{chart.unit}", "end", font))
    if not values:
        picture.add(_text(_LEFT + plot.inner / 2, plot.y(ticks[-1] / 2), reader.text("no data yet"), "middle", font))
    _label(picture, plot, labels, font)
    as_bars = {"bars"} if plot.count > 1 else {"bars", "line", "step"}
    bars = sum(line.style in as_bars for line in chart.lines)
    bar, where = 0, float(_LEFT)
    for number, line in enumerate(chart.lines):
        colour = _RED if line.style in ("limit", "alarm") else _COLOURS[number % len(_COLOURS)]
        if line.style in as_bars:
            _bars(picture, plot, line, (bar, bars), colour, chart.unit, font)
            bar += 1
        else:
            for shape in _marks(plot, line, colour):
                picture.add(shape)
        picture.add(Rect(where, _HEIGHT - 4.6 * mm, 3 * mm, 1.6 * mm, fillColor=colour, strokeColor=None))
        title = f"{reader.text(line.title)} {line.of}".strip()
        picture.add(_text(where + 4 * mm, _HEIGHT - 4.8 * mm, title, "start", font))
        where += 8 * mm + stringWidth(title, font, _SIZE)
    return picture


@dataclass(frozen=True)
class _Plot:
    """Where values stand: so many columns side by side, from 0 to the top."""

    inner: float
    count: int
    top: float

    @property
    def slot(self) -> float:
        return self.inner / self.count

    def x(self, at: int) -> float:
        return float(_LEFT + self.slot * (at + 0.5))

    def y(self, value: float) -> float:
        return float(_BOTTOM + (_HEIGHT - _BOTTOM - _TOP) * value / self.top)


def _label(picture: Drawing, plot: _Plot, labels: Sequence[str], font: str) -> None:
    every = max(1, -(-len(labels) // 16))
    shown = [(at, label) for at, label in enumerate(labels) if at % every == 0]
    widest = max((stringWidth(label, font, _SIZE) for _, label in shown), default=0.0)
    low = widest > plot.slot * every * 0.95  # long words stand on two lines in turn
    for turn, (at, label) in enumerate(shown):
        picture.add(_text(plot.x(at), _BOTTOM - (4 + 3 * (low and turn % 2)) * mm, label, "middle", font))


def _bars(picture: Drawing, plot: _Plot, line: Line, turn: tuple[int, int], colour: Any, unit: str, font: str) -> None:
    """Draw the bars of one line, beside those of the others.

    :param turn: which of how many lines with bars this is.
    """
    mine, all_ = turn
    wide = min(plot.slot * 0.6, _WIDEST_BAR * all_) / all_
    for at, value in enumerate(line.values):
        if value is None:
            continue
        left = plot.x(at) + wide * (mine - all_ / 2)
        height = plot.y(value) - _BOTTOM
        picture.add(Rect(left, _BOTTOM, wide, height, fillColor=colour, strokeColor=None, fillOpacity=0.55))
        if plot.count == 1:
            picture.add(_text(left + wide / 2, plot.y(value) + 1 * mm, f"{_figure(value)}{unit}", "middle", font))


def _marks(plot: _Plot, line: Line, colour: Any) -> Iterator[Any]:
    """Return the dots of a line, or its strokes; a gap stays open, and a value that stands alone is a dot."""
    known = [(at, value) for at, value in enumerate(line.values) if value is not None]
    if line.style in ("dots", "alarm"):
        for at, value in known:
            radius = 2.2 if line.style == "alarm" else 1.5
            yield Circle(plot.x(at), plot.y(value), radius, fillColor=colour, strokeColor=None)
        return
    dashes, wide = ([2, 2], 0.7) if line.style == "limit" else (None, 1.2)
    for _, group in groupby(enumerate(known), key=lambda pair: pair[1][0] - pair[0]):
        run = [(plot.x(at), plot.y(value)) for _, (at, value) in group]
        if len(run) == 1 and line.style == "limit":
            run = [(run[0][0] - plot.slot / 2, run[0][1]), (run[0][0] + plot.slot / 2, run[0][1])]
        if len(run) == 1:
            yield Circle(*run[0], 1.5, fillColor=colour, strokeColor=None)
            continue
        points = [part for point in (_steps(run) if line.style == "step" else run) for part in point]
        yield PolyLine(points, strokeColor=colour, strokeWidth=wide, strokeDashArray=dashes)


def _steps(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    found = points[:1]
    for at, point in enumerate(points[1:]):
        found += [(point[0], points[at][1]), point]
    return found


def _text(x: float, y: float, text: str, anchor: str, font: str) -> Any:
    return String(x, y, text, fontName=font, fontSize=_SIZE, fillColor=_GREY, textAnchor=anchor)


def _figure(value: float) -> str:
    """Return a value as an Indonesian reader writes it."""
    whole, _, part = f"{value:,.2f}".partition(".")
    return whole.replace(",", ".") + (f",{part.rstrip('0')}" if part.strip("0") else "")


def _ticks(most: float, *, whole: bool) -> list[float]:
    """Return the values of the scale, from 0 to no less than the greatest, in equal steps.

    :param whole: pieces are counted: no step between two of them.
    """
    most = most or 1.0
    sizes = (digit * 10.0**power for power in range(-2, 16) for digit in (1, 2, 2.5, 5))
    step = next(one for one in sizes if one * _STEPS >= most and (not whole or one.is_integer()))
    return [step * number for number in range(ceil(most / step) + 1)]
