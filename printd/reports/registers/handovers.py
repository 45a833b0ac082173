"""R4 stock card, R5 receipts, R13 transfers: what came into the store and left it, and who signed for it."""

from __future__ import annotations

import json
from collections import Counter

from printd.custody import received
from printd.events import kinds
from printd.events.base import Event
from printd.events.blanks import BlanksMoved
from printd.events.deliveries import DeliveryReceived, DiscrepancyClosed, Handover, ReceiptSheet
from printd.events.shifts import ShiftClosed
from printd.events.transfers import TransferAcknowledged, TransferSent
from printd.language.sentences import Code, Day, Figure, Listed, Sentence, Serials, serials
from printd.language.vocabularies import Vocabulary
from printd.ledger.entry import Entry
from printd.reports.document import Column, Document, Label, Table, Value, summed, whole
from printd.reports.officials import officials
from printd.reports.view import View
from printd.store import blanks, deliveries, discrepancies, figures, log, papers, transfers
from printd.store.figures import StoreMovement
from printd.store.tables.deliveries import DeliveryRow
from printd.store.tables.discrepancies import DiscrepancyRow
from printd.store.tables.transfers import TransferRow
from printd.words import places
from printd.words.causes import SPOIL_CAUSES
from printd.words.states import TransferState
from printd.words.subjects import Subject, split


def stock_card(view: View) -> Document:
    """Return R4: every movement into and out of the store with its paper, balance and those who signed it."""
    balance: Counter[str] = Counter()
    for flow in figures.flows_before(view.connection, view.low):
        sign = (flow["target"] == places.STORE) - (flow["source"] == places.STORE)
        balance[flow["stock_type"]] += sign * flow["pieces"]
    moved = figures.store_movements(view.connection, view.low, view.high)
    entries = {
        seq: Entry.from_body(body)
        for seq, body in log.bodies(view.connection, sorted({row["seq"] for row in moved})).items()
    }
    rows: list[dict[str, Value]] = []
    for number, row in enumerate(moved, start=1):
        entry = entries[row["seq"]]
        part = blanks.serials_of(row)
        coming = row["target"] == places.STORE
        balance[row["stock_type"]] += len(part) if coming else -len(part)
        rows.append(
            {
                "no": number,
                "at": view.local(row["at"]),
                "document": _document(view, kinds.read(entry.kind, entry.data), row),
                "other": row["source"] if coming else row["target"],
                "stock_type": row["stock_type"],
                "in": len(part) if coming else 0,
                "out": 0 if coming else len(part),
                "balance": balance[row["stock_type"]],
                "serials": Sentence("{serials}", serials=serials([part])),
                "signed": view.names(*entry.actors),
            }
        )
    columns = [
        Column("no", "No.", "int", 0.4),
        Column("at", "Time", "moment", 1.2),
        Column("document", "Document", "text", 1.8),
        Column("other", "From / to", "text", 1.8, words=Vocabulary.PLACE),
        Column("stock_type", "Type", "code", 0.8, words=Vocabulary.STOCK_TYPE),
        Column("in", "In", "int", 0.6),
        Column("out", "Out", "int", 0.6),
        Column("balance", "Balance", "int", 0.7),
        Column("serials", "Serials", "text", 2.4),
        Column("signed", "Signed by", "text", 1.6),
    ]
    total: dict[str, Value] = {"at": Sentence("Total"), "in": summed(rows, "in"), "out": summed(rows, "out")}
    return Document(
        name="r4-stock-card",
        title="Stock card",
        tables=[Table("Movements of the store", columns, rows, total)],
        landscape=True,
    )


def _document(view: View, event: Event, row: StoreMovement) -> Value:
    """Return the paper behind a movement: the handover record, the transfer's, or the shift's act."""
    match event:
        case DeliveryReceived():
            return row["bast_number"]
        case BlanksMoved(document=str(document)):
            return document
        case TransferSent() | DiscrepancyClosed():
            return event.document
        case TransferAcknowledged():
            sent = transfers.find_transfer(view.connection, event.transfer)
            return None if sent is None else sent["document"]
        case ShiftClosed():
            return Sentence("working shift {shift}", shift=event.shift)
    place = row["target"] if row["source"] == places.STORE else row["source"]
    if places.kind(place) is places.Kind.SHIFT:
        return Sentence("working shift {shift}", shift=places.whose(place))
    of = Vocabulary.CAUSE if row["why"] in SPOIL_CAUSES else Vocabulary.MOVEMENT
    return Sentence("{movement}", movement=Code(of, row["why"]))


