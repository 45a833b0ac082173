"""R5, the handover record (*berita acara serah terima*) of a delivery, as the office received it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from printd.reports.document import Column, Document, Fact, Signature, Table
from printd.words.serials import from_json, say


def bast(delivery: Mapping[str, Any], size: int, root: str) -> Document:
    """Return the act of a receipt.

    :param delivery: as the desk shows it, received.
    """
    accepted = delivery["counted"] - sum(one["pieces"] for one in delivery["discrepancies"] if one["kind"] != "short")
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
            Fact("counted", "Dihitung", "Counted", delivery["counted"], "int"),
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
                [{key: one[key] for key in ("carton", "first", "last", "pieces")} for one in delivery["cartons"]],
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
            Signature("Penghitung 1", "Counted by (1)", delivery["received_by"]),
            Signature("Penghitung 2", "Counted by (2)", delivery["received_with"]),
            Signature("Kepala Dinas", "Head of office"),
        ],
        size=size,
        root=root,
    )
