"""R12, the act of a stock count (*berita acara stock opname*)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from printd.reports.document import Column, Document, Fact, Signature, Table

COLUMNS = [
    Column("place", "Tempat", "Place", "code", 2),
    Column("book", "Buku", "Book", "int"),
    Column("count_1", "Hitung 1", "Count 1", "int"),
    Column("count_2", "Hitung 2", "Count 2", "int"),
    Column("difference", "Selisih", "Difference", "int"),
    Column("serials", "Nomor seri", "Serials", "text", 3),
    Column("value", "Nilai (Rp)", "Value", "int"),
]


def stock_count(act: Mapping[str, Any]) -> Document:
    """Return the act of one stock count."""
    return Document(
        name=f"stock-count-{act['count']}",
        title="Berita Acara Stock Opname Blangko",
        english="Act of counting the stock of blanks",
        number=act["count"],
        facts=[
            Fact("counters", "Penghitung", "Counted by", ", ".join(act["counters"])),
            Fact("witness", "Saksi (instansi)", "Witness (agency)", act["witness"] or None),
            Fact("reason", "Sebab selisih", "Reason of differences", act["reason"] or None),
        ],
        tables=[Table("Persediaan", "Stock", COLUMNS, act["items"])],
        signatures=[
            Signature("Penghitung 1", "Counted by (1)", act["counters"][0]),
            Signature("Penghitung 2", "Counted by (2)", act["counters"][1]),
            Signature("Saksi", "Witness", ""),
            Signature("Kepala Dinas", "Head of office"),
        ],
        size=act["log_size"],
        root=act["log_root"],
    )
