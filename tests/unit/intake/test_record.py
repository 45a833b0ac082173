"""Records: both spellings are read, everything wrong is found at once, and no message holds what stands in a field."""

import base64
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printd.intake.reading import FIELD_OF, MAX_BYTES
from printd.intake.record import Finding, ParsedRecord, PrintReadyRecord, RecordRefused, map_status, parse_record
from printd.intake.vocabulary import OCCUPATIONS
from printd.shop.areas import AreaTable

TODAY = date(2026, 11, 23)

SERVICE: dict[str, Any] = {
    "NIK": "5371046506990001",
    "NO_KK": "5371990101200001",
    "NAMA_LGKP": "Maria Contoh",
    "TMPT_LHR": "KUPANG",
    "TGL_LHR": "1999-06-25",
    "JENIS_KLMIN": "Perempuan",
    "GOL_DARAH": "O",
    "ALAMAT": "JL. CONTOH NO. 1",
    "NO_RT": 5,
    "NO_RW": 2,
    "NO_PROP": 53,
    "NO_KAB": 71,
    "NO_KEC": 4,
    "NO_KEL": 1001,
    "PROP_NAME": "NUSA TENGGARA TIMUR",
    "KAB_NAME": "KUPANG",
    "KEC_NAME": "OEBOBO",
    "KEL_NAME": "OEBOBO",
    "AGAMA": "KATHOLIK",
    "STATUS_KAWIN": "BELUM KAWIN",
    "JENIS_PKRJN": "PELAJAR/MAHASISWA",
    "EKTP_STATUS": "PRINT_READY_RECORD",
    "EKTP_CREATED": "2026-11-20 08:00:00",
    "EKTP_LOCAL_ID": "abc-1",
}


def parsed(changes: dict[str, Any] | None = None, drop: tuple[str, ...] = ()) -> ParsedRecord:
    members = {name: value for name, value in (SERVICE | (changes or {})).items() if name not in drop}
    return parse_record(json.dumps(members).encode(), areas=AreaTable.builtin(), today=TODAY)


