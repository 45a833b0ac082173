"""Documents as PDF: the office's page, page numbers, the log's root on every page, in one language.

Equal documents give equal bytes: nothing of the moment of printing is in them.
"""

from __future__ import annotations

import io
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4, A5, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Paragraph, Spacer

from printd.language.sentences import Day, Sentence
from printd.reports import act_drawn, letter_drawn
from printd.reports.charts import drawing
from printd.reports.code_block import Code, beside
from printd.reports.document import Document, Signature, Signatures
from printd.reports.letterhead import letterhead
from printd.reports.office import Office
from printd.reports.signing_drawn import groups
from printd.reports.styles import GREY, LINE, Styles, styles
from printd.reports.table_drawn import facts, table
from printd.words.moments import zone_name

_F4: Final = (215 * mm, 330 * mm)
_FOOT: Final = 6
"""Size of the system's own line, in points (papers reference section 1.5)."""

_LIST_MARGINS: Final = (20, 16, 18, 16)
"""Of lists and slips, which are no official papers: top, right, bottom, left, in mm."""


def render(document: Document, office: Office, *, code: Code | None = None, is_copy: bool = False) -> bytes:
    """Return the PDF of a document.

    :param code: that is drawn beside its title; ``None``: it has none.
    :param is_copy: it says on every page that it is a copy.
    """
    return drawn(document, office, code=code, is_copy=is_copy)[0]


def drawn(document: Document, office: Office, *, code: Code | None = None, is_copy: bool = False) -> tuple[bytes, int]:
    """Return the PDF of a document as :func:`render` does, and how many pages it has."""
    pages: dict[str, int] = {}
    first = _draw(document, office, code, is_copy, pages)
    if not pages:
        return first
    return _draw(document, office, code, is_copy, pages)  # now that it is known how many pages each annex has


def _draw(
    document: Document, office: Office, code: Code | None, is_copy: bool, pages: dict[str, int]
) -> tuple[bytes, int]:
    look = styles(office)
    official = document.act is not None or document.letter is not None
    top, right, bottom, left = (one * mm for one in (office.margins if official else _LIST_MARGINS))
    size = A5 if document.small else (_F4 if office.paper == "F4" else A4)
    if document.landscape:
        size = landscape(size)
    width = size[0] - left - right
    story = _story(document, office, code, is_copy, width, look, pages)
    out = io.BytesIO()
    frame = Frame(left, bottom, width, size[1] - top - bottom, 0, 0, 0, 0)
    template = BaseDocTemplate(
        out,
        pagesize=size,
        pageTemplates=[PageTemplate(frames=[frame])],
        title=f"{office.reader.label(document.title)} {document.number}".strip(),
        author=office.name,
        lang=office.reader.language,
        invariant=1,
    )
    sides = (left, right)
    template.build(story, canvasmaker=lambda *given, **named: _Pages(document, office, is_copy, sides, *given, **named))
    return out.getvalue(), template.page


def _story(
    document: Document,
    office: Office,
    code: Code | None,
    is_copy: bool,
    width: float,
    look: Styles,
    pages: dict[str, int],
) -> list[Flowable]:
    copy = [Paragraph(escape(office.reader.text("COPY")), look.strong_centre)] if is_copy else []
    if document.act is not None:
        titles = [*act_drawn.title(document, office, look), *copy, Spacer(0, 2 * mm)]
        opening = act_drawn.opening(document.act, office, look)
        top = [*titles, opening] if code is None else [beside(titles, code, width, look, [opening])]
        return [
            *letterhead(office, width, look),
            *top,
            Spacer(0, 1.5 * mm),
            *act_drawn.body(document, document.act, office, width, look, pages),
        ]
    if document.letter is not None:
        return [
            *letterhead(office, width, look),
            *copy,
            *letter_drawn.body(document, document.letter, office, width, look),
            *letter_drawn.annexes(document, document.letter, office, width, look),
            *([beside([], code, width, look)] if code is not None else []),
        ]
    return _list(document, office, code, copy, width, look)