_R5 = [
    Column("no", "No.", "int", 0.35),
    Column("at", "Time", "moment", 1.38),
    Column("what", "Kind", "text", 1.5),
    Column("document", "Document", "text", 1.55),
    Column("number", "Our number", "text", 1.7),
    Column("delivery", "Delivery", "text", 1.4),
    Column("giver", "Handed over by", "text", 1.7),
    Column("receivers", "Received by", "text", 1.15),
    Column("cartons", "Cartons", "int", 0.75),
    Column("announced", "By the consignment note", "int", 0.9),
    Column("counted", "Counted", "int", 0.85),
    Column("accepted", "Into the store", "int", 0.8),
    Column("spoiled", "Spoiled", "int", 0.6),
    Column("never_came", "Not received", "int", 0.85),
    Column("unit_value", "Unit price (Rp)", "rupiah", 0.78),
    Column("value", "Value (Rp)", "rupiah", 1.1),
    Column("condition", "Condition and seals", "text", 1.25),
    Column("remarks", "Remarks", "text", 1.4),
]


def receipts(view: View) -> Document:
    """Return R5: what came in by receipt, and later by a document that settled a difference.

    ``accepted + spoiled`` is what all deliveries brought in the period: what R1 calls received, with what was lent to
    the office. The value is of what went into the store.
    """
    found: list[tuple[str, str, dict[str, Value]]] = [
        (row["received_at"] or "", row["id"], _receipt(view, row))
        for row in figures.received_between(view.connection, view.low, view.high)
    ]
    for one in discrepancies.discrepancies(view.connection, "closed"):
        noun, about = split(one["subject"])
        if noun is Subject.DELIVERY and view.low <= (one["closed_at"] or "") < view.high:
            row = deliveries.find_delivery(view.connection, about)
            assert row is not None, "its difference speaks of it"
            found.append((one["closed_at"] or "", one["id"], _settled(view, row, one)))
    found.sort(key=lambda each: each[:2])
    rows = [{"no": number, **told} for number, (_, _, told) in enumerate(found, start=1)]
    summing = ("cartons", "announced", "counted", "accepted", "spoiled", "never_came", "value")
    total: dict[str, Value] = {"at": Sentence("Total"), **{key: summed(rows, key) for key in summing}}
    unpriced = sum(whole(row["accepted"]) for row in rows if row["unit_value"] is None)
    remarks: list[Label] = []
    if unpriced:
        remarks.append(
            Sentence("The unit price of {pieces} pieces is not known; they are in no value here.", pieces=unpriced)
        )
    return Document(
        name="r5-receipts",
        title="Receipts of card blanks",
        tables=[Table("Receipts", _R5, rows, total)],
        remarks=remarks,
        landscape=True,
    )


def _receipt(view: View, row: DeliveryRow) -> dict[str, Value]:
    differences = discrepancies.discrepancies(view.connection, subject=Subject.DELIVERY.of(row["id"]))
    assert row["counted"] is not None, "it is received"
    accepted = row["counted"] - sum(one["pieces"] for one in differences if one["kind"] != "short")
    # A document that says that more came made the figure of its manifest grow.
    taken_in = sum(one["pieces"] for one in differences if one["kind"] == "over" and one["outcome"] == "store")
    sheet = received.sheet(view.connection, row)
    cartons = len(deliveries.cartons(view.connection, row["id"])) or (0 if sheet is None else len(sheet.cartons))
    handover = Handover.model_validate_json(row["handover"] or "{}")
    giver = handover.giver
    who = [row["sender"]] if giver is None else [giver.name, giver.office or row["sender"]]
    said = [Sentence("at {place}", place=handover.place)] if handover.place else []
    said += [_difference(one) for one in differences]
    if row["due_back"]:
        said.append(Sentence("lent until {day}", day=Day(row["due_back"])))
    return {
        "at": view.local(row["received_at"]),
        "what": Sentence("receipt"),
        "document": row["bast_number"],
        "number": papers.number_of(view.connection, "delivery", row["id"]),
        "delivery": row["id"],
        "giver": ", ".join(filter(None, who)) or None,
        "receivers": view.names(row["received_by"], row["received_with"]),
        "cartons": cartons or None,
        "announced": row["announced"] - taken_in,
        "counted": row["counted"],
        "accepted": accepted,
        "spoiled": 0,
        "never_came": 0,
        "unit_value": row["unit_value"],
        "value": None if row["unit_value"] is None else row["unit_value"] * accepted,
        "condition": None if sheet is None else _condition(sheet),
        "remarks": Sentence("{remarks}", remarks=Listed(said)) if said else None,
    }


