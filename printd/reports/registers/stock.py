"""R1 daily stock position, R2 public notice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from printd.custody import flows
from printd.language.sentences import Sentence
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Chart, Column, Document, Line, Table, Value, summed, whole
from printd.reports.registers import units
from printd.reports.view import View
from printd.store import figures
from printd.store.figures import MinuteFlow, StockSpoil
from printd.store.movements import Flow
from printd.words import places
from printd.words.states import AttemptState

_ENCODING = ("no_chip", "encode_fail")
_R1 = [
    Column("date", "Date", "day", 1.6),
    Column("unit", "Unit", "code", 1.9, words=Vocabulary.UNIT),
    Column("stock_type", "Type", "code", 0.8, words=Vocabulary.STOCK_TYPE),
    Column("opening", "Opening", "int"),
    Column("received", "Received", "int"),
    Column("loaned_in", "From other units, or lent", "int"),
    Column("recovered", "Found again", "int"),
    Column("used_good", "Printed good", "int"),
    Column("spoiled_encode", "Spoiled, encode", "int"),
    Column("spoiled_print", "Spoiled, print", "int"),
    Column("spoiled_other", "Spoiled, other", "int"),
    Column("loaned_out", "To other units, or lent", "int"),
    Column("returned", "Given back", "int"),
    Column("skipped", "Serials skipped", "int"),
    Column("missing", "Not found", "int"),
    Column("closing", "Closing", "int"),
    Column("prr_waiting", "PRR waiting", "int"),
    Column("suket_open", "Suket open", "int"),
]


def daily_stock(view: View) -> Document:
    """Return R1: each day, unit and stock type, from opening to closing; or of one site.

    A day's rows add up to its last one, where there is more than the office.
    """
    standing: dict[tuple[str, str], int] = {
        key: units.left(0, some) for key, some in units.moved(figures.flows_before(view.connection, view.low)).items()
    }
    by_day = _by_day(view, figures.flows_between(view.connection, view.low, view.high))
    spoils: dict[tuple[date, str, str], list[StockSpoil]] = defaultdict(list)
    for row in figures.spoils_between(view.connection, view.low, view.high):
        spoils[view.day(row["at"]), row["site"] or units.OFFICE, row["stock_type"]].append(row)
    waiting = _waiting(view)
    of = places.site(view.site) if view.site else ""
    types = sorted({*(one for _, one in standing), *(row["stock_type"] for some in by_day.values() for row in some)})
    shown: list[dict[str, Value]] = []
    for day in view.days:
        moved = units.moved(by_day.get(day, []))
        for one in types or ["WNI"]:
            rows: list[dict[str, Value]] = []
            for unit in units.in_order({units.OFFICE, *(name for name, kind in (*standing, *moved) if kind == one)}):
                start, some = standing.get((unit, one), 0), moved.get((unit, one), units.nothing())
                standing[unit, one] = units.left(start, some)
                happened = unit == units.OFFICE or start or any(some.values())
                if unit != of if of else not happened:
                    continue
                more = waiting(day, one) if unit == units.OFFICE else {}
                rows.append({**_unit_row(day, unit, one, start, some, spoils[day, unit, one]), **more})
            shown += rows
            if len(rows) > 1:
                together = {column.key: summed(rows, column.key) for column in _R1[3:16]}
                more = {key: rows[0][key] for key in ("prr_waiting", "suket_open")}
                head: dict[str, Value] = {"date": day.isoformat(), "unit": Sentence("All units"), "stock_type": one}
                shown.append({**head, **together, **more})
    return _stock_document(view, shown, of or units.OFFICE, types or ["WNI"])


def _unit_row(
    day: date, unit: str, stock_type: str, start: int, moved: Mapping[str, int], spoils: Sequence[StockSpoil]
) -> dict[str, Value]:
    encode = sum(row["cause"] in _ENCODING for row in spoils)
    printed = sum(row["cause"] not in _ENCODING and row["step"] in ("print", "qc") for row in spoils)
    return {
        "date": day.isoformat(),
        "unit": unit,
        "stock_type": stock_type,
        "opening": start,
        **{key: moved[key] for key in (*flows.COMING, *flows.GOING) if key != "spoiled"},
        "spoiled_encode": encode,
        "spoiled_print": printed,
        "spoiled_other": moved["spoiled"] - encode - printed,
        "closing": units.left(start, moved),
        "prr_waiting": None,
        "suket_open": None,
    }


def _stock_document(view: View, rows: list[dict[str, Value]], of: str, types: list[str]) -> Document:
    """Return R1 of these rows.

    :param of: the unit that the chart shows.
    """
    total: dict[str, Value] = {"date": Sentence("Total")}
    for column in _R1[4:15]:
        total[column.key] = summed([row for row in rows if isinstance(row["unit"], str)], column.key)
    own = [row for row in rows if row["unit"] == of]
    return Document(
        name=f"r1-daily-stock-{view.site}" if view.site else "r1-daily-stock",
        title="Daily stock position of card blanks",
        site=view.site,
        tables=[Table("Stock by day", _R1, rows, total)],
        charts=[_stock_chart(view.days, own, types)],
        landscape=True,
    )


def _by_day(view: View, moved: Iterable[MinuteFlow]) -> dict[date, list[MinuteFlow]]:
    found: dict[date, list[MinuteFlow]] = defaultdict(list)
    for row in moved:
        found[view.day(row["minute"])].append(row)
    return found


def _waiting(view: View) -> Callable[[date, str], dict[str, Value]]:
    """Return a function that tells records waiting and suket open at the end of a day.

    A record waits from when it was pulled until a good card of it was checked, or its job cancelled.
    """
    came: Counter[tuple[date, str]] = Counter()
    for pulled in figures.records_by_minute(view.connection, view.high):
        came[view.day(pulled["minute"]), pulled["stock_type"]] += pulled["records"]
    gone: Counter[tuple[date, str]] = Counter()
    for row in figures.cancelled(view.connection, view.high):
        gone[view.day(row["cancelled_at"]), row["stock_type"]] += 1
    good = figures.flows_before(view.connection, view.low)
    before = {one: net["used_good"] for one, net in flows.net(good).items()}
    for day, moved in _by_day(view, figures.flows_between(view.connection, view.low, view.high)).items():
        for one, net in flows.net(moved).items():
            gone[day, one] += net["used_good"]
    sukets = figures.sukets_until(view.connection, view.high)

    def at_end(day: date, stock_type: str) -> dict[str, Value]:
        end = view.start(day + timedelta(days=1))
        records = sum(n for (on, one), n in came.items() if one == stock_type and on <= day)
        left = sum(n for (on, one), n in gone.items() if one == stock_type and on <= day)
        converted = sum(row["entered_at"] < end and not (row["converted_at"] or "9") < end for row in sukets)
        return {"prr_waiting": records - left - before.get(stock_type, 0), "suket_open": converted}

    return at_end


def _stock_chart(days: list[date], rows: list[dict[str, Value]], types: list[str]) -> Chart:
    lines = []
    for one in types:
        mine = {row["date"]: row for row in rows if row["stock_type"] == one}
        for title, key, style in _LINES:
            values = [float(whole(mine[day][key])) if day in mine else None for day in (d.isoformat() for d in days)]
            lines.append(Line(title, values, style, one))
    return Chart("Stock and use", [f"{day:%d/%m}" for day in days], lines)


_LINES: tuple[tuple[str, str, Literal["step", "bars"]], ...] = (
    ("stock", "closing", "step"),
    ("printed good", "used_good", "bars"),
)


def public_notice(view: View) -> Document:
    """Return R2: what the public may know each day: blanks available, cards printed, records served.

    What left the printers on a day, and what was found good on it: the second is what R1 has, a card that fails its
    check is in the first alone.
    """
    held: Counter[str] = Counter()

    def book(moved: Iterable[Flow]) -> None:
        for row in moved:
            for place, sign in ((row["source"], -1), (row["target"], 1)):
                if places.kind(place) in (places.Kind.STORE, places.Kind.SHIFT, places.Kind.HOPPER):
                    held[row["stock_type"]] += sign * row["pieces"]

    book(figures.flows_before(view.connection, view.low))
    by_day = _by_day(view, figures.flows_between(view.connection, view.low, view.high))
    prints = figures.prints_between(view.connection, view.low, view.high)
    rows: list[dict[str, Value]] = []
    for day in view.days:
        some = by_day.get(day, [])
        book(some)
        today = [row for row in prints if row["state"] == AttemptState.PRINTED and view.day(row["ended_at"]) == day]
        served = max((row["created_at"] for row in today if row["override_seq"] is None), default=None)
        rows.append(
            {
                "date": day.isoformat(),
                "available": sum(held.values()),
                "printed": len(today),
                "good": sum(net["used_good"] for net in flows.net(some).values()),
                "served": view.local(served),
            }
        )
    columns = [
        Column("date", "Date", "day"),
        Column("available", "Blanks available", "int"),
        Column("printed", "Left the printers that day", "int"),
        Column("good", "Passed their check that day", "int"),
        Column("served", "Queue served up to (pulled at)", "moment", 1.6),
    ]
    labels = [f"{day:%d/%m}" for day in view.days]
    lines = [
        Line("available", [float(whole(row["available"])) for row in rows], "step"),
        Line("passed their check", [float(whole(row["good"])) for row in rows], "bars"),
    ]
    total: dict[str, Value] = {
        "date": Sentence("Total"),
        "printed": summed(rows, "printed"),
        "good": summed(rows, "good"),
    }
    return Document(
        name="r2-public-notice",
        title="Public notice of card blanks",
        tables=[Table("Availability", columns, rows, total)],
        charts=[Chart("Availability", labels, lines)],
        remarks=["Printing of identity cards is free of charge."],
    )
