"""Every report by its name: R1 to R18 of the trade (domain reference section 7) and the spoilage chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from printd.errors import Refused
from printd.reports.document import Document
from printd.reports.registers import custody, invalid, prints, stock, supplies
from printd.reports.view import View

Builder = Callable[[View], Document]

REPORTS: Mapping[str, tuple[str, str, Builder]] = MappingProxyType(
    {
        "r1": ("Laporan harian stok blangko", "Daily stock position", stock.daily_stock),
        "r2": ("Pengumuman ketersediaan blangko", "Public notice", stock.public_notice),
        "r3": ("Rekonsiliasi kecamatan", "Reconciliation of sites", custody.sites),
        "r4": ("Kartu stok", "Stock card", stock.stock_card),
        "r5": ("BAST penerimaan", "Receipts", custody.receipts),
        "r6": ("Lembar giliran", "Issue and return by shift", custody.shifts),
        "r7": ("Register pencetakan", "Print register", prints.register),
        "r8": ("Pencatatan KTP-el rusak/invalid", "Invalid cards", invalid.cards),
        "r9": ("BA pemusnahan", "Destructions", invalid.destructions),
        "r10": ("Laporan bulanan pemusnahan", "Monthly destruction report", invalid.monthly),
        "r11": ("Usulan penambahan blangko", "Requests for blanks", supplies.requests),
        "r12": ("Stock opname", "Stock counts", custody.stock_counts),
        "r13": ("BA pinjaman/pemindahan", "Transfers and loans", custody.transfers),
        "r14": ("KTP-el belum terdistribusi", "Undistributed cards", prints.undistributed),
        "r15": ("Register suket", "Temporary certificates", supplies.sukets),
        "r16": ("Bahan habis pakai", "Consumables", supplies.consumables),
        "r17": ("Laporan kejadian", "Incidents", custody.incidents),
        "r18": ("Cetak luar domisili", "Out-of-domicile prints", prints.out_of_domicile),
        "spoilage": ("Peta kendali kerusakan", "Control chart of spoilage", invalid.spoilage),
    }
)


def build(name: str, view: View) -> Document:
    """Return a report of a view.

    :raises Refused: no report has this name.
    """
    known = REPORTS.get(name.lower())
    if known is None:
        raise Refused(f"There is no report {name[:40]!r}.", remedy=f"Known are: {', '.join(REPORTS)}.")
    document = known[2](view)
    period = (view.first.isoformat(), view.last.isoformat())
    return replace(document, period=period, size=view.size, root=view.root)
