"""R3 sites, R5 receipts, R6 shifts, R12 stock counts, R13 transfers."""

from __future__ import annotations

import json

from printd.language.sentences import Sentence
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Column, Document, Table, Value, summed
from printd.reports.view import View
from printd.store import blanks, deliveries, discrepancies, figures
from printd.words import places
from printd.words.serials import SerialRange, from_json, pieces, say
from printd.words.subjects import Subject


def sites(view: View) -> Document:
    """Return R3: what each site reported beside what the books said at that moment."""
    found = figures.site_reports_between(view.connection, view.first.isoformat(), view.last.isoformat())
    rows: list[dict[str, Value]] = [
        {
            "day": row["day"],
            "site": row["site"],
            "stock_type": row["stock_type"],
            "book": row["book"],
            "reported": row["pieces"],
            "difference": row["pieces"] - row["book"],
            "ribbon": row["ribbon"],
            "film": row["film"],
        }
        for row in found
        if view.site in ("", row["site"])
    ]
    columns = [
        Column("day", "Day", "day"),
        Column("site", "Site", "code", 1.5),
        Column("stock_type", "Type", "code", words=Vocabulary.STOCK_TYPE),
        Column("book", "Book", "int"),
        Column("reported", "Reported", "int"),
        Column("difference", "Difference", "int"),
        Column("ribbon", "Ribbon left", "int"),
        Column("film", "Film left", "int"),
    ]
    return Document(
        name="r3-sites",
        title="Reconciliation of sites",
        site=view.site,
        tables=[Table("Reports of sites", columns, rows)],
    )


def receipts(view: View) -> Document:
    """Return R5: every delivery received, with what differed."""
    rows: list[dict[str, Value]] = []
    for row in figures.received_between(view.connection, view.low, view.high):
        open_ = discrepancies.discrepancies(view.connection, subject=Subject.DELIVERY.of(row["id"]))
        assert row["counted"] is not None, "it is received"
        accepted = row["counted"] - sum(one["pieces"] for one in open_ if one["kind"] != "short")
        rows.append(
            {
                "received": view.local(row["received_at"]),
                "bast_number": row["bast_number"],
                "delivery": row["id"],
                "sender": row["sender"] or "provinsi",
                "cartons": len(deliveries.cartons(view.connection, row["id"])),
                "counted": row["counted"],
                "accepted": accepted,
                "value": None if row["unit_value"] is None else row["unit_value"] * accepted,
                "differences": ", ".join(f"{one['kind']} {one['pieces']}" for one in open_) or None,
                "receivers": f"{row['received_by']}, {row['received_with']}",
            }
        )
    columns = [
        Column("received", "Received", "moment", 1.4),
        Column("bast_number", "Handover record", "text", 1.6),
        Column("delivery", "Delivery", "code", 1.4),
        Column("sender", "Sender", "text"),
        Column("cartons", "Cartons", "int", 0.7),
        Column("counted", "Counted", "int", 0.8),
        Column("accepted", "Accepted", "int", 0.8),
        Column("value", "Value", "int", 1.2),
        Column("differences", "Differences", "text", 1.5),
        Column("receivers", "Receivers", "text", 1.2),
    ]
    total: dict[str, Value] = {"received": Sentence("Total")}
    for key in ("cartons", "counted", "accepted"):
        total[key] = summed(rows, key)
    return Document(
        name="r5-receipts",
        title="Receipts of card blanks",
        tables=[Table("Receipts", columns, rows, total)],
        landscape=True,
    )


