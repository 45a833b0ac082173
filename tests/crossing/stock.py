"""R1 daily stock, R2 public notice, R4 stock card, as the entries make them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from crossing.custody import ON_HAND, Books, Step, kind
from crossing.entries import day_of, minute, runs

Row = dict[str, Any]

COMING = ("received", "loaned_in", "recovered")
GOING = ("used_good", "spoiled", "loaned_out", "returned", "skipped", "missing")

_BECOMES = {
    **dict.fromkeys(("finished", "holder", "invalid"), "used_good"),
    **dict.fromkeys(("transfer", "site"), "loaned_out"),
    **{one: one for one in ("spoiled", "returned", "skipped", "missing")},
}
_ENCODING = ("no_chip", "encode_fail")


def days(books: Books, first: date, last: date) -> Iterator[date]:
    """Give the days of a period on which there was a shop."""
    day = max(first, books.first_day)
    while day <= last:
        yield day
        day += timedelta(days=1)


def flow(books: Books, step: Step, flows: Counter[str]) -> None:
    """Count one blank that crossed the edge of what the office has on hand."""
    source, target = kind(step.source), kind(step.target)
    before, after = (_BECOMES.get(one, "") for one in (source, target))
    if target == "destroyed" or (before and before == after) or (source in ON_HAND and target in ON_HAND):
        return
    if before == "loaned_out" and target not in ON_HAND:
        return  # it was the site's, and what the site does with it stands in the site's rows
    if source == "transit" and target in ("missing", "returned"):
        return  # it never came
    if source == "transit":
        flows["loaned_in" if books.lent(step.serial) else "received"] += 1
    elif before in ("skipped", "missing"):
        flows["recovered"] += 1
    elif before == "loaned_out":
        flows["loaned_in"] += 1
    elif before:
        flows[before] -= 1
    if after:
        flows[after] += 1


def types(books: Books) -> list[str]:
    """Return the stock types of which a delivery was ever announced."""
    return sorted({str(one["data"]["stock_type"]) for one in books.deliveries.values()})


_LEAVES = {"holder": "used_good", "spoiled": "spoiled", "missing": "missing", "returned": "returned"}
OFFICE, BETWEEN = "office", "transfer"


def _unit(place: str) -> str:
    """Return the unit beside the office that a place belongs to: a site, or what is between units; empty: none."""
    return place if kind(place) == "site" else BETWEEN if kind(place) == "transfer" else ""


def _of_units(books: Books) -> dict[tuple[date, str, str], Counter[str]]:
    """Return what came and went by day, unit and stock type."""
    found: dict[tuple[date, str, str], Counter[str]] = defaultdict(Counter)
    for step in books.steps:
        stock_type = books.type_of(step.serial)
        flow(books, step, found[step.day, OFFICE, stock_type])
        source, target = _unit(step.source), _unit(step.target)
        if source != target:
            if target:
                found[step.day, target, stock_type]["loaned_in"] += 1
            if source:
                found[step.day, source, stock_type][_LEAVES.get(kind(step.target), "loaned_out")] += 1
    return found


def daily(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R1: the office every day, other units where they have or move something, and their sum."""
    flows = _of_units(books)
    units = sorted({unit for _, unit, _ in flows} | {OFFICE}, key=lambda one: (one != OFFICE, one == BETWEEN, one))
    standing: Counter[tuple[str, str]] = Counter()
    found: list[Row] = []
    for day in days(books, books.first_day, last):
        for one in types(books):
            rows = []
            for unit in units:
                row = _row(books, day, unit, one, standing[unit, one], flows[day, unit, one])
                standing[unit, one] = row["closing"]
                if unit == OFFICE or row["opening"] or any(flows[day, unit, one].values()):
                    rows.append(row)
            if len(rows) > 1:
                together = {key: sum(row[key] or 0 for row in rows) for key in rows[0] if isinstance(rows[0][key], int)}
                waits = {key: rows[0][key] for key in ("prr_waiting", "suket_open")}
                rows.append({**rows[0], **together, **waits, "unit": "All units"})
            found += rows if day >= first else []
    return found


def _row(books: Books, day: date, unit: str, stock_type: str, opening: int, moved: Counter[str]) -> Row:
    return {
        "date": day.isoformat(),
        "unit": unit,
        "stock_type": stock_type,
        "opening": opening,
        **{key: moved[key] for key in (*COMING, *GOING) if key != "spoiled"},
        **_spoiled(books, day, unit, stock_type, moved["spoiled"]),
        "closing": opening + sum(moved[key] for key in COMING) - sum(moved[key] for key in GOING),
        **(waiting(books, day, stock_type) if unit == OFFICE else {"prr_waiting": None, "suket_open": None}),
    }


