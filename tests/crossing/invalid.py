"""R8 invalid cards, R9 and R10 destructions, and the chart of spoilage, as the entries make them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from math import comb, sqrt
from typing import Any

from crossing.custody import Books, Card, Spoil
from crossing.entries import day_of, each, minute

Row = dict[str, Any]


def _destroyed(books: Books, last: date) -> dict[str, dict[str, Any]]:
    """Return the entry by which each blank and each card was destroyed up to a day."""
    found: dict[str, dict[str, Any]] = {}
    for entry in books.of("blanks.destroyed"):
        if day_of(entry["at"]) <= last:
            data = entry["data"]
            found |= dict.fromkeys((*each(data["serials"]), *each(data["invalid"]), *data["cards"]), entry)
    return found


def cards(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R8 of cards that came back."""
    gone = _destroyed(books, last)
    found: list[Row] = []
    for entry in sorted(books.of("card.returned"), key=lambda one: (one["at"], one["data"]["card"])):
        if first <= day_of(entry["at"]) <= last:
            data = entry["data"]
            found.append(
                {
                    "no": len(found) + 1,
                    "at": minute(entry["at"]),
                    "holder": data["holder"],
                    "cause": data["cause"],
                    "serial": data.get("serial"),
                    "from_site": data["from_site"],
                    "received_by": entry["by"][0],
                    "destroyed": minute(gone[data["card"]]["at"]) if data["card"] in gone else None,
                }
            )
    return found


def destructions(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R9."""
    return [
        {
            "ba_number": entry["data"]["ba_number"],
            "at": minute(entry["at"]),
            "place": entry["data"]["place"],
            "method": entry["data"]["method"],
            "blanks": len(each(entry["data"]["serials"])),
            "cards": len(entry["data"]["cards"]),
            "officers": ", ".join(entry["by"]),
            "witnesses": ", ".join(one["agency"] for one in entry["data"]["witnesses"]),
        }
        for entry in books.of("blanks.destroyed")
        if first <= day_of(entry["at"]) <= last
    ]


def monthly(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R10: by month and cause, with the acts that destroyed any of that cause."""
    pieces: Counter[tuple[str, str]] = Counter()
    acts: dict[tuple[str, str], list[str]] = defaultdict(list)
    back = {one["data"]["card"]: one["data"]["cause"] for one in books.of("card.returned")}
    for entry in books.of("blanks.destroyed"):
        if not first <= day_of(entry["at"]) <= last:
            continue
        causes = Counter(books.spoils[one].cause for one in each(entry["data"]["serials"]))
        causes.update(f"kartu {back[one]}" for one in entry["data"]["cards"])
        for cause in causes:
            key = f"{day_of(entry['at']):%Y-%m}", cause
            pieces[key] += causes[cause]
            acts[key].append(entry["data"]["ba_number"])
    return [
        {"month": month, "cause": cause, "pieces": pieces[month, cause], "acts": ", ".join(acts[month, cause])}
        for month, cause in sorted(pieces)
    ]


def left(books: Books, _first: date, last: date) -> list[Row]:
    """Return the second table of R10: what waits to be destroyed at the period's end."""
    gone = _destroyed(books, last)
    at: dict[str, str] = {}
    for step in books.steps:
        if step.day <= last:
            at[step.serial] = step.target
    back = [one["data"]["card"] for one in books.of("card.returned") if day_of(one["at"]) <= last]
    return [
        {"kind": "blangko rusak", "pieces": sum(place == "spoiled" for place in at.values())},
        {"kind": "kartu invalid", "pieces": sum(one not in gone for one in back)},
    ]


def by_day(books: Books, first: date, last: date) -> list[Row]:
    """Return the chart of spoilage by day; a blank that no attempt spoiled is tried by being spoiled."""
    tried = Counter(day_of(one.ended["at"]).isoformat() for one in _tried(books, first, last) if one.ended)
    return _chart(_spoils(books, first, last), tried, lambda one: day_of(one.entry["at"]).isoformat())


def by_printer(books: Books, first: date, last: date) -> list[Row]:
    """Return the chart of spoilage by printer."""
    tried = Counter(one.printer for one in _tried(books, first, last))
    return _chart(_spoils(books, first, last), tried, lambda one: _printer(books, one))


def by_cause(books: Books, first: date, last: date) -> list[Row]:
    """Return the chart of spoilage by cause: each of all blanks that were tried."""
    causes = Counter(one.cause for one in _spoils(books, first, last))
    number = len(_tried(books, first, last))
    return points([(name, number, causes[name]) for name in sorted(causes)])


def _spoils(books: Books, first: date, last: date) -> list[Spoil]:
    return [one for one in books.spoils.values() if not one.site and first <= day_of(one.entry["at"]) <= last]


def _tried(books: Books, first: date, last: date) -> list[Card]:
    ended = [one for one in books.cards.values() if one.state in ("printed", "spoiled")]
    return [one for one in ended if first <= day_of(one.started["at"]) <= last]


def _chart(bad: list[Spoil], tried: Counter[str], group: Callable[[Spoil], str]) -> list[Row]:
    spoiled = Counter(map(group, bad))
    number = tried + Counter(group(one) for one in bad if one.attempt is None)
    return points([(name, number[name], spoiled[name]) for name in sorted(number)])


def _printer(books: Books, spoil: Spoil) -> str:
    if spoil.attempt is not None:
        return books.cards[spoil.attempt].printer
    data = spoil.entry["data"]
    if spoil.entry["kind"] == "test_print.ended":
        return str(books.trials[data["test"]].started["data"]["printer"])
    place = str(data.get("from", ""))
    return place.split(":", 1)[1] if place.startswith("hopper:") else "-"


def points(groups: list[tuple[str, int, int]]) -> list[Row]:
    """Return a p-chart: rates and three-sigma limits in basis points; where groups are small, the exact tail."""
    known = [one for one in groups if one[1]]
    total = sum(one[1] for one in known)
    rate = Fraction(sum(one[2] for one in known), total) if total else Fraction(0)
    found: list[Row] = []
    for name, n, bad in known:
        spread = 3 * sqrt(rate * (1 - rate) / n)
        low, high = max(0.0, rate - spread), min(1.0, rate + spread)
        if min(n * rate, n * (1 - rate)) >= 5:
            alarm = "above" if bad / n > high else "below" if bad / n < low else None
        elif bad > n * rate:
            alarm = "above" if _tail(n, range(bad, n + 1), rate) < Fraction(135, 100_000) else None
        else:
            under = bad < n * rate and _tail(n, range(bad + 1), rate) < Fraction(135, 100_000)
            alarm = "below" if under else None
        found.append(
            {
                "group": name,
                "tried": n,
                "spoiled": bad,
                "rate": round(10_000 * bad / n),
                "lower": round(10_000 * low),
                "upper": round(10_000 * high),
                "alarm": alarm,
            }
        )
    return found


def _tail(n: int, which: range, rate: Fraction) -> Fraction:
    return sum((comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in which), Fraction(0))
