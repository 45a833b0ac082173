"""Every sentence in Indonesian and in English, by the name of its class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from printd_verify.closing_sentences import OF_CLOSINGS
from printd_verify.destruction_sentences import OF_DESTRUCTIONS
from printd_verify.pack_sentences import PACKS, PIECE
from printd_verify.paper_sentences import PAPER_WORDS, PAPERS
from printd_verify.sentences_proofs import PROOFS
from printd_verify.shop_sentences import OF_THE_SHOP

LANGUAGES: Final = ("id", "en")

_HASHES: Final = {
    "gap": (
        "entri {first} sampai {last} tidak ada",
        "the entries {first} to {last} are missing",
    ),
    "entry_altered": (
        "entri ini bukan yang dicatat: isinya tidak cocok dengan sidik yang dipegang pohon log",
        "this entry is not what was logged: its bytes do not give the hash that the tree holds",
    ),
    "leaf_altered": (
        "sidik yang disimpan di samping entri ini diubah; entrinya sendiri benar",
        "the hash stored beside this entry was altered; the entry itself is what was logged",
    ),
    "entry_or_leaf_altered": (
        "entri ini atau sidik yang disimpan di sampingnya diubah",
        "this entry or the hash stored beside it was altered",
    ),
    "entry_stray": (
        "{number} entri tersimpan di luar urutan log",
        "{number} entries are stored outside of the log's order",
    ),
    "entry_number": (
        "entri ini menyebut dirinya nomor {says}",
        "this entry calls itself number {says}",
    ),
    "entry_form": (
        "bentuknya bukan bentuk entri log ({why})",
        "it is not in the form of a log entry ({why})",
    ),
    "kind": ("jenis {kind} tidak dikenal", "there is no kind {kind}"),
    "data": (
        "isi {kind} tidak sesuai bentuknya: {field}",
        "the data of {kind} is not in its form: {field}",
    ),
    "personal": (
        "di {field} dari {kind} tampak ada NIK seseorang, yang tidak boleh ada di log",
        "{field} of {kind} seems to hold somebody's number (NIK), which no log may hold",
    ),
    "node_altered": (
        "sidik yang disimpan di atas entri {first} sampai {last} bukan sidik entri-entri itu",
        "the hash stored over the entries {first} to {last} is not theirs",
    ),
    "node_missing": (
        "sidik di atas entri {first} sampai {last} tidak ada",
        "the hash over the entries {first} to {last} is missing",
    ),
    "node_stray": (
        "pada tingkat {level} tersimpan sidik yang tidak dipunyai log sebesar ini",
        "at level {level} hashes are stored that a log of this size has not",
    ),
    "tile_altered": ("berkas {path} bukan ubin log ini", "the file {path} is not this log's tile"),
    "tile_missing": (
        "berkas {path} tidak ada atau panjangnya salah",
        "the file {path} is missing or has not the right length",
    ),
    "bundle_missing": ("berkas {path} tidak ada", "the file {path} is missing"),
    "bundle_malformed": (
        "berkas {path} rusak, terpotong atau terlalu panjang",
        "the file {path} is malformed, cut or too long",
    ),
    "end_altered": (
        "ujung log yang disimpan ({stored} entri) bukan ujung log ini ({size} entri)",
        "the stored end of the log ({stored} entries) is not the end of this one ({size} entries)",
    ),
    "excerpt_proof": ("bukti kutipan tidak sah: {why}", "the proof of the excerpt is not good: {why}"),
    "told_root": (
        "entri ini menyebut akar pohon untuk {size} entri yang lain dari akar sekarang: entri-entrinya bukan yang dulu",
        "this entry tells another root of {size} entries than they give now: they are not the ones that were there",
    ),
    "told_later": (
        "entri ini menyebut akar pohon untuk {size} entri, padahal belum ada sebanyak itu",
        "this entry tells a root of {size} entries, when there were fewer",
    ),
}

_HEADS: Final = {
    "unsigned": (
        "tidak satu pun kunci tepercaya menandatangani log ini: tidak ada yang terbukti",
        "no checkpoint of the log is signed by a key that is trusted: nothing is proved",
    ),
    "tail": (
        "{size} entri terakhir, sejak {at}, belum ditandatangani",
        "the last {size} entries, since {at}, are not signed by anybody",
    ),
    "checkpoint_root": (
        "titik periksa pada {size} entri punya akar lain: sesuatu setelah entri {since} bukan yang ditandatangani",
        "the checkpoint at {size} entries has another root: something after entry {since} is not what was signed",
    ),
    "checkpoint_note": (
        "titik periksa pada {size} entri tidak ditandatangani dengan sah: {why}",
        "the checkpoint at {size} entries is not rightly signed: {why}",
    ),
    "checkpoint_unsigned": (
        "titik periksa pada {size} entri tidak bertanda tangan",
        "the checkpoint at {size} entries has no signature",
    ),
    "checkpoint_row": (
        "titik periksa yang disimpan untuk {size} entri menyebut ukuran atau akar lain",
        "the checkpoint stored for {size} entries speaks of another size or root",
    ),
    "checkpoint_beyond": (
        "ada titik periksa untuk {size} entri, lebih banyak dari isi log: entri terakhir hilang",
        "there is a checkpoint of {size} entries, more than the log has: the last ones are missing",
    ),
    "checkpoint_key": (
        "titik periksa pada {size} entri ditandatangani kunci yang baru berlaku kemudian",
        "the checkpoint at {size} entries is signed by a key that signed the log only later",
    ),
    "generation": (
        "entri ini mengakhiri log {origin} dan meneruskannya sebagai {next}, tanpa tanda tangan kunci tepercaya",
        "this entry ends the log {origin} and goes on as {next}, and no key that is trusted vouches for it",
    ),
    "generation_key": (
        "kunci log yang diakhiri entri ini bukan kunci",
        "the key of the log that this entry ends is none",
    ),
    "kept_root": (
        "{name} menyebut akar lain untuk {size} entri: ada dua riwayat, atau entri diubah",
        "{name} has another root at {size} entries: there are two histories, or entries were altered",
    ),
    "kept_beyond": (
        "{name} menyebut {size} entri, log ini hanya punya {has}: entri hilang",
        "{name} speaks of {size} entries, this log has {has}: entries are missing",
    ),
    "kept_unreadable": ("{name} bukan titik periksa: {why}", "{name} is no checkpoint: {why}"),
    "quorum": (
        "saksi yang menandatangani tidak cukup menurut kebijakan: {witnesses}",
        "those who cosigned are not enough for the policy: {witnesses}",
    ),
    "cosignature": (
        "tanda tangan saksi {name} atas {size} entri bukan miliknya",
        "the cosignature of {name} over {size} entries is not its own",
    ),
    "witness_ahead": (
        "seorang saksi menandatangani pada waktu yang belum tiba ({time})",
        "a witness cosigned at a time that has not come ({time})",
    ),
    "proof": ("{name} bukan bukti yang sah: {why}", "{name} is no good proof: {why}"),
    "no_proofs": ("tidak ada bukti di sini", "there is no proof here"),
    "log_called": (
        "menurut entri log ini bernama {said}, menurut kuncinya {signed}",
        "by its entries the log is called {said}, by its key {signed}",
    ),
    "log_key": (
        "entri pertama menyebut kunci log {said}, padahal log ditandatangani {signed}",
        "the first entry names {said} as the log's key, and {signed} signs it",
    ),
    "log_begins": (
        "log tidak dimulai dengan nama dan dua orang pertama, atau dimulai dua kali",
        "the log does not begin with its name and first two people, or begins twice",
    ),
    "log_ended": (
        "entri ini mengakhiri log {said}, padahal namanya {was}",
        "this entry ends the log {said}, which was called {was}",
    ),
    "log_name": ("log tidak boleh dinamai {name}", "the log cannot be called {name}"),
}

_PEOPLE: Final = {
    "signature": ("tanda tangan {name} tidak sah", "the signature of {name} is not good"),
    "stranger": ("{name} tidak bekerja di sini ({kind})", "{name} does not work here ({kind})"),
    "role": (
        "{name} berperan {role} dan tidak boleh menandatangani {kind}",
        "{name} is {role} and may not sign {kind}",
    ),
    "number_of_signers": (
        "{kind} ditandatangani {number} orang, seharusnya {wanted}",
        "{number} people sign {kind}, and it must be {wanted}",
    ),
    "supervisor": ("{kind} harus ditandatangani penyelia", "{kind} must be signed by a supervisor"),
    "owner": ("{name} sendiri harus menandatangani {kind} terakhir", "{name} must sign {kind} last"),
    "about_self": (
        "{name} menandatangani {kind} tentang dirinya sendiri",
        "{name} signs {kind} about themselves",
    ),
    "first_people": (
        "entri pertama tidak ditandatangani dua orang yang didaftarkannya",
        "the first entry is not signed by the two whom it enrols",
    ),
    "name_form": ("{name} bukan nama masuk", "{name} cannot be a login name"),
    "name_taken": ("nama {name} sudah pernah dipakai", "the name {name} is or was somebody's"),
    "key_form": ("kunci {name} bukan kunci orang", "the key of {name} is not a person's key"),
    "key_weak": (
        "kunci {name} lemah: siapa pun dapat menandatangani dengannya",
        "the key of {name} is weak: anybody can sign for it",
    ),
    "key_name": ("kunci {name} bernama lain", "the key of {name} is named otherwise"),
    "key_taken": ("kunci {name} sudah milik seseorang", "the key of {name} is or was somebody's"),
    "own_card": (
        "{name} mencetak kartu {serial} dan sendirian menyatakan nasibnya",
        "{name} printed the card {serial} and alone says what became of it",
    ),
    "one_pair_of_hands": (
        "hanya {name} yang memegang kartu {serial}: tidak ada orang kedua",
        "nobody but {name} had the card {serial} in their hands: there is no second person",
    ),
    "doubt_unsigned": (
        "nasib blangko {serial} yang belum pasti tidak dinyatakan siapa pun",
        "nobody signed what became of {serial}, which was in doubt",
    ),
    "against_evidence": (
        "blangko {serial} dinyatakan tidak terpakai, padahal mesin mencetaknya, tanpa dua orang dan nomor yang dibaca",
        "{serial} is said to be unused against the printer's evidence, without two people and the serial they read",
    ),
    "unchecked": (
        "tidak dapat diperiksa: isi entri yang hilang atau diubah tidak diketahui",
        "it cannot be checked: what missing or altered entries said is not known",
    ),
    "time_back": (
        "waktunya {at}, entri sebelumnya {before}, dan tidak ada catatan jam mundur",
        "it is of {at}, the one before of {before}, and none says that the clock went back",
    ),
    "time_ahead": ("waktunya {at}, yang belum tiba", "it is of {at}, which has not come"),
}

_BLANKS: Final = {
    "elsewhere": (
        "{serial} dikatakan keluar dari {said}, padahal ada di {place}",
        "{serial} is said to leave {said}, and is in {place}",
    ),
    "unknown_blank": (
        "{serial} dikatakan keluar dari {place}, padahal tidak ada dalam penyerahan mana pun",
        "{serial} is said to leave {place}, and is of no delivery",
    ),
    "in_the_books": (
        "{serial} sudah ada dalam penyerahan {delivery}",
        "{serial} belongs to delivery {delivery} already",
    ),
    "listed_twice": ("nomor disebut dua kali, mulai {serial}", "serials are listed twice, from {serial} on"),
    "no_serials": ("tidak ada nomor yang keluar dari {place}", "no serial is named that leaves {place}"),
    "delivery_sum": (
        "penyerahan {delivery} membawa {brought} keping, di semua tempat ada {found}",
        "delivery {delivery} brought {brought} pieces, and in all places there are {found}",
    ),
    "delivery_again": ("penyerahan {delivery} sudah diberitahukan", "delivery {delivery} was announced before"),
    "received_again": ("penyerahan {delivery} sudah diterima", "delivery {delivery} was received before"),
    "unknown_delivery": ("penyerahan {delivery} tidak pernah diberitahukan", "delivery {delivery} was never announced"),
    "practice_mixed": (
        "blangko latihan dan blangko asli bercampur dalam {delivery}",
        "delivery {delivery} mixes blanks to practise with and real ones",
    ),
    "carton_closed": (
        "{serial} keluar dari karton {carton} yang masih tertutup",
        "{serial} leaves the carton {carton}, which is closed",
    ),
    "carton_again": ("karton {carton} sudah dibuka", "carton {carton} was opened before"),
    "unknown_carton": ("tidak ada karton {carton}", "there is no carton {carton}"),
    "route": (
        "tidak ada blangko berpindah dari {source} ke {target} karena {why}",
        "no blank goes from {source} to {target} for the reason {why}",
    ),
    "hopper_mixed": ("{place} berisi dua jenis blangko", "{place} holds two stock types"),
    "found_whole": (
        "{serial} ditemukan sebagai blangko, padahal ada di {place} ketika dicatat tidak ditemukan",
        "{serial} is found as a blank, and was in {place} when it was lost",
    ),
    "chip_again": ("cip di {serial} terikat pada {other}", "the chip in {serial} is bound to {other}"),
    "unknown_difference": (
        "tidak ada selisih {difference} yang belum selesai",
        "there is no open difference {difference}",
    ),
    "difference_end": (
        "selisih {difference} tidak dapat berakhir sebagai {outcome}",
        "the difference {difference} cannot end as {outcome}",
    ),
    "difference_serials": (
        "penyelesaian {difference} memindahkan keping lain dari yang diselisihkan",
        "the closing of {difference} moves other pieces than it is about",
    ),
    "receipt_left": (
        "{number} keping dari {about} tidak diterima, dan selisihnya tidak disebut",
        "{number} pieces of {about} did not arrive, and no difference names them",
    ),
    "unknown_site": ("tidak ada lokasi {site}", "there is no site {site}"),
    "site_card": (
        "pekerjaan {job} milik {site} sudah ada kartunya, atau diserahkan sebelum dicetak",
        "the job {job} of {site} has a card already, or its card was given out before it was printed",
    ),
    "transfer_again": ("pengiriman {transfer} sudah ada", "there is a transfer {transfer} already"),
    "unknown_transfer": ("pengiriman {transfer} tidak sedang jalan", "the transfer {transfer} is not on its way"),
    "unknown_incident": ("tidak ada kejadian {incident} yang belum selesai", "there is no open incident {incident}"),
    "card_again": ("kartu {card} sudah diterima kembali", "the card {card} came back before"),
    "unknown_card": ("kartu {card} tidak disimpan di sini", "the card {card} is not kept here"),
    "cards_serials": (
        "pemusnahan {destruction} menyebut blangko lain dari kartu yang dimusnahkan",
        "the destruction {destruction} names other blanks than those of its cards",
    ),
    "sample_seed": (
        "sampel {sample} tidak mengikuti titik periksa dan nomornya",
        "the sample {sample} does not follow from its checkpoint and number",
    ),
    "sample_bound": (
        "menurut sampel {sample} paling banyak {said} keping tidak ditemukan, seharusnya {found}",
        "the sample {sample} says that at most {said} pieces are missing, and it must be {found}",
    ),
    "sample_chosen": ("sampel {sample} dipilih, bukan diundi", "the sample {sample} was chosen and not drawn"),
    "sample_left": ("sampel {sample} belum dihitung", "the sample {sample} was drawn and not counted"),
    "sample_foreign": (
        "yang tidak ditemukan bukan dari sampel {sample}",
        "what was not found was not drawn with {sample}",
    ),
    "unknown_sample": ("tidak ada sampel {sample} yang menunggu", "no sample {sample} waits for its count"),
}

_CARDS: Final = {
    "job_again": ("pekerjaan {job} sudah ada", "there is a job {job} already"),
    "two_jobs": (
        "pemilik pekerjaan {job} sudah punya pekerjaan {other} yang belum selesai",
        "the holder of job {job} has the job {other}, which is not over",
    ),
    "unknown_job": ("pekerjaan {job} tidak ada atau sudah selesai", "there is no job {job}, or it is over"),
    "job_state": (
        "pekerjaan {job} berstatus {state}: {event} tidak dapat terjadi",
        "job {job} is {state}, and {event} cannot happen to it",
    ),
    "second_card": (
        "pekerjaan {job} berstatus {state} dan dicetak lagi: kartu kedua",
        "job {job} is {state} and is printed again: a second card",
    ),
    "released_otherwise": (
        "pekerjaan {job} ditahan karena {why}; {act} tidak menjawabnya",
        "job {job} is held because of {why}, for which {act} does not answer",
    ),
    "no_warnings": ("data {record} tidak punya peringatan yang menunggu", "record {record} has no warnings that wait"),
    "other_warnings": ("itu bukan peringatan data {record}", "those are not the warnings of record {record}"),
    "attempt_again": ("percobaan {attempt} sudah dimulai", "the attempt {attempt} began before"),
    "attempt_number": (
        "disebut percobaan ke-{said} pekerjaan ini, seharusnya ke-{number}",
        "it is said to be attempt {said} of its job, and is attempt {number}",
    ),
    "attempt_state": (
        "percobaan {attempt} berstatus {state} dan tidak dapat menjadi {outcome}",
        "the attempt {attempt} is {state} and cannot become {outcome}",
    ),
    "unknown_attempt": (
        "percobaan {attempt} tidak ada atau sudah selesai",
        "there is no attempt {attempt}, or it is over",
    ),
    "ends_there": ("{event} tidak berakhir di {place}", "nothing that is {event} is in {place}"),
    "scanned_other": ("yang dibaca {serial}, yang dicatat {booked}", "{serial} was read, and {booked} is booked"),
    "corrected_other": ("koreksi {serial} tidak sesuai kartunya", "the correction of {serial} does not fit its card"),
    "wrong_blank": ("{serial} bukan blangko untuk pekerjaan {job}", "{serial} is not a blank for job {job}"),
    "not_overridden": (
        "tidak ada dua orang yang mendahulukan pekerjaan {job}",
        "no two people let the job {job} go first",
    ),
    "other_class": (
        "pekerjaan {job} disebut dilayani menurut kelas {said}, padahal kelasnya {own}",
        "the job {job} is said to go by the class {said}, and its class is {own}",
    ),
    "stopped_blank": (
        "{serial} dicetak meskipun ada kejadian {incident}",
        "{serial} is printed in spite of the incident {incident}",
    ),
    "unknown_printer": ("tidak ada mesin cetak {printer}", "there is no printer {printer}"),
    "retired_printer": ("mesin cetak {printer} sudah dipensiunkan", "the printer {printer} is retired"),
    "printer_again": ("mesin cetak {printer} sudah ada", "there is a printer {printer} already"),
    "machine_again": (
        "mesin {serial_number} sudah dipakai dengan nama lain dari {printer}",
        "the machine {serial_number} has another name than {printer} already",
    ),
    "printer_busy": (
        "mesin cetak {printer} mulai lagi, padahal nasib {serial} belum jelas",
        "{printer} begins again while nobody knows what became of {serial}",
    ),
    "retired_at_work": (
        "mesin cetak {printer} dipensiunkan saat bekerja atau berisi blangko",
        "{printer} is retired while it works or holds blanks",
    ),
    "not_paused": ("cetak uji di {printer}, padahal mesin cetak bekerja", "a test print on {printer}, which works"),
    "unanswered": (
        "{printer} mulai bekerja, padahal belum ada yang bertanggung jawab atas entri {found}",
        "{printer} is let work while nobody answers for entry {found}",
    ),
    "answers_nothing": (
        "tidak ada yang menunggu tanggung jawab pada entri {found}",
        "nothing in entry {found} waits for an answer",
    ),
    "resumed": (
        "entri {said} bukan yang terakhir mengizinkan {printer} bekerja, atau pemberi izin tidak lagi bekerja di sini",
        "entry {said} is not the last in which somebody who works here let {printer} work",
    ),
    "counter_back": (
        "penghitung kartu {printer} mundur dari {before} ke {now}",
        "the card counter of {printer} went back from {before} to {now}",
    ),
    "counter_gap": (
        "penghitung kartu {printer} naik dari {before} ke {now}, entri hanya mengenal {known} kartu",
        "the card counter of {printer} went from {before} to {now}, and entries know of {known} cards at most",
    ),
}

_CLOSINGS: Final = {
    "shift_open": (
        "giliran kerja {shift} dibuka, padahal {now} belum ditutup",
        "shift {shift} is opened while {now} is open",
    ),
    "shift_state": (
        "giliran kerja {shift} tidak dalam keadaan itu ({state})",
        "shift {shift} is not in the state for it ({state})",
    ),
    "other_shift": (
        "blangko berpindah untuk giliran kerja {shift}, yang sedang dibuka {now}",
        "blanks move for shift {shift}, and the open one is {now}",
    ),
    "moved_in_count": ("blangko berpindah saat {shift} dihitung", "blanks move while {shift} is counted"),
    "printed_in_count": ("kartu dicetak saat {shift} dihitung", "a card is begun while {shift} is counted"),
    "closed_in_doubt": (
        "{shift} ditutup, padahal nasib {number} blangko belum jelas",
        "{shift} is closed while nobody knows what became of {number} blanks",
    ),
    "left_behind": ("{number} blangko tertinggal di {place}", "{number} blanks are left in {place}"),
    "closing_sum": (
        "angka penutupan {stock_type} tidak seimbang: {lacking}",
        "the figures of the closing do not add up for {stock_type}: {lacking}",
    ),
    "not_in_stock": (
        "{label} dibuka, padahal tidak ada dalam persediaan",
        "{label} is opened, and none of it is in stock",
    ),
    "booked_in": (
        "{label} disebut tidak pernah dibukukan masuk, padahal sudah",
        "{label} is said never to have been booked in, and it was",
    ),
    "request_sum": (
        "angka tahun berjalan {stock_type} dalam permohonan tidak seimbang: {lacking}",
        "the figures of the year in the request do not add up for {stock_type}: {lacking}",
    ),
    "request_figure": (
        "permohonan menyebut saldo {stock_type} {said}, menurut entri {found}",
        "the request tells {said} of {stock_type} on hand, the entries {found}",
    ),
    "request_difference": (
        "yang dimohon {asked}, menurut perhitungan {computed}, dan alasannya tidak sesuai",
        "{asked} are asked for, {computed} were computed, and the reason for the difference does not fit",
    ),
    "closing_figure": (
        "penutupan menyebut {figure} {stock_type} {said}, menurut entri {found}",
        "the closing tells {said} {figure} of {stock_type}, the entries {found}",
    ),
    "closing_spoiled": (
        "penutupan menyebut rusak: {said}; menurut entri: {found}",
        "the closing tells spoiled: {said}; the entries: {found}",
    ),
    "closing_outcomes": (
        "penutupan menyebut hasil: {said}; menurut entri: {found}",
        "the closing tells outcomes: {said}; the entries: {found}",
    ),
    "closing_place": (
        "menurut berita acara di {place} tercatat {said}, menurut entri {found}",
        "the act has {said} booked in {place}, the entries {found}",
    ),
    "closing_gap": (
        "di {place} dihitung {counted}, tercatat {book}, dan selisihnya tidak disebut",
        "{counted} were counted in {place} and {book} are booked, and the act names no gap",
    ),
    "closing_chain": (
        "penutupan mulai dengan {said} {stock_type}, yang sebelumnya berakhir dengan {found}",
        "the closing begins with {said} of {stock_type}, and the one before ended with {found}",
    ),
    "not_counted": ("tidak ada hitungan dari {names}", "there is no count of {names}"),
    "counts_differ": ("hitungan {names} tidak sama", "the counts of {names} differ"),
    "count_told": (
        "berita acara menyebut {said} dihitung di {place}, lembar hitung {found}",
        "the act says that {said} were counted in {place}, the sheet {found}",
    ),
}

_FACTS: Final = {
    "verdict_good": ("SEMUA COCOK", "ALL HOLDS"),
    "verdict_bad": ("TIDAK COCOK: {number} jenis ketidaksesuaian", "IT DOES NOT HOLD: {number} classes of findings"),
    "entry": ("entri {entry}", "entry {entry}"),
    "more": ("... dan {number} lagi", "... and {number} more"),
    "fact_log": ("log {origin}, {size} entri, akar {root}", "log {origin}, {size} entries, root {root}"),
    "fact_signed": (
        "ditandatangani sampai {size} entri; {tail} entri lebih baru",
        "signed up to {size} entries; {tail} are younger",
    ),
    "fact_excerpt": (
        "kutipan: entri {first} sampai {last}; bukan seluruh log",
        "an excerpt: the entries {first} to {last}; it is not the whole log",
    ),
    "fact_people": ("{number} tanda tangan orang sah", "{number} signatures of people are good"),
    "fact_quick": (
        "dilihat sekilas: entri dan tanda tangan orang tidak diperiksa",
        "a quick look: entries and signatures of people were not checked",
    ),
    "fact_proofs": (
        "bukti entri satu per satu; apakah ada entri lain hanya terlihat di log lengkap",
        "proofs of single entries; whether there are others only the whole log can tell",
    ),
    "fact_since": (
        "tanda tangan orang diperiksa mulai entri {first}",
        "signatures of people were checked from entry {first} on",
    ),
    "fact_unchecked": (
        "{number} hal hanya dapat diperiksa dengan entri sebelum kutipan",
        "{number} things can only be checked with the entries below the excerpt",
    ),
    "fact_pack": (
        "semua berkas, tabel, dan laporan dicocokkan dengan entri-entri",
        "every file, table and report was held against the entries",
    ),
    "fact_witness": ("saksi {name} pada {at}", "witness {name} at {at}"),
    "fact_kept": ("{name} cocok", "{name} is of this log"),
    "fact_lost": (
        "{name} menyangkut entri yang hilang menurut dua orang",
        "{name} is of entries that two people said were lost",
    ),
    "no_log_here": ("tidak ada log di {path}", "there is no log in {path}"),
    "no_such_file": ("{path} tidak dapat dibaca", "{path} cannot be read"),
    "no_checkpoint_file": ("{path} tidak punya titik periksa", "{path} has no checkpoint"),
    "checkpoint_unreadable": ("{path} bukan titik periksa", "{path} is no checkpoint"),
    "excerpt_unreadable": ("{path} tidak menyebut kutipan", "{path} does not tell an excerpt"),
    "database_unreadable": ("{path} bukan basis data log: {why}", "{path} is no database with a log: {why}"),
    "bad_policy": ("{path} bukan kebijakan: {why}", "{path} is no policy: {why}"),
    "bad_vkey": ("itu bukan kunci log: {why}", "that is no key of a log: {why}"),
    "bad_checkpoint": ("{name} bukan titik periksa: {why}", "{name} is no checkpoint: {why}"),
}

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    **_HASHES,
    **_HEADS,
    **_PEOPLE,
    **_BLANKS,
    **OF_DESTRUCTIONS,
    **_CARDS,
    **_CLOSINGS,
    **OF_THE_SHOP,
    **PACKS,
    **PIECE,
    **OF_CLOSINGS,
    **_FACTS,
    **PROOFS,
    **PAPERS,
}


def say(code: str, what: Mapping[str, str | int], language: str) -> str:
    """Return a sentence in a language."""
    number = LANGUAGES.index(language)
    words = PAPER_WORDS.get(str(what.get("paper")))
    return SENTENCES[code][number].format_map(what if words is None else {**what, "paper": words[number]})
