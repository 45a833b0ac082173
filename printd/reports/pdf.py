"""Documents as PDF: A4, Indonesian with English below, page numbers, the log's root on every page.

Equal documents give equal bytes: nothing of the moment of printing is in them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4, A5, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, LongTable, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as PdfTable

from printd.reports.charts import drawing
from printd.reports.code_block import Code, beside
from printd.reports.document import Column, Document, Fact, Signature, Table, Value
from printd.words.moments import moment, zone_name

_INK, _GREY, _LINE = colors.HexColor("#1a1a1a"), colors.HexColor("#666666"), colors.HexColor("#c8c8c8")
_SHADE, _ZEBRA = colors.HexColor("#e9edf2"), colors.HexColor("#f7f8fa")
_MARGIN = 16 * mm


@cache
def _fonts() -> None:
    """Register the typefaces that come with ReportLab."""
    for name, file in (("Vera", "Vera.ttf"), ("VeraBd", "VeraBd.ttf"), ("VeraIt", "VeraIt.ttf")):
        pdfmetrics.registerFont(TTFont(name, file))


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    settings: dict[str, Any] = {"fontName": "Vera", "fontSize": size, "leading": size * 1.3, "textColor": _INK}
    return ParagraphStyle(name, **{**settings, **more})


_TITLE = _style("title", 14, fontName="VeraBd", alignment=TA_CENTER)
_SUBTITLE = _style("subtitle", 9, fontName="VeraIt", alignment=TA_CENTER, textColor=_GREY)
_COPY = "SALINAN / COPY"
_COPY_STYLE = _style("copy", 11, fontName="VeraBd", alignment=TA_CENTER, spaceBefore=1 * mm)
_HEADING = _style("heading", 9.5, fontName="VeraBd", spaceBefore=4 * mm, spaceAfter=1.5 * mm)
_TEXT = _style("text", 7.5)
_CENTRE = _style("centre", 8, alignment=TA_CENTER)
_CELL = _style("cell", 7)
_NUMBER = _style("number", 7, alignment=TA_RIGHT)
_HEAD = _style("head", 7, fontName="VeraBd")
_HEAD_RIGHT = _style("head right", 7, fontName="VeraBd", alignment=TA_RIGHT)


def render(document: Document, office: str, zone: tzinfo, *, code: Code | None = None, is_copy: bool = False) -> bytes:
    """Return the PDF of a document.

    :param office: its name, on every page.
    :param zone: of the office, in which every time is shown.
    :param code: that is drawn beside its title; ``None``: it has none.
    :param is_copy: it says on every page that it is a copy.
    """
    _fonts()
    size = landscape(A4) if document.landscape else (A5 if document.small else A4)
    width = size[0] - 2 * _MARGIN
    story: list[Flowable] = [
        Paragraph(escape(document.title), _TITLE),
        Paragraph(escape(document.english), _SUBTITLE),
        *([Paragraph(_COPY, _COPY_STYLE)] if is_copy else []),
        Spacer(0, 2 * mm),
    ]
    lines = [f"Nomor / number: {document.number}"] if document.number else []
    if document.period is not None:
        lines.append(f"Periode / period: {document.period[0]} s.d. {document.period[1]} ({zone_name(zone)})")
    if document.site:
        lines.append(f"Unit / site: {document.site}")
    story += [Paragraph(escape(line), _CENTRE) for line in lines]
    if code is not None:
        story = [beside(story, code, width)]
    story.append(Spacer(0, 3 * mm))
    if document.facts:
        story.append(_facts(document, width, zone))
    for chart in document.charts:
        picture = drawing(chart, width)
        heading = Paragraph(_both(chart.title, chart.english), _HEADING)
        story.append(KeepTogether([heading, picture]))
    for table in document.tables:
        story += _table(table, width)
    for remark in document.remarks:
        story.append(Paragraph(f"Catatan / remark: {escape(remark)}", _TEXT))
    if document.signatures:
        story += _signatures(document.signatures, width)
    out = io.BytesIO()
    template = SimpleDocTemplate(
        out,
        pagesize=size,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=20 * mm,
        bottomMargin=18 * mm,
        title=f"{document.title} {document.number}".strip(),
        author=office,
        invariant=1,
    )
    template.build(story, canvasmaker=lambda *given, **named: _Pages(document, office, is_copy, *given, **named))
    return out.getvalue()


class _Pages(Canvas):  # type: ignore[misc]  # ReportLab has no types
    """Draws header and footer once the number of pages is known."""

    def __init__(self, document: Document, office: str, is_copy: bool, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._document = document
        self._office = office
        self._is_copy = is_copy
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, state in enumerate(self._kept, start=1):
            self.__dict__.update(state)
            self._head_and_foot(number, len(self._kept))
            super().showPage()
        super().save()

    def _head_and_foot(self, number: int, pages: int) -> None:
        width, height = self._pagesize
        self.setFillColor(_GREY)
        self.setStrokeColor(_LINE)
        self.setFont("Vera", 7.5)
        self.drawString(_MARGIN, height - 12 * mm, self._office)
        if self._is_copy:
            self.drawRightString(width - _MARGIN, height - 12 * mm, _COPY)
        self.line(_MARGIN, height - 14 * mm, width - _MARGIN, height - 14 * mm)
        self.line(_MARGIN, 13 * mm, width - _MARGIN, 13 * mm)
        self.setFont("Vera", 6)
        log = f"log {self._document.size:,} · root {self._document.root}".replace(",", ".")
        self.drawString(_MARGIN, 9.5 * mm, log if self._document.root else "")
        low = 6.5 * mm if self._document.small else 9.5 * mm  # the root leaves no room beside it
        self.drawRightString(width - _MARGIN, low, f"Halaman {number} dari {pages} / page {number} of {pages}")


def _both(title: str, english: str) -> str:
    return f'{escape(title)} <font name="VeraIt" size="7" color="#666666">{escape(english)}</font>'


def _facts(document: Document, width: float, zone: tzinfo) -> Flowable:
    rows = [
        [Paragraph(_both(one.title, one.english), _CELL), Paragraph(escape(_told(one, zone)), _CELL)]
        for one in document.facts
    ]
    style = [("LINEBELOW", (0, 0), (-1, -1), 0.3, _LINE), ("VALIGN", (0, 0), (-1, -1), "TOP"), *_TIGHT]
    return PdfTable(rows, colWidths=[width * 0.42, width * 0.58], style=style)


def _told(fact: Fact, zone: tzinfo) -> str:
    if fact.kind == "moment" and isinstance(fact.value, str):
        return moment(fact.value, zone)
    return shown(fact.value, fact.kind)


_SIDE = 2.5  # points beside the text of a cell
_TIGHT = (
    ("TOPPADDING", (0, 0), (-1, -1), 1.6),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6),
    ("LEFTPADDING", (0, 0), (-1, -1), _SIDE),
    ("RIGHTPADDING", (0, 0), (-1, -1), _SIDE),
)


def _table(table: Table, width: float) -> list[Flowable]:
    story: list[Flowable] = [CondPageBreak(30 * mm), Paragraph(_both(table.title, table.english), _HEADING)]
    if not table.rows:
        return [*story, Paragraph(table.empty, _TEXT)]
    head = [
        Paragraph(
            f'{escape(one.title)}<br/><font name="VeraIt" size="5.5" color="#666666">{escape(one.english)}</font>',
            _HEAD_RIGHT if _right(one) else _HEAD,
        )
        for one in table.columns
    ]
    whole = sum(one.width for one in table.columns)
    widths = [width * one.width / whole for one in table.columns]
    body = [_row(table.columns, widths, row) for row in table.rows]
    style: list[tuple[Any, ...]] = [
        ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
        ("LINEBELOW", (0, 0), (-1, 0), 0.6, _GREY),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, _LINE),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), [colors.white, _ZEBRA]),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("FONT", (0, 1), (-1, -1), _CELL.fontName, _CELL.fontSize, _CELL.leading),
        ("TEXTCOLOR", (0, 1), (-1, -1), _INK),
        *(("ALIGN", (at, 1), (at, -1), "RIGHT") for at, one in enumerate(table.columns) if _right(one)),
        *_TIGHT,
    ]
    if table.total is not None:
        body.append(_row(table.columns, widths, table.total, strong=True))
        style += [("LINEABOVE", (0, -1), (-1, -1), 0.6, _INK), ("BACKGROUND", (0, -1), (-1, -1), _SHADE)]
    return [*story, LongTable([head, *body], colWidths=widths, repeatRows=1, style=style)]


def _row(
    columns: Sequence[Column], widths: Sequence[float], row: Mapping[str, Value], *, strong: bool = False
) -> list[Flowable | str]:
    """Return the cells of a row: plain text where it fits on one line, which is ten times as fast as a paragraph."""
    cells: list[Flowable | str] = []
    for one, width in zip(columns, widths, strict=True):
        text = shown(row.get(one.key), one.kind)
        if strong:
            cells.append(Paragraph(f'<font name="VeraBd">{escape(text)}</font>', _align(one)))
        elif pdfmetrics.stringWidth(text, _CELL.fontName, _CELL.fontSize) <= width - 2 * _SIDE:
            cells.append(text)
        else:
            cells.append(Paragraph(escape(text), _align(one)))
    return cells


def _right(column: Column) -> bool:
    return column.kind in ("int", "bp")


def _align(column: Column) -> ParagraphStyle:
    return _NUMBER if _right(column) else _CELL


def shown(value: Value, kind: str) -> str:
    """Return a value as an Indonesian reader writes it: 1.234 and 1,74 %; a dash for what is not known."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, int):
        if kind == "bp":
            return f"{value / 100:.2f} %".replace(".", ",")
        return f"{value:,}".replace(",", ".")
    return value


def _signatures(signatures: Sequence[Signature], width: float) -> list[Flowable]:
    columns = 4 if len(signatures) % 4 == 0 or len(signatures) > 6 else 3
    cells = [
        [
            Paragraph(f"{escape(one.role)},", _CENTRE),
            Paragraph(f'<font name="VeraIt" size="6" color="#666666">{escape(one.english)}</font>', _CENTRE),
            Spacer(0, 14 * mm),
            Paragraph(f"( {escape(one.name) if one.name else '.' * 28} )", _CENTRE),
            Spacer(0, 5 * mm),
        ]
        for one in signatures
    ]
    while len(cells) % columns:
        cells.append([])
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    table = PdfTable(rows, colWidths=[width / columns] * columns, style=[("VALIGN", (0, 0), (-1, -1), "TOP")])
    return [Spacer(0, 6 * mm), KeepTogether([table])]
