"""Print-ready records: from the bytes of one JSON file to a record that may be printed, or to reasons why not.

Field names as in the domain reference section 6: those of the ministry's services (`NAMA_LGKP`) and our own (`nama`)
are both read, in any case. Services send more than a card shows; members that are not known here are counted and left
out. Findings are sentences for the operator; they name fields, never what stands in them.
"""

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from printd.intake.fields import Fields
from printd.intake.findings import Finding, RecordRefused
from printd.intake.nik import FIRST_CITY, Nik, NikError, parse_nik
from printd.intake.reading import read_members
from printd.intake.vocabulary import SEX_ENGLISH, map_status
from printd.shop.areas import AreaTable

__all__ = [
    "Finding",
    "ParsedRecord",
    "PrintReadyRecord",
    "RecordRefused",
    "map_status",
    "parse_record",
]

_SPLIT_PROVINCES: Final = frozenset({"64", "91", "92", "93", "94", "95", "96"})
"""Provinces from which others were made or which were renumbered: old numbers carry codes that no table lists any more
(domain reference 4.1, edge cases)."""

_REGENCY_KIND: Final = re.compile(r"(KOTA|KABUPATEN|KAB)\b")

_Code2 = Annotated[str, StringConstraints(pattern=r"^([0-9]{2})?$")]
_Number3 = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]


def _text(limit: int, least: int = 1) -> Any:
    return Field(min_length=least, max_length=limit)


