"""Manifests as spreadsheets write them, brought to the members that a JSON manifest has.

A spreadsheet writes by the settings of its machine. Indonesian ones put ``;`` between fields, the day first in dates
and points between thousands; English ones put ``,`` between fields, and then ``05/11/2026`` and ``4.000`` have two
readings. So the separator tells the settings, and what still has two readings is refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

_HEADER: Final = ("delivery", "bast_number", "bast_date", "stock_type", "generation")
_MORE: Final = ("practice", "sender", "due_back", "unit_value")
_WAYS: Final = (("carton", "first", "last"), ("serial",), ("count",))
COLUMNS: Final = (*_HEADER, *_MORE, *(column for way in _WAYS for column in way))
"""Of a spreadsheet: those of the delivery, then one of three ways to name the blanks."""

_OF_DELIVERY: Final = (*_HEADER, *_MORE)
_EXAMPLE: Final = (
    "delivery;bast_number;bast_date;stock_type;generation;carton;first;last, and below it "
    "KPG-2026-11;BAST/470/2026;20/11/2026;WNI;5;KPG-2026-11-1;KPG0000001;KPG0002000"
)
_DATES: Final = "Write 20/11/2026 (day/month/year) or 2026-11-20."
_COUNTS: Final = "Write 4000, or 4.000 in a file with ; between its fields."
_YES_NO: Final[Mapping[str, bool]] = MappingProxyType({"true": True, "benar": True, "false": False, "salah": False})
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4})", re.ASCII)
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DIGITS: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_THOUSANDS: Final = re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3}){1,2}", re.ASCII)


def read_csv(text: str) -> Mapping[str, Any]:
    """Return the members of a manifest.

    :raises ValueError: what is wrong, in which line, with an example of how it is written.
    """
    separator = _separator(text)
    columns, rows = _rows(text, separator)
    if any(one not in COLUMNS for one in columns) or any(one not in columns for one in _HEADER) or not rows:
        unknown = [one for one in columns if one not in COLUMNS]
        missing = [one for one in _HEADER if one not in columns]
        raise ValueError(
            f"Unknown columns: {', '.join(unknown) or 'none'}; missing columns: {', '.join(missing) or 'none'}; "
            f"data lines: {len(rows)}. Known columns are {', '.join(COLUMNS)}. Example: {_EXAMPLE}"
        )
    cartons: list[dict[str, str]] = []
    serials: list[str] = []
    count: int | None = None
    at, first = rows[0]
    for line, row in rows:
        if any(row[key] not in ("", first[key]) for key in _OF_DELIVERY if key in row):
            raise ValueError(f"Line {line} speaks of another delivery than the first: one manifest, one delivery")
        ways = [any(row.get(key) for key in way) for way in _WAYS]
        if sum(ways) > 1:
            raise ValueError(f"Line {line} names its blanks in more than one way: carton, serial or count")
        if ways[0]:
            cartons.append({key: row.get(key, "") for key in _WAYS[0]})
        elif row.get("serial"):
            serials.append(row["serial"])
        elif row.get("count") and count is None:
            count = _whole(row["count"], "count", line, separator)
        else:
            raise ValueError(f"Line {line} names neither a carton's first and last serial, a serial, nor the one count")
    return {
        **_of_delivery(first, at, separator),
        "cartons": cartons or None,
        "serials": serials or None,
        "count": count,
    }


def _separator(text: str) -> str:
    """Return what stands between fields, by the line of the columns."""
    head = text.lstrip().partition("\n")[0]
    found = [sign for sign in (",", ";") if sign in head]
    if len(found) > 1:
        raise ValueError(
            f"The line of the columns has both , and ; between them; only one may separate fields. Example: {_EXAMPLE}"
        )
    return found[0] if found else ","


def _rows(text: str, separator: str) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Return the columns, and the lines that say something with their numbers."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        lines = [(reader.line_num, [field.strip() for field in fields]) for fields in reader]
    except csv.Error as wrong:
        raise ValueError(f"Line {reader.line_num}: {wrong}") from wrong
    said = [(line, fields) for line, fields in lines if any(fields)]
    if not said:
        return [], []
    columns = _without_empty_end(said[0][1])
    twice = next((one for one, times in Counter(columns).items() if times > 1), None)
    if twice is not None:
        raise ValueError(f"The column {twice!r} is there twice")
    rows: list[tuple[int, dict[str, str]]] = []
    for line, fields in said[1:]:
        if len(_without_empty_end(fields)) > len(columns):
            raise ValueError(f"Line {line} has more fields than the header")
        told = [*fields, *[""] * len(columns)]
        rows.append((line, dict(zip(columns, told, strict=False))))
    return columns, rows


def _without_empty_end(fields: Iterable[str]) -> list[str]:
    """Return fields without the empty ones at the end, where a sheet is wider than what is in it."""
    told = list(fields)
    while told and not told[-1]:
        del told[-1]
    return told


def _of_delivery(row: Mapping[str, str], line: int, separator: str) -> dict[str, Any]:
    told: dict[str, Any] = {key: row[key] for key in _HEADER}
    told["bast_date"] = _day(row["bast_date"], "bast_date", line, separator)
    if row.get("practice"):
        told["practice"] = _YES_NO.get(row["practice"].lower(), row["practice"])
    if row.get("sender"):
        told["sender"] = row["sender"]
    if row.get("due_back"):
        told["due_back"] = _day(row["due_back"], "due_back", line, separator)
    if row.get("unit_value"):
        told["unit_value"] = _whole(row["unit_value"], "unit_value", line, separator)
    return told


def _day(text: str, column: str, line: int, separator: str) -> str:
    """Return a date as ``2026-11-20``."""
    told = _DAY_FIRST.fullmatch(text)
    if told is None and not _ISO.fullmatch(text):
        raise ValueError(f"Line {line}: {column} is no date. {_DATES}")
    try:
        if told is None:
            return date.fromisoformat(text).isoformat()
        day, month, year = int(told[1]), int(told[3]), int(told[4])
        found = date(year, month, day)
    except ValueError:
        raise ValueError(f"Line {line}: {column} is a date that does not exist. {_DATES}") from None
    if separator == "," and day <= 12 and day != month:
        other = date(year, day, month)
        raise ValueError(
            f"Line {line}: {column} may be {found:%Y-%m-%d} or {other:%Y-%m-%d}: where , stands between fields, some "
            "machines write the month first. Write whichever it is in that form."
        )
    return found.isoformat()


def _whole(text: str, column: str, line: int, separator: str) -> int:
    """Return a whole number, which may have points between its thousands."""
    if _DIGITS.fullmatch(text):
        return int(text)
    if separator == ";" and _THOUSANDS.fullmatch(text):
        return int(text.replace(".", ""))
    raise ValueError(f"Line {line}: {column} is no whole number that can be read in one way. {_COUNTS}")
