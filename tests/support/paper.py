"""An act's paper read back from its PDF, by a reader that knows nothing of us, and held against its JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

WITA = timezone(timedelta(hours=8))
"""The time of the office in all tests of papers."""


def text_of(pdf: Path) -> str:
    """Return the text of all pages as people read it, cell after cell, with single spaces."""
    return " ".join(pages_of(pdf))


def pages_of(pdf: Path) -> list[str]:
    """Return the text of each page."""
    try:
        return [" ".join(page.extract_text().split()) for page in PdfReader(pdf).pages]
    except PyPdfError as broken:
        raise AssertionError(f"{pdf.name} is no PDF that can be read: {broken}") from broken


def check_paper(pdf: Path, plain: Path) -> str:
    """Make sure that a paper says, in its order, all that its JSON says, and the log's root on every page.

    :returns: the text of the paper.
    """
    document = json.loads(plain.read_bytes())
    text, at = text_of(pdf), 0
    for piece in _pieces(document):
        found = text.find(piece, at)
        assert found >= 0, f"the paper {pdf.name} does not say {piece!r} where it belongs: {text[at : at + 200]!r}"
        at = found + len(piece)
    pages = pages_of(pdf)
    for number, page in enumerate(pages, start=1):
        assert f"log {_number(document['size'])} · root {document['root']}" in page
        assert f"Halaman {number} dari {len(pages)} / page {number} of {len(pages)}" in page
    return text


def _pieces(document: dict[str, Any]) -> Iterator[str]:
    yield f"{document['title']} {document['english']}"
    yield f"Nomor / number: {document['number']}"
    for fact in document["facts"]:
        yield f"{fact['title']} {fact['english']} {_shown(fact)}"
    for table in document["tables"]:
        yield f"{table['title']} {table['english']}"
        columns = table["columns"]
        if not table["rows"]:
            yield table["empty"]
            continue
        yield " ".join(f"{one['title']} {one['english']}" for one in columns)
        for row in (*table["rows"], *([table["total"]] if table["total"] else [])):
            yield " ".join(_shown({"value": row.get(one["key"]), "kind": one["kind"]}) for one in columns)
    for remark in document["remarks"]:
        yield f"Catatan / remark: {remark}"
    for one in document["signatures"]:
        yield f"{one['role']}, {one['english']} ( {one['name'] or '.' * 28} )"


def _shown(cell: dict[str, Any]) -> str:
    match cell["value"]:
        case None:
            return "—"
        case bool(answer):
            return "ya" if answer else "tidak"
        case int(figure) if cell["kind"] == "bp":
            return f"{figure // 100},{figure % 100:02d} %"
        case int(figure):
            return _number(figure)
        case str(moment) if cell["kind"] == "moment":
            here = datetime.fromisoformat(moment).astimezone(WITA)
            return f"{here:%Y-%m-%d %H:%M:%S} WITA"
        case text:
            return " ".join(str(text).split())


def _number(figure: int) -> str:
    """Write 1234 as 1.234."""
    return f"{figure:,}".replace(",", ".")
