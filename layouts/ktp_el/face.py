"""The texts on the face of a KTP-el, built from the fields of one record (domain reference 3.2, 3.3 and 6)."""

import re
from collections.abc import Mapping
from datetime import date

from layouts.errors import FitError

BELIEF = "KEPERCAYAAN TERHADAP TUHAN YME"

_SEX = {"1": "LAKI-LAKI", "2": "PEREMPUAN"}
_MARITAL = {"1": "BELUM KAWIN", "2": "KAWIN", "3": "CERAI HIDUP", "4": "CERAI MATI"}
_CITIZENSHIP = {"1": "WNI"}
_RELIGION = {"1": "ISLAM", "2": "KRISTEN", "3": "KATHOLIK", "4": "HINDU", "5": "BUDHA", "6": "KHONGHUCU", "7": BELIEF}
_BLOOD_UNKNOWN = {"", "13", "TIDAK TAHU", "-"}
_REGENCY_KIND = re.compile(r"(KOTA|KABUPATEN|KAB)\b")
_FIRST_CITY = 71  # regency codes from here on are cities (domain reference 4.1)


def face(fields: Mapping[str, str]) -> dict[str, str]:
    """Line key -> text for every line of the front.

    :param fields: ``nik, nama, tempat_lahir, tgl_lahir, jenis_kelamin, gol_darah, alamat, rt, rw, prop_name, kab_name,
        kec_name, kel_name, agama, status_kawin, pekerjaan, kewarganegaraan, berlaku_hingga, tempat_terbit,
        tgl_terbit``, dates in ISO form; ``kab`` (regency code) where ``kab_name`` does not say KOTA or KABUPATEN.
        Codes are accepted where the official list is certain (sex, religion, marital status).
    :returns: ``provinsi, kabupaten, nik, nama, tempat_tgl_lahir, jenis_kelamin, gol_darah, alamat, rt_rw, kel_desa,
        kecamatan, status_kawin, pekerjaan, kewarganegaraan, berlaku_hingga, tempat_terbit, tgl_terbit`` and exactly
        one of ``agama`` and ``kepercayaan``: a believer's card carries the other label.
    :raises FitError: a field is absent, or not what the card can say; never quotes it.
    """
    religion = _RELIGION.get(_text(fields, "agama"), _text(fields, "agama"))
    believer = religion.startswith(("KEPERCAYAAN", "PENGHAYAT"))
    return {
        "provinsi": _province(_text(fields, "prop_name")),
        "kabupaten": _regency(_text(fields, "kab_name"), fields.get("kab", "")),
        "nik": _text(fields, "nik"),
        "nama": _text(fields, "nama"),
        "tempat_tgl_lahir": f"{_text(fields, 'tempat_lahir')}, {_day(fields, 'tgl_lahir')}",
        "jenis_kelamin": _word(fields, "jenis_kelamin", _SEX),
        "gol_darah": _blood(fields),
        "alamat": _text(fields, "alamat"),
        "rt_rw": f"{_number(fields, 'rt')}/{_number(fields, 'rw')}",
        "kel_desa": _text(fields, "kel_name"),
        "kecamatan": _text(fields, "kec_name"),
        **({"kepercayaan": BELIEF} if believer else {"agama": _worded("agama", religion)}),
        "status_kawin": _word(fields, "status_kawin", _MARITAL),
        "pekerjaan": _worded("pekerjaan", _text(fields, "pekerjaan")),
        "kewarganegaraan": _word(fields, "kewarganegaraan", _CITIZENSHIP),
        "berlaku_hingga": _validity(fields),
        "tempat_terbit": _text(fields, "tempat_terbit"),
        "tgl_terbit": _day(fields, "tgl_terbit"),
    }


def _text(fields: Mapping[str, str], field: str) -> str:
    """The field in capitals, single spaces."""
    value = " ".join(fields.get(field, "").split()).upper()
    if not value:
        raise FitError(field, "there is nothing to print; the record must bring a value")
    return value


def _worded(field: str, value: str) -> str:
    if value.isdigit():
        raise FitError(field, "the record brings a code that has no certain wording; it must bring the text")
    return value


def _word(fields: Mapping[str, str], field: str, codes: Mapping[str, str]) -> str:
    value = _text(fields, field)
    return _worded(field, codes.get(value, value))


def _iso_day(field: str, value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        # The cause would quote the date: no personal data in a traceback.
        raise FitError(field, "not a date in the form YYYY-MM-DD") from None
    return f"{day.day:02}-{day.month:02}-{day.year:04}"


def _day(fields: Mapping[str, str], field: str) -> str:
    return _iso_day(field, _text(fields, field))


def _validity(fields: Mapping[str, str]) -> str:
    value = _text(fields, "berlaku_hingga")
    return _iso_day("berlaku_hingga", value) if value[0].isdigit() else value


def _number(fields: Mapping[str, str], field: str) -> str:
    value = _text(fields, field)
    if not (value.isascii() and value.isdigit() and int(value) <= 999):
        raise FitError(field, "not a number from 0 to 999")
    return f"{int(value):03}"


def _blood(fields: Mapping[str, str]) -> str:
    value = " ".join(fields.get("gol_darah", "").split()).upper()
    return "-" if value in _BLOOD_UNKNOWN else _worded("gol_darah", value)


def _province(name: str) -> str:
    return name if re.match(r"PROVINSI\b", name) else f"PROVINSI {name}"


def _regency(name: str, code: str) -> str:
    """Services give bare names; KOTABARU is a name, KOTA BARU says its kind."""
    if _REGENCY_KIND.match(name):
        return name
    if not (code.isascii() and code.isdigit()):
        raise FitError(
            "kab_name", "says neither KOTA nor KABUPATEN, and the regency code (kab) that would tell is absent"
        )
    return f"{'KOTA' if int(code) >= _FIRST_CITY else 'KABUPATEN'} {name}"
