"""Signatures on a page: parties beside each other, officers in a table, the head of the office last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer
from reportlab.platypus import Table as Grid

from printd.language.nip import nip
from printd.reports.document import Person, Signature, Signatures
from printd.reports.office import Office
from printd.reports.styles import LINE, Styles
from printd.reports.table_drawn import SIDE, TIGHT

_ROOM: Final = 13 * mm
"""To sign in; a stamp overlaps its left third."""

_DOTS: Final = "." * 32
_ROW: Final = 7.5 * mm
_MOST: Final = 3
"""Signatures beside each other."""


def groups(told: Sequence[Signatures], office: Office, width: float, styles: Styles) -> list[Flowable]:
    """Return groups of signatures, one below the other."""
    story: list[Flowable] = []
    for group in told:
        story.append(Spacer(0, 2 * mm))
        if group.heading:
            story.append(Paragraph(escape(office.reader.text(group.heading)), styles.cell))
        drawn = _table if group.form == "table" else _beside
        story.append(drawn(group.signers, office, width, styles))
    return story


def _beside(signers: Sequence[Signature], office: Office, width: float, styles: Styles) -> Flowable:
    columns = 2 if len(signers) == 4 else min(_MOST, len(signers))
    cells: list[list[Flowable]] = [_lines(one, office, styles) for one in signers]
    while len(cells) % columns:
        cells.append([])
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    style = [("VALIGN", (0, 0), (-1, -1), "TOP"), *TIGHT]
    return Grid(rows, colWidths=[width / columns] * columns, style=style)


def _lines(one: Signature, office: Office, styles: Styles) -> list[Flowable]:
    reader, person = office.reader, one.person
    found: list[Flowable] = [Paragraph(escape(reader.text(one.above)), styles.centre)] if one.above else []
    found += [Paragraph(f"{escape(reader.label(one.role))},", styles.centre), Spacer(0, _ROOM)]
    found.append(Paragraph(f"<b>{escape(person.name)}</b>" if person.name else _DOTS, styles.centre))
    if person.rank:
        found.append(Paragraph(escape(person.rank), styles.centre))
    if person.nip:
        found.append(Paragraph(f"NIP {nip(person.nip)}", styles.centre))
    return found


def post(person: Person) -> str:
    """Return where somebody works and as what."""
    return ", ".join(part for part in (person.position, person.agency) if part)


def _table(signers: Sequence[Signature], office: Office, width: float, styles: Styles) -> Flowable:
    reader = office.reader
    titles = ("No.", "Name", "Post or agency", "As", "Signature")
    rows: list[list[object]] = [[Paragraph(escape(reader.text(one)), styles.head) for one in titles]]
    for number, one in enumerate(signers, start=1):
        person = one.person
        name = escape(person.name) if person.name else _DOTS
        if person.nip:
            name += f"<br/>NIP {nip(person.nip)}"
        rows.append(
            [
                str(number),
                Paragraph(name, styles.cell),
                Paragraph(escape(post(person)), styles.cell),
                Paragraph(escape(reader.label(one.role)), styles.cell),
                f"{number}.",
            ]
        )
    style = [
        ("GRID", (0, 0), (-1, -1), 0.4, LINE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("FONT", (0, 1), (-1, -1), styles.cell.fontName, styles.cell.fontSize),
        *TIGHT,
    ]
    shares = (0.06, 0.28, 0.26, 0.18, 0.22)
    heights = [None, *(_height(row, width, shares) for row in rows[1:])]
    return Grid(rows, colWidths=[width * one for one in shares], rowHeights=heights, style=style)


def _height(row: Sequence[object], width: float, shares: Sequence[float]) -> float:
    """Return the height of a row that one can sign in and that holds its longest cell."""
    cells = [
        cell.wrap(width * share - 2 * SIDE, width)[1]
        for cell, share in zip(row, shares, strict=True)
        if isinstance(cell, Paragraph)
    ]
    return float(max(_ROW, *(height + SIDE for height in cells)))
