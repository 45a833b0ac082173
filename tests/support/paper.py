"""An act's paper read back from its PDF, by a reader that knows nothing of us, and held against its JSON.

What each figure, day and sentence is in Indonesian is worked out here once more; of the office's own words only the
catalogue is asked, as its files have them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from support.indonesian import day, grouped, spelled, spelled_day

WITA = timezone(timedelta(hours=8))
"""The time of the office in all tests of papers."""

_LOCALE = Path(__file__).parents[2] / "printd" / "language" / "locale" / "id"


def text_of(pdf: Path) -> str:
    """Return the text of all pages as people read it, cell after cell, with single spaces."""
    return " ".join(pages_of(pdf))


def pages_of(pdf: Path) -> list[str]:
    """Return the text of each page."""
    try:
        return [" ".join(page.extract_text().split()) for page in PdfReader(pdf).pages]
    except PyPdfError as broken:
        raise AssertionError(f"{pdf.name} is no PDF that can be read: {broken}") from broken


def check_paper(pdf: Path, plain: Path, sites: Mapping[str, str] | None = None) -> str:
    """Make sure that a paper says, in its order, all that its JSON says, and the log's root on every page.

    :param sites: full names of the sites by their short ones.
    :returns: the text of the paper.
    """
    document = json.loads(plain.read_bytes())
    text, at = text_of(pdf), 0
    for piece in _pieces(document, sites or {}):
        found = text.find(piece, at)
        assert found >= 0, f"the paper {pdf.name} does not say {piece!r} where it belongs: {text[at : at + 300]!r}"
        at = found + len(piece)
    pages = pages_of(pdf)
    for number, page in enumerate(pages, start=1):
        assert f"log {grouped(document['size'])} entri, sidik digital {document['root']}" in page
        assert f"Halaman {number} dari {len(pages)}" in page
    return text


@cache
def _catalogue() -> dict[tuple[str | None, str], str]:
    found = {}
    for file in _LOCALE.glob("*.po"):
        with file.open("rb") as opened:
            for one in read_po(opened, locale="id"):
                found[one.context, str(one.id)] = str(one.string)
    return found


def word(message: str, context: str | None = None) -> str:
    """Return a message, or the word of a code, in Indonesian."""
    return _catalogue().get((context, message)) or message


def said(value: Any, sites: Mapping[str, str]) -> str:
    """Return a value of a document's JSON as the paper has it."""
    match value:
        case None:
            return "-"
        case bool():
            return "ya" if value else "tidak"
        case int():
            return grouped(value)
        case str():
            return " ".join(value.split())
        case {"message": message, "values": values}:
            whole = word(message).format(**{key: said(one, sites) for key, one in values.items()})
            return " ".join(whole.split())
        case {"count": number}:
            return f"{grouped(number)} ({spelled(number)})"
        case {"figure": number}:
            return grouped(number)
        case {"rupiah": amount}:
            return f"Rp{grouped(amount)} ({spelled(amount)} rupiah)"
        case {"day": iso}:
            return day(date.fromisoformat(iso))
        case {"spelled_day": iso}:
            return spelled_day(date.fromisoformat(iso))
        case {"moment": at}:
            here = datetime.fromisoformat(at).astimezone(WITA)
            return f"{day(here.date())} pukul {here:%H.%M} WITA"
        case {"clock": at}:
            return f"{datetime.fromisoformat(at).astimezone(WITA):%H.%M} WITA"
        case {"code": code, "of": context}:
            return _place(code, sites) if context == "place" else word(code, context)
        case {"serials": ranges, "limit": limit}:
            return _serials(ranges, limit)
        case {"listed": items}:
            return ", ".join(said(one, sites) for one in items)
    raise AssertionError(value)


def _place(code: str, sites: Mapping[str, str]) -> str:
    kind, _, whose = code.partition(":")
    if kind == "site":
        return f"di {sites.get(whose, whose)}"
    return f"{word(kind, 'place')} {whose}".strip()


def _serials(ranges: Sequence[Sequence[str]], limit: int) -> str:
    told = ranges[:limit] if limit else ranges
    shown = [first if first == last else f"{first} s.d. {last}" for first, last in told]
    if len(ranges) > len(shown):
        shown.append(f"dan {len(ranges) - len(shown)} rentang lain")
    return ", ".join(shown)