def refusal(changes: dict[str, Any] | None = None, drop: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    with pytest.raises(RecordRefused) as refused:
        parsed(changes, drop)
    return [(finding.code, finding.field) for finding in refused.value.findings if finding.severity == "error"]


def raw_refusal(raw: bytes) -> Finding:
    with pytest.raises(RecordRefused) as refused:
        parse_record(raw, areas=AreaTable.builtin(), today=TODAY)
    return refused.value.findings[0]


def warnings(changes: dict[str, Any]) -> set[str]:
    found = parsed(changes).findings
    assert all(finding.severity == "warning" for finding in found)
    return {finding.code for finding in found}


def test_a_record_of_the_service() -> None:
    result = parsed({"ANGKATAN": 7, "STATUS_HBKEL": {"x": [1]}})
    assert result.findings == ()
    assert result.record.face_fields() == {
        "nik": "5371046506990001",
        "nama": "MARIA CONTOH",
        "tempat_lahir": "KUPANG",
        "tgl_lahir": "1999-06-25",
        "jenis_kelamin": "PEREMPUAN",
        "gol_darah": "O",
        "alamat": "JL. CONTOH NO. 1",
        "rt": "005",
        "rw": "002",
        "prop_name": "NUSA TENGGARA TIMUR",
        "kab_name": "KOTA KUPANG",
        "kec_name": "OEBOBO",
        "kel_name": "OEBOBO",
        "agama": "KATHOLIK",
        "status_kawin": "BELUM KAWIN",
        "pekerjaan": "PELAJAR/MAHASISWA",
        "kewarganegaraan": "WNI",
        "berlaku_hingga": "SEUMUR HIDUP",
        "tempat_terbit": "",
        "no_kab": "71",
    }
    assert (result.record.reason, result.record.stock_type) == ("baru", "WNI")
    assert (result.record.remote_status, result.record.local_status) == ("PRINT_READY_RECORD", "PRINT_READY_RECORD")


def test_our_own_names_give_the_same_record() -> None:
    ours = {FIELD_OF[name.lower()]: value for name, value in SERVICE.items()}
    assert not set(ours) & set(SERVICE)
    result = parse_record(json.dumps(ours).encode(), areas=AreaTable.builtin(), today=TODAY)
    assert result.record == parsed().record


def test_codes_become_words() -> None:
    record = parsed(
        {"JENIS_KLMIN": 2, "GOL_DARAH": 13, "AGAMA": "7", "STATUS_KAWIN": 4, "JENIS_PKRJN": 88, "TGL_LHR": "25-06-1999"}
    ).record
    assert (record.jenis_kelamin, record.gol_darah, record.status_kawin) == ("PEREMPUAN", "-", "CERAI MATI")
    assert record.agama == "KEPERCAYAAN TERHADAP TUHAN YME"
    assert (record.pekerjaan, record.tgl_lahir) == ("WIRASWASTA", date(1999, 6, 25))
    assert parsed({"AGAMA": 1}).record.agama == "ISLAM"
    assert parsed({"AGAMA": "Katolik"}).record.agama == "KATOLIK", "the spelling of the record is kept"
    assert parsed({"GOL_DARAH": 8}).record.gol_darah == "B-"
    assert parsed({"GOL_DRH": "AB"}, drop=("GOL_DARAH",)).record.gol_darah == "AB"
    assert parsed({"GOL_DARAH": None}).record.gol_darah == "-"
    assert len(OCCUPATIONS) == 89


def test_area_names_may_come_from_the_table() -> None:
    record = parsed({"PROP_NAME": "", "KAB_NAME": None}, drop=("KEC_NAME",)).record
    assert (record.prop_name, record.kab_name, record.kec_name) == ("NUSA TENGGARA TIMUR", "KOTA KUPANG", "OEBOBO")
    assert ("missing", "kel_name") in refusal(drop=("KEL_NAME",)), "the built-in table has no villages"


@pytest.mark.parametrize(
    ("name", "number", "shown"),
    [
        ("KUPANG", 71, "KOTA KUPANG"),
        ("KUPANG", 1, "KABUPATEN KUPANG"),
        ("Kab. Kupang", 1, "KAB. KUPANG"),
        ("KOTABARU", 2, "KABUPATEN KOTABARU"),
        ("KOTA KUPANG", None, "KOTA KUPANG"),
    ],
)
def test_the_regency_says_what_it_is(name: str, number: int | None, shown: str) -> None:
    assert parsed({"KAB_NAME": name, "NO_KAB": number}).record.kab_name == shown


def test_a_bare_regency_without_number_is_refused() -> None:
    assert refusal({"NO_KAB": None}) == [("kab_kind", "kab_name")]


def test_a_foreigners_card() -> None:
    foreign = {
        "stock_type": "OA",
        "kewarganegaraan": "Timor-Leste",
        "berlaku_hingga": "31-12-2027",
        "JENIS_KLMIN": "FEMALE",
        "STATUS_KAWIN": "MARRIED",
        "JENIS_PKRJN": "TEACHER",
    }
    result = parsed(foreign)
    assert result.findings == ()
    face = result.record.face_fields()
    assert (face["kewarganegaraan"], face["berlaku_hingga"]) == ("TIMOR-LESTE", "2027-12-31")
    assert (face["jenis_kelamin"], face["status_kawin"], face["pekerjaan"]) == ("FEMALE", "MARRIED", "TEACHER")
    assert refusal({"stock_type": "OA"}) == [("missing", "kewarganegaraan"), ("missing", "berlaku_hingga")]
    assert refusal(foreign | {"kewarganegaraan": "WNI"}) == [("contradiction", "kewarganegaraan")]
    assert refusal({"kewarganegaraan": "MALAYSIA"}) == [("contradiction", "kewarganegaraan")]
    assert refusal({"berlaku_hingga": "2027-12-31"}) == [("contradiction", "berlaku_hingga")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"NIK": "5371046506990000"}, ("nik_serial", "nik")),
        ({"NIK": "5322046506990001"}, ("nik_unknown_regency", "nik")),
        ({"NIK": 5371046506990001.0}, ("wrong_type", "nik")),
        ({"NIK": 9671046506990001}, ("inexact", "nik")),
        ({"NIK": True}, ("wrong_type", "nik")),
        ({"NIK": ["5371046506990001"]}, ("wrong_type", "nik")),
        ({"NIK": ""}, ("missing", "nik")),
        ({"NIK": None}, ("missing", "nik")),
        ({"NO_KK": "53719901012000"}, ("digits", "no_kk")),
        ({"NAMA_LGKP": "  "}, ("missing", "nama")),
        ({"NAMA_LGKP": "A" * 61}, ("too_long", "nama")),
        ({"NAMA_LGKP": "MARIA\u202eCONTOH"}, ("control_characters", "nama")),
        ({"NAMA_LGKP": "MARIA\u0000"}, ("control_characters", "nama")),
        ({"NAMA_LGKP": "MARIA\nCONTOH"}, ("control_characters", "nama")),
        ({"NAMA_LGKP": "MARIA \ud800"}, ("control_characters", "nama")),
        ({"NAMA_LGKP": {"a": 1}}, ("wrong_type", "nama")),
        ({"ALAMAT": "X" * 121}, ("too_long", "alamat")),
        ({"TGL_LHR": "1999-02-29"}, ("date_unreal", "tgl_lahir")),
        ({"TGL_LHR": "25/06/1999"}, ("date_form", "tgl_lahir")),
        ({"TGL_LHR": "19990625"}, ("date_form", "tgl_lahir")),
        ({"TGL_LHR": "2026-11-24"}, ("date_range", "tgl_lahir")),
        ({"TGL_LHR": "1849-12-31"}, ("date_range", "tgl_lahir")),
        ({"TGL_LHR": "0000-01-01"}, ("date_unreal", "tgl_lahir")),
        ({"JENIS_KLMIN": 3}, ("unknown_code", "jenis_kelamin")),
        ({"JENIS_KLMIN": "FEMALE"}, ("unknown_code", "jenis_kelamin")),
        ({"GOL_DARAH": 14}, ("unknown_code", "gol_darah")),
        ({"AGAMA": 8}, ("unknown_code", "agama")),
        ({"AGAMA": 0}, ("unknown_code", "agama")),
        ({"STATUS_KAWIN": "MENIKAH"}, ("unknown_code", "status_kawin")),
        ({"JENIS_PKRJN": 90}, ("unknown_code", "pekerjaan")),
        ({"NO_RT": 1000}, ("out_of_range", "rt")),
        ({"NO_RT": -1}, ("out_of_range", "rt")),
        ({"NO_RT": 1.5}, ("wrong_type", "rt")),
        ({"NO_RW": "\u0662"}, ("out_of_range", "rw")),
        ({"NO_RT": None}, ("missing", "rt")),
        ({"NO_PROP": 10}, ("out_of_range", "no_prop")),
        ({"reason": "hobi"}, ("unknown_code", "reason")),
        ({"stock_type": "X"}, ("unknown_code", "stock_type")),
        ({"priority_class": 100}, ("out_of_range", "priority_class")),
        ({"origin_site": "53.7"}, ("out_of_range", "origin_site")),
        ({"foto": "not base64!"}, ("base64", "foto")),
        ({"foto": "\u00e9"}, ("base64", "foto")),
        ({"ttd": 7}, ("wrong_type", "tanda_tangan")),
        ({"nama": "YOSEF CONTOH"}, ("conflicting_fields", "nama")),
        ({"GOL_DRH": "A"}, ("conflicting_fields", "gol_darah")),
    ],
)
def test_what_stops_a_record(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert refusal(changes) == [expected]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"TGL_LHR": "1999-06-24"}, {"nik_date_mismatch"}),
        ({"TGL_LHR": "1899-06-25"}, set()),
        ({"JENIS_KLMIN": 1}, {"nik_sex_mismatch"}),
        ({"NIK": "5371996506990001"}, {"nik_unknown_district"}),
        ({"NIK": "5301996506990001"}, set()),
        ({"NIK": "3199996506990001"}, set()),
        ({"NAMA_LGKP": "MARIA"}, {"name_one_word"}),
        ({"NAMA_LGKP": "MARIA D'ARC"}, {"name_letters"}),
        ({"NAMA_LGKP": "R2"}, {"name_letters", "name_one_word"}),
        ({"JENIS_PKRJN": "PENGGALI SUMUR"}, {"unknown_occupation"}),
        ({"AGAMA": "MARAPU"}, {"unknown_religion"}),
        ({"NIK": 5371046506990001}, set()),
        ({"nama": "Maria Contoh"}, set()),
    ],
)
def test_what_travels_with_a_record(changes: dict[str, Any], expected: set[str]) -> None:
    assert warnings(changes) == expected


