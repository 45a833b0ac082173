"""R11 requests, R15 temporary certificates, R16 consumables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

from printd.language.sentences import Sentence
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Column, Document, Label, Table, Value, summed
from printd.reports.request import named
from printd.reports.view import View
from printd.store import consumables as store
from printd.store import figures, papers, usage
from printd.store.tables.consumables import ConsumableRow
from printd.store.tables.sukets import SuketRow
from printd.words.states import SuketState

_BEFORE_PRINTING = ("no_chip", "encode_fail")  # such a card costs a blank and no panel

_FACTS = ("prr", "sfe", "suket", "stock", "average_use", "printers")


def requests(view: View) -> Document:
    """Return R11: every request for blanks with what was computed, what was asked and why they differ."""
    rows: list[Mapping[str, Value]] = []
    for row in figures.requests_between(view.connection, view.low, view.high):
        facts = json.loads(row["facts"])
        rows.append(
            {
                "request": row["id"],
                "number": _number(view, row["seq"]),
                "at": view.local(row["at"]),
                "stock_type": row["stock_type"],
                **{key: facts.get(key) for key in _FACTS},
                "computed": facts.get("ask"),
                "asked": row["asked"],
                "difference": row["difference"],
                "collector": None if row["collector"] is None else named(json.loads(row["collector"])),
            }
        )
    columns = [
        Column("number", "Letter number", "text", 1.8),
        Column("request", "Request", "code", 1.3),
        Column("at", "Time", "moment", 1.4),
        Column("stock_type", "Type", "code", 0.7, words=Vocabulary.STOCK_TYPE),
        Column("prr", "PRR", "int", 0.8),
        Column("sfe", "SFE", "int", 0.8),
        Column("suket", "Suket", "int", 0.8),
        Column("stock", "Blanks left", "int", 0.8),
        Column("average_use", "Average use a day", "int"),
        Column("printers", "Printers working", "int", 0.9),
        Column("computed", "Computed", "int", 0.9),
        Column("asked", "Asked for", "int", 0.9),
        Column("difference", "Why they differ", "text", 1.8),
        Column("collector", "Collector", "text", 2.2),
    ]
    return Document(
        name="r11-requests",
        title="List of requests for blanks",
        tables=[Table("Requests", columns, rows)],
        landscape=True,
    )


def _number(view: View, entry: int | None) -> str | None:
    """Return the official number of a request's letter; ``None``: it has none, or no letter was made yet."""
    made = None if entry is None else papers.original(view.connection, entry)
    return None if made is None or made["seq"] >= view.size else made["number"]


def sukets(view: View) -> Document:
    """Return R15: temporary certificates issued in the period, what became of them, and how many stood at its end."""
    known = figures.sukets_until(view.connection, view.high)
    rows: list[Mapping[str, Value]] = [
        {
            "no": number,
            "holder": row["holder"],
            "issued_on": row["issued_on"],
            "expires_on": row["expires_on"],
            "status": row["status"],
            "converted": view.local(row["converted_at"]) if (row["converted_at"] or "9") < view.high else None,
            "state": _state(view, row),
        }
        for number, row in enumerate((row for row in known if row["entered_at"] >= view.low), start=1)
    ]
    columns = [
        Column("no", "No.", "int", 0.5),
        Column("holder", "Holder (pseudonym)", "code", 2),
        Column("issued_on", "Issued on", "day"),
        Column("expires_on", "Valid until", "day"),
        Column("status", "Status code", "code"),
        Column("converted", "Exchanged for a card", "moment", 1.4),
        Column("state", "State", "code", 1.5, words=Vocabulary.SUKET),
    ]
    states = Counter(_state(view, row) for row in known)
    summary: list[Mapping[str, Value]] = [{"state": one, "number": states[one]} for one in SuketState]
    return Document(
        name="r15-suket",
        title="Register of temporary certificates (suket) and their exchange",
        tables=[
            Table("Issued in the period", columns, rows),
            Table(
                "All that were ever issued, at the end of the period",
                [
                    Column("state", "State", "code", 3, words=Vocabulary.SUKET),
                    Column("number", "Certificates", "int"),
                ],
                summary,
                {"state": Sentence("Total"), "number": summed(summary, "number")},
            ),
        ],
    )


def _state(view: View, row: SuketRow) -> SuketState:
    """Return how a certificate stood on the last day of the period, or today where that is earlier."""
    if (row["converted_at"] or "9") < view.high:
        return SuketState.CONVERTED
    day = min(view.last.isoformat(), view.as_of)
    return SuketState.EXPIRED if row["expires_on"] < day else SuketState.OPEN


