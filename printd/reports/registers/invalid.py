"""R8 invalid cards, R9 destructions, R10 monthly destruction report, and the spoilage chart."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from printd.custody import control_chart
from printd.language.sentences import Sentence
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Chart, Column, Document, Kind, Line, Table, Value, summed
from printd.reports.view import View
from printd.store import figures, papers, spoils
from printd.store.tables.destructions import DestructionRow
from printd.words import places
from printd.words.serials import SerialRange, from_json


def cards(view: View) -> Document:
    """Return R8: invalid cards that came back and cards that the office spoiled, without whose they were."""
    back: list[dict[str, Value]] = [
        {
            "at": view.local(row["received_at"]),
            "holder": row["holder"],
            "cause": row["cause"],
            "serial": row["serial"],
            "from_site": row["from_site"],
            "received_by": view.names(row["received_by"]),
            "destroyed": view.local(_until(row["destroyed_at"], view.high)),
        }
        for row in figures.cards_until(view.connection, view.high)
        if row["received_at"] >= view.low
    ]
    gone = _destroyed_blanks(view)
    own: list[dict[str, Value]] = [
        {
            "at": view.local(row["at"]),
            "holder": row["holder"],
            "cause": row["cause"],
            "serial": row["serial"],
            "from_site": "office",
            "received_by": view.names(row["approved_by"] or row["operator"]),
            "destroyed": view.local(gone.get(row["serial"])),
        }
        for row in figures.spoiled_cards_between(view.connection, view.low, view.high)
    ]
    return Document(
        name="r8-invalid-cards",
        title="Register of damaged or invalid KTP-el",
        tables=[
            Table("KTP-el that holders brought back", _cards(Vocabulary.INVALID), _numbered(back), empty="nil"),
            Table("KTP-el that the office spoiled", _cards(Vocabulary.CAUSE), _numbered(own), empty="nil"),
        ],
        remarks=["Holders stand as pseudonyms: NIK, names and addresses are sealed, and two people open them."],
        landscape=True,
    )


def _cards(words: Vocabulary) -> list[Column]:
    return [
        Column("no", "No.", "int", 0.5),
        Column("at", "Date", "moment", 1.3),
        Column("holder", "Owner (pseudonym)", "code", 2.2),
        Column("cause", "Cause", width=1.8, words=words),
        Column("serial", "Serial, where known", "code", 1.4),
        Column("from_site", "From unit", width=1.4, words=Vocabulary.SITE),
        Column("received_by", "Received by", "text"),
        Column("destroyed", "Destroyed", "moment", 1.3),
    ]


def _numbered(rows: Sequence[dict[str, Value]]) -> list[dict[str, Value]]:
    return [{"no": number, **row} for number, row in enumerate(rows, start=1)]


def _until(at: str | None, high: str) -> str | None:
    """Return a moment, where it was before the end of the period."""
    return at if at is not None and at < high else None


def _destroyed_blanks(view: View) -> dict[str, str]:
    """Return by serial when a blank was destroyed, of all before the end of the period."""
    return {
        part.serial(number): row["at"]
        for row in figures.destructions_between(view.connection, "", view.high)
        for part in _ranges(row)
        for number in range(part.first, part.last + 1)
    }


def _ranges(row: DestructionRow) -> list[SerialRange]:
    return from_json(json.loads(row["serials"]))


def _number(view: View, row: DestructionRow) -> str:
    """Return the official number of an act of destruction, or the one that was given by hand where it has none."""
    paper = papers.first_of(view.connection, "destruction", row["id"])
    return row["ba_number"] if paper is None or paper["number"] is None else paper["number"]


def destructions(view: View) -> Document:
    """Return R9: the list of all destructions with their witnesses' agencies."""
    rows: list[dict[str, Value]] = [
        {
            "no": number,
            "act": _number(view, row),
            "ba_number": row["ba_number"],
            "at": view.local(row["begun"] or row["at"]),
            "ended": view.local(row["ended"]),
            "place": row["place"],
            "method": row["method"],
            "blanks": row["blanks"],
            "cards": row["cards"],
            "officers": view.names(row["by"], row["second"]),
            "witnesses": ", ".join(dict.fromkeys(one["agency"] for one in json.loads(row["witnesses"]))),
            "photos": len(json.loads(row["photos"])),
        }
        for number, row in enumerate(figures.destructions_between(view.connection, view.low, view.high), start=1)
    ]
    columns = [
        Column("no", "No.", "int", 0.4),
        Column("act", "Number of the record", "text", 2.6),
        Column("ba_number", "Other number", "text", 1.8),
        Column("at", "Destruction begun", "moment", 1.0),
        Column("ended", "Destruction ended", "moment", 1.0),
        Column("place", "Place", "text", 1.2),
        Column("method", "Method", width=1.1, words=Vocabulary.METHOD),
        Column("blanks", "Spoiled blanks", "int", 0.8),
        Column("cards", "Invalid KTP-el", "int", 0.75),
        Column("officers", "Officers", "text", 1.6),
        Column("witnesses", "Witnesses", "text", 2.9),
        Column("photos", "Pictures", "int", 0.5),
    ]
    total: dict[str, Value] = {"act": Sentence("Total")}
    total |= {key: summed(rows, key) for key in ("blanks", "cards", "photos")}
    return Document(
        name="r9-destructions",
        title="List of the records of destruction",
        tables=[Table("", columns, rows, total if rows else None, "nil")],
        landscape=True,
    )


