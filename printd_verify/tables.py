"""The fixed tables of a pack: what each has in its columns, and how a row is written as CSV.

Every row begins with the number of the entry that it comes from and its place among that entry's rows, and the two go
up from row to row. UTF-8 without a mark, comma, double quotes, CR LF, the names of the columns first (RFC 4180). What a
program would take for a formula has an apostrophe before it, and a line's end within a text is a space.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["number", "text", "date"]
Cell = str | int
Row = list[Cell]

_FORMULA: Final = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Column:
    """One column.

    :param name: as the first line of the file has it.
    :param title: in Indonesian, and ``english``.
    """

    name: str
    kind: Kind
    title: str
    english: str


@dataclass(frozen=True)
class Table:
    """One table.

    :param name: of its file, without ``.csv``.
    """

    name: str
    title: str
    english: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """Names of its columns."""
        return [one.name for one in self.columns]


def _text(name: str, title: str, english: str) -> Column:
    return Column(name, "text", title, english)


def _number(name: str, title: str, english: str) -> Column:
    return Column(name, "number", title, english)


KEY: Final = (
    _number("entry", "Nomor entri log", "Number of the log entry"),
    _number("line", "Baris dari entri itu", "Row of that entry"),
    Column("utc_date", "date", "Tanggal (UTC)", "Date (UTC)"),
    _text("utc_time", "Jam (UTC)", "Time (UTC)"),
)
"""What every row begins with."""

_BY: Final = _text("by", "Ditandatangani oleh", "Signed by")
_DELIVERY: Final = _text("delivery", "Penyerahan", "Delivery")
_FIRST: Final = _text("first", "Nomor seri awal", "First serial")
_LAST: Final = _text("last", "Nomor seri akhir", "Last serial")
_PIECES: Final = _number("pieces", "Keping", "Pieces")
_STOCK_TYPE: Final = _text("stock_type", "Jenis blangko", "Stock type")
_SHIFT: Final = _text("shift", "Giliran kerja", "Shift")
_PLACE: Final = _text("place", "Tempat", "Place")
_KIND: Final = _text("kind", "Jenis entri", "Kind of entry")
_PRINTER: Final = _text("printer", "Mesin cetak", "Printer")

EVERY: Final = "entries"
"""The table of all entries, to which every other one refers."""

GROUPS: Final = (
    (_number("on_way", "Di jalan", "On its way"), ("transit",)),
    (_number("unprinted", "Belum jadi", "No cards yet"), ("store", "shift", "hopper", "printer", "output")),
    (_number("finished", "Jadi kartu", "Finished"), ("finished",)),
    (_number("handed_over", "Di pemilik", "With holders"), ("holder",)),
    (_number("invalid", "Invalid", "Invalid, back"), ("invalid",)),
    (_number("spoiled", "Rusak", "Spoiled"), ("spoiled",)),
    (_number("destroyed", "Musnah", "Destroyed"), ("destroyed",)),
    (_number("skipped", "Nomor seri dilewati", "Skipped"), ("skipped",)),
    (_number("missing", "Tidak ditemukan", "Missing"), ("missing",)),
    (_number("at_sites", "Di unit", "At sites"), ("transfer", "site")),
    (_number("returned", "Kembali", "Given back"), ("returned",)),
)
"""What the pieces of a delivery have become: a column, and the kinds of places that it counts."""

TABLES: Final = (
    Table(EVERY, "Semua entri log", "Every entry of the log", (*KEY, _KIND, _BY)),
    Table(
        "deliveries", "Penyerahan yang diberitahukan dan diterima", "Deliveries announced and received",
        (
            *KEY, _DELIVERY, _KIND, _text("bast_number", "Nomor BAST", "Handover record"),
            Column("bast_date", "date", "Tanggal BAST", "Date of the handover record"), _STOCK_TYPE,
            _text("generation", "Generasi", "Generation"), _text("sender", "Pengirim", "Sender"), _PIECES,
            _number("differences", "Selisih", "Differences"), _BY,
        ),
    ),
    Table(
        "movements", "Perpindahan blangko", "Movements of blanks",
        (
            *KEY, _KIND, _DELIVERY, _FIRST, _LAST, _PIECES, _text("from", "Dari", "From"), _text("to", "Ke", "To"),
            _text("why", "Sebab", "Reason"), _text("about", "Menyangkut", "About"),
            _text("document", "Surat", "Document"), _BY,
        ),
    ),
    Table(
        "cards", "Percobaan cetak, pemeriksaan, penyerahan kartu", "Prints, checks and hand-over of cards",
        (
            *KEY, _KIND, _text("attempt", "Percobaan", "Attempt"), _text("job", "Pekerjaan", "Job"),
            _text("serial", "Nomor blangko", "Serial"), _PRINTER, _SHIFT, _text("outcome", "Hasil", "Outcome"),
            _text("detail", "Keterangan", "Detail"), _text("evidence", "Bukti dari mesin cetak", "Evidence"),
            _text("let_work_by", "Mesin cetak dijalankan oleh", "Who let the printer work"), _BY,
        ),
    ),
    Table(
        "closings", "Penutupan giliran kerja", "Closings of shifts",
        (
            *KEY, _SHIFT, _STOCK_TYPE,
            *(
                _number(name, title, english)
                for name, title, english in (
                    ("opening", "Saldo awal", "Opening"), ("received", "Diterima", "Received"),
                    ("loaned_in", "Pinjaman diterima", "Loaned in"), ("recovered", "Ditemukan kembali", "Recovered"),
                    ("used_good", "Tercetak baik", "Good cards"), ("spoiled", "Rusak", "Spoiled"),
                    ("loaned_out", "Diserahkan/dipinjamkan", "At sites"), ("returned", "Dikembalikan", "Returned"),
                    ("skipped", "Nomor seri dilewati", "Skipped"), ("missing", "Tidak ditemukan", "Missing"),
                    ("closing", "Saldo akhir", "Closing"), ("lacking", "Tidak seimbang", "Does not add up by"),
                )
            ),
            _BY,
        ),
    ),
    Table(
        "totals", "Tempat semua blangko pada setiap penutupan", "Where every blank was at each closing",
        (
            *KEY, _SHIFT, Column("day", "date", "Hari", "Day"), _STOCK_TYPE,
            *(
                _number(name, title, english)
                for name, title, english in (
                    ("announced", "Diberitahukan", "Announced"), ("received", "Diterima", "Received"),
                    ("transit", "Dalam pengiriman", "On its way"), ("store", "Gudang", "Store"),
                    ("with_shift", "Pada giliran kerja", "With the shift"), ("hopper", "Baki masukan", "Hoppers"),
                    ("printer", "Di mesin cetak", "In printers"), ("output", "Baki keluaran", "Output"),
                    ("finished", "KTP-el jadi", "Finished"), ("holder", "Di pemilik", "With holders"),
                    ("invalid", "Invalid", "Invalid"), ("spoiled", "Rusak", "Spoiled"),
                    ("destroyed", "Dimusnahkan", "Destroyed"), ("transfer", "Antarunit", "Between units"),
                    ("site", "Di unit", "At sites"), ("returned", "Dikembalikan", "Given back"),
                    ("skipped", "Nomor seri dilewati", "Skipped"), ("missing", "Tidak ditemukan", "Missing"),
                    ("in_doubt", "Belum pasti", "In doubt"),
                )
            ),
            _BY,
        ),
    ),
    Table(
        "counts", "Hitungan fisik", "Physical counts",
        (
            *KEY, _text("count", "Hitungan", "Count"), _PLACE, _number("book", "Menurut buku", "In the books"),
            _number("counted", "Hasil hitung", "Counted"), _number("difference", "Selisih", "Difference"),
            _text("reason", "Sebab", "Reason"), _BY,
        ),
    ),
    Table(
        "gaps", "Selisih, blangko tidak ditemukan, dan penyelesaiannya", "Gaps, losses and how they were closed",
        (
            *KEY, _text("kind", "Jenis", "Kind"), _text("about", "Menyangkut", "About"), _PLACE, _FIRST, _LAST,
            _PIECES, _text("state", "Keadaan", "State"), _text("outcome", "Penyelesaian", "Outcome"),
            _text("document", "Surat", "Document"), _BY,
        ),
    ),
    Table(
        "exceptions", "Pengecualian", "Exceptions",
        (
            *KEY, _text("class", "Golongan", "Class"), _text("about", "Menyangkut", "About"),
            _text("serial", "Nomor blangko", "Serial"), _text("detail", "Keterangan", "Detail"), _BY,
        ),
    ),
    Table(
        "papers", "Surat yang dibuat", "Papers that were made",
        (
            *KEY, _text("paper", "Jenis surat", "Of what"), _text("name", "Nama", "Name"),
            _number("about", "Untuk entri", "Of entry"), _number("size", "Entri pada kode", "Entries in the code"),
            _text("root", "Akar pada kode", "Root in the code"), _text("digest", "Sidik PDF", "SHA-256 of the PDF"),
            _text("copy", "Salinan", "Copy"), _BY,
        ),
    ),
    Table(
        "spoils", "Blangko rusak", "Spoiled blanks",
        (
            *KEY, _FIRST, _LAST, _PIECES, _text("cause", "Sebab", "Cause"), _PRINTER, _SHIFT, _BY,
        ),
    ),
    Table(
        "spoilage", "Persentase blangko rusak per giliran kerja", "Spoilage by shift",
        (
            *KEY, _SHIFT, _number("tried", "Dipakai", "Used"), _number("spoiled", "Rusak", "Spoiled"),
            _number("rate", "Persentase rusak (1/10.000)", "Rate (1/10,000)"),
            _number("lower", "Batas bawah (1/10.000)", "Lower limit (1/10,000)"),
            _number("upper", "Batas atas (1/10.000)", "Upper limit (1/10,000)"), _text("alarm", "Alarm", "Alarm"),
        ),
    ),
    Table(
        "balance", "Nasib setiap penyerahan", "What became of each delivery",
        (
            *KEY, _DELIVERY, _STOCK_TYPE, _number("brought", "Dibawa", "Brought"), *(one for one, _ in GROUPS),
            _number("lacking", "Kurang", "Lacking"),
        ),
    ),
    Table(
        "account", "Perhitungan per penyerahan dan tempat", "Statement of account by delivery and place",
        (
            *KEY, _DELIVERY, _STOCK_TYPE, _PLACE, _number("came", "Masuk", "Came"),
            _number("went", "Keluar", "Went"), _number("left", "Sisa", "Left"),
        ),
    ),
    Table(
        "pieces", "Nasib setiap keping", "What became of each piece",
        (*KEY, _DELIVERY, _FIRST, _LAST, _PIECES, _PLACE, _KIND, _BY),
    ),
    Table(
        "master", "Data induk pada setiap penutupan", "Master data at each closing",
        (
            *KEY, _SHIFT, _text("subject", "Golongan", "Subject"), _text("name", "Nama", "Name"),
            _text("value", "Isi", "Value"), _text("key", "Kunci atau sidik", "Key or digest"),
            _number("since", "Menurut entri", "By entry"),
        ),
    ),
)  # fmt: skip
"""Every table, in the order in which an auditor reads them."""

BY_NAME: Final = {one.name: one for one in TABLES}


def clean(value: Cell) -> Cell:
    """Return a cell as the file has it."""
    if isinstance(value, int):
        return value
    one_line = "".join(sign if sign.isprintable() else " " for sign in value)
    return f"'{one_line}" if one_line.startswith(_FORMULA) else one_line


def as_csv(row: Row) -> str:
    """Return one line of a file, with its end."""
    out = io.StringIO()
    csv.writer(out).writerow(row)
    return out.getvalue()
