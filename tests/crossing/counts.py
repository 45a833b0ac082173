"""R6 shifts, R12 stock counts and inventory, as the entries make them."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from crossing.custody import ON_HAND, Books, kind
from crossing.entries import Entry, day_of, ranges
from crossing.sites import held
from crossing.stock import COMING, GOING, flow

Row = dict[str, Any]

_HAND = frozenset({"shift", "hopper", "printer", "output"})
_BROUGHT = {"store": "issued", "skipped": "found", "missing": "found"}
_TAKEN = {
    "store": "returned",
    **dict.fromkeys(("finished", "holder", "invalid"), "good"),
    **{one: one for one in ("spoiled", "skipped", "missing")},
}
_FLOWS = ("issued", "found", "good", "spoiled", "returned", "skipped", "missing")


def _within(entry: Entry, first: date, last: date) -> bool:
    return first <= day_of(entry["at"]) <= last


def _closings(books: Books, first: date, last: date) -> list[tuple[Entry, Entry]]:
    """Return the shifts that were closed in a period: the entries that opened and closed each."""
    opened = {one["data"]["shift"]: one for one in books.of("shift.opened")}
    return [(opened[one["data"]["shift"]], one) for one in books.of("shift.closed") if _within(one, first, last)]


def shifts(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R6: what came into the hands of a shift, from closing to closing, and what became of it."""
    found: list[Row] = []
    since, carried = -1, Counter[str]()
    for closing in books.of("shift.closed"):
        name = closing["data"]["shift"]
        flows: dict[str, Counter[str]] = defaultdict(Counter)
        given: dict[str, set[str]] = defaultdict(set)
        for step in books.steps:
            source, target, stock_type = kind(step.source), kind(step.target), books.type_of(step.serial)
            if not since < step.entry["seq"] <= closing["seq"]:
                continue
            if step.entry["kind"] == "blanks.moved" and step.entry["data"]["why"] == "issue":
                given[stock_type].add(step.serial)
            if (source in _HAND) == (target in _HAND):
                continue
            if source in _HAND:
                flows[stock_type][_TAKEN[target]] += 1
            elif source in _BROUGHT:
                flows[stock_type][_BROUGHT[source]] += 1
            else:  # another blank was meant: this one comes back
                flows[stock_type][_TAKEN[source]] -= 1
        over = Counter[str]()
        for (stock_type, place), n in books.closed[closing["seq"]].items():
            over[stock_type] += n if place in _HAND else 0
        rows = [_shift(name, one, carried[one], flows[one], over[one]) for one in sorted({*flows, *carried, *over})]
        rows = [row for row in rows if any(row[key] for key in ("carried_in", *_FLOWS, "carried_over"))]
        idle = [one["stock_type"] for one in closing["data"]["act"]["stock"]] or [None]
        rows = rows or [_shift(name, one, 0, Counter(), 0) for one in idle]  # one that was given nothing says so
        if _within(closing, first, last):
            found += [{**row, "serials": ranges(given[row["stock_type"]]) or None} for row in rows]
        since, carried = closing["seq"], over
    return found


def _shift(name: str, stock_type: str | None, before: int, flows: Counter[str], over: int) -> Row:
    row = {"carried_in": before, **{key: flows[key] for key in _FLOWS}, "carried_over": over}
    available = sum(row[key] for key in ("carried_in", "issued", "found"))
    return {"shift": name, "stock_type": stock_type, **row, "available": available}


def counted(books: Books, first: date, last: date) -> list[Row]:
    """Return the table of R6 of what both people counted, beside what lay there when the second had counted."""
    found = []
    for _, closing in _closings(books, first, last):
        name, closers = closing["data"]["shift"], closing["by"][:2]
        mine = [one for one in books.of("shift.counted") if one["data"]["shift"] == name]
        sheets = {one["by"][0]: one["data"]["places"] for one in mine if one["seq"] < closing["seq"]}
        row: Row = {"shift": name, "difference": 0}
        for part in ("rest", "spoiled"):
            places = [one for one in sheets[closers[0]] if (one == "spoiled") == (part == "spoiled")]
            row[f"{part}_book"] = sum(len(held(books, one, mine[-1]["seq"] + 1)) for one in places)
            for number, who in enumerate(closers, start=1):
                row[f"{part}_{number}"] = sum(sheets[who][one]["pieces"] for one in places)
            row["difference"] += row[f"{part}_1"] - row[f"{part}_book"]
        names = {f"counter_{number}": books.legal(who) for number, who in enumerate(closers, start=1)}
        found.append({**row, **names})
    return found


def kept(books: Books, first: date, last: date) -> list[Row]:
    """Return the table of R6 of who issued and closed, and what was done with spoiled blanks and the rest."""
    found = []
    for opening, closing in _closings(books, first, last):
        act = closing["data"]["act"]
        found.append(
            {
                "shift": closing["data"]["shift"],
                "issued_by": books.legal(opening["by"][0]),
                "received_by": books.legal(opening["by"][1]),
                **{key: act.get(key) for key in ("voided", "kept", "seal", "stored", "incident")},
                "approved_by": books.legal(closing["by"][2]) if len(closing["by"]) > 2 else None,
                "reason": act["note"] or None,
            }
        )
    return found


def _stock_counts(books: Books, first: date, last: date) -> list[Entry]:
    return [one for one in books.of("stock.closed") if _within(one, first, last)]


