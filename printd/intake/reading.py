"""From bytes to members: strict JSON under limits, and the two spellings of every field name brought together."""

import json
from typing import Any, Final, NoReturn

from printd.intake.findings import Finding, RecordRefused, refuse

MAX_BYTES: Final = 4 * 1024 * 1024
"""Longest record file, pictures inline as base64 included."""

_MAX_DEPTH: Final = 16
_MAX_DIGITS: Final = 20

_FOREIGN_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00")

FIELD_OF: Final = {
    "nama_lgkp": "nama",
    "tmpt_lhr": "tempat_lahir",
    "tgl_lhr": "tgl_lahir",
    "jenis_klmin": "jenis_kelamin",
    "gol_drh": "gol_darah",
    "no_rt": "rt",
    "no_rw": "rw",
    "prop": "no_prop",
    "kab": "no_kab",
    "kec": "no_kec",
    "kel": "no_kel",
    "stat_kwn": "status_kawin",
    "jenis_pkrjn": "pekerjaan",
    "masa_berlaku": "berlaku_hingga",
    "ttd": "tanda_tangan",
    "ektp_status": "remote_status",
    "ektp_created": "status_at",
    "ektp_local_id": "local_id",
} | {
    name: name
    for name in [
        "nik",
        "no_kk",
        "nama",
        "tempat_lahir",
        "tgl_lahir",
        "jenis_kelamin",
        "gol_darah",
        "alamat",
        "rt",
        "rw",
        "no_prop",
        "no_kab",
        "no_kec",
        "no_kel",
        "prop_name",
        "kab_name",
        "kec_name",
        "kel_name",
        "agama",
        "status_kawin",
        "pekerjaan",
        "kewarganegaraan",
        "berlaku_hingga",
        "stock_type",
        "generation",
        "foto",
        "tanda_tangan",
        "tempat_terbit",
        "remote_status",
        "status_at",
        "local_id",
        "reason",
        "reason_doc",
        "old_card",
        "priority_class",
        "origin_site",
    ]
}
"""Our field for every spelling that is read, in lower case."""


def read_members(raw: bytes) -> dict[str, Any]:
    """Return the known members under our names; empty ones and unknown ones are left out.

    Raises RecordRefused with the code record_size, encoding, not_json, too_deep, duplicate_key or conflicting_fields.
    """
    pairs = _parse(_decode(raw))
    members: dict[str, Any] = {}
    conflicts = []
    for name, value in pairs.items():
        field = FIELD_OF.get(name.lower())
        if field is None or value is None or value == "":
            continue
        if field in members and _plain(members[field]) != _plain(value):
            message = (
                f"The field {field} is there in two spellings with different contents. Only the source can tell which."
            )
            conflicts.append(Finding("error", "conflicting_fields", field, message))
        else:
            members[field] = value
    if conflicts:
        raise RecordRefused(tuple(conflicts))
    return members


def _plain(value: object) -> str:
    return str(value).strip()


def _decode(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise refuse(
            "record_size", f"The file has {len(raw)} bytes; a record with its pictures has at most {MAX_BYTES}."
        )
    if raw.startswith(_FOREIGN_MARKS) or raw[1:2] == b"\x00":
        raise refuse("encoding", "The file is UTF-16 or UTF-32 text, or no text at all. Save it as UTF-8.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = (
            f"The file is not UTF-8 (byte {error.start}). It may be saved in a Windows code page; save it as UTF-8."
        )
        raise refuse("encoding", message) from None


def _parse(text: str) -> dict[str, Any]:
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_int=_whole, parse_float=_number, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        message = (
            f"The file is not JSON: line {error.lineno}, column {error.colno}: {error.msg}. It may be cut short; have "
            "it delivered again."
        )
        # The cause carries the whole text: no personal data in a traceback, here and below.
        raise refuse("not_json", message) from None
    except RecursionError:
        raise _too_deep() from None
    if not isinstance(value, dict):
        raise refuse("not_json", "The file holds no single record: one JSON object with named fields is needed.")
    level: list[Any] = [value]
    for _ in range(_MAX_DEPTH):
        level = [inner for outer in level for inner in _inner(outer)]
        if not level:
            return value
    raise _too_deep()


def _inner(value: Any) -> list[Any]:
    items = value.values() if isinstance(value, dict) else value
    return [item for item in items if isinstance(item, (dict, list))]


def _too_deep() -> RecordRefused:
    return refuse("too_deep", f"The file nests lists and objects more than {_MAX_DEPTH} deep. A record is flat.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise refuse("duplicate_key", "The file names the same field twice. Only the source can tell which one counts.")
    return members


def _whole(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise refuse("not_json", f"The file holds a number of more than {_MAX_DIGITS} digits; no field needs one.")
    return int(digits)


def _number(digits: str) -> float:
    return float(digits[:400])


def _constant(name: str) -> NoReturn:
    raise refuse("not_json", "The file holds NaN or Infinity, which JSON does not have. Export it again.")
