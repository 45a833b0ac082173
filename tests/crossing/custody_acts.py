"""R3 sites, R6 shifts, R12 stock counts, R17 incidents, as the entries make them."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from crossing.custody import ON_HAND, Books, kind
from crossing.entries import Entry, day_of, minute

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
                books.type_of(serial) == data["stock_type"] for serial in held(books, f"site:{data['site']}", entry)
            )
            row = {
                "day": data["day"],
                "site": data["site"],
                "stock_type": data["stock_type"],
                "book": book,
                "reported": data["pieces"],
                "difference": data["pieces"] - book,
                "ribbon": data.get("ribbon"),
                "film": data.get("film"),
            }
            found.append((data["day"], data["site"], entry["seq"], row))
    return [row for *_, row in sorted(found, key=lambda one: one[:3])]


def held(books: Books, place: str, before: Entry) -> set[str]:
    """Return the blanks that lay in a place just before an entry."""
    found: set[str] = set()
    for step in books.steps:
        if step.entry["seq"] >= before["seq"]:
            break
        if step.target == place:
            found.add(step.serial)
        elif step.source == place:
            found.discard(step.serial)
    return found


_HAND = frozenset({"shift", "hopper", "printer", "output"})
_BROUGHT = {"store": "issued", "skipped": "found", "missing": "found"}
_TAKEN = {
    "store": "returned",
    **dict.fromkeys(("finished", "holder", "invalid"), "good"),
    **{one: one for one in ("spoiled", "skipped", "missing")},
}


def shifts(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R6: what came into the hands of a shift, from closing to closing, and what became of it."""
    found = []
    opened = {one["data"]["shift"]: one for one in books.of("shift.opened")}
    since, carried = -1, 0
    for closing in books.of("shift.closed"):
        name, act = closing["data"]["shift"], closing["data"]["act"]
        flows: Counter[str] = Counter()
        for step in books.steps:
            source, target = kind(step.source), kind(step.target)
            if since < step.entry["seq"] <= closing["seq"] and (source in _HAND) != (target in _HAND):
                if source in _HAND:
                    flows[_TAKEN[target]] += 1
                elif source in _BROUGHT:
                    flows[_BROUGHT[source]] += 1
                else:  # another blank was meant: this one comes back
                    flows[_TAKEN[source]] -= 1
        row = {
            "shift": name,
            "opened_by": ", ".join(opened[name]["by"]),
            "carried_in": carried,
            **{one: flows[one] for one in ("issued", "found", "good", "spoiled", "returned", "skipped", "missing")},
            "gaps": len(act["gaps"]),
            "counted_by": ", ".join(closing["by"][:2]),
            "approved_by": closing["by"][2] if len(closing["by"]) > 2 else None,
        }
        carried = sum(n for (_, place), n in books.closed[closing["seq"]].items() if place in _HAND)
        row["carried_over"] = carried
        since = closing["seq"]
        if _within(closing, first, last):
            found.append(row)
    return found


def counts(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R12; book and value are counted here, value by what each delivery says of itself."""
    found = []
    for closing in books.of("stock.closed"):
        act = closing["data"]["act"]
        if not _within(closing, first, last):
            continue
        sheets: dict[str, dict[str, int]] = defaultdict(dict)
        for one in books.of("stock.counted"):
            if one["data"]["count"] == act["count"] and one["seq"] < closing["seq"]:
                for place, sheet in one["data"]["places"].items():
                    sheets[place][one["by"][0]] = sheet["pieces"]
        for item in act["items"]:
            there = held(books, item["place"], closing)
            pieces = [sheets[item["place"]][one] for one in act["counters"]]
            book = len(there)
            found.append(
                {
                    "count": act["count"],
                    "place": item["place"],
                    "book": book,
                    "count_1": pieces[0],
                    "count_2": pieces[1],
                    "difference": max((one - book for one in pieces), key=abs),
                    "value": value(books, there) if kind(item["place"]) in ON_HAND else None,
                    "reason": act["reason"] or None,
                    "counters": ", ".join(act["counters"]),
                    "witness": act["witness"] or None,
                }
            )
    return found


def value(books: Books, serials: set[str]) -> int | None:
    """Return what good stock is worth, each at its own delivery's price; ``None`` where one of them has none."""
    worth = [books.value_of(one) for one in serials]
    return None if None in worth else sum(one for one in worth if one is not None)


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
