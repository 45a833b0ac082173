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
            "request": entry["data"]["request"],
            "at": minute(entry["at"]),
            "stock_type": entry["data"]["stock_type"],
            **{key: entry["data"]["facts"][key] for key in _FACTS},
            "asked": entry["data"]["asked"],
            "by": entry["by"][0],
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
            }
        )
    return found


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
            }
        )
    return found


def _panels_lost(card: Any) -> bool:
    if card.checks and card.checks[-1]["data"]["quality"] != "good":
        return True
    return card.state == "spoiled" and card.ended["data"]["cause"] not in _BEFORE_PRINTING


def stock(books: Books, _first: date, last: date) -> list[Row]:
    """Return what lies in the cupboard at the period's end: taken in less what went into a printer."""
    found: dict[tuple[str, str], int] = {}
    for entry in books.of("consumable.received", "consumable.opened"):
        if day_of(entry["at"]) <= last:
            key = entry["data"]["kind"], entry["data"]["label"]
            came = entry["kind"] == "consumable.received"
            found[key] = found.get(key, 0) + (entry["data"]["pieces"] if came else -1)
    return [{"kind": one, "label": label, "stock": n} for (one, label), n in sorted(found.items())]