def counts(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R12; book and value are counted here, each blank at its own delivery's price."""
    found = []
    for closing in _stock_counts(books, first, last):
        act = closing["data"]["act"]
        sheets: dict[str, dict[str, int]] = defaultdict(dict)
        for one in books.of("stock.counted"):
            if one["data"]["count"] == act["count"] and one["seq"] < closing["seq"]:
                for place, sheet in one["data"]["places"].items():
                    sheets[place][one["by"][0]] = sheet["pieces"]
        for item in act["items"]:
            there = held(books, item["place"], closing["seq"])
            pieces = [sheets[item["place"]][one] for one in act["counters"]]
            good = kind(item["place"]) in ON_HAND
            found.append(
                {
                    "count": act["count"],
                    "place": item["place"],
                    "book": len(there),
                    "count_1": pieces[0],
                    "count_2": pieces[1],
                    "difference": max((one - len(there) for one in pieces), key=abs),
                    "value": _worth(books, there) if good else None,
                    "reason": act["reason"] or None,
                    "follow_up": act.get("follow_up") or None,
                    "counters": books.legal(*act["counters"]).replace(";", ","),
                    "witness": act["witness"] or None,
                }
            )
    return found


def _worth(books: Books, serials: set[str]) -> int | str:
    """Return what blanks are worth; where a delivery among theirs tells no price, that they are not valued."""
    worth = [books.value_of(one) for one in serials]
    return "not valued" if None in worth else sum(one for one in worth if one is not None)


def _lying(books: Books, closing: Entry) -> dict[str, str]:
    """Return where every blank lay just before an entry."""
    at = {serial: f"transit:{name}" for serial, name in books.delivery_of.items() if _known(books, name, closing)}
    at |= {one.serial: one.target for one in books.steps if one.entry["seq"] < closing["seq"]}
    return at


def _known(books: Books, delivery: str, closing: Entry) -> bool:
    return int(books.deliveries[delivery]["seq"]) < int(closing["seq"])


def elsewhere(books: Books, first: date, last: date) -> list[Row]:
    """Return the table of R12 of what nobody of the office can count: told by a paper, or a site's last report."""
    found = []
    for closing in _stock_counts(books, first, last):
        lying = Counter((place, books.type_of(serial)) for serial, place in _lying(books, closing).items())
        for (place, stock_type), book in sorted(lying.items()):
            if kind(place) not in ("transit", "transfer", "site"):
                continue
            told, day, document = _told(books, place, stock_type, closing)
            said = book if document else told
            row = {"count": closing["data"]["act"]["count"], "place": place, "stock_type": stock_type, "book": book}
            more = {"told": said, "difference": None if said is None else said - book}
            found.append({**row, **more, "day": day, "document": document})
    return found


def _told(books: Books, place: str, stock_type: str, closing: Entry) -> tuple[int | None, str | None, str | None]:
    """Return what is told of a place: pieces, the day, and the paper's number."""
    whose = place.split(":", 1)[1]
    match kind(place):
        case "transit":
            data = books.deliveries[whose]["data"]
            return None, data["bast_date"], data["bast_number"]
        case "transfer":
            sent = next(one for one in books.of("transfer.sent") if one["data"]["transfer"] == whose)
            return None, day_of(sent["at"]).isoformat(), sent["data"]["document"]
    reports = [
        one["data"]
        for one in books.of("site.reported")
        if (one["data"]["site"], one["data"]["stock_type"]) == (whose, stock_type) and one["seq"] < closing["seq"]
    ]
    latest = max(reports, key=lambda one: str(one["day"]), default=None)
    return (None, None, None) if latest is None else (latest["pieces"], latest["day"], None)


_STANDS = {
    **dict.fromkeys(ON_HAND, "good"),
    **{one: one for one in ("finished", "spoiled", "invalid", "transit")},
    **dict.fromkeys(("transfer", "site"), "elsewhere"),
}


def valued(books: Books, first: date, last: date) -> list[Row]:
    """Return the table of R12 of what is left of each delivery, at its own price."""
    found = []
    for closing in _stock_counts(books, first, last):
        left: dict[str, Counter[str]] = defaultdict(Counter)
        for serial, place in _lying(books, closing).items():
            if kind(place) in _STANDS:
                left[books.delivery_of[serial]][_STANDS[kind(place)]] += 1
        for name, entry in books.deliveries.items():
            if name in left:
                unit, data = entry["data"].get("unit_value"), entry["data"]
                figures = {one: left[name][one] for one in sorted(set(_STANDS.values()))}
                about = {"document": data["bast_number"], "stock_type": data["stock_type"]}
                price = {"unit_value": "not known yet" if unit is None else unit}
                worth = {"value": None if unit is None else unit * left[name]["good"]}
                found.append({"count": closing["data"]["act"]["count"], **about, **figures, **price, **worth})
    return found


def inventory(books: Books, first: date, last: date) -> list[Row]:
    """Return the inventory of R12 of a period that lies in one half year: each delivery by itself."""
    before: dict[str, Counter[str]] = defaultdict(Counter)
    during: dict[str, Counter[str]] = defaultdict(Counter)
    for step in books.steps:
        if step.day <= last:
            flow(books, step, (before if step.day < first else during)[books.delivery_of[step.serial]])
    found: list[Row] = []
    for name, entry in books.deliveries.items():
        then, now, data = before[name], during[name], entry["data"]
        opening = sum(then[key] for key in COMING) - sum(then[key] for key in GOING)
        if not opening and not any(now.values()):
            continue
        closing, unit = opening, data.get("unit_value")
        closing += sum(now[key] for key in COMING) - sum(now[key] for key in GOING)
        found.append(
            {
                "document": data["bast_number"],
                "day": data["bast_date"],
                "stock_type": data["stock_type"],
                "opening": opening,
                "in": sum(now[key] for key in COMING),
                **{key: now[key] for key in GOING},
                "closing": closing,
                "unit_value": "not known yet" if unit is None else unit,
                "value": "not valued" if unit is None else unit * closing,
            }
        )
    return found
