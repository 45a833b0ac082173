"""R6 shifts, R12 stock counts and the inventory of a semester (*laporan persediaan*)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from printd.custody import flows
from printd.events.counts import CountAct, PlaceCountedTwice
from printd.events.shifts import ClosingAct
from printd.language.sentences import Day, Rupiah, Sentence, serials
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Column, Document, Table, Value, summed
from printd.reports.stock_count import condition
from printd.reports.view import View
from printd.store import blanks, deliveries, figures, operators
from printd.store.figures import DeliveryFlow
from printd.store.tables.shifts import ShiftRow
from printd.words import places
from printd.words.serials import SerialRange, join

_CAME: Final = ("carried_in", *flows.BROUGHT)
_WENT: Final = (*flows.TAKEN, "carried_over")
_UNKNOWN: Final = Sentence("not known yet")


def shifts(view: View) -> Document:
    """Return R6: what each shift had in hand and what became of it, and what two people counted at its end.

    ``carried_in + issued + found = good + spoiled + returned + skipped + missing + carried_over`` holds in every row
    (:mod:`printd.custody.flows`). Of shifts that an earlier version closed only what they were given is known.
    """
    issued: dict[tuple[str, str], list[SerialRange]] = defaultdict(list)
    for given_out in figures.issued_between(view.connection, "", view.high):
        part = blanks.serials_of(given_out)
        stock_type = blanks.stock_of(view.connection, part)["stock_type"]
        issued[places.whose(given_out["target"]), stock_type].append(part)
    closed = [
        (row, ClosingAct.model_validate_json(row["act"] or ""))
        for row in figures.shifts_between(view.connection, view.low, view.high)
    ]
    names = _names(view)
    rows = [one for row, act in closed for one in _work(row, act, issued)]
    counted = [_counted(row, act, names) for row, act in closed]
    return Document(
        name="r6-shifts",
        title="Issue and return by shift",
        tables=[_flows_table(rows), _counts_table(counted), _kept_table(closed, names)],
        landscape=True,
    )


def _names(view: View) -> dict[str, str]:
    """Return the legal names of everybody who ever worked here, by login name."""
    return {one["name"]: one["legal_name"] for one in operators.operators(view.connection)}


def _work(
    row: ShiftRow, act: ClosingAct, issued: Mapping[tuple[str, str], Sequence[SerialRange]]
) -> Iterator[dict[str, Value]]:
    def about(stock_type: str) -> dict[str, Value]:
        given = issued.get((row["id"], stock_type), [])
        told = Sentence("{serials}", serials=serials(join(given), 4)) if given else None
        return {"shift": row["id"], "stock_type": stock_type or None, "serials": told}

    if not act.work:  # unknown of a shift of an earlier version, nothing of one that was given nothing
        none = None if act.work is None else 0
        types: list[str] = [one.stock_type for one in act.stock]
        for stock_type in types or [""]:
            yield {**about(stock_type), **dict.fromkeys((*_CAME, "available", *_WENT), none)}
        return
    for one in act.work:
        yield {
            **about(one.stock_type),
            **{key: getattr(one, key) for key in _CAME},
            "available": sum(getattr(one, key) for key in _CAME),
            **{key: getattr(one, key) for key in _WENT},
        }


def _flows_table(rows: Sequence[dict[str, Value]]) -> Table:
    columns = [
        Column("shift", "Shift", "code", 1.4),
        Column("stock_type", "Type", "text", 0.9, Vocabulary.STOCK_TYPE),
        Column("carried_in", "Carried in", "int", 0.8),
        Column("issued", "Issued to the shift", "int", 0.9),
        Column("found", "Found again", "int", 0.9),
        Column("available", "Available in all", "int", 0.9),
        Column("good", "Printed as good cards", "int", 0.9),
        Column("spoiled", "Spoiled", "int", 0.7),
        Column("returned", "Given back to the store", "int", 1.2),
        Column("skipped", "Serials skipped", "int", 0.9),
        Column("missing", "Not found", "int", 1),
        Column("carried_over", "Carried over", "int", 1),
        Column("serials", "Serials issued", "text", 3),
    ]
    keys = ("issued", "found", "good", "spoiled", "returned", "skipped", "missing")
    total: dict[str, Value] = {"shift": Sentence("Total"), **{key: summed(rows, key) for key in keys}}
    return Table("What each shift was given, and what became of it (pieces)", columns, rows, total)


def _counted(row: ShiftRow, act: ClosingAct, names: dict[str, str]) -> dict[str, Value]:
    """Return what both people counted at a shift's end: what is whole or waits for the check, and the spoil bin."""
    bin_ = [one for one in act.places if one.place == places.SPOILED]
    rest = [one for one in act.places if one.place != places.SPOILED]
    told: dict[str, Value] = {"shift": row["id"]}
    for name, some in (("rest", rest), ("spoiled", bin_)):
        told[f"{name}_book"] = sum(one.book for one in some)
        told[f"{name}_1"] = told[f"{name}_2"] = sum(one.counted for one in some)  # who close it counted alike
    told["difference"] = sum(one.counted - one.book for one in act.places)
    told["counter_1"], told["counter_2"] = (names.get(row[key] or "") for key in ("closed_by", "closed_with"))
    return told


