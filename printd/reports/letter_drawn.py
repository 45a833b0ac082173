"""An official letter (*surat dinas*) on a page: number and subject, addressee, points, the head's signature, copies."""

from __future__ import annotations

from xml.sax.saxutils import escape

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, PageBreak, Paragraph, Spacer
from reportlab.platypus import Table as Grid

from printd.language.sentences import Day, Sentence
from printd.reports.act_drawn import numbered
from printd.reports.charts import drawing
from printd.reports.document import Annex, Document, Letter
from printd.reports.office import Office
from printd.reports.signing_drawn import groups
from printd.reports.styles import Styles
from printd.reports.table_drawn import TIGHT, table


def body(document: Document, letter: Letter, office: Office, width: float, styles: Styles) -> list[Flowable]:
    """Return everything below the letterhead."""
    reader = office.reader
    dated = Sentence("{place}, {day}", place=office.place or "................", day=Day(letter.day))
    story: list[Flowable] = [Paragraph(escape(reader.said(dated)), styles.right)]
    story.append(_references(document, letter, office, width, styles))
    story.append(Spacer(0, 4 * mm))
    lines = (
        [reader.said(Sentence("To: {addressee}", addressee=letter.addressee[0])), *letter.addressee[1:]]
        if letter.addressee
        else []
    )
    if letter.through:
        lines += [reader.said(Sentence("through {whom}", whom=letter.through[0])), *letter.through[1:]]
    story += [Paragraph(escape(line), styles.text) for line in lines]
    story.append(Spacer(0, 4 * mm))
    story.append(Paragraph(escape(reader.said(letter.opening)), styles.justified))
    story += numbered([reader.said(one) for one in letter.points], width, styles)
    for one in document.tables:
        story += table(one, width, styles, reader)
    end: list[Flowable] = [
        Spacer(0, 2 * mm),
        Paragraph(escape(reader.label(letter.closing)), styles.justified),
        Grid(
            [["", groups(document.signatures, office, width / 2, styles)]],
            colWidths=[width / 2, width / 2],
            style=[*TIGHT],
        ),
    ]
    story.append(KeepTogether(end))
    if letter.copies_to:
        copies = [Paragraph(escape(reader.text("Copy to:")), styles.cell)]
        copies += [
            Paragraph(escape(f"{number}. {one}"), styles.cell) for number, one in enumerate(letter.copies_to, start=1)
        ]
        story.append(KeepTogether(copies))
    return story


def annexes(document: Document, letter: Letter, office: Office, width: float, styles: Styles) -> list[Flowable]:
    """Return what is enclosed with a letter, each on a page of its own."""
    return [one for annex in letter.annexes for one in _annex(document, letter, annex, office, width, styles)]


def _annex(
    document: Document, letter: Letter, annex: Annex, office: Office, width: float, styles: Styles
) -> list[Flowable]:
    reader = office.reader
    lines = [
        Sentence("ENCLOSED WITH LETTER"),
        Sentence("NUMBER {number}", number=document.number or "................"),
        Sentence("DATE {day}", day=Day(letter.day)),
    ]
    head = [Paragraph(escape(reader.said(one)), styles.cell) for one in lines]
    story: list[Flowable] = [
        PageBreak(),
        Grid([["", head]], colWidths=[width * 0.5, width * 0.5], style=[*TIGHT]),
        Spacer(0, 3 * mm),
        Paragraph(escape(reader.label(annex.title)), styles.strong_centre),
    ]
    for one in annex.tables:
        story += table(one, width, styles, reader)
    for chart in annex.charts:
        heading = Paragraph(escape(reader.text(chart.title)), styles.heading)
        story.append(KeepTogether([heading, drawing(chart, width, styles, reader)]))
    return story


def _references(document: Document, letter: Letter, office: Office, width: float, styles: Styles) -> Flowable:
    reader = office.reader
    said = [
        ("Number", document.number or "................"),
        ("Nature", reader.text(letter.nature)),
        ("Enclosed", reader.label(letter.enclosed)),
        ("Subject", reader.label(letter.subject)),
    ]
    rows: list[list[object]] = [[reader.text(name), ":", Paragraph(escape(value), styles.text)] for name, value in said]
    style = [
        ("FONT", (0, 0), (-1, -1), styles.text.fontName, styles.size),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        *TIGHT,
        ("TOPPADDING", (0, 0), (-1, -1), 0),
    ]
    return Grid(
        rows,
        colWidths=[
            24 * mm,
            4 * mm,
            width * 0.55 - 28 * mm,
        ],
        hAlign="LEFT",
        style=style,
    )
