"""Sentences on proofs and bundles of them, in Indonesian and in English, by the name of their class."""

from __future__ import annotations

from typing import Final

PROOFS: Final = {
    "bundle_heads": (
        "bukti-bukti dalam {name} berdiri di atas titik periksa yang berbeda",
        "the proofs in {name} stand under different checkpoints",
    ),
    "bundle_order": (
        "entri-entri dalam {name} tidak berurutan, atau ada yang dua kali",
        "the entries in {name} are not in order, or one is there twice",
    ),
    "fork": (
        "kunci log {origin} menandatangani dua akar untuk {size} entri: ada dua riwayat",
        "the key of {origin} signed two roots at {size} entries: there are two histories",
    ),
    "left_out": (
        "entri yang menjadi dasarnya ({kind}) tidak ada dalam berkas bukti: ada yang dihilangkan",
        "the entry that it builds upon ({kind}) is not in the bundle: something was left out",
    ),
    "key_left_out": (
        "tidak ada entri dalam berkas bukti yang memberi kunci kepada {name}: tanda tangannya tidak dapat diperiksa",
        "no entry in the bundle gives {name} a key: their signature cannot be checked",
    ),
    "signature_here": (
        "tanda tangan {name} tidak cocok dengan kunci yang disebut bukti-bukti ini",
        "the signature of {name} does not fit the key that these proofs give them",
    ),
    "stray": (
        "entri ini bukan tentang {name}, dan tidak seharusnya ada dalam berkas bukti",
        "this entry is not about {name}, and should not be in the bundle",
    ),
    "nothing_about": (
        "berkas bukti menyebut dirinya tentang {noun} {name}, dan tidak ada entri di dalamnya yang memulainya",
        "the bundle calls itself one of {noun} {name}, and no entry in it says where that began",
    ),
    "record_other": (
        "berkas-berkas itu bukan yang diterima sebagai data {record}",
        "those files are not the ones that were taken in as record {record}",
    ),
    "record_closed": (
        "berkas bukti tidak membuka data {record}: apakah berkas-berkas itu yang diterima, tidak dapat diketahui",
        "the bundle does not open record {record}: whether those files were taken in cannot be told",
    ),
    "fact_about_blank": (
        "tentang blangko {name}: {number} entri, dan {people} entri tentang orang yang menandatangani",
        "about blank {name}: {number} entries, and {people} that tell who signs",
    ),
    "fact_about_job": (
        "tentang pekerjaan {name}: {number} entri, dan {people} entri tentang orang yang menandatangani",
        "about job {name}: {number} entries, and {people} that tell who signs",
    ),
    "fact_about_record": (
        "tentang data {name}: {number} entri, dan {people} entri tentang orang yang menandatangani",
        "about record {name}: {number} entries, and {people} that tell who signs",
    ),
    "fact_step": ("  {entry}  {at}  {kind}  {by}  {way}", "  {entry}  {at}  {kind}  {by}  {way}"),
    "fact_place": (
        "menurut entri-entri ini blangko berada di {place} sejak entri {entry}",
        "by these entries the blank is in {place} since entry {entry}",
    ),
    "fact_same_record": (
        "berkas-berkas itulah yang diterima sebagai data ini",
        "those files are the ones that were taken in as this record",
    ),
    "fact_open_record": (
        "siapa yang memegang berkas data ini dapat mencocokkannya dengan --record; orang lain tidak mengetahui apa-apa",
        "whoever has the files of this record can hold them against it with --record; nobody else learns anything",
    ),
    "fact_closed_record": (
        "berkas bukti tidak membuka data ini kepada siapa pun",
        "the bundle opens this record to nobody",
    ),
    "fact_erased_record": (
        "data ini dihapus (entri {entry}) dengan kuncinya: milik siapa, tidak dapat dibuktikan lagi oleh siapa pun",
        "this record was erased (entry {entry}) with its key: whose it was nobody can prove any more",
    ),
    "fact_not_whole": (
        "tidak terbukti: bahwa tidak ada entri lain tentangnya; hanya log lengkap ({size} entri) dapat memastikannya",
        "not proved: that no other entry is about it; only the whole log ({size} entries) can tell",
    ),
    "fact_may_lack": (
        "dapat hilang tanpa terlihat: yang tidak memindahkannya, sepasang yang saling meniadakan, dan yang terakhir",
        "could lack unseen: an entry that takes it nowhere, a pair that cancel each other out, and the last ones",
    ),
    "fact_after": (
        "apa yang terjadi sesudah {size} entri itu tidak dibuktikan di sini",
        "what happened after those {size} entries is not proved here",
    ),
    "fact_unknown": (
        "{number} tanda tangan orang tidak dapat diperiksa: bukti entri yang menyebut kuncinya tidak ada di sini",
        "{number} signatures of people cannot be checked: the proof of the entry with their key is not here",
    ),
}