def monthly(view: View) -> Document:
    """Return R10: pieces destroyed by month and cause with the acts of that cause, and what is left to destroy."""
    blanks: dict[tuple[str, str], _Destroyed] = {}
    invalid: dict[tuple[str, str], _Destroyed] = {}
    back = figures.cards_until(view.connection, view.high)
    for row in figures.destructions_between(view.connection, view.low, view.high):
        month, act = f"{view.day(row['at']):%Y-%m}", _number(view, row)
        of_cards = Counter(card["cause"] for card in back if card["destruction_id"] == row["id"])
        # What was spoiled lies in the act beside the blanks of invalid cards, which have no cause of spoilage.
        of_blanks = spoils.causes_of(view.connection, _ranges(row))
        for found, causes in ((blanks, of_blanks), (invalid, of_cards)):
            for cause, pieces in causes.items():
                found.setdefault((month, cause), _Destroyed()).add(pieces, act)
    every = Counter[str]()
    for (_, cause), one in blanks.items():
        every[cause] += one.pieces
    ranked = every.most_common(12)
    charts = [Chart("By cause", [cause for cause, _ in ranked], [_bars(ranked)], words=Vocabulary.CAUSE)]
    return Document(
        name="r10-monthly-destruction",
        title="Monthly report of destruction",
        tables=[
            _destroyed_table("Spoiled blanks that were destroyed", blanks, Vocabulary.CAUSE),
            _destroyed_table("Damaged or invalid KTP-el that were destroyed", invalid, Vocabulary.INVALID),
            Table("Spoiled blanks left to destroy", _LEFT, _blanks_left(view), empty="nil"),
            Table("Damaged or invalid KTP-el left to destroy", _LEFT, _cards_left(view, back), empty="nil"),
        ],
        charts=charts if ranked else [],
    )


class _Destroyed:
    """Pieces of one month and cause, and the acts that name them."""

    def __init__(self) -> None:
        self.pieces = 0
        self.acts: list[str] = []

    def add(self, pieces: int, act: str) -> None:
        self.pieces += pieces
        self.acts.append(act)


def _bars(ranked: Sequence[tuple[str, int]]) -> Line:
    return Line("pieces", [float(pieces) for _, pieces in ranked], "bars")


def _destroyed_table(title: str, found: Mapping[tuple[str, str], _Destroyed], words: Vocabulary) -> Table:
    rows: list[dict[str, Value]] = [
        {"month": month, "cause": cause, "pieces": one.pieces, "acts": "; ".join(one.acts)}
        for (month, cause), one in sorted(found.items())
    ]
    columns = [
        Column("month", "Month", "month", 1.2),
        Column("cause", "Cause", width=1.6, words=words),
        Column("pieces", "Pieces", "int", 0.7),
        Column("acts", "Numbers of the records", "text", 3.4),
    ]
    total: dict[str, Value] = {"month": Sentence("Total"), "pieces": summed(rows, "pieces")}
    return Table(title, columns, rows, total if rows else None, "nil")


_LEFT = [
    Column("month", "Month", "month", 1.2),
    Column("before", "Left before", "int"),
    Column("added", "Added", "int"),
    Column("destroyed", "Destroyed", "int"),
    Column("left", "Left", "int"),
]


def _blanks_left(view: View) -> list[dict[str, Value]]:
    """Return by month what spoiled blanks were left, added, destroyed; those missing since are taken off the added."""
    rows: list[dict[str, Value]] = []
    for first, after in _months(view):
        low, high = view.start(first), view.start(after)
        before, left = (_lying(view, at) for at in (low, high))
        destroyed = sum(
            flow["pieces"]
            for flow in figures.flows_between(view.connection, low, high)
            if (flow["source"], flow["target"]) == (places.SPOILED, places.DESTROYED)
        )
        rows += _account(first, before, destroyed, left)
    return rows


