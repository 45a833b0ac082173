"""A record (*berita acara*) on a page: title, opening, parties, basis, deed, tables, points, signatures, annexes.

The order and the sentences that every record has are those of the form (papers reference sections 1.7 and 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Image, KeepTogether, PageBreak, Paragraph, Spacer
from reportlab.platypus import Table as Grid

from printd.language.dates import roman
from printd.language.nip import nip
from printd.language.sentences import Clock, Count, Day, Sentence, SpelledDay
from printd.reports.document import Act, Annex, Belongs, Document, Party, Person
from printd.reports.office import Office
from printd.reports.signing_drawn import groups, post
from printd.reports.styles import Styles
from printd.reports.table_drawn import TIGHT, table
from printd.words import moments

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_PICTURES: Final = 2
"""Beside each other."""


class Mark(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """Stands where an annex begins or ends, and notes the page on which that is."""

    def __init__(self, name: str, pages: dict[str, int]) -> None:
        super().__init__()
        self.width = self.height = 0
        self._name, self._pages = name, pages

    def draw(self) -> None:
        """Note the page."""
        self._pages[self._name] = self.canv.getPageNumber()


def title(document: Document, office: Office, styles: Styles) -> list[Flowable]:
    """Return the lines of a record's title."""
    reader = office.reader
    lines = [
        Paragraph(escape(reader.text("RECORD")), styles.title),
        Paragraph(escape(reader.label(document.title).upper()), styles.title),
    ]
    if document.number:
        lines.append(Paragraph(escape(reader.said(Sentence("NUMBER {number}", number=document.number))), styles.centre))
    if document.given:
        lines.append(
            Paragraph(
                escape(reader.said(Sentence("(other number: {number})", number=document.given))), styles.cell_centre
            )
        )
    return lines


def opening(act: Act, office: Office, styles: Styles) -> Flowable:
    """Return the sentence with which a record begins."""
    day = moments.local(act.at, office.reader.zone).date().isoformat()
    said = Sentence(
        "On this day, {day}, at {clock}, at {place}, we the undersigned:",
        day=SpelledDay(day),
        clock=Clock(act.at),
        place=act.place or "........................",
    )
    return Paragraph(escape(office.reader.said(said)), styles.justified)


def body(
    document: Document, act: Act, office: Office, width: float, styles: Styles, pages: dict[str, int]
) -> list[Flowable]:
    """Return everything below the opening.

    :param pages: on which page each annex begins and ends, from the run before; noted anew.
    """
    reader = office.reader
    day = moments.local(act.at, reader.zone).date().isoformat()
    story: list[Flowable] = []
    story += _parties(act.parties, office, width, styles)
    if act.basis:
        story.append(Paragraph(escape(reader.text("On the basis of:")), styles.text))
        story += numbered([reader.said(one) for one in act.basis], width, styles, letters=True)
    story.append(Paragraph(escape(reader.said(act.deed)), styles.justified))
    for one in document.tables:
        story += table(one, width, styles, reader)
    story.append(Spacer(0, 2 * mm))
    points = [reader.said(one) for one in act.points]
    if act.annexes:
        points.append(reader.said(_annexes_told(act.annexes, pages, office)))
    story += numbered(points, width, styles)
    story += [Paragraph(escape(reader.label(one)), styles.justified) for one in document.remarks]
    story += _end(document, act, day, office, width, styles)
    for number, annex in enumerate(act.annexes, start=1):
        if annex.apart is None:
            story += _annex(document, annex, number, day, office, width, styles, pages)
    return story


def _parties(parties: Sequence[Party], office: Office, width: float, styles: Styles) -> list[Flowable]:
    """Return who signs: a party in full, officers in a line each."""
    if not any(one.side for one in parties):
        return numbered([_officer(one.person) for one in parties], width, styles)
    story: list[Flowable] = []
    for number, one in enumerate(parties, start=1):
        story += [KeepTogether(_party(number, one, office, width, styles)), Spacer(0, 1.5 * mm)]
    return story


def _officer(person: Person) -> str:
    said = (person.name or "." * 40, f"NIP {nip(person.nip)}" if person.nip else "", person.rank, post(person))
    return ", ".join(one for one in said if one)


def _party(number: int, one: Party, office: Office, width: float, styles: Styles) -> list[Flowable]:
    reader, person = office.reader, one.person
    said = [
        (reader.text("Name"), person.name or "." * 40),
        ("NIP", nip(person.nip)),
        (reader.text("Rank"), person.rank),
        (reader.text("Position"), post(person)),
    ]
    known = [(name, value) for name, value in said if value]
    rows: list[list[object]] = [
        [f"{number}." if at == 0 else "", name, ":", Paragraph(escape(value), styles.text)]
        for at, (name, value) in enumerate(known)
    ]
    style = [
        ("FONT", (0, 0), (-1, -1), styles.text.fontName, styles.size),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        *TIGHT,
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0.5),
    ]
    block: list[Flowable] = [Grid(rows, colWidths=[8 * mm, 34 * mm, 4 * mm, width - 46 * mm], style=style)]
    if one.side:
        said_of = {
            "office": person.agency or office.name,
            "party": office.first_party if one.side == "first" else office.second_party,
        }
        acting = Sentence("acting for and on behalf of {office}, hereafter {party};", **said_of)
        if person.assignment:
            acting = Sentence(
                "acting for and on behalf of {office}, under assignment letter {assignment}, hereafter {party};",
                assignment=person.assignment,
                **said_of,
            )
        block.append(_indented(Paragraph(escape(reader.said(acting)), styles.text), 8 * mm, width))
    return block