def test_numbers_from_provinces_that_were_split_may_name_abolished_regencies() -> None:
    table = AreaTable({f"{10 + n // 20}.{n % 20:02}": "X" for n in range(514)})
    members = SERVICE | {"NIK": "9199046506990001"}
    result = parse_record(json.dumps(members).encode(), areas=table, today=TODAY)
    assert "nik_old_regency" in {finding.code for finding in result.findings}


def test_all_errors_are_told_at_once() -> None:
    assert refusal({"NO_RT": 1000, "AGAMA": 9, "NAMA_LGKP": ""}) == [
        ("missing", "nama"),
        ("unknown_code", "agama"),
        ("out_of_range", "rt"),
    ]


def test_messages_hold_no_values() -> None:
    secret = {
        "NIK": "5322046506990001",
        "NAMA_LGKP": "RAHASIA\u202e",
        "TGL_LHR": "RAHASIA",
        "JENIS_KLMIN": "RAHASIA",
        "ALAMAT": "RAHASIA" * 20,
        "AGAMA": "99",
        "NO_RT": "RAHASIA",
        "foto": "RAHASIA!",
    }
    with pytest.raises(RecordRefused) as refused:
        parsed(secret)
    shown = str(refused.value) + repr(refused.value) + "".join(repr(finding) for finding in refused.value.findings)
    assert "RAHASIA" not in shown
    assert "0650699" not in shown
    assert len(refused.value.findings) == 8
    assert refused.value.__cause__ is None


