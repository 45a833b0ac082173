"""Code lists of the registry and the words they stand for on a card (domain reference 1.1, 1.2 and 3.3)."""

from typing import Final

SEX: Final = {"1": "LAKI-LAKI", "2": "PEREMPUAN"}

SEX_WORDS: Final = {
    "LAKI-LAKI": "LAKI-LAKI",
    "LAKI - LAKI": "LAKI-LAKI",
    "LAKI LAKI": "LAKI-LAKI",
    "L": "LAKI-LAKI",
    "PEREMPUAN": "PEREMPUAN",
    "P": "PEREMPUAN",
}

SEX_ENGLISH: Final = {"MALE": "LAKI-LAKI", "FEMALE": "PEREMPUAN"}
"""Foreigners' cards carry sex, marital status and occupation in English (domain reference 3.2)."""

BELIEF: Final = "KEPERCAYAAN TERHADAP TUHAN YME"

RELIGION: Final = dict(
    enumerate(("ISLAM", "KRISTEN", "KATHOLIK", "HINDU", "BUDHA", "KHONGHUCU", BELIEF), 1),
)

RELIGION_SPELLINGS: Final = frozenset({*RELIGION.values(), "KATOLIK", "BUDDHA", "KONGHUCU"})
"""Spellings vary between systems; the card shows the one that the record brings."""

MARITAL: Final = dict(enumerate(("BELUM KAWIN", "KAWIN", "CERAI HIDUP", "CERAI MATI"), 1))

BLOOD: Final = dict(enumerate(("A", "B", "AB", "O", "A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-", "-"), 1))

BLOOD_UNKNOWN: Final = frozenset({"", "-", "TIDAK TAHU", "TDK TH"})

STATUSES: Final = frozenset(
    {
        "UNREGISTERED",
        "BIO_CAPTURED",
        "PROCESSING",
        "SENT_FOR_ENROLLMENT",
        "RECEIVED_AT_CENTRAL",
        "ENROLL_FAILURE_AT_CENTRAL",
        "ENROLL_FAILURE_AT_REGIONAL",
        "SEARCH_FAILURE_AT_CENTRAL",
        "ADJUDICATE_RECORD",
        "REQUEST_VALIDATION",
        "DUPLICATE_RECORD",
        "PRINT_READY_RECORD",
        "SENT_FOR_CARD_PRINTING",
        "CARD_PRINTED",
        "CARD_SHIPPED",
        "CARD_ISSUED",
        "BELUM_WAJIB",
        "BELUM_REKAM",
        "SUDAH_REKAM",
    }
)

_SHORT: Final = {
    "PRR": "PRINT_READY_RECORD",
    "CP": "CARD_PRINTED",
    "CS": "CARD_SHIPPED",
    "CI": "CARD_ISSUED",
    "SFCP": "SENT_FOR_CARD_PRINTING",
    "SFE": "SENT_FOR_ENROLLMENT",
    "PRO": "PROCESSING",
    "DUP": "DUPLICATE_RECORD",
    "EFAC": "ENROLL_FAILURE_AT_CENTRAL",
}

OCCUPATIONS: Final = (
    "BELUM/TIDAK BEKERJA",
    "MENGURUS RUMAH TANGGA",
    "PELAJAR/MAHASISWA",
    "PENSIUNAN",
    "PEGAWAI NEGERI SIPIL (PNS)",
    "TENTARA NASIONAL INDONESIA (TNI)",
    "KEPOLISIAN RI (POLRI)",
    "PERDAGANGAN",
    "PETANI/PEKEBUN",
    "PETERNAK",
    "NELAYAN/PERIKANAN",
    "INDUSTRI",
    "KONSTRUKSI",
    "TRANSPORTASI",
    "KARYAWAN SWASTA",
    "KARYAWAN BUMN",
    "KARYAWAN BUMD",
    "KARYAWAN HONORER",
    "BURUH HARIAN LEPAS",
    "BURUH TANI/PERKEBUNAN",
    "BURUH NELAYAN/PERIKANAN",
    "BURUH PETERNAKAN",
    "PEMBANTU RUMAH TANGGA",
    "TUKANG CUKUR",
    "TUKANG LISTRIK",
    "TUKANG BATU",
    "TUKANG KAYU",
    "TUKANG SOL SEPATU",
    "TUKANG LAS/PANDAI BESI",
    "TUKANG JAHIT",
    "TUKANG GIGI",
    "PENATA RIAS",
    "PENATA BUSANA",
    "PENATA RAMBUT",
    "MEKANIK",
    "SENIMAN",
    "TABIB",
    "PARAJI",
    "PERANCANG BUSANA",
    "PENTERJEMAH",
    "IMAM MASJID",
    "PENDETA",
    "PASTOR",
    "WARTAWAN",
    "USTADZ/MUBALIGH",
    "JURU MASAK",
    "PROMOTOR ACARA",
    "ANGGOTA DPR-RI",
    "ANGGOTA DPD",
    "ANGGOTA BPK",
    "PRESIDEN",
    "WAKIL PRESIDEN",
    "ANGGOTA MAHKAMAH KONSTITUSI",
    "ANGGOTA KABINET KEMENTERIAN",
    "DUTA BESAR",
    "GUBERNUR",
    "WAKIL GUBERNUR",
    "BUPATI",
    "WAKIL BUPATI",
    "WALIKOTA",
    "WAKIL WALIKOTA",
    "ANGGOTA DPRD PROVINSI",
    "ANGGOTA DPRD KABUPATEN/KOTA",
    "DOSEN",
    "GURU",
    "PILOT",
    "PENGACARA",
    "NOTARIS",
    "ARSITEK",
    "AKUNTAN",
    "KONSULTAN",
    "DOKTER",
    "BIDAN",
    "PERAWAT",
    "APOTEKER",
    "PSIKIATER/PSIKOLOG",
    "PENYIAR TELEVISI",
    "PENYIAR RADIO",
    "PELAUT",
    "PENELITI",
    "SOPIR",
    "PIALANG",
    "PARANORMAL",
    "PEDAGANG",
    "PERANGKAT DESA",
    "KEPALA DESA",
    "BIARAWATI",
    "WIRASWASTA",
    "LAINNYA",
)
"""The 89 occupations of the long-standing list; the code is the position, counted from 1."""


def map_status(verbatim: str | None) -> str | None:
    """Return the status name of the domain reference 1.1 that a remote status means, None when it is not known.

    Takes the long names in any case, with spaces, hyphens or underscores, and the short codes printed on temporary
    certificates (PRR, CP, CS, CI, SFCP, SFE, Pro, DUP, Efac). What is not known must not be printed.
    """
    if verbatim is None:
        return None
    name = "_".join(verbatim.upper().replace("-", " ").replace("_", " ").split())
    name = _SHORT.get(name, name)
    return name if name in STATUSES else None
