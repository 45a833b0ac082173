"""Sentences of packs and of a single piece's life, in Indonesian and in English, by the name of their class."""

from __future__ import annotations

from typing import Final

PACKS: Final = {
    "sums_unreadable": (
        "baris {line} dari SHA256SUMS tidak terbaca, atau berkas itu tidak ada",
        "line {line} of SHA256SUMS cannot be read, or the file is not there",
    ),
    "file_altered": ("berkas {path} bukan yang dibungkus", "the file {path} is not the one that was packed"),
    "file_missing": ("berkas {path} tidak ada", "the file {path} is missing"),
    "file_not_listed": ("berkas {path} tidak disebut SHA256SUMS", "SHA256SUMS does not list the file {path}"),
    "file_unknown": ("berkas {path} tidak termasuk berkas pemeriksaan", "the file {path} belongs to no pack"),
    "file_no_file": ("{path} bukan berkas", "{path} is no file"),
    "table_unreadable": ("tabel {table} tidak ada atau tidak terbaca", "the table {table} is missing or unreadable"),
    "table_columns": ("kolom tabel {table} bukan kolomnya", "the columns of the table {table} are not its own"),
    "table_row": (
        "tabel {table} baris {number}: {column} tertulis {said}, menurut entri {found}",
        "table {table}, line {number}: {column} says {said}, the entries {found}",
    ),
    "table_row_missing": (
        "tabel {table} tidak memuat baris {row} dari entri ini",
        "the table {table} lacks row {row} of this entry",
    ),
    "table_row_stray": (
        "tabel {table} baris {number} tidak berasal dari entri mana pun",
        "table {table}, line {number}: no entry gives this row there",
    ),
    "table_row_form": ("tabel {table} baris {number} rusak", "table {table}, line {number} is malformed"),
    "description": (
        "{path} bukan uraian tabel-tabel log ini",
        "{path} is not the description of this log's tables",
    ),
    "report_unreadable": (
        "laporan {report} tidak ada atau tidak terbaca",
        "the report {report} is missing or unreadable",
    ),
    "report_root": (
        "laporan {report} menyebut akar log yang lain",
        "the report {report} stands on another root of the log",
    ),
    "report_row": (
        "laporan {report} baris {number}: {column} tertulis {said}, menurut entri {found}",
        "report {report}, row {number}: {column} says {said}, the entries {found}",
    ),
    "report_more": (
        "laporan {report} memuat hal yang tidak dihitung dari entri",
        "the report {report} says what is not computed from entries",
    ),
    "report_rows": (
        "laporan {report} memuat {said} baris, menurut entri {found}",
        "the report {report} has {said} rows, the entries give {found}",
    ),
}

PIECE: Final = {
    "piece": (
        "Blangko {serial}, penyerahan {delivery} (BAST {bast}): {place}",
        "Blank {serial}, delivery {delivery} (handover record {bast}): {place}",
    ),
    "piece_step": ("entri {entry}, {at}", "entry {entry}, {at}"),
    "piece_by": ("ditandatangani {names}", "signed by {names}"),
    "piece_machine": ("dicatat mesin", "booked by the machine"),
    "piece_let_work": ("mesin cetak dijalankan {name}", "{name} let the printer work"),
    "piece_proved": (
        "{number} entri itu, dan tidak ada yang lain tentang blangko ini, terbukti di bawah akar {root}",
        "these {number} entries, and no others about this blank, are proved below the root {root}",
    ),
    "piece_not_proved": (
        "TIDAK TERBUKTI: lihat ketidaksesuaian di bawah; {number} entri, akar {root}",
        "NOT PROVED: see the findings below; {number} entries, root {root}",
    ),
    "piece_unknown": (
        "tidak ada entri dalam berkas ini tentang blangko {serial}",
        "no entry in this pack is about a blank {serial}",
    ),
    "no_pack_here": ("{path} bukan berkas pemeriksaan", "{path} is no pack"),
}
