"""R8 invalid cards, R9 and R10 destructions, and the chart of spoilage, as the entries make them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from math import comb, sqrt
from typing import Any

from crossing.cards import named
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


def brought_back(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R8 of cards that holders brought back."""
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
                    "received_by": books.legal(entry["by"][0]),
                    "destroyed": minute(gone[data["card"]]["at"]) if data["card"] in gone else None,
                }
            )
    return found


def spoiled_here(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R8 of cards that the office spoiled: of blanks that an attempt took for somebody's card."""
    gone = _destroyed(books, last)
    found: list[Row] = []
    for one in sorted(books.spoils.values(), key=lambda each: (each.entry["seq"], each.serial)):
        if one.attempt is not None and first <= day_of(one.entry["at"]) <= last:
            card = books.cards[one.attempt]
            found.append(
                {
                    "no": len(found) + 1,
                    "at": minute(one.entry["at"]),
                    "holder": books.holder_of(card),
                    "cause": one.cause,
                    "serial": one.serial,
                    "from_site": "office",
                    "received_by": books.legal(*one.entry["by"][:1]) or named(books, card.let_by),
                    "destroyed": minute(gone[one.serial]["at"]) if one.serial in gone else None,
                }
            )
    return found


def _number(books: Books, entry: dict[str, Any]) -> str:
    data = entry["data"]
    return books.number_of("destruction", data["destruction"]) or str(data["ba_number"])


def _acts(books: Books, first: date, last: date) -> list[dict[str, Any]]:
    return [one for one in books.of("blanks.destroyed") if first <= day_of(one["at"]) <= last]


def destructions(books: Books, first: date, last: date) -> list[Row]:
    """Return the rows of R9."""
    return [
        {
            "no": number,
            "act": _number(books, entry),
            "ba_number": entry["data"]["ba_number"],
            "at": minute(entry["data"].get("begun", entry["at"])),
            "ended": minute(entry["data"]["ended"]) if "ended" in entry["data"] else None,
            "place": entry["data"]["place"],
            "method": entry["data"]["method"],
            "blanks": len(each(entry["data"]["serials"])),
            "cards": len(entry["data"]["cards"]),
            "officers": books.legal(*entry["by"]),
            "witnesses": ", ".join(dict.fromkeys(one["agency"] for one in entry["data"]["witnesses"])),
            "photos": len(entry["data"].get("photos", [])),
        }
        for number, entry in enumerate(_acts(books, first, last), start=1)
    ]


def blanks_by_month(books: Books, first: date, last: date) -> list[Row]:
    """Return the table of R10 of spoiled blanks that were destroyed, by month and cause."""
    return _by_month(books, first, last, lambda data: [books.spoils[one].cause for one in each(data["serials"])])


def cards_by_month(books: Books, first: date, last: date) -> list[Row]:
    """Return the table of R10 of invalid cards that were destroyed, by month and cause."""
    back = {one["data"]["card"]: one["data"]["cause"] for one in books.of("card.returned")}
    return _by_month(books, first, last, lambda data: [back[one] for one in data["cards"]])


def _by_month(books: Books, first: date, last: date, causes: Callable[[dict[str, Any]], list[str]]) -> list[Row]:
    pieces: Counter[tuple[str, str]] = Counter()
    acts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in _acts(books, first, last):
        for cause, n in Counter(causes(entry["data"])).items():
            key = f"{day_of(entry['at']):%Y-%m}", cause
            pieces[key] += n
            acts[key].append(_number(books, entry))
    return [
        {"month": month, "cause": cause, "pieces": pieces[month, cause], "acts": "; ".join(acts[month, cause])}
        for month, cause in sorted(pieces)
    ]


def blanks_left(books: Books, first: date, last: date) -> list[Row]:
    """Return the table of R10 of spoiled blanks that wait to be destroyed, month by month."""
    came: Counter[date] = Counter()
    gone: Counter[date] = Counter()
    for step in books.steps:
        if step.target == "spoiled":
            came[step.day] += 1
        elif step.source == "spoiled" and step.target == "destroyed":
            gone[step.day] += 1
        elif step.source == "spoiled":
            came[step.day] -= 1
    return _left(came, gone, first, last)


def cards_left(books: Books, first: date, last: date) -> list[Row]:
    """Return the table of R10 of invalid cards that wait to be destroyed, month by month."""
    came = Counter(day_of(one["at"]) for one in books.of("card.returned"))
    gone: Counter[date] = Counter()
    for entry in books.of("blanks.destroyed"):
        gone[day_of(entry["at"])] += len(entry["data"]["cards"])
    return _left(came, gone, first, last)


def _left(came: Counter[date], gone: Counter[date], first: date, last: date) -> list[Row]:
    found: list[Row] = []
    before = sum(n for day, n in came.items() if day < first) - sum(n for day, n in gone.items() if day < first)
    for month in sorted({f"{first + timedelta(days=n):%Y-%m}" for n in range((last - first).days + 1)}):
        added, destroyed = (
            sum(n for day, n in some.items() if first <= day <= last and f"{day:%Y-%m}" == month)
            for some in (came, gone)
        )
        if before or added or destroyed:
            left = before + added - destroyed
            found.append({"month": month, "before": before, "added": added, "destroyed": destroyed, "left": left})
            before = left
    return found


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
