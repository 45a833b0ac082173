"""R3 sites, R6 shifts, R12 stock counts, R17 incidents, as the entries make them."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
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


def incidents(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R17: what began in the period, or was open in it."""
    found = []
    for entry, end in _incidents(books, first, last):
        found.append(
            {
                "incident": entry["data"]["incident"],
                "at": minute(entry["at"]),
                "finder": books.legal(*entry["by"][:1]) or "the machine",
                "kind": entry["data"]["kind"],
                "pieces": entry["data"]["pieces"],
                "note": entry["data"]["note"],
                "state": "open" if end is None else "closed",
                "outcome": None if end is None else end["data"]["outcome"],
            }
        )
    return found


def _incidents(books: Books, first: date, last: date) -> list[tuple[Entry, Entry | None]]:
    """Return the incidents of a period with what closed each by its end."""
    closed = {one["data"]["incident"]: one for one in books.of("incident.closed") if day_of(one["at"]) <= last}
    found = []
    for entry in books.of("incident.opened"):
        end = closed.get(entry["data"]["incident"])
        over = end is not None and day_of(end["at"]) < first
        if day_of(entry["at"]) <= last and not (day_of(entry["at"]) < first and over):
            found.append((entry, end))
    return found


def _notes(books: Books, incident: str, last: date) -> list[Entry]:
    return [
        one for one in books.of("incident.noted") if one["data"]["incident"] == incident and day_of(one["at"]) <= last
    ]


def reports(books: Books, first: date, last: date) -> list[Row]:
    """Return who heard of each incident when, and by when they should have."""
    found = []
    for entry, _ in _incidents(books, first, last):
        hours: int | None = None
        for one in books.of("shop.opened", "shop.configured"):
            if one["seq"] < entry["seq"] and "configuration" in one["data"]:
                hours = one["data"]["configuration"].get("report_hours")
        noted = _notes(books, entry["data"]["incident"], last)
        told = {
            who: next((one["at"] for one in noted if who in one["data"].get("reported_to", [])), None)
            for who in ("head", "province", "ministry")
        }
        police = [one["data"]["police_report"] for one in noted if one["data"].get("police_report")]
        due = None if hours is None else datetime.fromisoformat(entry["at"]) + timedelta(hours=hours)
        found.append(
            {
                "incident": entry["data"]["incident"],
                "report_by": None if due is None else f"{due:%Y-%m-%dT%H:%M:%SZ}",
                **told,
                "police_report": police[-1] if police else None,
            }
        )
    return found


def done(books: Books, first: date, last: date) -> list[Row]:
    """Return what was done about each incident."""
    return [
        {
            "incident": entry["data"]["incident"],
            "at": one["at"],
            "by": books.legal(*one["by"]),
            "text": one["data"]["text"],
        }
        for entry, _ in _incidents(books, first, last)
        for one in _notes(books, entry["data"]["incident"], last)
    ]


def by_place(books: Books, until: date) -> Counter[str]:
    """Return the pieces in every place at the end of a day."""
    at: dict[str, str] = {}
    for step in books.steps:
        if step.day <= until:
            at[step.serial] = step.target
    return Counter(at.values())