def _counts_table(rows: Sequence[dict[str, Value]]) -> Table:
    columns = [
        Column("shift", "Shift", "code", 1.2),
        Column("rest_book", "Rest by the books", "int", 1),
        Column("rest_1", "Rest, count I", "int", 1),
        Column("rest_2", "Rest, count II", "int", 1),
        Column("spoiled_book", "Spoil bin by the books", "int", 1.2),
        Column("spoiled_1", "Spoil bin, count I", "int", 1.2),
        Column("spoiled_2", "Spoil bin, count II", "int", 1.2),
        Column("difference", "Difference", "int", 0.8),
        Column("counter_1", "Counter I", "text", 1.6),
        Column("counter_2", "Counter II", "text", 1.6),
    ]
    return Table("Physical count at the end of each shift (pieces)", columns, rows)


def _kept_table(closed: Sequence[tuple[ShiftRow, ClosingAct]], names: dict[str, str]) -> Table:
    """Return who issued and closed, what was done with spoiled blanks and the rest, and who agreed to a difference."""
    rows: list[dict[str, Value]] = [
        {
            "shift": row["id"],
            "issued_by": names.get(row["opened_by"]),
            "received_by": names.get(row["opened_with"]),
            "voided": act.voided,
            "kept": act.kept,
            "seal": act.seal,
            "stored": act.stored,
            "approved_by": names.get(row["approved_by"] or ""),
            "reason": act.note or None,
            "incident": act.incident,
        }
        for row, act in closed
    ]
    columns = [
        Column("shift", "Shift", "code", 1.2),
        Column("issued_by", "Issued by", "text", 1.4),
        Column("received_by", "Issued with", "text", 1.4),
        Column("voided", "Spoiled made unusable", "text", 1.2, Vocabulary.VOIDED),
        Column("kept", "Spoiled kept in", "text", 1.5),
        Column("seal", "Under seal", "text", 1.2),
        Column("stored", "Rest kept in", "text", 1.3),
        Column("approved_by", "Difference agreed by", "text", 1.3),
        Column("reason", "Reason of the difference", "text", 1.8),
        Column("incident", "Incident number", "code", 1.1),
    ]
    return Table("Keeping and differences", columns, rows)


def stock_counts(view: View) -> Document:
    """Return R12: every stock count, place by place, and the inventory of each semester of the period."""
    names = _names(view)
    acts = [
        CountAct.model_validate_json(row["sheet"])
        for row in figures.stock_counts_between(view.connection, view.low, view.high)
    ]
    return Document(
        name="r12-stock-counts",
        title="Stock counts and inventory",
        tables=[
            Table("Counts", _COUNTS, [one for act in acts for one in _places(act, names)]),
            Table(
                "Outside the office, not counted by hand (pieces)", _TOLD, [one for act in acts for one in _told(act)]
            ),
            Table(
                "Stock counted, at each delivery's own unit price",
                _VALUED,
                [one for act in acts for one in _valued(act)],
            ),
            *(_inventory(view, first, last) for first, last in _semesters(view)),
        ],
        landscape=True,
    )


