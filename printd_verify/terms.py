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
    "shift.closed": ("giliran kerja ditutup", "shift closed"),
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
    "card.missed": ("KTP-el tidak ditemukan", "card missed"),
    "card.handed_over": ("penyerahan KTP-el", "handed over"),
    "card.returned": ("KTP-el invalid diterima", "invalid card came back"),
    "card.tried": ("upaya menghubungi pemilik", "holder tried"),
    "site.printed": ("dicetak unit layanan", "printed by a site"),
    "site.differed": ("selisih unit layanan", "difference of a site"),
    # gaps
    "short": ("kurang", "short"),
    "over": ("lebih", "over"),
    "damaged": ("rusak saat diterima", "damaged"),
    "seal_broken": ("segel rusak", "seal broken"),
    "wrong_stock_type": ("jenis tidak sesuai", "wrong stock type"),
    "serial_elsewhere": ("nomor seri sudah tercatat di tempat lain", "serial is elsewhere"),
    "unnamed": ("pemakaian belum dirinci", "use not named"),
    "difference": ("selisih", "difference"),
    "missing": ("tidak ditemukan", "missing"),
    "skipped": ("nomor seri dilewati", "skipped"),
    "count": ("hitungan giliran kerja", "count of a shift"),
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
    # how a gap ends, where else than in words above
    "store": ("diterima ke gudang", "taken into the store"),
    "spoiled": ("rusak", "spoiled"),
    "returned": ("dikembalikan", "given back"),
    "nothing": ("tidak dibukukan", "not booked"),
    # outcomes and evidence of a print
    "started": ("dimulai", "begun"),
    "printed": ("tercetak", "printed"),
    "unused": ("blangko tidak terpakai", "unused"),
    "in_doubt": ("belum pasti", "in doubt"),
    "evidence": ("bukti", "evidence"),
    "corrected": ("koreksi", "corrected"),
    "lost": ("tidak ditemukan", "lost"),
    "good": ("lulus pemeriksaan mutu", "passed its check"),
    "handed_over": ("diserahkan", "handed over"),
    "holder": ("kepada pemilik", "to its holder"),
    "proxy": ("kepada penerima kuasa", "to a proxy"),
    "unknown": ("tidak diketahui", "unknown"),
    "sent": ("dikirim ke mesin", "sent to the printer"),
    "engine_done": ("mesin selesai mencetak", "engine done"),
    "left_printer": ("kartu keluar dari mesin", "card left the printer"),
    "read_back": ("nomornya dibaca", "serial read"),
    # causes of spoilage
    "factory_defect": ("cacat pabrik", "factory defect"),
    "no_chip": ("cip tidak ada/tidak terbaca", "no chip, or unreadable"),
    "encode_fail": ("gagal encode", "chip not encoded"),
    "print_fade": ("hasil cetak pudar", "faded print"),
    "print_blur": ("hasil cetak buram", "blurred print"),
    "print_offset": ("posisi cetak bergeser", "print out of place"),
    "missing_text": ("tulisan tidak lengkap", "text missing"),
    "ribbon_break": ("pita (ribbon) putus", "ribbon broke"),
    "jam": ("kartu tersangkut", "card jammed"),
    "bent_heat": ("melengkung karena panas", "bent by heat"),
    "scorch": ("hangus", "scorched"),
    "wrong_data": ("salah cetak data", "wrong data printed"),
    "wrong_blank_type": ("salah jenis blangko", "wrong type of blank"),
    "operator_error": ("kesalahan petugas", "operator's mistake"),
    "power_loss": ("listrik padam", "power failed"),
    "test_print": ("cetak uji", "test print"),
    "other": ("lain-lain", "other"),
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
