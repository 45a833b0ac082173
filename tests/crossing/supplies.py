"""R11 requests, R15 temporary certificates, R16 ribbons and films, as the entries make them."""

from __future__ import annotations

from collections import Counter
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
            "number": books.number_of("request", entry["data"]["request"]),
            "at": minute(entry["at"]),
            "stock_type": entry["data"]["stock_type"],
            **{key: entry["data"]["facts"][key] for key in _FACTS},
            "computed": entry["data"]["facts"]["ask"],
            "asked": entry["data"]["asked"],
            "difference": entry["data"].get("difference"),
            "collector": _collector(entry["data"].get("collector")),
        }
        for entry in books.of("request.made")
        if first <= day_of(entry["at"]) <= last
    ]


def _collector(who: dict[str, Any] | None) -> str | None:
    """Return who fetches blanks, by name, number, rank, position and the letter that sends them."""
    if who is None:
        return None
    nip = who.get("nip", "")
    grouped = f"NIP {nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}" if nip else ""
    said = ", ".join(one for one in (who["name"], grouped, who.get("rank"), who.get("position")) if one)
    letter = who.get("assignment")
    return said if letter is None else f"{said}, assignment letter {letter['number']} of {letter['day']}"


def sukets(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R15 of certificates issued in the period."""
    issued = [one for one in books.of("suket.issued") if first <= day_of(one["at"]) <= last]
    found: list[Row] = []
    for entry in sorted(issued, key=lambda one: (one["data"]["issued_on"], one["data"]["suket"])):
        data, end = entry["data"], _converted(books, entry, last)
        found.append(
            {
                "no": len(found) + 1,
                "holder": data["holder"],
                "issued_on": data["issued_on"],
                "expires_on": data["expires_on"],
                "status": data["status"],
                "converted": minute(end) if end else None,
                "state": _state(books, entry, last),
            }
        )
    return found


def _converted(books: Books, suket: dict[str, Any], last: date) -> str | None:
    """Return when a card of the same person was handed over first, after the certificate and up to a day."""
    ends = [
        card.handed_over["at"]
        for card in books.cards.values()
        if card.handed_over is not None
        and books.holder_of(card) == suket["data"]["holder"]
        and card.handed_over["seq"] > suket["seq"]
        and day_of(card.handed_over["at"]) <= last
    ]
    return min(ends, default=None)


def _state(books: Books, suket: dict[str, Any], last: date) -> str:
    if _converted(books, suket, last):
        return "converted"
    day = min(last, day_of(books.entries[-1]["at"]))
    return "expired" if suket["data"]["expires_on"] < day.isoformat() else "open"


def states(books: Books, _first: date, last: date) -> list[Row]:
    """Return the table of R15 of all certificates that were ever issued, by how they stand at the period's end."""
    known = Counter(_state(books, one, last) for one in books.of("suket.issued") if day_of(one["at"]) <= last)
    return [{"state": one, "number": known[one]} for one in ("open", "expired", "converted")]


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
                **_by_printer(books, entry, last, end),
            }
        )
    return found


def _by_printer(books: Books, opened: dict[str, Any], last: date, end: str | None) -> Row:
    """Return what the printer says; of panels and what is left it speaks where a ribbon is meant."""
    told = _counted(books, opened["data"]["printer"], opened["at"], last, end)
    return told if opened["data"]["kind"] == "ribbon" else {**told, "panels": None, "told": None}


def _panels_lost(card: Any) -> bool:
    if card.checks and card.checks[-1]["data"]["quality"] != "good":
        return True
    return card.state == "spoiled" and card.ended["data"]["cause"] not in _BEFORE_PRINTING


def _counted(books: Books, printer: str, first: str, last: date, end: str | None) -> Row:
    """Return what a printer's counters say of the cards that it began while something was in it."""
    told: list[dict[str, int]] = []
    began = [(one.started, one.entries) for one in books.cards.values()] + [
        (one.started, one.entries) for one in books.trials.values()
    ]
    for started, entries in sorted(began, key=lambda one: str(one[0]["at"])):
        within = first <= started["at"] and day_of(started["at"]) <= last and (end is None or started["at"] < end)
        if started["data"]["printer"] == printer and within:
            told.append(started["data"]["counters"])
            told += [
                one["data"]["evidence"]["after"] for one in entries if one["data"].get("evidence", {}).get("after")
            ]

    def moved(name: str) -> int | None:
        seen = [one[name] for one in told if name in one]
        return max(seen) - min(seen) if seen else None

    left = [one["ribbon_left"] for one in told if "ribbon_left" in one]
    return {"fed": moved("cards"), "panels": moved("panels"), "told": left[-1] if left else None}


def stock(books: Books, first: date, last: date) -> list[Row]:
    """Return the table of R16 of what lies unopened: taken in less what went into a printer."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for entry in books.of("consumable.received", "consumable.opened"):
        data, day = entry["data"], day_of(entry["at"])
        if day > last:
            continue
        row = found.setdefault((data["kind"], data["label"]), Counter())
        if entry["kind"] == "consumable.received":
            row["opening" if day < first else "came"] += data["pieces"]
            row["known"] = 1
        elif data.get("unbooked"):
            row["unbooked"] += 1
        elif day < first:
            row["opening"] -= 1
        else:
            row["opened"] += 1
    return [
        {
            "kind": kind,
            "label": label,
            "opening": row["opening"] if row["known"] else None,
            "came": row["came"],
            "opened": row["opened"],
            "left": row["opening"] + row["came"] - row["opened"] if row["known"] else None,
            "unbooked": row["unbooked"],
        }
        for (kind, label), row in sorted(found.items())
    ]


def came(books: Books, first: date, last: date) -> list[Row]:
    """Return the table of R16 of what came into the cupboard."""
    return [
        {
            "at": minute(entry["at"]),
            **{key: entry["data"].get(key) for key in ("kind", "label", "pieces", "document")},
            "by": books.legal(*entry["by"]),
        }
        for entry in books.of("consumable.received")
        if first <= day_of(entry["at"]) <= last
    ]
