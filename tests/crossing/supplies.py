"""R11 requests, R15 temporary certificates, R16 ribbons and films, as the entries make them."""

from __future__ import annotations

from datetime import date
from typing import Any

from crossing.custody import Books
from crossing.entries import day_of, minute

Row = dict[str, Any]

_BEFORE_PRINTING = ("no_chip", "encode_fail")
_FACTS = ("prr", "sfe", "suket", "stock", "average_use", "printers")


def requests(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R11."""
    return [
        {
            "number": books.number_of("request", entry["data"]["request"]),
            "request": entry["data"]["request"],
            "at": minute(entry["at"]),
            "stock_type": entry["data"]["stock_type"],
            **{key: entry["data"]["facts"][key] for key in _FACTS},
            "computed": entry["data"]["facts"]["ask"],
            "asked": entry["data"]["asked"],
            "difference": entry["data"].get("difference"),
        }
        for entry in books.of("request.made")
        if first <= day_of(entry["at"]) <= last
    ]


def sukets(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R15."""
    issued = [one for one in books.of("suket.issued") if first <= day_of(one["at"]) <= last]
    found: list[Row] = []
    for entry in sorted(issued, key=lambda one: (one["data"]["issued_on"], one["data"]["suket"])):
        data = entry["data"]
        ends = [
            card.handed_over["at"]
            for card in books.cards.values()
            if card.handed_over is not None
            and books.holder_of(card) == data["holder"]
            and card.handed_over["seq"] > entry["seq"]
            and day_of(card.handed_over["at"]) <= last
        ]
        found.append(
            {
                "no": len(found) + 1,
                "holder": data["holder"],
                "issued_on": data["issued_on"],
                "expires_on": data["expires_on"],
                "status": data["status"],
                "converted": minute(min(ends)) if ends else None,
                "state": "converted" if ends else _still(books, data, last),
            }
        )
    return found


def _still(books: Books, data: Any, last: date) -> str:
    """Return how a certificate that no card replaced stands on a day, or when the log ends."""
    day = min(last, day_of(books.entries[-1]["at"])).isoformat()
    return "expired" if data["expires_on"] < day else "open"


def sukets_at_end(books: Books, _first: date, last: date) -> list[Row]:
    """Return how many of all certificates stand how."""
    rows = sukets(books, date(1970, 1, 1), last)
    return [
        {"state": one, "number": sum(row["state"] == one for row in rows)} for one in ("open", "expired", "converted")
    ]


def consumables(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R16 of what was in a printer in the period."""
    found: list[Row] = []
    opened = books.of("consumable.opened")
    for number, entry in enumerate(opened):
        data = entry["data"]
        after = [
            one["at"]
            for one in opened[number + 1 :]
            if (one["data"]["printer"], one["data"]["kind"]) == (data["printer"], data["kind"])
        ]
        end = after[0] if after and day_of(after[0]) <= last else None
        if day_of(entry["at"]) > last or (end is not None and day_of(end) < first):
            continue
        cards = [
            one
            for one in books.cards.values()
            if one.printer == data["printer"]
            and one.ended
            and entry["at"] <= one.started["at"]
            and day_of(one.started["at"]) <= last
            and (end is None or one.started["at"] < end)
        ]
        lost = sum(_panels_lost(one) for one in cards) + sum(
            one.started["data"]["printer"] == data["printer"]
            and one.ended is not None
            and one.ended["data"]["outcome"] == "spoiled"
            and entry["at"] <= one.started["at"]
            and (end is None or one.started["at"] < end)
            for one in books.trials.values()
        )
        good = sum(one.state == "printed" and not _panels_lost(one) for one in cards)
        found.append(
            {
                "printer": data["printer"],
                "kind": data["kind"],
                "label": data["label"],
                "opened": minute(entry["at"]),
                "ended": minute(end) if end else None,
                "prints": good,
                "spoiled": lost,
                "nominal": data["nominal"],
                "yield": round(10_000 * good / data["nominal"]) if data["nominal"] else None,
                "left": data["nominal"] - good - lost,
                **_told(books, data, entry["at"], end, last),
            }
        )
    return found


def _told(books: Books, data: Any, low: str, high: str | None, last: date) -> Row:
    """Return what the printer's own counters say of the cards begun from a moment up to another."""
    began: dict[str, str] = {}
    seen: list[tuple[str, dict[str, int]]] = []
    for one in books.of("attempt.started", "test_print.started"):
        inside = low <= one["at"] and (high is None or one["at"] < high) and day_of(one["at"]) <= last
        if inside and one["data"]["printer"] == data["printer"]:
            began[one["data"].get("attempt") or one["data"]["test"]] = one["at"]
            seen.append((one["at"], one["data"]["counters"]))
    ended = ("printed", "unused", "spoiled", "in_doubt", "evidence")
    for one in books.of(*(f"attempt.{end}" for end in ended), "test_print.ended", "test_print.evidence"):
        after = one["data"].get("evidence", {}).get("after")
        at = began.get(one["data"].get("attempt") or one["data"].get("test"))
        if after and at:
            seen.append((at, after))
    seen.sort(key=lambda one: one[0])
    cards = [told["cards"] for _, told in seen if "cards" in told]
    panels = [told["panels"] for _, told in seen if "panels" in told]
    left = [told["ribbon_left"] for _, told in seen if "ribbon_left" in told]
    ribbon = data["kind"] == "ribbon"
    return {
        "fed": max(cards) - min(cards) if cards else None,
        "panels": max(panels) - min(panels) if panels and ribbon else None,
        "told": left[-1] if left and ribbon else None,
    }


def _panels_lost(card: Any) -> bool:
    if card.checks and card.checks[-1]["data"]["quality"] != "good":
        return True
    return card.state == "spoiled" and card.ended["data"]["cause"] not in _BEFORE_PRINTING


def stock(books: Books, first: date, last: date) -> list[Row]:
    """Return what lies unopened in the cupboard, of each sort: there before, came, opened, left."""
    found: dict[tuple[str, str], Row] = {}
    booked = {(one["data"]["kind"], one["data"]["label"]) for one in _until(books, "consumable.received", last)}
    for entry in (*_until(books, "consumable.received", last), *_until(books, "consumable.opened", last)):
        data, before = entry["data"], day_of(entry["at"]) < first
        sort = data["kind"], data["label"]
        row = found.setdefault(sort, dict.fromkeys(("opening", "came", "opened", "left", "unbooked"), 0))
        if entry["kind"] == "consumable.received":
            row["opening" if before else "came"] += data["pieces"]
        elif data.get("unbooked"):
            row["unbooked"] += 1
        elif before:
            row["opening"] -= 1
        else:
            row["opened"] += 1
    for sort, row in found.items():
        row["left"] = row["opening"] + row["came"] - row["opened"]
        if sort not in booked:
            row["opening"] = row["left"] = None
    return [{"kind": kind, "label": label, **row} for (kind, label), row in sorted(found.items())]


def _until(books: Books, kind: str, last: date) -> list[Any]:
    return [one for one in books.of(kind) if day_of(one["at"]) <= last]


def came(books: Books, first: date, last: date) -> list[Row]:
    """Return what came into the cupboard in the period."""
    return [
        {
            "at": minute(one["at"]),
            "kind": one["data"]["kind"],
            "label": one["data"]["label"],
            "pieces": one["data"]["pieces"],
            "document": one["data"].get("document"),
            "by": books.legal(*one["by"]),
        }
        for one in _until(books, "consumable.received", last)
        if first <= day_of(one["at"])
    ]