def _list(
    document: Document, office: Office, code: Code | None, copy: list[Flowable], width: float, look: Styles
) -> list[Flowable]:
    """Return a register or a slip: title, period, figures, pictures, tables."""
    reader = office.reader
    head = [] if document.belongs is None else [act_drawn.annex_head(document.belongs, office, width, look)]
    title = Paragraph(escape(reader.label(document.title)), look.title)
    story: list[Flowable] = [title, *copy, Spacer(0, 1 * mm)]
    lines = [Sentence("Number: {number}", number=document.number)] if document.number else []
    if document.period is not None:
        first, last = document.period
        zone = zone_name(reader.zone)
        lines.append(
            Sentence("Period: {first} ({zone})", first=Day(first), zone=zone)
            if first == last
            else Sentence("Period: {first} to {last} ({zone})", first=Day(first), last=Day(last), zone=zone)
        )
    if document.site:
        lines.append(Sentence("Unit: {site}", site=reader.sites.get(document.site, document.site)))
    story += [Paragraph(escape(reader.said(line)), look.cell_centre) for line in lines]
    if code is not None:
        story = [beside(story, code, width, look)]
    story = [*head, *story, Spacer(0, 3 * mm)]
    if document.facts:
        story.append(facts(document.facts, width, look, reader))
    for chart in document.charts:
        heading = Paragraph(escape(reader.text(chart.title)), look.heading)
        story.append(KeepTogether([heading, drawing(chart, width, look, reader)]))
    for one in document.tables:
        story += table(one, width, look, reader)
    story += [Paragraph(escape(reader.label(remark)), look.cell) for remark in document.remarks]
    if document.upward:
        story.append(_answered_for(document, office, width, look))
    story += groups(document.signatures, office, width, look)
    return story


def _answered_for(document: Document, office: Office, width: float, look: Styles) -> Flowable:
    """Return place, day and the head's signature below a register that another office gets."""
    reader = office.reader
    dated = Sentence("{place}, {day}", place=office.place or "................", day=Day(document.day))
    role = office.head.position or office.name
    signer = Signatures([Signature(role, office.head)])
    return KeepTogether(
        [
            Spacer(0, 4 * mm),
            Paragraph(escape(reader.said(dated)), look.centre),
            *groups([signer], office, width, look),
        ]
    )


class _Pages(Canvas):  # type: ignore[misc]  # ReportLab has no types
    """Draws head and foot once the number of pages is known."""

    def __init__(
        self, document: Document, office: Office, is_copy: bool, sides: tuple[float, float], *given: Any, **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self._document = document
        self._office = office
        self._is_copy = is_copy
        self._sides = sides
        self._official = document.act is not None or document.letter is not None
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
        left, right = self._sides
        reader, plain = self._office.reader, styles(self._office).faces.plain
        self.setFillColor(GREY)
        self.setStrokeColor(LINE)
        self.setFont(plain, 7.5)
        if not self._official:
            self.drawString(left, height - 12 * mm, self._office.name)
            self.line(left, height - 14 * mm, width - right, height - 14 * mm)
        if self._is_copy and not (self._official and number == 1):
            self.drawRightString(width - right, height - 12 * mm, reader.text("COPY"))
        self.line(left, 13 * mm, width - right, 13 * mm)
        self.setFont(plain, _FOOT)
        notes = list(self._document.system)
        if self._document.root:
            size, root = self._document.size, self._document.root
            notes.insert(0, Sentence("System note: log {size}, root {root}.", size=size, root=root))
        for line, note in enumerate(notes):
            self.drawString(left, (9.5 - 2.6 * line) * mm, reader.said(note))
        told = Sentence("Page {number} of {pages}", number=number, pages=pages)
        self.setFont(plain, 7.5)
        self.drawRightString(width - right, 6 * mm, reader.said(told))
