"""R5 receipts and R13 transfers, as the entries make them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from crossing.custody import Books
from crossing.entries import Entry, day_of, each, minute, ranges

Row = dict[str, Any]


def _within(entry: Entry, first: date, last: date) -> bool:
    return first <= day_of(entry["at"]) <= last


def receipts(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R5: each receipt, and each document that settled a difference of a delivery later."""
    received = [one for one in books.of("delivery.received") if _within(one, first, last)]
    found = [(one["at"], str(one["data"]["delivery"]), _receipt(books, one)) for one in received]
    for entry in books.of("discrepancy.closed"):
        of = books.disputes[entry["data"]["discrepancy"]]
        if "delivery" in of["data"] and _within(entry, first, last):
            found.append((entry["at"], entry["data"]["discrepancy"], _settled(books, entry)))
    return [{"no": number, **row} for number, (*_, row) in enumerate(sorted(found, key=lambda one: one[:2]), start=1)]


def _receipt(books: Books, entry: Entry) -> Row:
    name, data = entry["data"]["delivery"], entry["data"]
    announced = books.deliveries[name]["data"]
    accepted = len(each(data["serials"]))
    giver = data.get("handover", {}).get("giver")
    sender = announced.get("sender")
    who = [sender] if giver is None else [giver["name"], giver.get("office") or sender]
    sheet = next(
        one["data"]["sheet"]
        for one in reversed(books.of("delivery.counted"))
        if one["data"]["delivery"] == name and one["seq"] < entry["seq"]
    )
    states = [f"{n} cartons {state}" for state, n in Counter(state for _, state in sheet["cartons"]).items()]
    states += [f"seal {seal} {state}" for seal, state in sheet.get("seals", [])]
    return {
        "at": minute(entry["at"]),
        "what": "receipt",
        "document": announced["bast_number"],
        "number": books.number_of("delivery", name),
        "delivery": name,
        "giver": ", ".join(one for one in who if one) or None,
        "receivers": books.legal(*entry["by"]),
        "cartons": len(announced["cartons"]) or len(sheet["cartons"]) or None,
        "announced": len(each(announced["serials"])),
        "counted": data.get("counted", accepted),
        "accepted": accepted,
        "spoiled": 0,
        "never_came": 0,
        "unit_value": announced.get("unit_value"),
        "value": _times(announced.get("unit_value"), accepted),
        "condition": ", ".join(states) or None,
    }


def _settled(books: Books, entry: Entry) -> Row:
    """Return the row of a document by which pieces came in after all, or of what else became of them."""
    of = books.disputes[entry["data"]["discrepancy"]]
    outcome, pieces = entry["data"]["outcome"], len(each(entry["data"]["serials"]))
    announced = books.deliveries[of["data"]["delivery"]]["data"]
    accepted = pieces if outcome == "store" else 0
    return {
        "at": minute(entry["at"]),
        "what": "settled difference",
        "document": entry["data"]["document"],
        "number": books.number_of("correction", entry["data"]["discrepancy"]),
        "delivery": of["data"]["delivery"],
        "giver": None,
        "receivers": books.legal(*entry["by"]),
        "cartons": None,
        "announced": None,
        "counted": None,
        "accepted": accepted,
        "spoiled": pieces if outcome == "spoiled" else 0,
        "never_came": pieces if outcome in ("missing", "returned") else 0,
        "unit_value": announced.get("unit_value"),
        "value": _times(announced.get("unit_value"), accepted),
        "condition": None,
    }


def _times(unit: int | None, pieces: int) -> int | None:
    return None if unit is None else unit * pieces


def transfers(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R13; what was acknowledged after the period is not told yet."""
    arrived = {one["data"]["transfer"]: one for one in books.of("transfer.acknowledged") if day_of(one["at"]) <= last}
    found: list[Row] = []
    for entry in books.of("transfer.sent"):
        if not _within(entry, first, last):
            continue
        data, there = entry["data"], arrived.get(entry["data"]["transfer"])
        known = {} if there is None else there["data"]
        mine = there is not None and data["to"] == "store"
        receivers = _officials(known.get("receivers", [])) or (books.legal(*there["by"]) if there and mine else None)
        found.append(
            {
                "no": len(found) + 1,
                "transfer": data["transfer"],
                "sent": minute(entry["at"]),
                "document": data["document"],
                "source": data["from"],
                "target": data["to"],
                "pieces": len(each(data["serials"])),
                "serials": ranges(each(data["serials"])),
                "seals": " ".join(data["seals"]) or None,
                "purpose": data.get("purpose"),
                "due_back": data.get("due_back"),
                "givers": _officials(data.get("givers", [])) or books.legal(*entry["by"]),
                "acknowledged": None if there is None else minute(there["at"]),
                "acknowledgement": known.get("acknowledgement"),
                "arrived": None if there is None else len(each(known["serials"])),
                "receivers": receivers,
            }
        )
    return found


def _officials(told: list[dict[str, Any]]) -> str | None:
    """Return officials of another office: name, post, number of the letter that sent them."""
    said = [(one["name"], one.get("position"), one.get("assignment", {}).get("number")) for one in told]
    return "; ".join(", ".join(word for word in words if word) for words in said) or None
