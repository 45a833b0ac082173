"""A pack's reports, from the rows that the verifier's own table maker gives.

Every row carries the cells of its table under their names, so that the JSON can be held against the entries; what
people read beside them (words, the office's clock) has names of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from printd.reports.document import Chart, Column, Document, Fact, Line, Table, Value
from printd.words import moments
from printd_verify import tables
from printd_verify.packs import REPORTED
from printd_verify.terms import place_words, words

Rows = Sequence[tables.Row]


@dataclass(frozen=True)
class Told:
    """What every report of a pack says of itself.

    :param origin: name of the log.
    :param first: number of the first entry that is told, and ``end`` of the one behind the last.
    :param size: of the log, with ``root`` in hex.
    """

    origin: str
    first: int
    end: int
    size: int
    root: str
    zone: ZoneInfo


_ENTRY = Column("entry", "Entri", "Entry", "int", 0.7)
_WHEN = Column("when", "Waktu", "Time", "code", 1.4)
_BY = Column("by", "Oleh", "By", "text", 1.5)


def documents(rows: Mapping[str, Rows], told: Told) -> list[Document]:
    """Return every report, in the order in which they are read."""
    builders: dict[str, Callable[[Rows, Told], Document]] = {
        "account": _account,
        "gaps": _gaps,
        "exceptions": _exceptions,
        "spoilage": _spoilage,
        "master": _master,
    }
    return [builders[name](rows.get(name, []), told) for name in REPORTED]


def _rows(name: str, rows: Rows, told: Told, **shown: str) -> list[dict[str, Value]]:
    """Return rows by name.

    :param shown: names of further cells, each with the column whose code it says in words.
    """
    columns = tables.BY_NAME[name].names
    found = []
    for row in rows:
        cells: dict[str, Value] = dict(zip(columns, row, strict=True))
        cells["when"] = moments.minute(f"{cells['utc_date']}T{cells['utc_time']}Z", told.zone)
        for key, column in shown.items():
            code = str(cells[column])
            said = place_words(code) if column == "place" else words(code)
            cells[key] = said[0] if said[0] == said[1] else f"{said[0]} / {said[1]}"
        found.append(cells)
    return found


def _document(name: str, title: str, english: str, table: Table, told: Told, *, charts: Sequence[Chart] = (),
              remarks: Sequence[str] = ()) -> Document:  # fmt: skip
    span = f"{told.first} - {told.end - 1}"
    return Document(
        name=name,
        title=title,
        english=english,
        facts=[
            Fact("origin", "Log", "Log", told.origin, "code"),
            Fact("entries", "Entri", "Entries", span, "code"),
            Fact("log", "Berdiri atas akar log", "Stands on the log's root", f"{told.size} : {told.root}", "code"),
            Fact("table", "Tabel yang sama", "The same as a table", f"tables/{name}.csv", "code"),
        ],
        tables=[table],
        charts=charts,
        remarks=remarks,
        size=told.size,
        root=told.root,
        landscape=True,
    )


def _account(rows: Rows, told: Told) -> Document:
    name, title, english = "account", "Perhitungan Blangko", "Statement of account by delivery and place"
    whole = told.first == 0
    found = _rows(name, rows, told, place_shown="place")
    found.sort(key=lambda row: (str(row["delivery"]), _PLACE_ORDER.get(str(row["place"]), 99)))
    left = sum(int(row["left"] or 0) for row in found)
    total: dict[str, Value] | None = {"delivery": "Jumlah / total", "left": left} if whole else None
    columns = [
        Column("delivery", "Penyerahan", "Delivery", "text", 2),
        Column("stock_type", "Jenis", "Type", "code", 0.6),
        Column("place_shown", "Tempat", "Place", "text", 3),
        Column("came", "Masuk", "Came", "int"),
        Column("went", "Keluar", "Went", "int"),
        Column("left", "Sisa", "Left", "int"),
        _ENTRY,
        _WHEN,
    ]
    remarks = [] if whole else [_EXCERPT]
    return _document(name, title, english, Table(title, english, columns, found, total), told, remarks=remarks)


_EXCERPT = (
    "Kutipan: entri-entri ini tidak dimulai dari awal log, sehingga sisa tidak dapat dihitung darinya saja. / An "
    "excerpt: these entries do not begin at the start, so that what is left cannot be computed from them alone."
)

_PLACE_ORDER = {
    place: number
    for number, place in enumerate(
        ("transit", "store", "shift", "hopper", "printer", "output", "finished", "holder", "invalid", "spoiled",
         "destroyed", "skipped", "missing", "transfer", "site", "returned")
    )
}  # fmt: skip


def _gaps(rows: Rows, told: Told) -> Document:
    title, english = "Daftar Selisih dan Kehilangan", "Gaps, losses and how they were closed"
    found = _rows("gaps", rows, told, kind_shown="kind", place_shown="place", state_shown="state")
    columns = [
        _ENTRY,
        _WHEN,
        Column("kind_shown", "Jenis", "Kind", "text", 1.6),
        Column("about", "Menyangkut", "About", "text", 1.6),
        Column("place_shown", "Tempat", "Place", "text", 1.8),
        Column("first", "Nomor pertama", "First serial", "code", 1.3),
        Column("last", "Nomor terakhir", "Last serial", "code", 1.3),
        Column("pieces", "Keping", "Pieces", "int", 0.7),
        Column("state_shown", "Keadaan", "State", "text", 1.2),
        Column("outcome", "Penyelesaian", "Outcome", "text"),
        Column("document", "Surat", "Document", "text", 1.2),
        _BY,
    ]
    return _document("gaps", title, english, Table(title, english, columns, found), told)


def _exceptions(rows: Rows, told: Told) -> Document:
    title, english = "Pengecualian", "Exceptions: overrides, lone acts, doubts and how they were settled, samples"
    found = _rows("exceptions", rows, told, class_shown="class")
    columns = [
        _ENTRY,
        _WHEN,
        Column("class_shown", "Golongan", "Class", "text", 2),
        Column("about", "Menyangkut", "About", "text", 2),
        Column("serial", "Nomor blangko", "Serial", "text", 1.6),
        Column("detail", "Keterangan", "Detail", "text", 3),
        _BY,
    ]
    return _document("exceptions", title, "Exceptions", Table(title, english, columns, found), told)


def _spoilage(rows: Rows, told: Told) -> Document:
    title, english = "Peta Kendali Kerusakan per Giliran", "Control chart of spoilage by shift"
    found = _rows("spoilage", rows, told, alarm_shown="alarm")
    columns = [
        Column("shift", "Giliran", "Shift", "code", 1.5),
        Column("tried", "Dipakai", "Used", "int"),
        Column("spoiled", "Rusak", "Spoiled", "int"),
        Column("rate", "Tingkat", "Rate", "bp"),
        Column("lower", "Batas bawah", "Lower limit", "bp"),
        Column("upper", "Batas atas", "Upper limit", "bp"),
        Column("alarm_shown", "Alarm", "Alarm", "text", 1.6),
        _ENTRY,
        _WHEN,
    ]

    def line(name: str) -> list[float | None]:
        return [int(row[name] or 0) / 100 for row in found]

    lines = [
        Line("tingkat", line("rate"), "line"),
        Line("batas atas", line("upper"), "limit"),
        Line("batas bawah", line("lower"), "limit"),
        Line("alarm", [int(row["rate"] or 0) / 100 if row["alarm"] else None for row in found], "alarm"),
    ]
    chart = Chart(
        "Tingkat kerusakan per giliran", "Spoilage by shift", [str(row["shift"]) for row in found], lines, " %"
    )
    table = Table(title, english, columns, found)
    return _document("spoilage", title, english, table, told, charts=[chart])


def _master(rows: Rows, told: Told) -> Document:
    title, english = "Data Induk pada Setiap Penutupan", "Master data at each closing"
    found = _rows("master", rows, told, subject_shown="subject")
    columns = [
        _ENTRY,
        Column("shift", "Giliran", "Shift", "code", 1.2),
        Column("subject_shown", "Golongan", "Subject", "text", 1.4),
        Column("name", "Nama", "Name", "text", 1.6),
        Column("value", "Isi", "Value", "text", 2.6),
        Column("key", "Kunci atau sidik", "Key or digest", "text", 4.2),
        Column("since", "Menurut entri", "By entry", "int", 0.8),
    ]
    return _document("master", title, english, Table(title, english, columns, found), told)
