"""R5, the handover record (*berita acara serah terima*) of a delivery, as the office received it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from printd.reports.document import Column, Document, Fact, Signature, Table
from printd.words.serials import from_json, say

if TYPE_CHECKING:
    from typing_extensions import ReadOnly


class ReceivedCarton(TypedDict):
    """A carton of a delivery, as its act names it."""

    carton: ReadOnly[str]
    first: ReadOnly[str]
    last: ReadOnly[str]
    pieces: ReadOnly[int]


class Difference(TypedDict):
    """What was found to differ when a delivery was received."""

    id: ReadOnly[str]
    kind: ReadOnly[str]
    pieces: ReadOnly[int]
    serials: ReadOnly[Sequence[Sequence[str]]]
    note: ReadOnly[str]


class ReceivedDelivery(TypedDict):
    """What the act of a receipt says of a delivery."""

    id: ReadOnly[str]
    bast_number: ReadOnly[str]
    bast_date: ReadOnly[str]
    sender: ReadOnly[str | None]
    stock_type: ReadOnly[str]
    generation: ReadOnly[str]
    announced: ReadOnly[int | None]
    counted: ReadOnly[int | None]
    unit_value: ReadOnly[int | None]
    seals: ReadOnly[str | None]
    signed_by: ReadOnly[str | None]
    received_at: ReadOnly[str | None]
    received_by: ReadOnly[str | None]
    received_with: ReadOnly[str | None]
    cartons: ReadOnly[Sequence[ReceivedCarton]]
    discrepancies: ReadOnly[Sequence[Difference]]


def bast(shown: Any) -> Document:
    """Return the act of a receipt.

    :param shown: a delivery as the desk shows it, received.
    """
    delivery: ReceivedDelivery = shown
    counted = delivery["counted"] or 0
    accepted = counted - sum(one["pieces"] for one in delivery["discrepancies"] if one["kind"] != "short")
    value = delivery["unit_value"]
    return Document(
        name=f"receipt-{delivery['id']}",
        title="Berita Acara Penerimaan Blangko",
        english="Record of receipt of card blanks",
        number=delivery["bast_number"],
        facts=[
            Fact("delivery", "Pengiriman", "Delivery", delivery["id"], "code"),
            Fact("date", "Tanggal BAST", "Date of handover record", delivery["bast_date"]),
            Fact("sender", "Pengirim", "Sender", delivery["sender"] or "Provinsi"),
            Fact("stock_type", "Jenis", "Stock type", delivery["stock_type"]),
            Fact("generation", "Generasi", "Generation", delivery["generation"]),
            Fact("announced", "Diumumkan", "Announced", delivery["announced"], "int"),
            Fact("counted", "Dihitung", "Counted", counted, "int"),
            Fact("accepted", "Diterima di gudang", "Accepted into the store", accepted, "int"),
            Fact("unit_value", "Nilai satuan (Rp)", "Unit value", value, "int"),
            Fact("value", "Nilai diterima (Rp)", "Value accepted", None if value is None else value * accepted, "int"),
            Fact("seals", "Segel", "Seals", delivery["seals"]),
            Fact("signed_by", "Manifes ditandatangani", "Manifest signed by", delivery["signed_by"], "code"),
            Fact("received_at", "Diterima pada", "Received at", delivery["received_at"], "moment"),
        ],
        tables=[
            Table(
                "Karton",
                "Cartons",
                [
                    Column("carton", "Karton", "Carton", "code", 2),
                    Column("first", "Nomor awal", "First serial", "code", 2),
                    Column("last", "Nomor akhir", "Last serial", "code", 2),
                    Column("pieces", "Keping", "Pieces", "int"),
                ],
                [
                    {
                        "carton": one["carton"],
                        "first": one["first"],
                        "last": one["last"],
                        "pieces": one["pieces"],
                    }
                    for one in delivery["cartons"]
                ],
            ),
            Table(
                "Selisih",
                "Discrepancies",
                [
                    Column("id", "Nomor", "Number", "code", 2),
                    Column("kind", "Jenis", "Kind", "text", 2),
                    Column("pieces", "Keping", "Pieces", "int"),
                    Column("serials", "Nomor seri", "Serials", "text", 4),
                    Column("note", "Catatan", "Note", "text", 2),
                ],
                [
                    {
                        "id": one["id"],
                        "kind": one["kind"],
                        "pieces": one["pieces"],
                        "serials": say(from_json(one["serials"])) or None,
                        "note": one["note"] or None,
                    }
                    for one in delivery["discrepancies"]
                ],
            ),
        ],
        signatures=[
            Signature("Yang menyerahkan", "Handed over by"),
            Signature("Penghitung 1", "Counted by (1)", delivery["received_by"] or ""),
            Signature("Penghitung 2", "Counted by (2)", delivery["received_with"] or ""),
            Signature("Kepala Dinas", "Head of office"),
        ],
    )
