import pytest

from layouts.errors import FitError
from layouts.ktp_el import face

RECORD = {
    "nik": "5371996506990001",
    "nama": "Maria  Contoh",
    "tempat_lahir": "Kupang",
    "tgl_lahir": "1999-06-25",
    "jenis_kelamin": "Perempuan",
    "gol_darah": "O",
    "alamat": "Jl. Contoh No. 1",
    "rt": "5",
    "rw": "2",
    "prop_name": "NUSA TENGGARA TIMUR",
    "kab_name": "KOTA KUPANG",
    "kec_name": "OEBOBO",
    "kel_name": "OEBOBO",
    "agama": "KATHOLIK",
    "status_kawin": "BELUM KAWIN",
    "pekerjaan": "PELAJAR/MAHASISWA",
    "kewarganegaraan": "WNI",
    "berlaku_hingga": "SEUMUR HIDUP",
    "tempat_terbit": "KOTA KUPANG",
    "tgl_terbit": "2018-10-18",
}


def test_lines_of_an_ordinary_card() -> None:
    lines = face(RECORD)
    assert lines["provinsi"] == "PROVINSI NUSA TENGGARA TIMUR"
    assert lines["kabupaten"] == "KOTA KUPANG"
    assert lines["nama"] == "MARIA CONTOH"
    assert lines["tempat_tgl_lahir"] == "KUPANG, 25-06-1999"
    assert lines["jenis_kelamin"] == "PEREMPUAN"
    assert lines["rt_rw"] == "005/002"
    assert lines["agama"] == "KATHOLIK"
    assert lines["berlaku_hingga"] == "SEUMUR HIDUP"
    assert lines["tgl_terbit"] == "18-10-2018"
    assert "kepercayaan" not in lines


@pytest.mark.parametrize(
    ("name", "code", "header"),
    [
        ("KUPANG", "71", "KOTA KUPANG"),
        ("KUPANG", "1", "KABUPATEN KUPANG"),
        ("SORONG", "70", "KABUPATEN SORONG"),
        ("KOTA KUPANG", "71", "KOTA KUPANG"),
        ("KABUPATEN KUPANG", "", "KABUPATEN KUPANG"),
        ("KAB. KUPANG", "1", "KAB. KUPANG"),
        ("KOTABARU", "2", "KABUPATEN KOTABARU"),
        ("KOTAWARINGIN TIMUR", "2", "KABUPATEN KOTAWARINGIN TIMUR"),
    ],
)
def test_regency_header(name: str, code: str, header: str) -> None:
    assert face({**RECORD, "kab_name": name, "kab": code})["kabupaten"] == header


def test_bare_regency_without_code_is_refused() -> None:
    with pytest.raises(FitError) as refusal:
        face({**RECORD, "kab_name": "KUPANG"})
    assert refusal.value.field == "kab_name"


@pytest.mark.parametrize("religion", ["7", "KEPERCAYAAN TERHADAP TUHAN YME", "Kepercayaan thd Tuhan", "penghayat"])
def test_believers_have_the_other_line(religion: str) -> None:
    lines = face({**RECORD, "agama": religion})
    assert lines["kepercayaan"] == "KEPERCAYAAN TERHADAP TUHAN YME"
    assert "agama" not in lines


@pytest.mark.parametrize(
    ("field", "value", "line", "shown"),
    [
        ("agama", "3", "agama", "KATHOLIK"),
        ("jenis_kelamin", "1", "jenis_kelamin", "LAKI-LAKI"),
        ("jenis_kelamin", "Laki-Laki", "jenis_kelamin", "LAKI-LAKI"),
        ("status_kawin", "4", "status_kawin", "CERAI MATI"),
        ("gol_darah", "13", "gol_darah", "-"),
        ("gol_darah", "Tidak tahu", "gol_darah", "-"),
        ("gol_darah", "ab+", "gol_darah", "AB+"),
        ("berlaku_hingga", "2027-03-31", "berlaku_hingga", "31-03-2027"),
        ("rt", "0", "rt_rw", "000/002"),
        ("prop_name", "Provinsi Bali", "provinsi", "PROVINSI BALI"),
    ],
)
def test_values_as_the_card_says_them(field: str, value: str, line: str, shown: str) -> None:
    assert face({**RECORD, field: value})[line] == shown


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tgl_lahir", "25-06-1999"),
        ("tgl_lahir", "1999-02-30"),
        ("tgl_terbit", ""),
        ("rt", "1000"),
        ("rw", "-2"),
        ("rw", "\u0663"),
        ("nama", "   "),
        ("agama", "8"),
        ("pekerjaan", "64"),
        ("gol_darah", "5"),
        ("status_kawin", "9"),
    ],
)
def test_what_the_card_cannot_say_is_refused_without_quoting_it(field: str, value: str) -> None:
    with pytest.raises(FitError) as refusal:
        face({**RECORD, field: value})
    assert refusal.value.field == field
    assert refusal.value.__cause__ is None
    assert "25-06-1999" not in str(refusal.value)


@pytest.mark.parametrize("field", sorted(RECORD.keys() - {"gol_darah"}))
def test_an_absent_field_is_named(field: str) -> None:
    record = {name: value for name, value in RECORD.items() if name != field}
    with pytest.raises(FitError) as refusal:
        face(record)
    assert refusal.value.field == field