def _cards_left(view: View, back: Sequence[figures.EndedCard]) -> list[dict[str, Value]]:
    rows: list[dict[str, Value]] = []
    for first, after in _months(view):
        low, high = view.start(first), view.start(after)
        before, left = (sum(_waits(card, at) for card in back) for at in (low, high))
        rows += _account(first, before, sum(low <= (card["destroyed_at"] or "") < high for card in back), left)
    return rows


def _account(first: date, before: int, destroyed: int, left: int) -> list[dict[str, Value]]:
    """Return the row of a month; none of one in which there was nothing."""
    added = left - before + destroyed
    if not (before or added or destroyed or left):
        return []
    return [{"month": f"{first:%Y-%m}", "before": before, "added": added, "destroyed": destroyed, "left": left}]


def _months(view: View) -> list[tuple[date, date]]:
    """Return of each month of the period its first day and the one after its last, cut where the period is."""
    found: list[tuple[date, date]] = []
    first, end = view.first, view.last + timedelta(days=1)
    while first < end:
        after = min(end, date(first.year + first.month // 12, first.month % 12 + 1, 1))
        found.append((first, after))
        first = after
    return found


def _lying(view: View, at: str) -> int:
    """Return how many spoiled blanks lay there at a moment."""
    flows = figures.flows_before(view.connection, at)
    return sum(
        flow["pieces"] * ((flow["target"] == places.SPOILED) - (flow["source"] == places.SPOILED)) for flow in flows
    )


def _waits(card: figures.EndedCard, at: str) -> bool:
    return card["received_at"] < at and _until(card["destroyed_at"], at) is None


_GROUPS: Sequence[tuple[str, str, str, Kind, Vocabulary | None]] = (
    ("day", "Day", "By day", "day", None),
    ("printer", "Printer", "By printer", "code", None),
    ("cause", "Cause", "By cause", "text", Vocabulary.CAUSE),
)


def spoilage(view: View) -> Document:
    """Return the p-chart of spoilage by day and by printer, with alarms on both sides."""
    bad_rows = [row for row in figures.spoils_between(view.connection, view.low, view.high) if row["site"] is None]
    tried = spoils.tried_between(view.connection, view.low, view.high)
    tables, charts = [], []
    for key, title, heading, kind, words in _GROUPS:
        bad = Counter(view.day(row["at"]).isoformat() if key == "day" else str(row.get(key) or "-") for row in bad_rows)
        if key == "cause":
            number = Counter(dict.fromkeys(bad, len(tried)))
        else:
            number = Counter(view.day(row["at"]).isoformat() if key == "day" else str(row.get(key)) for row in tried)
            early = [row for row in bad_rows if row["attempt_id"] is None]
            number += Counter(
                view.day(row["at"]).isoformat() if key == "day" else str(row.get(key) or "-") for row in early
            )
        chart = control_chart.chart((group, number[group], bad[group]) for group in sorted(number))
        rows: list[dict[str, Value]] = [
            {
                "group": one.group,
                "tried": one.tried,
                "spoiled": one.spoiled,
                "rate": one.rate,
                "lower": one.lower,
                "upper": one.upper,
                "alarm": one.alarm or None,
            }
            for one in chart.points
        ]
        columns = [
            Column("group", title, kind, 2, words),
            Column("tried", "Tried", "int"),
            Column("spoiled", "Spoiled", "int"),
            Column("rate", "Rate", "bp"),
            Column("lower", "Lower limit", "bp"),
            Column("upper", "Upper limit", "bp"),
            Column("alarm", "Alarm", words=Vocabulary.ALARM),
        ]
        tables.append(Table(heading, columns, rows))
        if key == "day":
            points = chart.points
            lines = [
                Line("rate", [one.rate / 100 for one in points], "line"),
                Line("upper limit", [one.upper / 100 for one in points], "limit"),
                Line("lower limit", [one.lower / 100 for one in points], "limit"),
                Line("alarm", [one.rate / 100 if one.alarm else None for one in points], "alarm"),
            ]
            labels = [f"{one.group[8:10]}/{one.group[5:7]}" for one in points]
            charts.append(Chart("Spoilage by day", labels, lines, " %"))
    return Document(
        name="spoilage",
        title="Control chart of spoiled blanks",
        tables=tables,
        remarks=[
            "Where fewer than five spoiled blanks are expected, the exact binomial distribution decides on alarms."
        ],
        charts=charts,
    )
