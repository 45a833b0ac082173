"""R7 print register, R14 cards that nobody took, R18 prints for people of other regencies, as the entries make them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from crossing.custody import Books, Card
from crossing.entries import day_of, minute

Row = dict[str, Any]

AWAY = "luar_domisili"


def named(books: Books, login: str | None) -> str | None:
    """Return somebody by legal name; of whom nobody knows, nothing."""
    return books.legal(login) if login else None


def ended(books: Books, first: date, last: date) -> list[Card]:
    """Return the attempts that ended in a period, in order."""
    found = [one for one in books.cards.values() if one.ended and first <= day_of(one.ended["at"]) <= last]
    return sorted(found, key=lambda one: (one.ended["at"] if one.ended else "", one.id))


def result(card: Card, last: date) -> str:
    """Return what was known of a card at the end of a period."""
    if card.missed is not None and day_of(card.missed["at"]) <= last:
        return "missing"
    checked = card.checked(last)
    return card.state if checked is None else str(checked["data"]["quality"])


def prints(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R7: each attempt that ended."""
    found: list[Row] = []
    for number, card in enumerate(ended(books, first, last), start=1):
        assert card.ended is not None
        checked = card.checked(last)
        found.append(
            {
                "no": number,
                "at": minute(card.ended["at"]),
                "holder": books.holder_of(card),
                "reason": books.records[card.job]["data"]["reason"],
                "turn": card.started["data"].get("turn", {}).get("by"),
                "class": card.started["data"].get("turn", {}).get("class"),
                "serial": card.serial,
                "printer": card.printer,
                "operator": named(books, card.let_by),
                "checked_by": books.legal(checked["by"][0]) if checked else None,
                "result": result(card, last),
                "cause": _cause(card, last),
            }
        )
    return found


def _cause(card: Card, last: date) -> str | None:
    told = [one for one in (card.checked(last), card.ended) if one is not None]
    return next((one["data"]["cause"] for one in told if "cause" in one["data"]), None)


def summary(books: Books, first: date, last: date) -> list[Row]:
    """Return the summary of R7."""
    counted = Counter(result(one, last) for one in ended(books, first, last))
    return [{"result": one, "cards": counted[one]} for one in sorted(counted)]


def trials(books: Books, first: date, last: date) -> list[Row]:
    """Return the test prints of R7."""
    found = [one for one in books.trials.values() if one.ended and first <= day_of(one.ended["at"]) <= last]
    return [
        {
            "at": minute(one.ended["at"]),
            "serial": one.serial,
            "printer": one.started["data"]["printer"],
            "operator": named(books, one.let_by),
            "purpose": one.started["data"]["purpose"],
            "result": one.ended["data"]["outcome"],
            "settled": books.legal(*one.ended["by"]) or None,
        }
        for one in found
        if one.ended is not None
    ]


def undistributed(books: Books, _first: date, last: date) -> list[Row]:
    """Return the first table of R14: good cards that nobody had taken at the period's end, oldest first."""
    found: list[tuple[str, str, Row]] = []
    for card in books.cards.values():
        checked = card.checked(last)
        if checked is None or checked["data"]["quality"] != "good":
            continue
        gone = [one for one in (card.handed_over, card.missed) if one is not None and day_of(one["at"]) <= last]
        if not gone:
            assert card.ended is not None
            row = {
                "holder": books.holder_of(card),
                "serial": card.serial,
                "printed": minute(card.ended["at"]),
                "held": "finished",
                "age": (last - day_of(checked["at"])).days,
                **_tries(books, card, last),
            }
            found.append((checked["at"], card.id, row))
    return [row for _, _, row in sorted(found, key=lambda one: one[:2])]


def _tries(books: Books, card: Card, last: date) -> Row:
    tries = [one for one in books.of("card.tried") if one["data"]["attempt"] == card.id and day_of(one["at"]) <= last]
    latest = tries[-1] if tries else None
    return {
        "tries": len(tries),
        "tried": None if latest is None else minute(latest["at"]),
        "how": None if latest is None else latest["data"]["how"],
        "reached": None if latest is None else latest["data"].get("reached", False),
    }


def _site_cards(books: Books, first: date, last: date) -> list[dict[str, Any]]:
    return [one["data"] for one in books.of("site.printed") if first <= day_of(one["at"]) <= last]


def prints_of_sites(books: Books, first: date, last: date) -> list[Row]:
    """Return the table of R7 of cards that sites printed, as their reports name them."""
    keys = ("job", "holder", "serial", "printer", "operator", "document")
    return [
        {
            "no": number,
            "printed": data["printed_on"],
            "site": f"site:{data['site']}",
            "reason": data.get("reason"),
            "checked_by": data["checker"],
            **{key: data[key] for key in keys},
        }
        for number, data in enumerate(_site_cards(books, first, last), start=1)
    ]


def taken_at_sites(books: Books, first: date, last: date) -> list[Row]:
    """Return the table of R14 of cards that sites gave out, as their reports name them."""
    return [
        {
            "site": f"site:{data['site']}",
            "handed_over": data["handed_over_on"],
            **{key: data[key] for key in ("holder", "serial", "receiver", "old_card", "document")},
        }
        for data in _site_cards(books, first, last)
    ]


def taken(books: Books, first: date, last: date) -> list[Row]:
    """Return the second table of R14: the cards that were handed over in the period."""
    found = []
    for card in books.cards.values():
        if card.handed_over is not None and first <= day_of(card.handed_over["at"]) <= last:
            row = {
                "holder": books.holder_of(card),
                "serial": card.serial,
                "handed_over": minute(card.handed_over["at"]),
                "tries": _tries(books, card, last)["tries"],
                "receiver": card.handed_over["data"].get("receiver", "unknown"),
                "old_card": card.handed_over["data"].get("old_card", "unknown"),
                "note": card.handed_over["data"].get("basis") or card.handed_over["data"].get("why_unknown"),
            }
            found.append((card.handed_over["at"], card.id, row))
    return [row for _, _, row in sorted(found, key=lambda one: one[:2])]


def away(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R18: good cards for people of other regencies, by the area of their number."""
    found: Counter[tuple[str, str]] = Counter()
    for card in ended(books, first, last):
        data = books.records[card.job]["data"]
        if result(card, last) == "good" and data["reason"] == AWAY:
            found["office", data.get("nik_area", "-")] += 1
    for data in _site_cards(books, first, last):
        if data.get("reason") == AWAY:
            found[f"site:{data['site']}", data["nik_area"]] += 1
    return [{"unit": unit, "area": area, "reason": AWAY, "cards": n} for (unit, area), n in sorted(found.items())]