def _spoiled(books: Books, day: date, unit: str, stock_type: str, net: int) -> Row:
    site = unit.removeprefix("site:") if kind(unit) == "site" else ""
    here = [
        one
        for one in books.spoils.values()
        if one.site == site and day_of(one.entry["at"]) == day and books.type_of(one.serial) == stock_type
    ]
    here = here if site or unit == OFFICE else []
    encode = sum(one.cause in _ENCODING for one in here)
    printed = sum(one.cause not in _ENCODING and one.step in ("print", "qc") for one in here)
    return {"spoiled_encode": encode, "spoiled_print": printed, "spoiled_other": net - encode - printed}


def waiting(books: Books, day: date, stock_type: str) -> Row:
    """Return the records that wait at the end of a day, and the temporary certificates that no card replaced."""
    records = sum(
        one["data"]["stock_type"] == stock_type and day_of(one["at"]) <= day for one in books.records.values()
    )
    done: dict[str, bool] = {}
    for entry in books.of("job.cancelled", "card.checked", "card.missed"):
        if day_of(entry["at"]) <= day:
            job = entry["data"].get("job") or books.cards[entry["data"]["attempt"]].job
            done[job] = entry["kind"] == "job.cancelled" or entry["data"].get("quality") == "good"
    records -= sum(end and books.records[job]["data"]["stock_type"] == stock_type for job, end in done.items())
    open_ = sum(day_of(one["at"]) <= day and not _converted(books, one, day) for one in books.of("suket.issued"))
    return {"prr_waiting": records, "suket_open": open_}


def _converted(books: Books, suket: dict[str, Any], day: date) -> bool:
    return any(
        card.handed_over is not None
        and suket["seq"] < card.handed_over["seq"]
        and day_of(card.handed_over["at"]) <= day
        and books.holder_of(card) == suket["data"]["holder"]
        for card in books.cards.values()
    )


def notice(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R2: what the public is told; of the cards that left the printers, some fail their check."""
    flows = _of_units(books)
    found = []
    for day in days(books, first, last):
        held: Counter[str] = Counter()
        for step in books.steps:
            if step.day <= day:
                held[kind(step.source)] -= 1
                held[kind(step.target)] += 1
        ended = [one for one in books.cards.values() if one.ended and day_of(one.ended["at"]) == day]
        printed = [one for one in ended if one.state == "printed"]
        jumped = {one["data"]["job"] for one in books.of("job.overridden")}
        served = [books.records[one.job]["at"] for one in printed if one.job not in jumped]
        found.append(
            {
                "date": day.isoformat(),
                "available": held["store"] + held["shift"] + held["hopper"],
                "printed": len(printed),
                "good": sum(flows[day, OFFICE, one]["used_good"] for one in types(books)),
                "served": minute(max(served)) if served else None,
            }
        )
    return found


def card(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R4: entry by entry and run by run of serials, with the balance after each."""
    found: list[Row] = []
    balance: Counter[str] = Counter()
    by_entry: dict[int, list[Step]] = defaultdict(list)
    for step in books.steps:
        if (step.source == "store") != (step.target == "store"):
            by_entry[step.entry["seq"]].append(step)
    for steps in by_entry.values():
        groups: dict[tuple[str, str, bool], list[Step]] = defaultdict(list)
        for step in steps:
            coming = step.target == "store"
            groups[step.source if coming else step.target, books.delivery_of[step.serial], coming].append(step)
        for (other, _, coming), some in groups.items():
            entry, stock_type = some[0].entry, books.type_of(some[0].serial)
            for low, high in runs(one.serial for one in some):
                pieces = sum(low <= one.serial <= high for one in some)
                balance[stock_type] += pieces if coming else -pieces
                row = {
                    "no": 0,
                    "at": minute(entry["at"]),
                    "document": document(books, entry, some[0]),
                    "other": other,
                    "stock_type": stock_type,
                    "in": pieces if coming else 0,
                    "out": 0 if coming else pieces,
                    "balance": balance[stock_type],
                    "serials": low if low == high else f"{low}..{high}",
                    "signed": books.legal(*entry["by"]),
                }
                if first <= day_of(entry["at"]) <= last:
                    found.append({**row, "no": len(found) + 1})
    return found


def document(books: Books, entry: dict[str, Any], step: Step) -> str:
    """Return the number of the paper that bears a movement out, or what stands for it."""
    data = entry["data"]
    match entry["kind"]:
        case "delivery.received":
            return str(books.deliveries[data["delivery"]]["data"]["bast_number"])
        case "shift.closed":
            return f"working shift {data['shift']}"
        case "transfer.acknowledged":
            sent = next(one for one in books.of("transfer.sent") if one["data"]["transfer"] == data["transfer"])
            return str(sent["data"]["document"])
        case "blanks.moved" if "document" not in data:
            place = step.target if step.source == "store" else step.source
            return f"working shift {place.split(':')[1]}" if kind(place) == "shift" else str(data["why"])
    return str(data["document"])
