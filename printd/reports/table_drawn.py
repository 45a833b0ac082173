"""Tables and figures of documents on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import CondPageBreak, Flowable, LongTable, Paragraph
from reportlab.platypus import Table as Grid

from printd.language import dates, numbers
from printd.language.sentences import UNKNOWN, Reader, Sentence
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Column, Fact, Kind, Table, Value
from printd.reports.styles import GREY, INK, LINE, SHADE, ZEBRA, Styles
from printd.words import moments

SIDE: Final = 2.5
"""Points beside the text of a cell."""

TIGHT: Final = (
    ("TOPPADDING", (0, 0), (-1, -1), 1.6),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6),
    ("LEFTPADDING", (0, 0), (-1, -1), SIDE),
    ("RIGHTPADDING", (0, 0), (-1, -1), SIDE),
)


def shown(value: Value, kind: Kind, words: Vocabulary | None, reader: Reader) -> str:
    """Return a value as people read it: 1.234, 1,74%, 30/11/2026 14.05; a dash for what is not known."""
    match value:
        case None:
            return UNKNOWN
        case bool():
            return reader.said(value)
        case int() if kind == "bp":
            return numbers.percent(value, reader.language)
        case int() if kind == "rupiah":
            return numbers.figure(value, reader.language)
        case int():
            return numbers.figure(value, reader.language)
        case Sentence():
            return reader.said(value)
    if words is not None:
        return reader.word(words, value)
    if kind == "moment":
        return _moment(value, reader)
    if kind == "day":
        return _day(value)
    if kind == "month":
        return _month(value, reader)
    return value


def _moment(at: str, reader: Reader) -> str:
    try:
        here = moments.local(at, reader.zone) if at.endswith("Z") else datetime.fromisoformat(at)
        return dates.short(here, reader.language)
    except (ValueError, OverflowError):
        return at


def _day(iso: str) -> str:
    try:
        return f"{date.fromisoformat(iso):%d/%m/%Y}"
    except ValueError:
        return iso


def _month(iso: str, reader: Reader) -> str:
    try:
        return dates.month(date.fromisoformat(f"{iso}-01"), reader.language)
    except ValueError:
        return iso


def facts(told: Sequence[Fact], width: float, styles: Styles, reader: Reader) -> Flowable:
    """Return figures with their names, one below the other."""
    rows = [
        [
            Paragraph(escape(reader.text(one.title)), styles.cell),
            Paragraph(escape(shown(one.value, one.kind, one.words, reader)), styles.cell),
        ]
        for one in told
    ]
    style = [("LINEBELOW", (0, 0), (-1, -1), 0.3, LINE), ("VALIGN", (0, 0), (-1, -1), "TOP"), *TIGHT]
    return Grid(rows, colWidths=[width * 0.42, width * 0.58], style=style)


def table(told: Table, width: float, styles: Styles, reader: Reader) -> list[Flowable]:
    """Return a table with its heading; one without rows says that there is nothing."""
    story: list[Flowable] = [CondPageBreak(30 * mm)]
    if told.title:
        story.append(Paragraph(escape(reader.label(told.title)), styles.heading))
    if not told.rows:
        return [*story, Paragraph(escape(reader.text(told.empty)), styles.cell)]
    head = [
        Paragraph(escape(reader.text(one.title)), styles.head_right if _right(one) else styles.head)
        for one in told.columns
    ]
    widths = _widths(told.columns, width, styles, reader)
    rows, nil = told.shown_and_nil()
    body = [_row(told.columns, widths, row, styles, reader) for row in rows]
    style: list[tuple[Any, ...]] = [
        ("BACKGROUND", (0, 0), (-1, 0), SHADE),
        ("GRID", (0, 0), (-1, -1), 0.25, LINE),
        ("LINEBELOW", (0, 0), (-1, 0), 0.6, GREY),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), [colors.white, ZEBRA]),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("FONT", (0, 1), (-1, -1), styles.cell.fontName, styles.cell.fontSize, styles.cell.leading),
        ("TEXTCOLOR", (0, 1), (-1, -1), INK),
        *(("ALIGN", (at, 1), (at, -1), "RIGHT") for at, one in enumerate(told.columns) if _right(one)),
        *TIGHT,
    ]
    if told.total is not None:
        body.append(_row(told.columns, widths, told.total, styles, reader, strong=True))
        style += [("LINEABOVE", (0, -1), (-1, -1), 0.6, INK), ("BACKGROUND", (0, -1), (-1, -1), SHADE)]
    story.append(LongTable([head, *body], colWidths=widths, repeatRows=1, style=style))
    if nil:
        (column,) = (one for one in told.columns if one.key == told.nil)
        names = [shown(row.get(column.key), column.kind, column.words, reader) for row in nil]
        line = reader.said(Sentence("Nil: {rows}.", rows="; ".join(names)))
        story.append(Paragraph(escape(line), styles.cell))
    return story


def _widths(columns: Sequence[Column], width: float, styles: Styles, reader: Reader) -> list[float]:
    """Return the widths of columns: by their shares, but none so narrow that a word of its title breaks."""
    least = [
        max(stringWidth(word, styles.head.fontName, styles.head.fontSize) for word in reader.text(one.title).split())
        + 2 * SIDE
        + 0.5
        for one in columns
    ]
    whole = sum(one.width for one in columns)
    widths = [width * one.width / whole for one in columns]
    short = sum(max(0.0, need - has) for need, has in zip(least, widths, strict=True))
    spare = sum(max(0.0, has - need) for need, has in zip(least, widths, strict=True))
    if not short or not spare:
        return widths
    part = min(1.0, short / spare)
    return [
        max(need, has) if has <= need else has - (has - need) * part for need, has in zip(least, widths, strict=True)
    ]


def _row(
    columns: Sequence[Column],
    widths: Sequence[float],
    row: Mapping[str, Value],
    styles: Styles,
    reader: Reader,
    *,
    strong: bool = False,
) -> list[Flowable | str]:
    """Return the cells of a row: plain text where it fits on one line, which is ten times as fast as a paragraph."""
    cells: list[Flowable | str] = []
    for one, width in zip(columns, widths, strict=True):
        value = row.get(one.key)
        text = "" if strong and value is None else shown(value, one.kind, one.words, reader)
        if strong:
            cells.append(Paragraph(f"<b>{escape(text)}</b>", _align(one, styles)))
        elif stringWidth(text, styles.cell.fontName, styles.cell.fontSize) <= width - 2 * SIDE:
            cells.append(text)
        else:
            cells.append(Paragraph(escape(text), _align(one, styles)))
    return cells


def _right(column: Column) -> bool:
    return column.kind in ("int", "bp", "rupiah")


def _align(column: Column, styles: Styles) -> ParagraphStyle:
    return styles.cell_right if _right(column) else styles.cell