def test_a_record_does_not_show_itself() -> None:
    record = parsed().record
    for shown in (repr(record), str(record), f"{[record]}", repr(parsed())):
        assert "MARIA" not in shown
        assert "5371046506990001" not in shown
    with pytest.raises(ValueError, match="validation error") as refused:
        PrintReadyRecord.from_json(record.to_json().replace(b"1999-06-25", b"RAHASIA"))
    assert "RAHASIA" not in str(refused.value)


def test_stored_records_come_back() -> None:
    record = parsed({"NAMA_LGKP": "Maria D\u2019Contoh", "priority_class": 3, "reason": "hilang"}).record
    raw = record.to_json()
    assert PrintReadyRecord.from_json(raw) == record
    assert PrintReadyRecord.from_json(raw).to_json() == raw
    assert "\u2019".encode() in raw
    assert list(json.loads(raw)) == sorted(json.loads(raw))
    with pytest.raises(ValueError, match="validation error"):
        PrintReadyRecord.from_json(raw.replace(b'"rt"', b'"xx"'))


def test_inline_pictures() -> None:
    result = parsed({"foto": base64.b64encode(b"photo").decode(), "ttd": base64.b64encode(b"ink").decode()})
    assert (result.photo, result.signature) == (b"photo", b"ink")
    assert (parsed().photo, parsed().signature) == (None, None)


