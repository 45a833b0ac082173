"""Who stands on the other side in the scenario, and on which papers: invented people in posts that there are."""

from __future__ import annotations

from typing import Any

_MINISTRY = "Direktorat Jenderal Kependudukan dan Pencatatan Sipil Kementerian Dalam Negeri"
_PROVINCE = "Dinas Kependudukan dan Pencatatan Sipil Provinsi Nusa Tenggara Timur"

_STORE_OF_MINISTRY = {
    "name": "WAHYU CONTOH, S.E.",
    "nip": "198204152009011001",
    "rank": "Penata (III/c)",
    "position": "Petugas Gudang Blangko KTP-el",
    "office": _MINISTRY,
}
_KEEPER_OF_PROVINCE = {
    "name": "GABRIEL CONTOH, S.Sos.",
    "nip": "197911032006041002",
    "rank": "Penata Tingkat I (III/d)",
    "position": "Pengurus Barang",
    "office": _PROVINCE,
}


def _letter(number: str, day: str) -> dict[str, str]:
    return {"number": number, "day": day}


def _collector(number: str, day: str) -> dict[str, Any]:
    return {"name": "Marta Contoh, S.E.", "position": "Pengurus Barang Pengguna", "assignment": _letter(number, day)}


OPENING: dict[str, Any] = {
    "place": "Gudang Blangko KTP-el Ditjen Dukcapil, Jakarta",
    "giver": _STORE_OF_MINISTRY,
    "given_on": "2018-07-18",
    "collector": _collector("ST.470/61/Dukcapil/VII/2018", "2018-07-16"),
    "allocation": _letter("471.13/12904/Dukcapil", "2018-07-12"),
    "grant": _letter("BAST.028/4417/BMN/2018", "2018-07-18"),
}
"""What was left of the grant of July."""

COLLECTOR = _collector("ST.470/83/Dukcapil/IX/2018", "2018-09-10")
"""Who fetches the grant of September."""

GRANT: dict[str, Any] = {
    "place": "Gudang Blangko KTP-el Ditjen Dukcapil, Jakarta",
    "given_on": "2018-09-11",
    "giver": _STORE_OF_MINISTRY,
    "collector": COLLECTOR,
    "allocation": _letter("471.13/16872/Dukcapil", "2018-09-10"),
    "grant": _letter("BAST.028/5903/BMN/2018", "2018-09-11"),
}
"""The grant of September."""

HANDED_ON: dict[str, Any] = {
    "place": "Kantor Dinas Kependudukan dan Pencatatan Sipil Provinsi Nusa Tenggara Timur, Kupang",
    "giver": _KEEPER_OF_PROVINCE,
    "collector": _collector("ST.470/97/Dukcapil/X/2018", "2018-10-17"),
    "allocation": _letter("470/1122/DKPS.3/2018", "2018-10-17"),
}
"""The thousand that the province handed on; no paper yet says who owns them."""

ALAK: dict[str, Any] = {
    "name": "DOMINGGUS CONTOH, S.H.",
    "nip": "198506212010011003",
    "rank": "Penata (III/c)",
    "position": "Kepala Seksi Pelayanan Umum",
    "office": "Kecamatan Alak",
    "assignment": _letter("ST.800/41/Kec.Alak/IX/2018", "2018-09-17"),
}
MOBILE: dict[str, Any] = {
    "name": "FRANSISKA CONTOH, A.Md.",
    "nip": "199003082015022004",
    "rank": "Pengatur Tingkat I (II/d)",
    "position": "Ketua Tim Unit Layanan Keliling 1",
    "office": "Unit Layanan Keliling 1",
    "assignment": _letter("ST.470/90/Dukcapil/IX/2018", "2018-09-24"),
}
SITES: dict[str, dict[str, Any]] = {"alak": ALAK, "mobil-1": MOBILE}
PURPOSES = {
    "alak": "pencetakan KTP-el di Kecamatan Alak",
    "mobil-1": "pelayanan keliling tanggal 25 September s.d. 2 Oktober 2018",
}
BACK_BY = {"alak": "2018-12-31", "mobil-1": "2018-10-02"}
"""Until when what is left comes back."""
