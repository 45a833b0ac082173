"""Reports of sites: which cards a site printed and gave out, as JSON or CSV, read whole or refused whole.

A row has the serial of a blank and what the site knows of its card. What a row must have to name a card stands in
:data:`NEEDED`; a row that lacks any of it tells only that the blank was used. No message repeats what stands in a row:
it may be personal.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError

from printd.custody.manifest import MAX_BYTES
from printd.errors import Refused
from printd.intake.nik import NikError, parse_nik
from printd.words.free_text import holds_sixteen_digits
from printd.words.reasons import PRINT_REASONS
from printd.words.serials import SerialRange, join, parse_serial

NEEDED: Final = (
    *("job", "nik", "name", "printer", "operator", "checker"),
    *("printed_on", "handed_over_on", "receiver", "old_card"),
)
"""Without one of these a row names no card."""

COLUMNS: Final = ("serial", *NEEDED, "reason")
_WORDS: Final = {
    "receiver": ("holder", "proxy", "unknown"),
    "old_card": ("taken", "none", "unknown"),
    "reason": PRINT_REASONS,
}
_LONGEST: Final = 100
_INDONESIAN_DAY: Final = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", re.ASCII)


Row: TypeAlias = tuple[str, Mapping[str, str]]
"""Where it stands, and its cells by column."""


@dataclass(frozen=True)
class SiteCard:
    """One card that a site printed and gave out."""

    serial: str
    job: str
    nik: str
    name: str
    printer: str
    operator: str
    checker: str
    printed_on: date
    handed_over_on: date
    receiver: str
    old_card: str
    reason: str | None


@dataclass(frozen=True)
class SiteReport:
    """What a site says that it used.

    :param unnamed: blanks of which it cannot say what became of them.
    """

    cards: tuple[SiteCard, ...]
    unnamed: tuple[SerialRange, ...]


def read(content: bytes, *, name: str) -> SiteReport:
    """Read a report; ``name`` decides by its ending (.json or .csv) how.

    :raises Refused: naming the line and the column that is wrong.
    """
    if len(content) > MAX_BYTES:
        raise _bad(f"It has {len(content)} bytes, more than {MAX_BYTES}.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise _bad(f"It is not UTF-8 text (byte {wrong.start}).") from wrong
    if name.lower().endswith(".csv"):
        rows = _from_csv(text)
    elif name.lower().endswith(".json"):
        rows = _from_json(text)
    else:
        raise _bad("Its name ends neither in .json nor in .csv.")
    if not rows:
        raise _bad("There is no card in it.")
    return _report(rows)


def _bad(why: str) -> Refused:
    return Refused(
        "The site's report was refused.",
        why=why,
        consequence="Nothing was booked.",
        remedy="Correct it with the site and book it again. docs/formats.md has its form.",
    )


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)
    cards: list[dict[str, str]]


def _from_json(text: str) -> list[Row]:
    try:
        document = _Document.model_validate_json(text)
    except ValidationError as wrong:
        raise _bad('It is not a JSON object with a list of objects of texts under "cards".') from wrong
    rows: list[Row] = []
    for number, one in enumerate(document.cards, start=1):
        if not one.keys() <= set(COLUMNS):
            raise _bad(f"Card {number} has other fields than {', '.join(COLUMNS)}.")
        rows.append((f"Card {number}", {key: " ".join(value.split()) for key, value in one.items()}))
    return rows


def _from_csv(text: str) -> list[Row]:
    header = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), strict=True, delimiter=";" if header.count(";") > header.count(",") else ","
    )
    rows: list[Row] = []
    columns: list[str] = []
    try:
        for cells in reader:
            values = [" ".join(cell.split()) for cell in cells]
            if not any(values):
                continue
            if not columns:
                columns = _columns(values)
            elif len(values) > len(columns):
                raise _bad(f"Line {reader.line_num} has more fields than the header.")
            else:
                rows.append((f"Line {reader.line_num}", dict(zip(columns, values, strict=False))))
    except csv.Error as wrong:
        raise _bad(f"Line {reader.line_num} is not CSV.") from wrong
    return rows


def _columns(told: Sequence[str]) -> list[str]:
    columns = [one.casefold() for one in told]
    if "serial" not in columns or not set(columns) <= set(COLUMNS) or len(set(columns)) != len(columns):
        raise _bad(f"Its first line must name columns, each once, of {', '.join(COLUMNS)}; serial is one of them.")
    return columns


def _report(rows: Sequence[Row]) -> SiteReport:
    cards: list[SiteCard] = []
    unnamed: list[SerialRange] = []
    seen: set[str] = set()
    jobs: set[str] = set()
    for where, row in rows:
        try:
            part = parse_serial("" if holds_sixteen_digits(row.get("serial", "")) else row.get("serial", ""))
        except Refused as wrong:
            raise _bad(f"{where}: the serial is none.") from wrong
        if part.first_serial in seen:
            raise _bad(f"{where}: its serial stands in an earlier line.")
        seen.add(part.first_serial)
        if not all(row.get(key) for key in NEEDED):
            unnamed.append(part)
            continue
        card = _card(where, part.first_serial, row)
        if card.job in jobs:
            raise _bad(f"{where}: its job stands in an earlier line.")
        jobs.add(card.job)
        cards.append(card)
    return SiteReport(tuple(cards), tuple(join(unnamed)))


def _card(where: str, serial: str, row: Mapping[str, str]) -> SiteCard:
    try:
        parse_nik(row["nik"])
    except NikError as wrong:
        raise _bad(f"{where}: nik is no NIK.") from wrong
    for key in ("job", "printer", "operator", "checker"):
        if len(row[key]) > _LONGEST or not row[key].isprintable() or holds_sixteen_digits(row[key]):
            raise _bad(f"{where}: {key} is longer than {_LONGEST} characters, or may hold a NIK.")
    for key, words in _WORDS.items():
        if row.get(key) and row[key] not in words:
            raise _bad(f"{where}: {key} is none of {', '.join(words)}.")
    printed_on, handed_over_on = (_day(where, key, row[key]) for key in ("printed_on", "handed_over_on"))
    if handed_over_on < printed_on:
        raise _bad(f"{where}: handed_over_on is before printed_on.")
    return SiteCard(
        serial=serial,
        job=row["job"],
        nik=row["nik"],
        name=row["name"],
        printer=row["printer"],
        operator=row["operator"],
        checker=row["checker"],
        printed_on=printed_on,
        handed_over_on=handed_over_on,
        receiver=row["receiver"],
        old_card=row["old_card"],
        reason=row.get("reason") or None,
    )


def _day(where: str, key: str, text: str) -> date:
    """Return a day that is written as in the log or as in Indonesia."""
    found = _INDONESIAN_DAY.fullmatch(text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except ValueError as wrong:
        raise _bad(f"{where}: {key} is no day. Write 2026-11-20 or 20/11/2026.") from wrong