@pytest.mark.parametrize(
    ("raw", "code", "words"),
    [
        (json.dumps(SERVICE).encode("utf-16"), "encoding", "Save it as UTF-8"),
        (json.dumps(SERVICE).encode("utf-16-le"), "encoding", "Save it as UTF-8"),
        (json.dumps(SERVICE).encode("utf-32-be"), "encoding", "Save it as UTF-8"),
        (json.dumps(SERVICE | {"ALAMAT": "CAF\u00c9"}, ensure_ascii=False).encode("cp1252"), "encoding", "Windows"),
        (json.dumps(SERVICE).encode()[:-20], "not_json", "line 1, column"),
        (b"", "not_json", "line 1, column 1"),
        (b"[]", "not_json", "one JSON object"),
        (b'"x"', "not_json", "one JSON object"),
        (b'{"a":NaN}', "not_json", "NaN"),
        (b'{"a":-Infinity}', "not_json", "Infinity"),
        (b'{"a":' + b"9" * 5000 + b"}", "not_json", "20 digits"),
        (b'{"NIK":"1","NIK":"1"}', "duplicate_key", "same field twice"),
        (b'{"x":{"a":1,"a":2}}', "duplicate_key", "same field twice"),
        (b'{"a":' + b"[" * 20 + b"]" * 20 + b"}", "too_deep", "16 deep"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too_deep", "16 deep"),
        (b'{"a":"' + b"x" * MAX_BYTES + b'"}', "record_size", "at most 4194304"),
    ],
)
def test_files_that_hold_no_record(raw: bytes, code: str, words: str) -> None:
    finding = raw_refusal(raw)
    assert (finding.code, finding.field, finding.severity) == (code, "", "error")
    assert words in finding.message


def test_a_byte_order_mark_does_no_harm() -> None:
    raw = b"\xef\xbb\xbf" + json.dumps(SERVICE).encode()
    assert parse_record(raw, areas=AreaTable.builtin(), today=TODAY).record == parsed().record


@pytest.mark.parametrize(
    ("verbatim", "local"),
    [
        ("PRINT_READY_RECORD", "PRINT_READY_RECORD"),
        ("print ready record", "PRINT_READY_RECORD"),
        (" Print-Ready  Record ", "PRINT_READY_RECORD"),
        ("PRR", "PRINT_READY_RECORD"),
        ("CP", "CARD_PRINTED"),
        ("CS", "CARD_SHIPPED"),
        ("CI", "CARD_ISSUED"),
        ("SFCP", "SENT_FOR_CARD_PRINTING"),
        ("Efac", "ENROLL_FAILURE_AT_CENTRAL"),
        ("DUPLICATE RECORD", "DUPLICATE_RECORD"),
        ("CRL", None),
        ("PRINT_READY", None),
        ("", None),
        (None, None),
    ],
)
def test_statuses(verbatim: str | None, local: str | None) -> None:
    assert map_status(verbatim) == local


def test_the_status_is_kept_word_for_word() -> None:
    record = parsed({"EKTP_STATUS": "Print Ready-Record"}).record
    assert (record.remote_status, record.local_status) == ("Print Ready-Record", "PRINT_READY_RECORD")
    assert parsed({"EKTP_STATUS": "WHATEVER"}).record.local_status is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(st.sampled_from(sorted(SERVICE)), anything, max_size=3))
def test_no_content_gets_past_the_rules_or_breaks_them(changes: dict[str, Any]) -> None:
    try:
        result = parsed(changes)
    except RecordRefused:
        return
    assert PrintReadyRecord.from_json(result.record.to_json()) == result.record


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    assert raw_refusal(raw).severity == "error"
