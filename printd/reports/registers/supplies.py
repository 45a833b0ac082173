"""R11 requests, R15 temporary certificates, R16 consumables."""

from __future__ import annotations

import json

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
        Column("request", "Nomor", "Number", "code", 1.5),
        Column("at", "Waktu", "Time", "code", 1.5),
        Column("stock_type", "Jenis", "Type", "code", 0.7),
        Column("prr", "PRR", "PRR", "int"),
        Column("sfe", "SFE", "SFE", "int"),
        Column("suket", "Suket", "Suket", "int"),
        Column("stock", "Stok", "Stock", "int"),
        Column("average_use", "Rata-rata per hari", "Average use a day", "int"),
        Column("printers", "Mesin", "Printers working", "int"),
        Column("asked", "Diminta", "Asked", "int"),
        Column("by", "Oleh", "By", "text"),
    ]
    return Document(
        name="r11-requests",
        title="Usulan Penambahan Blangko",
        english="Requests for blanks",
        tables=[Table("Usulan", "Requests", columns, rows)],
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
        Column("no", "No.", "No.", "int", 0.5),
        Column("holder", "Pemegang (samaran)", "Holder (pseudonym)", "code", 2),
        Column("issued_on", "Terbit", "Issued", "code"),
        Column("expires_on", "Berlaku s.d.", "Expires", "code"),
        Column("status", "Kode", "Status", "code"),
        Column("converted", "Ditukar", "Converted", "code", 1.4),
    ]
    return Document(
        name="r15-suket",
        title="Register Suket dan Penukarannya",
        english="Temporary certificates and their conversion",
        tables=[Table("Suket", "Certificates", columns, rows)],
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
        Column("printer", "Pencetak", "Printer", "code", 1.2),
        Column("kind", "Jenis", "Kind", "code"),
        Column("label", "Nama", "Label", "text", 1.2),
        Column("opened", "Dibuka", "Opened", "code", 1.4),
        Column("ended", "Habis", "Ended", "code", 1.4),
        Column("prints", "Cetakan", "Prints", "int"),
        Column("spoiled", "Panel rusak", "Spoiled", "int"),
        Column("nominal", "Nominal", "Nominal", "int"),
        Column("yield", "Hasil", "Yield", "bp"),
        Column("left", "Sisa", "Left", "int"),
    ]
    return Document(
        name="r16-consumables",
        title="Laporan Bahan Habis Pakai",
        english="Consumables",
        tables=[Table("Ribbon, film, pembersih", "Ribbon, film, cleaning", columns, rows)],
        landscape=True,
    )
