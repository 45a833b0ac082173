"""R11 requests, R15 temporary certificates, R16 consumables."""

from __future__ import annotations

import json

from printd.language.vocabularies import Vocabulary
from printd.reports.document import Column, Document, Table, Value
from printd.reports.view import View
from printd.store import figures, usage

_BEFORE_PRINTING = ("no_chip", "encode_fail")  # such a card costs a blank and no panel

_FACTS = ("prr", "sfe", "suket", "stock", "average_use", "printers")


def requests(view: View) -> Document:
    """Return R11: every request for blanks with the figures behind it."""
    rows: list[dict[str, Value]] = []
    for row in figures.requests_between(view.connection, view.low, view.high):
        facts = json.loads(row["facts"])
        rows.append(
            {
                "request": row["id"],
                "at": view.local(row["at"]),
                "stock_type": row["stock_type"],
                **{key: facts.get(key) for key in _FACTS},
                "asked": row["asked"],
                "by": row["by"],
            }
        )
    columns = [
        Column("request", "Number", "code", 1.5),
        Column("at", "Time", "moment", 1.5),
        Column("stock_type", "Type", "code", 0.7, words=Vocabulary.STOCK_TYPE),
        Column("prr", "PRR", "int"),
        Column("sfe", "SFE", "int"),
        Column("suket", "Suket", "int"),
        Column("stock", "Stock", "int"),
        Column("average_use", "Average use a day", "int"),
        Column("printers", "Printers working", "int"),
        Column("asked", "Asked", "int"),
        Column("by", "By", "text"),
    ]
    return Document(
        name="r11-requests",
        title="Requests for blanks",
        tables=[Table("Requests", columns, rows)],
        landscape=True,
    )


def sukets(view: View) -> Document:
    """Return R15: temporary certificates and what became of them."""
    rows: list[dict[str, Value]] = [
        {
            "no": number,
            "holder": row["holder"],
            "issued_on": row["issued_on"],
            "expires_on": row["expires_on"],
            "status": row["status"],
            "converted": view.local(row["converted_at"]) if (row["converted_at"] or "9") < view.high else None,
        }
        for number, row in enumerate(
            (row for row in figures.sukets_until(view.connection, view.high) if row["entered_at"] >= view.low), start=1
        )
    ]
    columns = [
        Column("no", "No.", "int", 0.5),
        Column("holder", "Holder (pseudonym)", "code", 2),
        Column("issued_on", "Issued", "day"),
        Column("expires_on", "Expires", "day"),
        Column("status", "Status", "code"),
        Column("converted", "Converted", "moment", 1.4),
    ]
    return Document(
        name="r15-suket",
        title="Temporary certificates and their conversion",
        tables=[Table("Certificates", columns, rows)],
    )


def consumables(view: View) -> Document:
    """Return R16: ribbons, films and cleaning kits: what they gave against what they promise."""
    rows: list[dict[str, Value]] = []
    for row in figures.consumables_until(view.connection, view.high):
        if row["ended_at"] is not None and row["ended_at"] < view.low:
            continue
        end = min(row["ended_at"] or view.high, view.high)
        printed, spoiled = usage.panels(view.connection, row["printer"], row["opened_at"], end, _BEFORE_PRINTING)
        rows.append(
            {
                "printer": row["printer"],
                "kind": row["kind"],
                "label": row["label"],
                "opened": view.local(row["opened_at"]),
                "ended": view.local(row["ended_at"]) if (row["ended_at"] or "9") < view.high else None,
                "prints": printed,
                "spoiled": spoiled,
                "nominal": row["nominal"],
                "yield": round(10_000 * printed / row["nominal"]) if row["nominal"] else None,
                "left": row["nominal"] - printed - spoiled,
            }
        )
    columns = [
        Column("printer", "Printer", "code", 1.2),
        Column("kind", "Kind", "code"),
        Column("label", "Label", "text", 1.2),
        Column("opened", "Opened", "moment", 1.4),
        Column("ended", "Ended", "moment", 1.4),
        Column("prints", "Prints", "int"),
        Column("spoiled", "Spoiled", "int"),
        Column("nominal", "Nominal", "int"),
        Column("yield", "Yield", "bp"),
        Column("left", "Left", "int"),
    ]
    return Document(
        name="r16-consumables",
        title="Consumables",
        tables=[Table("Ribbon, film, cleaning", columns, rows)],
        landscape=True,
    )
