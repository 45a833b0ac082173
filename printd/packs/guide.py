"""`LIHAT-DULU.html`: what an auditor reads first, in Indonesian with English beside it. It needs nothing but itself."""

from __future__ import annotations

from datetime import tzinfo
from html import escape

from printd.books.cosigned import Cosigned
from printd.packs.documents import Told
from printd.words.moments import moment
from printd_verify import packs
from printd_verify.gdpdu import INDEX
from printd_verify.sentences import LANGUAGES, say
from printd_verify.tables import TABLES
from printd_verify.verification import Report

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { margin-bottom: 0 } h2 { margin-top: 2rem; border-bottom: 1px solid #c8c8c8 }
.en { color: #555; font-style: italic }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere }
pre { background: #e9edf2; padding: .7rem 1rem; white-space: pre-wrap }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem;
border-bottom: 1px solid #c8c8c8 } th { width: 30% } thead th { background: #e9edf2; width: auto }
.good, .bad { border-left: .4rem solid #3c8c4a; padding-left: 1rem } .bad { border-color: #c02020 }
@media print { body { margin: 0; max-width: none } }
"""


def guide(office: str, vkey: str, cosigned: Cosigned, told: Told, report: Report, zone: tzinfo) -> str:
    """Return the page."""
    parts = [
        f"<h1>{escape(office)}</h1>",
        _both("Berkas pemeriksaan log blangko KTP-el: bacalah ini dulu.",
              "Auditor's pack of the log of identity card blanks: read this first."),
        _facts(vkey, told, report, zone),
        _what(),
        _steps(),
        _witnesses(cosigned, zone),
        _found(report),
        _inside(),
        _limits(told),
    ]  # fmt: skip
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="id">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>LIHAT DULU - {escape(office)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n"
        "</body>\n</html>\n"
    )


def _both(indonesian: str, english: str) -> str:
    """Return a paragraph in both languages; the texts are HTML."""
    return f'<p>{indonesian}<br><span class="en" lang="en">{english}</span></p>'


def _heading(indonesian: str, english: str) -> str:
    return f'<h2>{indonesian} <span class="en" lang="en">{english}</span></h2>'


def _row(indonesian: str, english: str, value: str) -> str:
    return f'<tr><th>{indonesian}<br><span class="en" lang="en">{english}</span></th><td>{value}</td></tr>'


def _facts(vkey: str, told: Told, report: Report, zone: tzinfo) -> str:
    last = moment(report.last_at, zone) if report.last_at else "-"
    rows = [
        _row("Log", "Log", f"<code>{escape(told.origin)}</code>"),
        _row("Entri dalam berkas ini", "Entries in this pack", f"{told.first} &ndash; {told.end - 1}"),
        _row("Kepala log", "Head of the log", f"{told.size} entri / entries"),
        _row("Akar", "Root", f"<code>{told.root}</code>"),
        _row("Entri terakhir", "Last entry", escape(last)),
        _row("Kunci log", "Key of the log", f"<code>{escape(vkey)}</code>"),
    ]
    return f"<table>{''.join(rows)}</table>"


def _what() -> str:
    return _heading("Apa ini", "What this is") + _both(
        "Setiap perbuatan atas blangko KTP-el di kantor ini adalah satu entri log: siapa, kapan, apa, dan tanda tangan "
        "digital setiap orang yang bertanggung jawab. Folder ini memuat entri-entri itu, tabel dan laporan yang "
        "dihitung "
        "darinya, serta program untuk memeriksanya tanpa kantor ini.",
        "Everything that is done with a blank in this office is one entry of the log: who, when, what, and the digital "
        "signature of each person who answers for it. This folder holds these entries, tables and reports computed "
        "from "
        "them, and the program that verifies all of it without the office.",
    )


def _steps() -> str:
    return "".join(
        [
            _heading("Memeriksa dalam tiga langkah", "To verify in three steps"),
            "<ol><li>",
            _both(
                "<strong>Kunci.</strong> Ambil kunci log dari luar folder ini: dari kertas yang Anda terima dari "
                "kantor, "
                "dari provinsi, atau dari pemeriksaan terdahulu. Jangan percaya kunci yang tertulis di atas sebelum "
                "sama "
                "dengan itu.",
                "<strong>The key.</strong> Take the key of the log from outside of this folder: from the paper that "
                "the "
                "office gave you, from the province, or from an earlier audit. Do not believe the one above before "
                "it is "
                "the same.",
            ),
            "</li><li>",
            _both(
                "<strong>Program.</strong> Python 3.11 atau lebih baru, dan sekali saja:",
                "<strong>The program.</strong> Python 3.11 or later, and once:",
            ),
            "<pre>python3 -m pip install cryptography</pre>",
            _both(
                f"Lebih baik pakai <code>{packs.VERIFIER}</code> yang Anda punya dari pemeriksaan terdahulu atau dari "
                "penerbitnya.",
                f"A <code>{packs.VERIFIER}</code> that you have from an earlier audit or from its publisher is better "
                "than the one in here.",
            ),
            "</li><li>",
            _both("<strong>Periksa</strong>, di dalam folder ini:", "<strong>Verify</strong>, inside of this folder:"),
            f"<pre>sha256sum -c {packs.SUMS}\npython3 {packs.VERIFIER} . --vkey KUNCI</pre>",
            _both(
                "Hasilnya <em>SEMUA COCOK</em>, atau setiap ketidaksesuaian dengan nomor entrinya. Nasib satu keping:",
                "It says <em>ALL HOLDS</em>, or each finding with the number of its entry. What became of one piece:",
            ),
            f"<pre>python3 {packs.VERIFIER} piece NOMOR . --vkey KUNCI</pre>",
            "</li></ol>",
        ]
    )


def _witnesses(cosigned: Cosigned, zone: tzinfo) -> str:
    parts = [_heading("Saksi", "Witnesses")]
    of = len(cosigned["witnesses"])
    if not of:
        parts.append(
            _both(
                "Tidak ada saksi: siapa pun yang mengembalikan semuanya ke hari sebelumnya hanya ketahuan bila Anda "
                "menyimpan titik periksa.",
                "There is no witness: whoever puts everything back to an earlier day is found only by a checkpoint "
                "that "
                "you kept.",
            )
        )
        parts.append(_first(cosigned, zone))
        return "".join(parts)
    parts.append(
        _both(
            f"{cosigned['holding']} dari {of} saksi memegang kepala log ({cosigned['head']} entri).",
            f"{cosigned['holding']} of {of} witnesses hold the head of the log ({cosigned['head']} entries).",
        )
    )
    rows = "".join(
        f"<tr><td>{escape(one['witness'])}</td><td><code>{escape(one['key'])}</code></td>"
        f"<td>{'-' if one['size'] is None else one['size']}</td>"
        f"<td>{'-' if one['seen_at'] is None else escape(moment(one['seen_at'], zone))}</td></tr>"
        for one in cosigned["witnesses"]
    )
    head = "<th>Saksi / witness</th><th>Kunci / key</th><th>Entri / entries</th><th>Dilihat / seen</th>"
    parts.append(f"<table><thead><tr>{head}</tr></thead>{rows}</table>")
    parts.append(_first(cosigned, zone))
    return "".join(parts)


def _first(cosigned: Cosigned, zone: tzinfo) -> str:
    """Say whether the first checkpoint was held by a witness before the first card was printed."""
    size, seen = cosigned["first"], cosigned["first_at"]
    if size is None or seen is None:
        return _both(
            "Belum ada saksi yang memegang apa pun dari log ini, juga tidak sebelum kartu pertama dicetak.",
            "No witness holds anything of this log yet, nor did one before the first card was printed.",
        )
    at = escape(moment(seen, zone))
    if cosigned["before_first_print"]:
        return _both(
            f"Entri pertama dan titik periksa pertama ({size} entri) dipegang saksi pada {at}, "
            "<strong>sebelum</strong> "
            "kartu pertama dicetak.",
            f"The first entry and the first checkpoint ({size} entries) were held by a witness at {at}, "
            "<strong>before</strong> the first card was printed.",
        )
    return _both(
        f"Saksi baru memegang log ini ({size} entri) pada {at}, <strong>setelah</strong> kartu pertama dicetak.",
        f"A witness held this log ({size} entries) only at {at}, <strong>after</strong> the first card was printed.",
    )


def _found(report: Report) -> str:
    """Say what the verifier said when the pack was made."""
    parts = [_heading("Kata pemeriksa waktu dibungkus", "What the verifier said when this was packed")]
    code = "verdict_good" if report.holds else "verdict_bad"
    verdict = [escape(say(code, {"number": len(report.cases)}, one)) for one in LANGUAGES]
    items = []
    for case in report.cases:
        place = case.places[0]
        says = [escape(say(case.code, place.what, one)) for one in LANGUAGES]
        entry = "" if place.entry is None else f" (entri / entry {place.entry})"
        items.append(f'<li>{case.number}: {says[0]}{entry}<br><span class="en" lang="en">{says[1]}</span></li>')
    listed = f"<ul>{''.join(items)}</ul>" if items else ""
    parts.append(f'<div class="{"good" if report.holds else "bad"}">{_both(*verdict)}{listed}</div>')
    parts.append(
        _both(
            "Kalimat ini ditulis oleh kantor yang diperiksa. Yang berlaku adalah jawaban program di tangan Anda.",
            "This was written by the office that is audited. What counts is the answer of the program in your hands.",
        )
    )
    return "".join(parts)


def _inside() -> str:
    files = [
        (packs.LOG, "Log sebagai berkas statis (C2SP tlog-tiles)", "The log as static files (C2SP tlog-tiles)"),
        (
            f"{packs.TABLES}/{INDEX}",
            "Uraian tabel (GDPdU): berkas inilah yang diimpor program audit seperti IDEA atau ACL",
            "Description of the tables (GDPdU): what audit programs such as IDEA or ACL import",
        ),
        *((f"{packs.TABLES}/{one.name}.csv", one.title, one.english) for one in TABLES),
        (packs.REPORTS, "Laporan: PDF untuk dibaca, JSON untuk program", "Reports: PDF to be read, JSON for programs"),
        (packs.SUMS, "Sidik SHA-256 setiap berkas", "SHA-256 sum of every file"),
    ]
    rows = "".join(
        f'<tr><td><code>{escape(path)}</code></td><td>{escape(title)}<br><span class="en" lang="en">{escape(english)}'
        "</span></td></tr>"
        for path, title, english in files
    )
    return _heading("Isi", "What is inside") + f"<table>{rows}</table>" + _both(
        "Setiap baris tabel menyebut nomor entri asalnya, dan program menghitung ulang setiap baris dari entri. "
        "Waktu dalam "
        "tabel adalah UTC.",
        "Every row of a table names the entry that it comes from, and the program computes every row anew from the "
        "entries. "
        "Times in tables are UTC.",
    )  # fmt: skip


def _limits(told: Told) -> str:
    parts = [
        _heading("Yang tidak dibuktikan", "What is not proved"),
        _both(
            "PDF hanya dijaga SHA256SUMS, yang tidak ditandatangani siapa pun: angka yang berlaku ada di CSV dan "
            "JSON, yang "
            "dihitung ulang. Kebijakan (<code>log/policy</code>) adalah kata kantor ini: pakailah milik Anda sendiri.",
            "PDFs are kept by SHA256SUMS alone, which nobody signs: the figures that count are in CSV and JSON, "
            "which are "
            "computed anew. The policy (<code>log/policy</code>) is this office's word: use your own.",
        ),
        _both(
            "Tidak ada data pribadi pemilik KTP-el di sini; data penduduk disebut dengan nomor acak. Nama petugas "
            "ada, "
            "karena mereka bertanggung jawab.",
            "There are no personal data of card holders here; records have random numbers. Names of staff are, for "
            "they "
            "answer for what they did.",
        ),
    ]
    if told.first or told.end < told.size:
        parts.append(
            _both(
                f"Ini kutipan: entri {told.first} sampai {told.end - 1} dari {told.size}, dengan bukti ke kepala "
                "log. Yang "
                "hanya disebut entri lain tidak ada dalam tabel; tanpa awal log, sisa tidak dapat dihitung darinya "
                "saja.",
                f"This is an excerpt: entries {told.first} to {told.end - 1} of {told.size}, with their proof to "
                "the head. "
                "What only other entries tell is not in its tables; without the log's beginning what is left cannot be "
                "computed from it alone.",
            )
        )
    return "".join(parts)
