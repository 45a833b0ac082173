"""Sentences of papers, in Indonesian and in English."""

from __future__ import annotations

from typing import Final

PAPERS: Final = {
    "verdict_folder": ("TIDAK ADA YANG DIUBAH; lihat tiap berkas", "NOTHING IS ALTERED; look at each file"),
    "verdict_code": ("KODENYA SAH; cocokkan isinya", "THE CODE IS GOOD; compare what it stands on"),
    "paper_stands": (
        "surat {name} bertumpu pada {size} entri, padahal perbuatannya entri {act}",
        "the paper {name} stands on {size} entries, and its act is entry {act}",
    ),
    "paper_act": (
        "entri {act} bukan {paper} {name}, yang suratnya dibuat",
        "entry {act} is not the {paper} {name} of which this is the paper",
    ),
    "paper_again": (
        "{paper} {name} sudah punya surat; yang lain harus berbunyi salinan",
        "the {paper} {name} has its paper already, and any other must say that it is a copy",
    ),
    "paper_number": (
        "nomor surat {paper} {name} tidak melanjutkan nomor sebelumnya: nomor urut {running} sesudah {last}",
        "the official number of the {paper} {name} does not follow the one before: {running} after {last}",
    ),
    "paper_copy": (
        "salinan {paper} {name} tidak sesuai surat pertamanya",
        "the copy of {paper} {name} is not one of its first paper",
    ),
    "paper_unread": ("{name} tidak dapat dibaca: {why}", "{name} cannot be read: {why}"),
    "paper_no_code": (
        "tidak ada kode printd pada {name}; foto lebih dekat, tegak dan terang, atau pindai 300 dpi",
        "there is no code of printd on {name}; photograph it closer, upright and bright, or scan it at 300 dpi",
    ),
    "paper_two_codes": (
        "ada {number} kode yang berbeda pada {name}: satu surat hanya punya satu",
        "there are {number} different codes on {name}: a paper has one",
    ),
    "paper_code": (
        "kode pada {name} bukan dari log ini: {why}",
        "the code on {name} is not of this log: {why}",
    ),
    "paper_beyond": (
        "kode pada {name} berdiri di atas {size} entri, log ini hanya punya {has}: entri hilang",
        "the code on {name} stands on {size} entries, this log has {has}: entries are missing",
    ),
    "paper_root": (
        "kode pada {name} bertumpu pada akar lain untuk {size} entri: ada dua riwayat, atau entri diubah",
        "the code on {name} stands on another root at {size} entries: there are two histories, or entries were altered",
    ),
    "paper_hidden": (
        "entri {act} tidak ada di kutipan ini, jadi kode pada {name} tidak dapat dicocokkan",
        "entry {act} is not in this excerpt, so that the code on {name} cannot be held against it",
    ),
    "paper_entry": (
        "kode pada {name} menyebut {paper} {act_name}, padahal entri {act} di log lain",
        "the code on {name} speaks of {paper} {act_name}, and entry {act} of the log is something else",
    ),
    "paper_altered": (
        "{name} bukan berkas buatan kantor: sidiknya tidak ada di log; isinya diubah, atau kodenya dari surat lain",
        "{name} is no file that the shop made: its digest is not in the log; it or its code was altered or exchanged",
    ),
    "paper_log": (
        "log di sampingnya tidak cocok dengan titik periksanya: {why}",
        "the log beside it does not fit its own checkpoint: {why}",
    ),
    "paper_young": (
        "log mencatat surat {paper} {act_name}, tetapi belum ditutup titik periksa; ambil log yang lebih baru",
        "the log knows this paper of {paper} {act_name}, and no checkpoint covers that yet; take a newer log",
    ),
    "paper_not_made": (
        "log tidak mencatat surat untuk {paper} {act_name}",
        "the log knows of no paper of {paper} {act_name}",
    ),
    "paper_no_library": (
        "untuk membaca gambar atau PDF dibutuhkan pustaka {library}: pip install {library}",
        "to read pictures and PDFs the library {library} is needed: pip install {library}",
    ),
    "fact_paper_says": (
        "kode menyebut {paper} {act_name}, entri {act}; cocokkan dengan yang tercetak",
        "the code speaks of {paper} {act_name}, entry {act}; compare it with what is printed",
    ),
    "fact_paper_signed": (
        "ditandatangani log {origin} pada {size} entri, akar {root}",
        "signed by the log {origin} at {size} entries, root {root}",
    ),
    "fact_paper_alone": (
        "tanpa log (--log) hanya tanda tangan itu yang terbukti, bukan surat mana yang memuatnya",
        "without the log (--log) only that signature is proved, and not which paper it belongs on",
    ),
    "fact_paper_entry": (
        "entri {act} di log: {kind}, {at}, oleh {by}; isi: {data}",
        "entry {act} of the log: {kind}, {at}, by {by}; it says: {data}",
    ),
    "fact_paper_first": (
        "berkas ini surat pertama, entri {seq}, diminta {by}",
        "this file is the first paper, entry {seq}, asked for by {by}",
    ),
    "fact_paper_copy": (
        "berkas ini salinan, entri {seq}, diminta {by}",
        "this file is a copy, entry {seq}, asked for by {by}",
    ),
    "fact_paper_picture": (
        "ini gambar, bukan berkasnya: setiap angka harus dicocokkan dengan isi entri di atas",
        "this is a picture and not the file: every figure must be compared with what the entry above says",
    ),
    "fact_folder_known": ("{name}: surat pertama {paper} {act_name}", "{name}: the first paper of {paper} {act_name}"),
    "fact_folder_copy": ("{name}: salinan {paper} {act_name}", "{name}: a copy of the paper of {paper} {act_name}"),
    "fact_folder_scan": (
        "{name}: gambar surat {paper} {act_name}; kodenya cocok, isinya harus dicocokkan dengan mata",
        "{name}: a picture of the paper of {paper} {act_name}; its code fits, what it says must be compared by eye",
    ),
    "fact_folder_young": (
        "{name}: log mencatatnya, tetapi belum ada titik periksa yang menutupnya; ambil log yang lebih baru",
        "{name}: the log knows it, and no checkpoint covers that yet; take a newer log",
    ),
    "fact_folder_not_entered": (
        "{name}: kodenya cocok, tetapi log tidak mencatat surat ini; mintalah surat itu dicetak lagi",
        "{name}: its code fits, and the log knows of no such paper; have it written again",
    ),
    "fact_folder_unknown": ("{name}: bukan surat log ini", "{name}: no paper of this log"),
    "fact_folder_missing": (
        "tidak ada di sini: surat {paper} {act_name}, entri {seq}",
        "not here: the paper of {paper} {act_name}, entry {seq}",
    ),
    "fact_paper_copies": (
        "log mengenal {number} cetakan surat ini, {copies} di antaranya salinan",
        "the log knows of {number} prints of this paper, {copies} of them copies",
    ),
}

PAPER_WORDS: Final = {
    "delivery": ("penerimaan", "delivery"),
    "correction": ("penyelesaian selisih", "settlement"),
    "shift": ("penutupan giliran kerja", "shift"),
    "transfer": ("serah terima antarunit", "transfer"),
    "destruction": ("pemusnahan", "destruction"),
    "destruction-list": ("daftar KTP-el yang dimusnahkan", "list of destroyed cards"),
    "stock-count": ("stok opname", "stock count"),
    "request": ("usulan blangko", "request"),
    "handover": ("penyerahan kartu", "hand-over"),
}
"""What a paper is of."""
