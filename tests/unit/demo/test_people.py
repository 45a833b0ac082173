import io
from datetime import date

import pytest
from PIL import Image

from printd.demo.people import Person, make_people


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return make_people(120, seed=53)


def text(person: Person, field: str) -> str:
    value = person.fields[field]
    assert isinstance(value, str)
    return value


def test_niks_follow_the_rules_and_belong_to_nobody(people: list[Person]) -> None:
    for person in people:
        nik = text(person, "NIK")
        assert len(nik) == 16
        assert nik.isascii()
        assert nik.isdigit()
        assert nik.startswith("537199")
        woman = text(person, "JENIS_KLMIN") == "PEREMPUAN"
        day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
        born = date.fromisoformat(text(person, "TGL_LHR"))
        assert (day - 40 if woman else day) == born.day
        assert month == born.month
        assert year == born.year % 100
        assert nik[12:] != "0000"
        assert 17 <= 2018 - born.year < 120


def test_every_nik_and_local_id_once() -> None:
    many = make_people(400, seed=9)
    assert len({text(person, "NIK") for person in many}) == 400
    assert len({text(person, "EKTP_LOCAL_ID") for person in many}) == 400
    assert {text(person, "JENIS_KLMIN") for person in many} == {"LAKI-LAKI", "PEREMPUAN"}


def test_same_seed_same_people() -> None:
    assert make_people(6, seed=4) == make_people(6, seed=4)
    assert make_people(6, seed=4) != make_people(6, seed=5)
    assert make_people(9, seed=4)[:6] == make_people(6, seed=4)


def test_names_are_lawful_and_clearly_invented(people: list[Person]) -> None:
    lengths = []
    for person in people:
        words = text(person, "NAMA_LGKP").split(" ")
        assert len(words) >= 2
        assert "CONTOH" in words
        assert all(word.isascii() and word.isalpha() and word.isupper() for word in words)
        lengths.append(len(text(person, "NAMA_LGKP")))
    assert max(lengths) <= 60
    assert max(lengths) > 50


def test_some_believe_outside_the_six_religions(people: list[Person]) -> None:
    believers = [person for person in people if text(person, "AGAMA").startswith("KEPERCAYAAN")]
    assert 0 < len(believers) < len(people) / 4


def test_photo_ground_follows_the_birth_year(people: list[Person]) -> None:
    for person in people[:40]:
        assert len(person.photo_jpeg) < 200 * 1024
        photo = Image.open(io.BytesIO(person.photo_jpeg))
        assert photo.format == "JPEG"
        assert photo.size == (413, 531)
        corner = photo.getpixel((10, 10))
        assert isinstance(corner, tuple)
        red, _, blue = corner
        odd = int(text(person, "TGL_LHR")[:4]) % 2 == 1
        assert (red > 2 * blue) if odd else (blue > 2 * red)


def test_signatures_are_strokes_on_white(people: list[Person]) -> None:
    drawn = set()
    for person in people[:40]:
        assert len(person.signature_png) < 50 * 1024
        signature = Image.open(io.BytesIO(person.signature_png))
        assert signature.format == "PNG"
        black = signature.convert("L").histogram()[0] / (signature.width * signature.height)
        assert 0.005 < black < 0.2
        drawn.add(person.signature_png)
    assert len(drawn) == 40


@pytest.mark.parametrize("count", [-1, 10_000])
def test_refuses_more_than_the_running_number_holds(count: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 9999"):
        make_people(count, seed=1)