def consumables(view: View) -> Document:
    """Return R16: ribbons, films and cleaning kits: what they gave against what they promise, and what is unopened."""
    opened = figures.consumables_until(view.connection, view.high)
    rows: list[Mapping[str, Value]] = [
        _given(view, row) for row in opened if row["ended_at"] is None or row["ended_at"] >= view.low
    ]
    columns = [
        Column("printer", "Printer", "code", 1.2),
        Column("kind", "Kind", "code", 1.1, words=Vocabulary.CONSUMABLE),
        Column("label", "Label", "text", 1.7),
        Column("opened", "Opened at", "moment", 1.5),
        Column("ended", "Ended at", "moment", 1.5),
        Column("prints", "Cards printed", "int"),
        Column("spoiled", "Spoiled panels (cards)", "int"),
        Column("nominal", "Nominal", "int"),
        Column("yield", "Yield of nominal", "bp"),
        Column("left", "Left, estimate", "int"),
        Column("fed", "Cards fed, by the printer", "int"),
        Column("panels", "Panels, by the printer", "int"),
        Column("told", "Left, by the printer", "int"),
    ]
    stock, unknown = _stock(view, opened)
    return Document(
        name="r16-consumables",
        title="Report of consumables",
        tables=[Table("Ribbon, film, cleaning", columns, rows), stock, *_came(view)],
        remarks=unknown,
        landscape=True,
    )


def _given(view: View, row: ConsumableRow) -> dict[str, Value]:
    """Return what one gave, by the books and, of a ribbon, by the printer's own counters."""
    end = min(row["ended_at"] or view.high, view.high)
    printed, spoiled = usage.panels(view.connection, row["printer"], row["opened_at"], end, _BEFORE_PRINTING)
    told = usage.counted(view.connection, row["printer"], row["opened_at"], end)
    of_ribbon = row["kind"] == "ribbon"
    return {
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
        "fed": told["cards"],
        "panels": told["panels"] if of_ribbon else None,
        "told": told["ribbon_left"] if of_ribbon else None,
    }


def _stock(view: View, opened: list[ConsumableRow]) -> tuple[Table, list[Label]]:
    """Return what is unopened of each sort; of what was never booked in a remark says so."""
    received = store.receipts_until(view.connection, view.high)
    sorts = sorted({(row["kind"], row["label"]) for row in (*received, *opened)})
    rows: list[Mapping[str, Value]] = []
    unknown: list[Label] = []
    for kind, label in sorts:
        came = [row for row in received if (row["kind"], row["label"]) == (kind, label)]
        went = [row for row in opened if (row["kind"], row["label"]) == (kind, label)]
        unbooked = sum(row["unbooked"] for row in went)
        before = sum(row["pieces"] for row in came if row["at"] < view.low)
        before -= sum(row["opened_at"] < view.low and not row["unbooked"] for row in went)
        now = sum(row["pieces"] for row in came if row["at"] >= view.low)
        taken = sum(row["opened_at"] >= view.low and not row["unbooked"] for row in went)
        rows.append(
            {
                "kind": kind,
                "label": label,
                "opening": before if came else None,
                "came": now,
                "opened": taken,
                "left": before + now - taken if came else None,
                "unbooked": unbooked,
            }
        )
        if not came:
            unknown.append(
                Sentence("{label}: nothing was ever booked in, so what is in stock is not known.", label=label)
            )
    columns = [
        Column("kind", "Kind", "code", 1.2, words=Vocabulary.CONSUMABLE),
        Column("label", "Label", "text", 2),
        Column("opening", "Opening balance", "int"),
        Column("came", "Came in", "int"),
        Column("opened", "Opened", "int"),
        Column("left", "In stock, unopened", "int"),
        Column("unbooked", "Opened, never booked in", "int"),
    ]
    return Table("Stock of unopened pieces", columns, rows), unknown


def _came(view: View) -> list[Table]:
    rows: list[Mapping[str, Value]] = [
        {
            "at": view.local(row["at"]),
            "kind": row["kind"],
            "label": row["label"],
            "pieces": row["pieces"],
            "document": row["document"],
            "by": view.names(row["by"]),
        }
        for row in store.receipts_until(view.connection, view.high)
        if row["at"] >= view.low
    ]
    columns = [
        Column("at", "Time", "moment", 1.4),
        Column("kind", "Kind", "code", 1.2, words=Vocabulary.CONSUMABLE),
        Column("label", "Label", "text", 2),
        Column("pieces", "Pieces", "int"),
        Column("document", "Document", "text", 2),
        Column("by", "By", "text", 1.6),
    ]
    return [Table("Came in", columns, rows)] if rows else []