def _label(label: Any, sites: Mapping[str, str]) -> str:
    return word(label) if isinstance(label, str) else said(label, sites)


def _pieces(document: dict[str, Any], sites: Mapping[str, str]) -> Iterator[str]:
    act = document["act"]
    title = _label(document["title"], sites)
    if act is not None:
        yield "BERITA ACARA"
        yield title.upper()
        yield f"NOMOR {document['number']}"
        yield from _opening(act, sites)
    elif document["letter"] is not None:
        yield from _letter(document, sites)
    else:
        yield title
    for fact in document["facts"]:
        yield f"{word(fact['title'])} {_cell(fact['value'], fact, sites)}"
    for table in document["tables"]:
        yield from _table(table, sites)
    if act is not None:
        yield from (said(one, sites) for one in act["points"])
        yield from (said(one["apart"], sites) for one in act["annexes"] if one["apart"])
    yield from (_label(one, sites) for one in document["remarks"])
    for group in document["signatures"]:
        for one in group["signers"]:
            yield one["person"]["name"] or "." * 32
    for annex in [] if act is None else [one for one in act["annexes"] if not one["apart"]]:
        yield _label(annex["title"], sites)
        for table in annex["tables"]:
            yield from _table(table, sites)


def _opening(act: dict[str, Any], sites: Mapping[str, str]) -> Iterator[str]:
    here = datetime.fromisoformat(act["at"]).astimezone(WITA)
    yield f"Pada hari ini, {spelled_day(here.date())}, pukul {here:%H.%M} WITA, bertempat di {act['place']}, kami"
    for party in act["parties"]:
        yield party["person"]["name"] or "." * 40
        if party["side"]:
            yield f"selanjutnya disebut {'PIHAK PERTAMA' if party['side'] == 'first' else 'PIHAK KEDUA'}"
    yield from (said(one, sites) for one in act["basis"])
    yield said(act["deed"], sites)


def _letter(document: dict[str, Any], sites: Mapping[str, str]) -> Iterator[str]:
    letter = document["letter"]
    yield day(date.fromisoformat(letter["day"]))
    yield document["number"]
    yield _label(letter["subject"], sites)
    yield from letter["addressee"]
    yield from letter["through"]
    yield said(letter["opening"], sites)
    yield from (said(one, sites) for one in letter["points"])


def _table(table: dict[str, Any], sites: Mapping[str, str]) -> Iterator[str]:
    if table["title"]:
        yield _label(table["title"], sites)
    columns = table["columns"]
    if not table["rows"]:
        yield word(table["empty"])
        return
    yield " ".join(word(one["title"]) for one in columns)
    nil = [row for row in table["rows"] if table["nil"] and _is_nil(row, columns)]
    for row in table["rows"]:
        if row not in nil:
            yield " ".join(_cell(row.get(one["key"]), one, sites) for one in columns)
    if nil:
        (column,) = (one for one in columns if one["key"] == table["nil"])
        yield f"Nihil: {'; '.join(_cell(row.get(table['nil']), column, sites) for row in nil)}."
    if table["total"]:
        cells = (_cell(table["total"].get(one["key"], ""), one, sites) for one in columns)
        yield " ".join(" ".join(one for one in cells if one not in ("", "-")).split())


def _is_nil(row: dict[str, Any], columns: list[dict[str, Any]]) -> bool:
    figures = [row.get(one["key"]) for one in columns if one["kind"] == "int"]
    return not row.get("keep") and not any(figures)


def _cell(value: Any, column: dict[str, Any], sites: Mapping[str, str]) -> str:
    match value:
        case int(figure) if column["kind"] == "bp" and not isinstance(figure, bool):
            return f"{figure // 100},{figure % 100:02d}%"
        case str(code) if column["words"]:
            return _place(code, sites) if column["words"] == "place" else word(code, column["words"])
        case str(moment) if column["kind"] == "moment":
            here = datetime.fromisoformat(moment)
            return f"{here.astimezone(WITA) if moment.endswith('Z') else here:%d/%m/%Y %H.%M}"
        case str(iso) if column["kind"] == "day":
            return f"{date.fromisoformat(iso):%d/%m/%Y}"
    return said(value, sites)
