"""R17 incidents, who was told of them in time, and what was done, as the entries make them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from crossing.custody import Books
from crossing.entries import Entry, day_of, each, instant, minute, ranges

Row = dict[str, Any]

_TOLD = ("head", "province", "ministry")


def _standing(books: Books, first: date, last: date) -> list[tuple[Entry, Entry | None]]:
    """Return the incidents that began in a period or were open in it, each with its end, where that was by then."""
    ends = {one["data"]["incident"]: one for one in books.of("incident.closed")}
    found = []
    for entry in books.of("incident.opened"):
        end = ends.get(entry["data"]["incident"])
        if day_of(entry["at"]) <= last and (end is None or day_of(end["at"]) >= first or day_of(entry["at"]) >= first):
            found.append((entry, end if end is not None and day_of(end["at"]) <= last else None))
    return found


def _notes(books: Books, incident: str, last: date) -> list[Entry]:
    noted = [one for one in books.of("incident.noted") if one["data"]["incident"] == incident]
    return [one for one in noted if day_of(one["at"]) <= last]


def what(books: Books, first: date, last: date) -> list[Row]:
    """Return what happened."""
    found = []
    for entry, end in _standing(books, first, last):
        data = entry["data"]
        found.append(
            {
                "incident": data["incident"],
                "at": minute(entry["at"]),
                "finder": books.legal(entry["by"][0]) if entry["by"] else "the machine",
                "kind": data["kind"],
                "pieces": data["pieces"],
                "serials": ranges(each(data["serials"])) or None,
                "note": data["note"],
                "last_event": _last(data["last_event"]),
                "state": "open" if end is None else "closed",
                "outcome": None if end is None else end["data"]["outcome"],
            }
        )
    return found


def _last(text: str) -> str | None:
    last = json.loads(text or "{}")
    if "at" not in last:
        return None
    return f"{last['at']}: from {last['source']} to {last['target']} (entry {last['seq']})"


def told(books: Books, first: date, last: date) -> list[Row]:
    """Return who heard of it when, and whether that was in time."""
    found = []
    for entry, end in _standing(books, first, last):
        notes = _notes(books, entry["data"]["incident"], last)
        heard = {one: [two["at"] for two in notes if one in two["data"].get("reported_to", [])] for one in _TOLD}
        first_heard = {one: min(times, default=None) for one, times in heard.items()}
        due = _due(books, entry)
        reports = [one["data"]["police_report"] for one in notes if one["data"].get("police_report")]
        found.append(
            {
                "incident": entry["data"]["incident"],
                "report_by": due,
                **first_heard,
                "police_report": reports[-1] if reports else None,
                "standing": _how(books, due, list(first_heard.values()), end, last),
            }
        )
    return found


def _due(books: Books, opened: Entry) -> str | None:
    """Return by when it is to be reported: so many hours after it was found as the configuration of then says."""
    hours = None
    for entry in books.of("shop.opened", "shop.configured"):
        if entry["seq"] < opened["seq"] and "configuration" in entry["data"]:
            hours = entry["data"]["configuration"].get("report_hours")
    return None if hours is None else f"{instant(opened['at']) + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def _how(books: Books, due: str | None, heard: list[str | None], end: Entry | None, last: date) -> str:
    if due is None:
        return "no time limit is known"
    times = [one for one in heard if one is not None]
    if len(times) == len(heard):
        return "reported in time" if max(times) <= due else "reported late"
    if end is not None:
        return "settled, not reported to all"
    now = books.entries[-1]["at"]
    over = day_of(due) <= last if day_of(now) > last else due < now
    return "overdue: not reported to all" if over else "to be reported"


def done(books: Books, first: date, last: date) -> list[Row]:
    """Return what was done."""
    return [
        {
            "incident": entry["data"]["incident"],
            "at": note["at"],
            "by": books.legal(note["by"][0]),
            "text": note["data"]["text"],
            "reported_to": ", ".join(note["data"].get("reported_to", [])) or None,
        }
        for entry, _ in _standing(books, first, last)
        for note in _notes(books, entry["data"]["incident"], last)
    ]
