"""The finished picture of a card, read by tesseract: the NIK and the name of the record are on it."""

import io
from collections.abc import Callable

import pytest
from PIL import Image

from layouts.fonts import FontSource
from layouts.ktp_el import face, profile
from layouts.render import render
from printd.demo.people import Person, make_people

pytestmark = pytest.mark.ocr

OURS = {
    "NIK": "nik",
    "NAMA_LGKP": "nama",
    "TMPT_LHR": "tempat_lahir",
    "TGL_LHR": "tgl_lahir",
    "JENIS_KLMIN": "jenis_kelamin",
    "GOL_DARAH": "gol_darah",
    "ALAMAT": "alamat",
    "NO_RT": "rt",
    "NO_RW": "rw",
    "PROP_NAME": "prop_name",
    "KAB_NAME": "kab_name",
    "KEC_NAME": "kec_name",
    "KEL_NAME": "kel_name",
    "AGAMA": "agama",
    "STATUS_KAWIN": "status_kawin",
    "JENIS_PKRJN": "pekerjaan",
}


def record(person: Person) -> dict[str, str]:
    fields = {OURS.get(name, name): str(value) for name, value in person.fields.items()}
    return {**fields, "tgl_terbit": "2018-10-18"}


@pytest.mark.parametrize(
    ("number", "specimen", "dpi"),  # an ordinary card, a long name, the label Kepercayaan
    [(number, specimen, 300) for number in (0, 2, 6) for specimen in (False, True)] + [(2, False, 600)],
)
def test_nik_and_name_can_be_read(
    read_card: Callable[[Image.Image], str], number: int, specimen: bool, dpi: int
) -> None:
    person = make_people(number + 1, seed=5)[number]
    fields = record(person)
    photo = Image.open(io.BytesIO(person.photo_jpeg))
    signature = Image.open(io.BytesIO(person.signature_png))
    card = render(profile(), face(fields), photo, signature, specimen=specimen, fonts=FontSource(), dpi=dpi)
    text = read_card(card.front.picture())
    assert fields["nik"] in text.replace(" ", "")
    for word in fields["nama"].split():
        assert word in text
    assert ("Kepercayaan" in text) == (number == 6)
    assert ("TIDAK BERLAKU" in text) == specimen