def _settled(view: View, row: DeliveryRow, one: DiscrepancyRow) -> dict[str, Value]:
    """Return the row of a document that settled a difference: of what it took in, or of what came of the rest."""
    outcome = one["outcome"] or ""
    accepted = one["pieces"] if outcome == "store" else 0
    of = Code(Vocabulary.DIFFERENCE, one["kind"])
    end = Code(Vocabulary.OUTCOME, outcome)
    return {
        "at": view.local(one["closed_at"]),
        "what": Sentence("settled difference"),
        "document": one["document"],
        "number": papers.number_of(view.connection, "correction", one["id"]),
        "delivery": row["id"],
        "giver": None,
        "receivers": view.names(one["closed_by"], one["closed_with"]),
        "cartons": None,
        "announced": None,
        "counted": None,
        "accepted": accepted,
        "spoiled": one["pieces"] if outcome == "spoiled" else 0,
        "never_came": one["pieces"] if outcome in ("missing", "returned") else 0,
        "unit_value": row["unit_value"],
        "value": None if row["unit_value"] is None else row["unit_value"] * accepted,
        "condition": None,
        "remarks": Sentence("{kind} {pieces}: {outcome}", kind=of, pieces=Figure(one["pieces"]), outcome=end),
    }


def _difference(one: DiscrepancyRow) -> Sentence:
    return Sentence("{kind} {pieces}", kind=Code(Vocabulary.DIFFERENCE, one["kind"]), pieces=Figure(one["pieces"]))


def _condition(sheet: ReceiptSheet) -> Sentence | None:
    """Return how cartons and seals were, each state with how many there are."""
    said = [
        Sentence("{number} cartons {state}", number=Figure(number), state=Code(Vocabulary.CONDITION, state))
        for state, number in Counter(state for _, state in sheet.cartons).items()
    ]
    said += [
        Sentence("seal {seal} {state}", seal=seal, state=Code(Vocabulary.SEAL, state)) for seal, state in sheet.seals
    ]
    return Sentence("{states}", states=Listed(said)) if said else None


_R13 = [
    Column("no", "No.", "int", 0.35),
    Column("transfer", "Transfer", "code", 1.2),
    Column("sent", "Sent", "moment", 1.3),
    Column("document", "Document", "text", 1.35),
    Column("source", "From", "text", 1.3, words=Vocabulary.PLACE),
    Column("target", "To", "text", 1.3, words=Vocabulary.PLACE),
    Column("pieces", "Pieces", "int", 0.7),
    Column("serials", "Serials", "text", 1.8),
    Column("seals", "Seals", "text", 0.9),
    Column("purpose", "For what", "text", 1.25),
    Column("due_back", "Due back", "day", 1.3),
    Column("givers", "Handed over by", "text", 1.8),
    Column("acknowledged", "Acknowledged", "moment", 1.3),
    Column("acknowledgement", "Its document", "text", 1.25),
    Column("arrived", "Arrived", "int", 0.6),
    Column("receivers", "Received by", "text", 1.9),
]


def lent(view: View) -> Document:
    """Return R13: every transfer and loan, who signed for it on both sides, and until when it comes back."""
    chosen = [
        row
        for row in figures.transfers_between(view.connection, view.low, view.high)
        if not view.site or places.site(view.site) in (row["source"], row["target"])
    ]
    rows = [_transfer(view, number, row) for number, row in enumerate(chosen, start=1)]
    return Document(
        name="r13-transfers",
        title="Transfers and loans",
        site=view.site,
        tables=[Table("Transfers", _R13, rows, {"sent": Sentence("Total"), "pieces": summed(rows, "pieces")})],
        landscape=True,
    )


def _transfer(view: View, number: int, row: TransferRow) -> dict[str, Value]:
    done = row["state"] == TransferState.ACKNOWLEDGED and (row["acknowledged_at"] or "") < view.high
    short = sum(
        one["pieces"]
        for one in discrepancies.discrepancies(view.connection, subject=Subject.TRANSFER.of(row["id"]))
        if one["kind"] == "short"
    )
    receivers = _officials(row["receivers"])
    if not receivers and row["target"] == places.STORE:
        receivers = view.names(row["acknowledged_by"], row["acknowledged_with"]) or ""
    return {
        "no": number,
        "transfer": row["id"],
        "sent": view.local(row["sent_at"]),
        "document": row["document"],
        "source": row["source"],
        "target": row["target"],
        "pieces": row["pieces"],
        "serials": Sentence("{serials}", serials=Serials(json.loads(row["serials"]), 4)),
        "seals": row["seals"] or None,
        "purpose": row["purpose"],
        "due_back": row["due_back"],
        "givers": _officials(row["givers"]) or view.names(row["sent_by"], row["sent_with"]),
        "acknowledged": view.local(row["acknowledged_at"]) if done else None,
        "acknowledgement": row["acknowledgement"] if done else None,
        "arrived": row["pieces"] - short if done else None,
        "receivers": receivers or None if done else None,
    }


def _officials(text: str | None) -> str:
    """Return officials of another office by name, post and the number of the letter that sent them."""
    return "; ".join(
        ", ".join(filter(None, (one.name, one.position, None if one.assignment is None else one.assignment.number)))
        for one in officials(text)
    )