_COUNTS: Final = [
    Column("count", "Stock count", "day", 1.1),
    Column("place", "Place", "text", 2, Vocabulary.PLACE),
    Column("condition", "Condition", "text", 1),
    Column("book", "By the books", "int", 0.8),
    Column("count_1", "Count I", "int", 0.8),
    Column("count_2", "Count II", "int", 0.8),
    Column("difference", "Difference", "int", 0.8),
    Column("value", "Worth (Rp)", "rupiah", 1.2),
    Column("reason", "Reason of the difference", "text", 1.4),
    Column("follow_up", "Follow-up", "text", 1.2),
    Column("counters", "Counted by", "text", 1.8),
    Column("witness", "Witness (agency)", "text", 1.2),
]
_TOLD: Final = [
    Column("count", "Stock count", "day", 1.1),
    Column("place", "Place", "text", 2, Vocabulary.PLACE),
    Column("stock_type", "Type", "text", 0.9, Vocabulary.STOCK_TYPE),
    Column("book", "By the books", "int", 0.8),
    Column("told", "By paper or report", "int", 0.9),
    Column("difference", "Difference", "int", 0.8),
    Column("day", "Of the day", "day", 1),
    Column("document", "Number of the paper", "text", 1.5),
]
_VALUED: Final = [
    Column("count", "Stock count", "day", 1.1),
    Column("document", "Handover record number", "text", 1.7),
    Column("stock_type", "Type", "text", 0.9, Vocabulary.STOCK_TYPE),
    Column("good", "Good", "int", 0.8),
    Column("unit_value", "Unit price (Rp)", "rupiah", 1),
    Column("value", "Worth (Rp)", "rupiah", 1.2),
    Column("spoiled", "Spoiled", "int", 0.8),
    Column("finished", "Finished cards", "int", 0.8),
    Column("invalid", "Invalid cards", "int", 0.8),
    Column("elsewhere", "Other units", "int", 0.8),
    Column("transit", "On the way", "int", 0.9),
]


def _places(act: CountAct, names: dict[str, str]) -> Iterator[dict[str, Value]]:
    for one in act.items:
        yield {
            "count": act.count,
            "place": one.place,
            "condition": condition(one.place),
            "book": one.book,
            "count_1": one.count_1,
            "count_2": one.count_2,
            "difference": one.difference,
            "value": _worth(act, one),
            "reason": act.reason or None,
            "follow_up": act.follow_up or None,
            "counters": ", ".join(names.get(login, login) for login in act.counters),
            "witness": act.witness or None,
        }


def _worth(act: CountAct, one: PlaceCountedTwice) -> Value:
    """Return what the blanks of a place are worth; early acts took any price for all, which is no value."""
    if places.kind(one.place) not in flows.ON_HAND:
        return None
    return Sentence("not valued") if act.deliveries is None or one.value is None else one.value


def _each(
    tell: Callable[[CountAct], Iterator[dict[str, Value]]], acts: Sequence[CountAct]
) -> Iterator[dict[str, Value]]:
    for act in acts:
        yield from tell(act)


def _told(act: CountAct) -> Iterator[dict[str, Value]]:
    for one in act.elsewhere:
        yield {
            "count": act.count,
            "place": one.place,
            "stock_type": one.stock_type,
            "book": one.book,
            "told": one.told,
            "difference": None if one.told is None else one.told - one.book,
            "day": one.day,
            "document": one.document,
        }


def _valued(act: CountAct) -> Iterator[dict[str, Value]]:
    for one in act.deliveries or ():
        about = {key: getattr(one, key) for key in ("document", "stock_type", "good", "value")}
        left = {key: getattr(one, key) for key in ("spoiled", "finished", "invalid", "elsewhere", "transit")}
        yield {
            "count": act.count,
            **about,
            **left,
            "unit_value": _UNKNOWN if one.unit_value is None else one.unit_value,
        }