def _indented(paragraph: Flowable, left: float, width: float) -> Flowable:
    style = [("VALIGN", (0, 0), (-1, -1), "TOP"), *TIGHT, ("TOPPADDING", (0, 0), (-1, -1), 0)]
    return Grid([["", paragraph]], colWidths=[left, width - left], style=style)


def numbered(lines: Sequence[str], width: float, styles: Styles, *, letters: bool = False) -> list[Flowable]:
    """Return lines with numbers or letters before them."""
    if not lines:
        return []
    rows: list[list[object]] = [
        [f"{_LETTERS[at % 26]}." if letters else f"{at + 1}.", Paragraph(escape(line), styles.text)]
        for at, line in enumerate(lines)
    ]
    style = [
        ("FONT", (0, 0), (-1, -1), styles.text.fontName, styles.size),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        *TIGHT,
        ("TOPPADDING", (0, 0), (-1, -1), 0),
    ]
    return [Grid(rows, colWidths=[8 * mm, width - 8 * mm], style=style), Spacer(0, 1.5 * mm)]


def _annexes_told(annexes: Sequence[Annex], pages: Mapping[str, int], office: Office) -> Sentence:
    """Return the point that names the annexes by number and page count."""
    named = []
    for number, one in enumerate(annexes, start=1):
        if one.apart is not None:
            told = Sentence(
                "Annex {number}, {title} ({told})",
                number=roman(number),
                title=office.reader.label(one.title),
                told=one.apart,
            )
            named.append(office.reader.said(told))
            continue
        first, last = pages.get(f"{number} begins", 0), pages.get(f"{number} ends", 0)
        named.append(
            office.reader.said(
                Sentence(
                    "Annex {number}, {title} ({pages} pages)",
                    number=roman(number),
                    title=office.reader.label(one.title),
                    pages=last - first + 1,
                )
            )
        )
    return Sentence("Part of this record that cannot be taken from it: {annexes}.", annexes="; ".join(named))


def _end(document: Document, act: Act, day: str, office: Office, width: float, styles: Styles) -> list[Flowable]:
    """Return the closing sentence with place, day and signatures, which never stand alone on a page."""
    reader = office.reader
    closing = (
        Sentence(
            "This record was drawn up truthfully in {copies} copies, {keepers}, to be used as it should be.",
            copies=Count(act.copies),
            keepers=reader.label(act.keepers),
        )
        if act.keepers
        else Sentence(
            "This record was drawn up truthfully in {copies} copies, to be used as it should be.",
            copies=Count(act.copies),
        )
    )
    dated = Sentence("{place}, {day}", place=office.place or "................", day=Day(day))
    return [
        KeepTogether(
            [
                Paragraph(escape(reader.said(closing)), styles.justified),
                Spacer(0, 1 * mm),
                _right_half(Paragraph(escape(reader.said(dated)), styles.centre), width),
                *groups(document.signatures, office, width, styles),
            ]
        )
    ]


def _right_half(paragraph: Flowable, width: float) -> Flowable:
    return Grid([["", paragraph]], colWidths=[width / 2, width / 2], style=[*TIGHT])


def annex_head(belongs: Belongs, office: Office, width: float, styles: Styles) -> Flowable:
    """Return what stands at the upper right of an annex: its number, and of which record it is."""
    reader = office.reader
    title = reader.label(belongs.title).upper()
    lines = [
        Sentence("ANNEX {number} RECORD {title}", number=roman(belongs.annex), title=title),
        Sentence("NUMBER {number}", number=belongs.number or "................"),
        Sentence("DATE {day}", day=Day(belongs.day)),
    ]
    head = [Paragraph(escape(reader.said(one)), styles.cell) for one in lines]
    if belongs.restricted:
        head.insert(0, Paragraph(f"<b>{escape(reader.text('RESTRICTED'))}</b>", styles.cell))
    return Grid([["", head]], colWidths=[width * 0.5, width * 0.5], style=[*TIGHT])


def _annex(
    document: Document,
    annex: Annex,
    number: int,
    day: str,
    office: Office,
    width: float,
    styles: Styles,
    pages: dict[str, int],
) -> list[Flowable]:
    reader = office.reader
    belongs = Belongs(number, document.title, document.number, day, annex.restricted)
    story: list[Flowable] = [
        PageBreak(),
        Mark(f"{number} begins", pages),
        annex_head(belongs, office, width, styles),
        Spacer(0, 3 * mm),
        Paragraph(escape(reader.label(annex.title)), styles.strong_centre),
    ]
    for one in annex.tables:
        story += table(one, width, styles, reader)
    story += [Paragraph(escape(reader.said(one)), styles.text) for one in annex.remarks]
    if annex.pictures:
        story += [Spacer(0, 2 * mm), _pictures(annex.pictures, width)]
    story.append(Mark(f"{number} ends", pages))
    return story


def _pictures(files: Sequence[bytes], width: float) -> Flowable:
    side = width / _PICTURES
    cells: list[object] = [
        Image(BytesIO(one), width=side - 4 * mm, height=(side - 4 * mm) * 0.75, kind="proportional") for one in files
    ]
    while len(cells) % _PICTURES:
        cells.append("")
    rows = [cells[start : start + _PICTURES] for start in range(0, len(cells), _PICTURES)]
    return Grid(rows, colWidths=[side] * _PICTURES)
