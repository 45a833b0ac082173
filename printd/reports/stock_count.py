"""R12, the act of a stock count (*berita acara stock opname*)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from printd.reports.document import Column, Document, Fact, Signature, Table

if TYPE_CHECKING:
    from typing_extensions import ReadOnly


class CountedTwice(TypedDict):
    """A place that two people counted, beside the books."""

    place: ReadOnly[str]
    book: ReadOnly[int]
    count_1: ReadOnly[int]
    count_2: ReadOnly[int]
    difference: ReadOnly[int]
    serials: ReadOnly[str | None]
    value: ReadOnly[int | None]


class CountAct(TypedDict):
    """What the act of a stock count says."""

    count: ReadOnly[str]
    items: ReadOnly[Sequence[CountedTwice]]
    witness: ReadOnly[str]
    reason: ReadOnly[str]
    counters: ReadOnly[Sequence[str]]


COLUMNS = [
    Column("place", "Tempat", "Place", "code", 2),
    Column("book", "Buku", "Book", "int"),
    Column("count_1", "Hitung 1", "Count 1", "int"),
    Column("count_2", "Hitung 2", "Count 2", "int"),
    Column("difference", "Selisih", "Difference", "int"),
    Column("serials", "Nomor seri", "Serials", "text", 3),
    Column("value", "Nilai (Rp)", "Value", "int"),
]


def stock_count(told: Any) -> Document:
    """Return the act of one stock count.

    :param told: as its entry keeps it.
    """
    act: CountAct = told
    rows = [
        {
            "place": one["place"],
            "book": one["book"],
            "count_1": one["count_1"],
            "count_2": one["count_2"],
            "difference": one["difference"],
            "serials": one["serials"],
            "value": one["value"],
        }
        for one in act["items"]
    ]
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
        tables=[Table("Persediaan", "Stock", COLUMNS, rows)],
        signatures=[
            Signature("Penghitung 1", "Counted by (1)", act["counters"][0]),
            Signature("Penghitung 2", "Counted by (2)", act["counters"][1]),
            Signature("Saksi", "Witness", ""),
            Signature("Kepala Dinas", "Head of office"),
        ],
    )