def shifts(view: View) -> Document:
    """Return R6: what each shift was given, made good, spoiled and gave back."""
    issued: dict[str, list[SerialRange]] = {}
    for given_out in figures.issued_between(view.connection, "", view.high):
        issued.setdefault(places.whose(given_out["target"]), []).append(blanks.serials_of(given_out))
    rows: list[dict[str, Value]] = []
    for row in figures.shifts_between(view.connection, view.low, view.high):
        assert row["act"] is not None, "it is closed"
        act = json.loads(row["act"])
        given = issued.get(row["id"], [])
        stock = act.get("stock", [])
        rows.append(
            {
                "shift": row["id"],
                "opened_by": f"{row['opened_by']}, {row['opened_with']}",
                "issued": pieces(given),
                "serials": say(given, limit=4) or None,
                "good": sum(one["used_good"] for one in stock),
                "defective": sum(one["spoiled"] for one in stock),
                "missing": sum(one["missing"] + one["skipped"] for one in stock),
                "gaps": len(act.get("gaps", [])),
                "counted_by": f"{row['closed_by']}, {row['closed_with']}",
                "approved_by": row["approved_by"],
            }
        )
    columns = [
        Column("shift", "Shift", "code", 1.3),
        Column("opened_by", "Issued by", "text", 1.3),
        Column("issued", "Issued", "int", 0.7),
        Column("serials", "Serials", "text", 3),
        Column("good", "Good", "int", 0.7),
        Column("defective", "Defective", "int", 0.7),
        Column("missing", "Missing", "int", 0.7),
        Column("gaps", "Gaps", "int", 0.7),
        Column("counted_by", "Counted by", "text", 1.3),
        Column("approved_by", "Approved", "text"),
    ]
    total: dict[str, Value] = {"shift": Sentence("Total")}
    for key in ("issued", "good", "defective", "missing", "gaps"):
        total[key] = summed(rows, key)
    return Document(
        name="r6-shifts",
        title="Issue and return by shift",
        tables=[Table("Shifts", columns, rows, total)],
        landscape=True,
    )


def stock_counts(view: View) -> Document:
    """Return R12: every stock count, place by place."""
    rows: list[dict[str, Value]] = []
    for row in figures.stock_counts_between(view.connection, view.low, view.high):
        act = json.loads(row["sheet"])
        rows += [
            {
                "count": act["count"],
                **{key: one[key] for key in ("place", "book", "count_1", "count_2", "difference", "value")},
                "reason": act["reason"] or None,
                "counters": ", ".join(act["counters"]),
                "witness": act["witness"] or None,
            }
            for one in act["items"]
        ]
    columns = [
        Column("count", "Day", "code", 1.2),
        Column("place", "Place", "code", 1.4, words=Vocabulary.PLACE),
        Column("book", "Book", "int", 0.8),
        Column("count_1", "Count 1", "int", 0.8),
        Column("count_2", "Count 2", "int", 0.8),
        Column("difference", "Difference", "int", 0.9),
        Column("value", "Value", "int", 1.2),
        Column("reason", "Reason", "text", 1.4),
        Column("counters", "Counted by", "text", 1.2),
        Column("witness", "Witness", "text"),
    ]
    return Document(
        name="r12-stock-counts",
        title="Stock counts and inventory",
        tables=[Table("Counts", columns, rows)],
        landscape=True,
    )


def transfers(view: View) -> Document:
    """Return R13: every transfer and loan, with its acknowledgement."""
    rows: list[dict[str, Value]] = [
        {
            "transfer": row["id"],
            "sent": view.local(row["sent_at"]),
            "source": row["source"],
            "target": row["target"],
            "pieces": row["pieces"],
            "serials": say(from_json(json.loads(row["serials"])), limit=4),
            "document": row["document"],
            "due_back": row["due_back"],
            "acknowledged": view.local(row["acknowledged_at"]),
            "signed": f"{row['sent_by']}, {row['sent_with']}",
        }
        for row in figures.transfers_between(view.connection, view.low, view.high)
        if not view.site or places.site(view.site) in (row["source"], row["target"])
    ]
    columns = [
        Column("transfer", "Transfer", "code", 1.2),
        Column("sent", "Sent", "moment", 1.4),
        Column("source", "From", "code", 1.2, words=Vocabulary.PLACE),
        Column("target", "To", "code", 1.2, words=Vocabulary.PLACE),
        Column("pieces", "Pieces", "int", 0.7),
        Column("serials", "Serials", "text", 2.4),
        Column("document", "Document", "text", 1.4),
        Column("due_back", "Due back", "day"),
        Column("acknowledged", "Acknowledged", "moment", 1.4),
        Column("signed", "Signed by", "text", 1.2),
    ]
    return Document(
        name="r13-transfers",
        title="Transfers and loans",
        site=view.site,
        tables=[Table("Transfers", columns, rows)],
        landscape=True,
    )
