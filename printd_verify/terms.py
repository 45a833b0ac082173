"""Words of the trade as people read them, in Indonesian and in English, by the code that the log writes."""

from __future__ import annotations

from typing import Final

_PLACES: Final = {
    "province": ("provinsi", "province"),
    "store": ("gudang blangko", "store"),
    "transit": ("dalam pengiriman", "on its way"),
    "shift": ("pada giliran kerja", "with the shift"),
    "hopper": ("baki masukan mesin cetak", "hopper"),
    "printer": ("di dalam mesin cetak", "in the printer"),
    "output": ("baki keluaran, menunggu pemeriksaan mutu", "output, waiting for its check"),
    "finished": ("KTP-el jadi, siap diserahkan", "finished card"),
    "holder": ("sudah diserahkan kepada pemilik", "with its holder"),
    "spoiled": ("tempat blangko rusak", "spoil bin"),
    "skipped": ("nomor seri dilewati", "skipped"),
    "missing": ("tidak ditemukan", "missing"),
    "invalid": ("KTP-el invalid, menunggu pemusnahan", "invalid card, to be destroyed"),
    "destroyed": ("telah dimusnahkan", "destroyed"),
    "returned": ("dikembalikan ke provinsi", "given back to the province"),
    "transfer": ("dalam pengiriman antarunit", "on its way between units"),
    "site": ("di unit layanan", "at a site"),
}

_WORDS: Final = {
    # kinds of entries that move a blank or say something of a card
    "delivery.announced": ("diberitahukan", "announced"),
    "delivery.received": ("diterima", "received"),
    "discrepancy.closed": ("selisih diselesaikan", "difference closed"),
    "blanks.moved": ("dipindahkan", "moved"),
    "blanks.destroyed": ("dimusnahkan", "destroyed"),
    "transfer.sent": ("dikirim antarunit", "sent"),
    "transfer.acknowledged": ("diterima unit tujuan", "acknowledged"),
    "shift.closed": ("giliran ditutup", "shift closed"),
    "attempt.started": ("percobaan cetak dimulai", "print begun"),
    "attempt.printed": ("tercetak", "printed"),
    "attempt.unused": ("blangko tidak terpakai", "unused"),
    "attempt.spoiled": ("rusak", "spoiled"),
    "attempt.in_doubt": ("belum pasti, perlu diperiksa", "in doubt"),
    "attempt.evidence": ("bukti dari mesin cetak", "evidence of the printer"),
    "attempt.corrected": ("koreksi blangko", "corrected"),
    "test_print.started": ("cetak uji dimulai", "test print begun"),
    "test_print.ended": ("cetak uji selesai", "test print over"),
    "test_print.evidence": ("bukti cetak uji", "evidence of a test print"),
    "test_print.corrected": ("koreksi cetak uji", "test print corrected"),
    "card.checked": ("pemeriksaan mutu", "quality check"),
    "card.missed": ("kartu tidak ditemukan", "card missed"),
    "card.handed_over": ("penyerahan KTP-el", "handed over"),
    "card.returned": ("KTP-el invalid diterima", "invalid card came back"),
    # gaps
    "short": ("kurang", "short"),
    "over": ("lebih", "over"),
    "damaged": ("rusak saat diterima", "damaged"),
    "seal_broken": ("segel rusak", "seal broken"),
    "wrong_stock_type": ("jenis tidak sesuai", "wrong stock type"),
    "serial_elsewhere": ("nomor seri sudah tercatat di tempat lain", "serial is elsewhere"),
    "difference": ("selisih", "difference"),
    "missing": ("tidak ditemukan", "missing"),
    "skipped": ("nomor seri dilewati", "skipped"),
    "count": ("hitungan giliran", "count of a shift"),
    "stock_count": ("stok opname", "stock count"),
    "sample": ("sampel", "sample"),
    "open": ("belum selesai", "open"),
    "closed": ("selesai", "closed"),
    # exceptions
    "override": ("didahulukan", "override"),
    "warnings": ("peringatan dijawab", "warnings answered for"),
    "doubt": ("belum pasti", "doubt"),
    "doubt_settled": ("kepastian ditetapkan", "doubt settled"),
    "lone_act": ("tindakan seorang diri", "lone act"),
    "correction": ("koreksi", "correction"),
    "reprint": ("cetak ulang", "reprint"),
    "incident": ("kejadian", "incident"),
    "incident_noted": ("catatan kejadian", "incident noted"),
    "incident_closed": ("kejadian selesai", "incident closed"),
    "sample_counted": ("sampel dihitung", "sample counted"),
    "configuration_changed": ("pengaturan berubah", "configuration changed"),
    "configuration_accepted": ("pengaturan dipertanggungjawabkan", "configuration answered for"),
    "restored": ("dipulihkan", "restored"),
    "entries_lost": ("entri hilang", "entries lost"),
    "clock_back": ("jam mundur", "clock went back"),
    "login_failed": ("gagal masuk", "failed logins"),
    "count_left": ("hitungan ditinggalkan", "count left"),
    "more_than_needed": ("lebih dari kebutuhan", "more than needed"),
    # master data
    "log": ("log", "log"),
    "documents": ("kunci surat", "key of papers"),
    "person": ("petugas", "person"),
    "printer": ("mesin cetak", "printer"),
    "office": ("kantor", "office"),
    "version": ("versi", "version"),
    "layout": ("tata letak", "layout"),
    "configuration": ("pengaturan", "configuration"),
    "sender": ("pengirim", "sender"),
    # spoilage
    "above": ("di atas batas", "above the limit"),
    "below": ("di bawah batas", "below the limit"),
}


def place_words(place: str) -> tuple[str, str]:
    """Return a place in both languages, with whose it is."""
    kind, _, whose = place.partition(":")
    words = _PLACES.get(kind, (kind, kind))
    return (f"{words[0]} {whose}", f"{words[1]} {whose}") if whose else words


def words(code: str) -> tuple[str, str]:
    """Return what a code means in both languages; one that nobody wrote a word for is itself."""
    return _WORDS.get(code, (code, code))
