"""R3 what sites report, as the entries make it, and what lay in a place at any moment."""

from __future__ import annotations

from datetime import date
from typing import Any

from crossing.custody import Books
from crossing.entries import Entry, day_of, each, minute, ranges

Row = dict[str, Any]


def _within(entry: Entry, first: date, last: date) -> bool:
    return first <= day_of(entry["at"]) <= last


def sites(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R3; the books' figure is what the site held when it reported, counted here."""
    found = []
    for entry in books.of("site.reported"):
        data = entry["data"]
        if first.isoformat() <= data["day"] <= last.isoformat():
            book = sum(
                books.type_of(serial) == data["stock_type"]
                for serial in held(books, f"site:{data['site']}", entry["seq"])
            )
            row = {
                "day": data["day"],
                "site": f"site:{data['site']}",
                "stock_type": data["stock_type"],
                "book": book,
                "reported": data["pieces"],
                "difference": data["pieces"] - book,
                "ribbon": data.get("ribbon"),
                "film": data.get("film"),
            }
            found.append((data["day"], data["site"], entry["seq"], row))
    return [row for *_, row in sorted(found, key=lambda one: one[:3])]


def not_named(books: Books, first: date, last: date) -> list[Row]:
    """Return the second table of R3: what sites used and could not name card by card."""
    found: list[Row] = []
    for entry in books.of("site.differed"):
        for one in entry["data"]["discrepancies"]:
            ends = [two for two in books.of("discrepancy.closed") if two["data"]["discrepancy"] == one["id"]]
            if day_of(entry["at"]) > last or (ends and day_of(ends[0]["at"]) < first):
                continue
            end = ends[0] if ends and day_of(ends[0]["at"]) <= last else None
            row = {
                "difference": one["id"],
                "site": f"site:{entry['data']['site']}",
                "opened": minute(entry["at"]),
                "report": one["note"],
                "pieces": one["pieces"],
                "serials": ranges(each(one["serials"])),
                "closed": None if end is None else minute(end["at"]),
                "outcome": None if end is None else end["data"]["outcome"],
                "document": None if end is None else end["data"]["document"],
            }
            found.append(row)
    return found


def held(books: Books, place: str, before: int) -> set[str]:
    """Return the blanks that lay in a place just before an entry of this number."""
    found: set[str] = set()
    for step in books.steps:
        if step.entry["seq"] >= before:
            break
        if step.target == place:
            found.add(step.serial)
        elif step.source == place:
            found.discard(step.serial)
    return found
