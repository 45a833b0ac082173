"""The closing act of a shift, and with it R6, the issue and return sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from printd.reports.document import Column, Document, Fact, Signature, Table, Value
from printd.words.states import AttemptState

if TYPE_CHECKING:
    from typing_extensions import ReadOnly


class StockFlows(TypedDict):
    """Blanks of one stock type since the shift before was closed: what was there, came, went, and is there now."""

    stock_type: ReadOnly[str]
    opening: ReadOnly[int]
    received: ReadOnly[int]
    loaned_in: ReadOnly[int]
    recovered: ReadOnly[int]
    used_good: ReadOnly[int]
    spoiled: ReadOnly[int]
    loaned_out: ReadOnly[int]
    returned: ReadOnly[int]
    skipped: ReadOnly[int]
    missing: ReadOnly[int]
    closing: ReadOnly[int]


class PlaceCompared(TypedDict):
    """A place that was counted, beside the books; ``serials`` are those in the books, in words."""

    place: ReadOnly[str]
    book: ReadOnly[int]
    counted: ReadOnly[int]
    serials: ReadOnly[str]


class Gap(TypedDict):
    """A place where count and books differ."""

    place: ReadOnly[str]


class ClosingAct(TypedDict):
    """The figures of a closing."""

    stock: ReadOnly[Sequence[StockFlows]]
    places: ReadOnly[Sequence[PlaceCompared]]
    gaps: ReadOnly[Sequence[Gap]]
    spoiled: ReadOnly[Mapping[str, int]]
    outcomes: ReadOnly[Mapping[AttemptState, int]]
    note: ReadOnly[str]
    log_size: ReadOnly[int]


class ClosedShift(TypedDict):
    """What the act of a closed shift says."""

    id: ReadOnly[str]
    opened_at: ReadOnly[str]
    opened_by: ReadOnly[str]
    opened_with: ReadOnly[str]
    closed_at: ReadOnly[str | None]
    closed_by: ReadOnly[str | None]
    closed_with: ReadOnly[str | None]
    approved_by: ReadOnly[str | None]
    act: ReadOnly[ClosingAct | None]


_STOCK = [
    Column("stock_type", "Jenis", "Type", "code"),
    Column("opening", "Awal", "Opening", "int"),
    Column("received", "Diterima", "Received", "int"),
    Column("loaned_in", "Pinjaman masuk", "Loaned in", "int"),
    Column("recovered", "Temuan", "Recovered", "int"),
    Column("used_good", "Tercetak baik", "Used, good", "int"),
    Column("spoiled", "Rusak", "Spoiled", "int"),
    Column("loaned_out", "Keluar", "Sent out", "int"),
    Column("returned", "Dikembalikan", "Given back", "int"),
    Column("skipped", "Terlewat", "Skipped", "int"),
    Column("missing", "Hilang", "Missing", "int"),
    Column("closing", "Akhir", "Closing", "int"),
]


def closing(shown: Any) -> Document:
    """Return the act of a closed shift.

    :param shown: a shift as the desk shows it, with its act.
    """
    shift: ClosedShift = shown
    act = shift["act"]
    assert act is not None, "it is closed"
    gaps = {one["place"] for one in act["gaps"]}
    stock: list[dict[str, Value]] = [
        {
            "stock_type": one["stock_type"],
            "opening": one["opening"],
            "received": one["received"],
            "loaned_in": one["loaned_in"],
            "recovered": one["recovered"],
            "used_good": one["used_good"],
            "spoiled": one["spoiled"],
            "loaned_out": one["loaned_out"],
            "returned": one["returned"],
            "skipped": one["skipped"],
            "missing": one["missing"],
            "closing": one["closing"],
        }
        for one in act["stock"]
    ]
    counted: list[dict[str, Value]] = [
        {
            "place": one["place"],
            "book": one["book"],
            "count_1": one["counted"],
            "count_2": one["counted"],
            "difference": one["counted"] - one["book"],
            "serials": one["serials"] or None,
        }
        for one in act["places"]
    ]
    return Document(
        name=f"shift-{shift['id']}",
        title="Berita Acara Penutupan Giliran Kerja",
        english="Act of closing a shift",
        number=shift["id"],
        facts=[
            Fact("opened", "Dibuka", "Opened", shift["opened_at"], "moment"),
            Fact("opened_by", "Dibuka oleh", "Opened by", f"{shift['opened_by']}, {shift['opened_with']}"),
            Fact("closed", "Ditutup", "Closed", shift["closed_at"], "moment"),
            Fact("closed_by", "Dihitung oleh", "Counted by", f"{shift['closed_by']}, {shift['closed_with']}"),
            Fact("approved_by", "Selisih disetujui", "Difference approved by", shift["approved_by"]),
            Fact("gaps", "Tempat berselisih", "Places that differ", len(gaps), "int"),
            Fact("log_size", "Ukuran log", "Log size before this act", act["log_size"], "int"),
        ],
        tables=[
            Table("Persediaan", "Stock", _STOCK, stock),
            Table(
                "Penghitungan tanpa melihat buku",
                "Blind count",
                [
                    Column("place", "Tempat", "Place", "code", 2),
                    Column("book", "Buku", "Book", "int"),
                    Column("count_1", "Hitung 1", "Count 1", "int"),
                    Column("count_2", "Hitung 2", "Count 2", "int"),
                    Column("difference", "Selisih", "Difference", "int"),
                    Column("serials", "Nomor seri", "Serials", "text", 4),
                ],
                counted,
            ),
            Table(
                "Blangko rusak menurut sebab",
                "Spoiled by cause",
                [Column("cause", "Sebab", "Cause", "code", 2), Column("pieces", "Keping", "Pieces", "int")],
                [{"cause": cause, "pieces": pieces} for cause, pieces in act["spoiled"].items()],
            ),
            Table(
                "Percobaan cetak",
                "Print attempts",
                [Column("outcome", "Hasil", "Outcome", "code", 2), Column("attempts", "Jumlah", "Number", "int")],
                [{"outcome": outcome, "attempts": number} for outcome, number in act["outcomes"].items()],
            ),
        ],
        remarks=[act["note"]] if act["note"] else [],
        signatures=[
            Signature("Penghitung 1", "Counted by (1)", shift["closed_by"] or ""),
            Signature("Penghitung 2", "Counted by (2)", shift["closed_with"] or ""),
            Signature("Penyelia", "Supervisor", shift["approved_by"] or ""),
            Signature("Kepala Dinas", "Head of office"),
        ],
        landscape=True,
    )