class PrintReadyRecord(BaseModel):
    """One person's card as it will be printed: words instead of codes, padded numbers, real dates.

    `repr` and validation errors show no values. Empty text means "the source did not say" where that is allowed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    nik: Annotated[str, StringConstraints(pattern=r"^[0-9]{16}$")]
    no_kk: Annotated[str, StringConstraints(pattern=r"^([0-9]{16})?$")] = ""
    nama: str = _text(60)
    tempat_lahir: str = _text(60)
    tgl_lahir: date
    jenis_kelamin: Literal["LAKI-LAKI", "PEREMPUAN", "MALE", "FEMALE"]
    gol_darah: str = _text(3)
    alamat: str = _text(120)
    rt: _Number3
    rw: _Number3
    no_prop: _Code2 = ""
    no_kab: _Code2 = ""
    no_kec: _Code2 = ""
    no_kel: Annotated[str, StringConstraints(pattern=r"^([0-9]{4})?$")] = ""
    prop_name: str = _text(100)
    kab_name: str = _text(100)
    kec_name: str = _text(100)
    kel_name: str = _text(100)
    agama: str = _text(60)
    status_kawin: str = _text(20)
    pekerjaan: str = _text(60)
    kewarganegaraan: str = _text(40)
    berlaku_hingga: Annotated[str, StringConstraints(pattern=r"^(SEUMUR HIDUP|[0-9]{4}-[0-9]{2}-[0-9]{2})$")]
    stock_type: Literal["WNI", "OA"] = "WNI"
    generation: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9._-]{1,32})?$")] = ""
    tempat_terbit: str = _text(39, 0)
    remote_status: str = _text(40, 0)
    status_at: str = _text(40, 0)
    local_id: str = _text(40, 0)
    reason: str = _text(20)
    reason_doc: str = _text(60, 0)
    old_card: str = _text(20, 0)
    priority_class: int | None = None
    origin_site: str = _text(13, 0)

    def __repr__(self) -> str:
        return "PrintReadyRecord(...)"

    def __str__(self) -> str:
        return repr(self)

    @property
    def local_status(self) -> str | None:
        """The remote status in the words of `map_status`; None is unknown and must not be printed."""
        return map_status(self.remote_status)

    def face_fields(self) -> dict[str, str]:
        """Return the text fields of the card's front under our names, dates in ISO form.

        `berlaku_hingga` is SEUMUR HIDUP, or for foreigners the date on which the permit ends. `no_kab` is the regency
        number (from 71 on a city) or empty; `tempat_terbit` is empty when the source left it to the office.
        """
        names = (
            "nik nama tempat_lahir tgl_lahir jenis_kelamin gol_darah alamat rt rw prop_name kab_name kec_name kel_name "
            "agama status_kawin pekerjaan kewarganegaraan berlaku_hingga tempat_terbit no_kab"
        )
        return {name: str(getattr(self, name)) for name in names.split()}

    def to_json(self) -> bytes:
        """Return the record in one fixed byte form for encrypted storage: sorted members, no spaces, UTF-8."""
        members = self.model_dump(mode="json")
        return json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, raw: bytes) -> "PrintReadyRecord":
        """Read back what `to_json` wrote; raises ValueError (without any value in it) for anything else."""
        return cls.model_validate_json(raw)


@dataclass(frozen=True)
class ParsedRecord:
    """A record that may enter and the warnings that travel with it.

    `photo` and `signature` are pictures given inline, as bytes not yet looked at.
    """

    record: PrintReadyRecord
    findings: tuple[Finding, ...]
    photo: bytes | None
    signature: bytes | None


def parse_record(raw: bytes, *, areas: AreaTable, today: date) -> ParsedRecord:
    """Read one record.

    Raises RecordRefused with every error (and warning) found, so that the operator sees all of them at once.
    """
    fields = Fields(read_members(raw))
    nik = _nik(fields, areas)
    values = _person(fields, today) | _place(fields, areas) | _administrative(fields)
    if nik is not None:
        values["nik"] = fields.raw_text("nik")
        _compare(fields, nik, values)
    photo, signature = fields.picture("foto"), fields.picture("tanda_tangan")
    if fields.refused:
        raise RecordRefused(tuple(fields.findings))
    return ParsedRecord(PrintReadyRecord(**values), tuple(fields.findings), photo, signature)


def _nik(fields: Fields, areas: AreaTable) -> Nik | None:
    text = fields.raw_text("nik", required=True)
    if not text:
        return None
    try:
        nik = parse_nik(text)
    except NikError as error:
        fields.error(error.code, "nik", str(error) + " Compare it with the family card and correct it at the source.")
        return None
    if areas.judge(nik.regency_code) == "unknown":
        if nik.province in _SPLIT_PROVINCES:
            fields.warn("nik_old_regency", "nik")
        else:
            fields.error(
                "nik_unknown_regency",
                "nik",
                "The first four digits of the identity number are no regency or "
                "city. Compare it with the family card and correct it at the source.",
            )
    elif areas.judge(nik.district_code) == "unknown":
        fields.warn("nik_unknown_district", "nik")
    return nik


def _person(fields: Fields, today: date) -> dict[str, Any]:
    foreign = fields.stock_type() == "OA"
    return {
        "no_kk": fields.number_text("no_kk", 16),
        "nama": fields.name("nama"),
        "tempat_lahir": fields.text("tempat_lahir", 60, required=True),
        "tgl_lahir": fields.birth_date("tgl_lahir", today),
        "jenis_kelamin": fields.sex(foreign=foreign),
        "gol_darah": fields.blood(),
        "agama": fields.religion(),
        "status_kawin": fields.marital(foreign=foreign),
        "pekerjaan": fields.occupation(foreign=foreign),
        "kewarganegaraan": fields.citizenship(foreign=foreign),
        "berlaku_hingga": fields.valid_until(foreign=foreign),
    }


def _place(fields: Fields, areas: AreaTable) -> dict[str, Any]:
    values: dict[str, Any] = {
        "alamat": fields.text("alamat", 120, required=True),
        "rt": fields.whole("rt", 0, 999, 3, required=True),
        "rw": fields.whole("rw", 0, 999, 3, required=True),
        "no_prop": fields.whole("no_prop", 11, 96, 2),
        "no_kab": fields.whole("no_kab", 1, 99, 2),
        "no_kec": fields.whole("no_kec", 1, 99, 2),
        "no_kel": fields.whole("no_kel", 1001, 9999, 4),
    }
    code = ""
    for number, name in (
        ("no_prop", "prop_name"),
        ("no_kab", "kab_name"),
        ("no_kec", "kec_name"),
        ("no_kel", "kel_name"),
    ):
        code = f"{code}.{values[number]}".lstrip(".")
        known = areas.name(code)  # a gap in the numbers leaves a code that no table has
        values[name] = fields.text(name, 100, required=known is None) or (known or "").upper()
    values["kab_name"] = _with_kind(fields, values["kab_name"], values["no_kab"])
    return values


def _with_kind(fields: Fields, name: str, number: str) -> str:
    """Services give bare names, but the card's second line says whether it is a city or a regency."""
    if not name or _REGENCY_KIND.match(name):
        return name
    if number:
        return f"{'KOTA' if int(number) >= FIRST_CITY else 'KABUPATEN'} {name}"
    message = (
        "The regency's name says neither KOTA nor KABUPATEN, and its number (NO_KAB) is missing. Bring one of them."
    )
    fields.error("kab_kind", "kab_name", message)
    return ""


def _administrative(fields: Fields) -> dict[str, Any]:
    return {
        "stock_type": fields.stock_type(report=True),
        "generation": fields.generation(),
        "tempat_terbit": fields.text("tempat_terbit", 39),
        "remote_status": fields.text("remote_status", 40, upper=False),
        "status_at": fields.text("status_at", 40, upper=False),
        "local_id": fields.text("local_id", 40, upper=False),
        "reason": fields.reason(),
        "reason_doc": fields.text("reason_doc", 60, upper=False),
        "old_card": fields.text("old_card", 20, upper=False),
        "priority_class": fields.priority(),
        "origin_site": fields.origin(),
    }


def _compare(fields: Fields, nik: Nik, values: dict[str, Any]) -> None:
    """A number is never replaced when the data is corrected, so a difference asks for a look, not for a stop."""
    born, sex = values["tgl_lahir"], values["jenis_kelamin"]
    if born is not None and not nik.agrees_with(born):
        fields.warn("nik_date_mismatch", "tgl_lahir")
    if sex and SEX_ENGLISH.get(sex, sex) != nik.sex:
        fields.warn("nik_sex_mismatch", "jenis_kelamin")
