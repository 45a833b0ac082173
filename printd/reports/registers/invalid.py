"""R8 invalid cards, R9 destructions, R10 monthly destruction report, and the spoilage chart."""

from __future__ import annotations

import json
from collections import Counter

from printd.custody import control_chart
from printd.reports.document import Chart, Column, Document, Line, Table, Value
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
        Column("no", "No.", "No.", "int", 0.5),
        Column("at", "Tanggal", "Date", "code", 1.4),
        Column("holder", "Pemegang (samaran)", "Holder (pseudonym)", "code", 2.6),
        Column("cause", "Sebab", "Cause", "code", 1.2),
        Column("serial", "Blangko", "Blank", "code", 1.3),
        Column("from_site", "Dari", "From", "text"),
        Column("received_by", "Diterima oleh", "Received by", "text"),
        Column("destroyed", "Dimusnahkan", "Destroyed", "code", 1.4),
    ]
    return Document(
        name="r8-invalid-cards",
        title="Pencatatan KTP-el Rusak/Invalid",
        english="Register of invalid cards",
        tables=[Table("Kartu invalid", "Invalid cards", columns, rows)],
        remarks=["Nama dan alamat ada pada lampiran tersegel. / Names and addresses are in the sealed annex."],
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
        Column("ba_number", "Nomor BA", "Act", "text", 1.5),
        Column("at", "Waktu", "Time", "code", 1.4),
        Column("place", "Tempat", "Place", "text", 1.4),
        Column("method", "Cara", "Method", "code", 0.8),
        Column("blanks", "Blangko", "Blanks", "int", 0.7),
        Column("cards", "Kartu", "Cards", "int", 0.7),
        Column("serials", "Nomor seri", "Serials", "text", 2.4),
        Column("officers", "Petugas", "Officers", "text", 1.1),
        Column("witnesses", "Saksi", "Witnesses", "text", 1.5),
    ]
    total: dict[str, Value] = {"ba_number": "Jumlah"}
    total |= {key: sum(int(row[key] or 0) for row in rows) for key in ("blanks", "cards")}
    return Document(
        name="r9-destructions",
        title="Berita Acara Pemusnahan KTP-el Rusak/Invalid",
        english="Destructions",
        tables=[Table("Pemusnahan", "Destructions", columns, rows, total)],
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
        Column("month", "Bulan", "Month", "code"),
        Column("cause", "Sebab", "Cause", "code", 1.6),
        Column("pieces", "Keping", "Pieces", "int", 0.8),
        Column("acts", "Nomor BA", "Acts", "text", 3),
    ]
    causes_of_all = Counter[str]()
    for one in found.values():
        causes_of_all.update(one)
    ranked = causes_of_all.most_common(12)
    return Document(
        name="r10-monthly-destruction",
        title="Laporan Bulanan Pemusnahan",
        english="Monthly destruction report",
        tables=[
            Table("Dimusnahkan", "Destroyed", columns, rows),
            Table(
                "Sisa untuk dimusnahkan",
                "Left to destroy",
                [Column("kind", "Jenis", "Kind", "text", 2), Column("pieces", "Keping", "Pieces", "int")],
                left,
            ),
        ],
        charts=[
            Chart(
                "Menurut sebab",
                "By cause",
                [cause for cause, _ in ranked],
                [Line("keping", [float(n) for _, n in ranked], "bars")],
            )
        ],
    )


def spoilage(view: View) -> Document:
    """Return the p-chart of spoilage by day and by printer, with alarms on both sides."""
    bad_rows = [row for row in figures.spoils_between(view.connection, view.low, view.high) if not row["at_site"]]
    tried = spoils.tried_between(view.connection, view.low, view.high)
    tables, charts = [], []
    for key, title, english in (
        ("day", "Hari", "Day"),
        ("printer", "Pencetak", "Printer"),
        ("cause", "Sebab", "Cause"),
    ):
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
            Column("group", title, english, "code", 2),
            Column("tried", "Dicoba", "Tried", "int"),
            Column("spoiled", "Rusak", "Spoiled", "int"),
            Column("rate", "Tingkat", "Rate", "bp"),
            Column("lower", "Batas bawah", "Lower limit", "bp"),
            Column("upper", "Batas atas", "Upper limit", "bp"),
            Column("alarm", "Alarm", "Alarm", "code"),
        ]
        tables.append(Table(f"Menurut {title.lower()}", f"By {english.lower()}", columns, rows))
        if key == "day":
            points = chart.points
            lines = [
                Line("tingkat", [one.rate / 100 for one in points], "line"),
                Line("batas atas", [one.upper / 100 for one in points], "limit"),
                Line("batas bawah", [one.lower / 100 for one in points], "limit"),
                Line("alarm", [one.rate / 100 if one.alarm else None for one in points], "alarm"),
            ]
            labels = [one.group[5:] for one in points]
            charts.append(Chart("Tingkat kerusakan per hari", "Spoilage by day", labels, lines, " %"))
    return Document(
        name="spoilage",
        title="Peta Kendali Kerusakan Blangko",
        english="Control chart of spoiled blanks",
        tables=tables,
        charts=charts,
    )