def _semesters(view: View) -> Iterator[tuple[date, date]]:
    """Yield the parts of the period that lie in one half of a year each."""
    first = view.first
    while first <= view.last:
        end = date(first.year, 6, 30) if first.month <= 6 else date(first.year, 12, 31)
        yield first, min(end, view.last)
        first = date(first.year, 7, 1) if first.month <= 6 else date(first.year + 1, 1, 1)


def _inventory(view: View, first: date, last: date) -> Table:
    """Return the inventory of a half year, or of the part of it that is asked for: each delivery at its own price."""
    low, high = view.start(first), view.start(date.fromordinal(last.toordinal() + 1))
    before = _net(figures.flows_by_delivery(view.connection, "", low))
    during = _net(figures.flows_by_delivery(view.connection, low, high))
    rows: list[dict[str, Value]] = []
    for one in deliveries.deliveries(view.connection):
        then, now = before.get(one["id"]), during.get(one["id"])
        opening = 0 if then is None else _left(0, then)
        if not opening and now is None:
            continue
        moved = now or dict.fromkeys((*flows.COMING, *flows.GOING), 0)
        closing, unit = _left(opening, moved), one["unit_value"]
        rows.append(
            {
                "document": one["bast_number"],
                "day": one["bast_date"],
                "stock_type": one["stock_type"],
                "opening": opening,
                "in": sum(moved[key] for key in flows.COMING),
                **{key: moved[key] for key in flows.GOING},
                "closing": closing,
                "unit_value": _UNKNOWN if unit is None else unit,
                "value": Sentence("not valued") if unit is None else unit * closing,
            }
        )
    keys = ("opening", "in", *flows.GOING, "closing")
    worth = sum(one["value"] for one in rows if isinstance(one["value"], int))
    total: dict[str, Value] = {
        "document": Sentence("Total"),
        **{key: summed(rows, key) for key in keys},
        "value": worth,
    }
    half = 1 if first.month <= 6 else 2
    title = Sentence(
        "Inventory of semester {half} of {year}, {first} to {last}: stock by delivery; priced stock in all {worth}",
        half=("I", "II")[half - 1],
        year=str(first.year),
        first=Day(first.isoformat()),
        last=Day(last.isoformat()),
        worth=Rupiah(worth),
    )
    return Table(title, _INVENTORY, rows, total)


_INVENTORY: Final = [
    Column("document", "Handover record number", "text", 1.7),
    Column("day", "Of the day", "day", 1),
    Column("stock_type", "Type", "text", 0.9, Vocabulary.STOCK_TYPE),
    Column("opening", "Opening balance", "int", 0.8),
    Column("in", "Came in", "int", 0.8),
    Column("used_good", "Printed as good cards", "int", 0.9),
    Column("spoiled", "Spoiled", "int", 0.8),
    Column("loaned_out", "To other units", "int", 0.9),
    Column("returned", "Given back to the province", "int", 1.1),
    Column("skipped", "Serials skipped", "int", 0.9),
    Column("missing", "Not found", "int", 1),
    Column("closing", "Closing balance", "int", 0.8),
    Column("unit_value", "Unit price (Rp)", "rupiah", 1),
    Column("value", "Worth (Rp)", "rupiah", 1.2),
]


def _net(moved: Sequence[DeliveryFlow]) -> dict[str, dict[str, int]]:
    """Return the flows of each delivery that had any."""
    by_delivery: dict[str, list[DeliveryFlow]] = defaultdict(list)
    for row in moved:
        by_delivery[row["delivery_id"]].append(row)
    found = {}
    for name, some in by_delivery.items():
        for net in flows.net(some).values():  # of the one stock type that it has
            if any(net.values()):
                found[name] = net
    return found


def _left(opening: int, moved: dict[str, int]) -> int:
    return opening + sum(moved[key] for key in flows.COMING) - sum(moved[key] for key in flows.GOING)
