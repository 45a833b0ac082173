"""R8 invalid cards, R9 destructions, R10 monthly destruction report, and the spoilage chart."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from printd.custody import control_chart
from printd.language.sentences import Sentence
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Chart, Column, Document, Kind, Line, Table, Value, summed
from printd.reports.view import View
from printd.store import figures, spoils
from printd.words.serials import from_json, parse_range, say


def cards(view: View) -> Document:
    """Return R8: invalid cards that came back, without whose they were."""
    rows: list[dict[str, Value]] = [
        {
            "no": number,
            "at": view.local(row["received_at"]),
            "holder": row["holder"],
            "cause": row["cause"],
            "serial": row["serial"],
            "from_site": row["from_site"],
            "received_by": row["received_by"],
            "destroyed": view.local(row["destroyed_at"]) if (row["destroyed_at"] or "9") < view.high else None,
        }
        for number, row in enumerate(
            (row for row in figures.cards_until(view.connection, view.high) if row["received_at"] >= view.low), start=1
        )
    ]
    columns = [
        Column("no", "No.", "int", 0.5),
        Column("at", "Date", "moment", 1.4),
        Column("holder", "Holder (pseudonym)", "code", 2.6),
        Column("cause", "Cause", "code", 1.2),
        Column("serial", "Blank", "code", 1.3),
        Column("from_site", "From", "text"),
        Column("received_by", "Received by", "text"),
        Column("destroyed", "Destroyed", "moment", 1.4),
    ]
    return Document(
        name="r8-invalid-cards",
        title="Register of invalid cards",
        tables=[Table("Invalid cards", columns, rows)],
        remarks=["Names and addresses are in the sealed annex."],
        landscape=True,
    )


def destructions(view: View) -> Document:
    """Return R9: every destruction with its witnesses' agencies."""
    rows: list[dict[str, Value]] = [
        {
            "ba_number": row["ba_number"],
            "at": view.local(row["at"]),
            "place": row["place"],
            "method": row["method"],
            "blanks": row["blanks"],
            "cards": row["cards"],
            "serials": say(from_json(json.loads(row["serials"])), limit=5) or None,
            "officers": f"{row['by']}, {row['second']}",
            "witnesses": ", ".join(one["agency"] for one in json.loads(row["witnesses"])),
        }
        for row in figures.destructions_between(view.connection, view.low, view.high)
    ]
    columns = [
        Column("ba_number", "Act", "text", 1.5),
        Column("at", "Time", "moment", 1.4),
        Column("place", "Place", "text", 1.4),
        Column("method", "Method", "code", 0.8, words=Vocabulary.METHOD),
        Column("blanks", "Blanks", "int", 0.7),
        Column("cards", "Cards", "int", 0.7),
        Column("serials", "Serials", "text", 2.4),
        Column("officers", "Officers", "text", 1.1),
        Column("witnesses", "Witnesses", "text", 1.5),
    ]
    total: dict[str, Value] = {"ba_number": Sentence("Total")}
    total |= {key: summed(rows, key) for key in ("blanks", "cards")}
    return Document(
        name="r9-destructions",
        title="Destructions",
        tables=[Table("Destructions", columns, rows, total)],
        landscape=True,
    )


def monthly(view: View) -> Document:
    """Return R10: pieces destroyed by month and cause, the acts' numbers, and what is left to destroy."""
    found: dict[str, Counter[str]] = {}
    numbers: dict[str, list[str]] = {}
    destroyed: set[str] = set()
    back = figures.cards_until(view.connection, view.high)
    for row in figures.destructions_between(view.connection, "", view.high):
        ranges = [parse_range(pair[0], pair[-1]) for pair in json.loads(row["serials"])]
        destroyed |= {part.serial(number) for part in ranges for number in range(part.first, part.last + 1)}
        if row["at"] < view.low:
            continue
        month = f"{view.day(row['at']):%Y-%m}"
        numbers.setdefault(month, []).append(row["ba_number"])
        causes = found.setdefault(month, Counter())
        causes.update(spoils.causes_of(view.connection, ranges))
        causes.update(f"kartu {card['cause']}" for card in back if card["destruction_id"] == row["id"])
    rows: list[dict[str, Value]] = [
        {"month": month, "cause": cause, "pieces": n, "acts": ", ".join(numbers[month])}
        for month, causes in sorted(found.items())
        for cause, n in sorted(causes.items())
    ]
    spoiled = [row["serial"] for row in figures.spoils_between(view.connection, "", view.high)]
    left: list[dict[str, Value]] = [
        {"kind": "blangko rusak", "pieces": sum(serial not in destroyed for serial in spoiled)},
        {"kind": "kartu invalid", "pieces": sum(not (card["destroyed_at"] or "9") < view.high for card in back)},
    ]
    columns = [
        Column("month", "Month", "code"),
        Column("cause", "Cause", "code", 1.6),
        Column("pieces", "Pieces", "int", 0.8),
        Column("acts", "Acts", "text", 3),
    ]
    causes_of_all = Counter[str]()
    for one in found.values():
        causes_of_all.update(one)
    ranked = causes_of_all.most_common(12)
    return Document(
        name="r10-monthly-destruction",
        title="Monthly destruction report",
        tables=[
            Table("Destroyed", columns, rows),
            Table(
                "Left to destroy",
                [Column("kind", "Kind", "text", 2), Column("pieces", "Pieces", "int")],
                left,
            ),
        ],
        charts=[
            Chart(
                "By cause",
                [cause for cause, _ in ranked],
                [Line("pieces", [float(n) for _, n in ranked], "bars")],
            )
        ],
    )


_GROUPS: Sequence[tuple[str, str, str, Kind, Vocabulary | None]] = (
    ("day", "Day", "By day", "day", None),
    ("printer", "Printer", "By printer", "code", None),
    ("cause", "Cause", "By cause", "text", Vocabulary.CAUSE),
)


def spoilage(view: View) -> Document:
    """Return the p-chart of spoilage by day and by printer, with alarms on both sides."""
    bad_rows = [row for row in figures.spoils_between(view.connection, view.low, view.high) if not row["at_site"]]
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
            labels = [one.group[5:] for one in points]
            charts.append(Chart("Spoilage by day", labels, lines, " %"))
    return Document(
        name="spoilage",
        title="Control chart of spoiled blanks",
        tables=tables,
        charts=charts,
    )
