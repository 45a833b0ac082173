"""Layouts at 600 dpi: the same millimetres, finer dots. What is drawn at 300 dpi is held by the other tests."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from layouts.fonts import FontSource
from layouts.ktp_el import face, profile
from layouts.model import Box, DotBox, dots, parse_layout
from layouts.render import RenderedCard, render
from printd.demo.people import make_people

FONTS = FontSource()
SMALL = """
profile = "small"
revision = 1
labels = "printed"
styles.body = { font = "Arimo-Regular", size = 2.4, floor = 1.5, width = 0.82 }
specimen = { words = ["CONTOH"], style = "body", note = "CONTOH", note_style = "body", note_box = [1, 50, 60, 4] }
front.overlay_free = [[60, 20, 10, 8]]
front.photo = { box = [70, 30, 16.05, 24.88], crop = 0.5 }
[[front.texts]]
field = "alone"
box = [5, 5, 40, 8]
style = "body"
"""


def drawn(number: int, dpi: int, *, specimen: bool = False, name: str = "ktp_el") -> RenderedCard:
    person = make_people(number + 1, seed=5)[number]
    fields = {key.lower(): str(value) for key, value in person.fields.items()}
    fields |= {
        "nama": fields["nama_lgkp"],
        "tempat_lahir": fields["tmpt_lhr"],
        "tgl_lahir": fields["tgl_lhr"],
        "jenis_kelamin": fields["jenis_klmin"],
        "rt": fields["no_rt"],
        "rw": fields["no_rw"],
        "pekerjaan": fields["jenis_pkrjn"],
        "tgl_terbit": "2018-10-18",
    }
    photo, signature = (Image.open(io.BytesIO(one)) for one in (person.photo_jpeg, person.signature_png))
    return render(profile(name), face(fields), photo, signature, specimen=specimen, fonts=FONTS, dpi=dpi)


@pytest.mark.parametrize("specimen", [False, True])
@pytest.mark.parametrize("number", range(8))
def test_the_finer_picture_is_the_same_card(number: int, specimen: bool) -> None:
    coarse, fine = drawn(number, 300, specimen=specimen).front, drawn(number, 600, specimen=specimen).front
    assert (fine.colour.shape, fine.resin.shape, fine.overlay.shape) == (
        (1296, 2032, 3), (1296, 2032), (1296, 2032),
    )  # fmt: skip
    seen = fine.picture().convert("L").reduce(8)
    told = coarse.picture().convert("L").reduce(4)
    far = np.abs(np.asarray(seen, np.int16) - np.asarray(told, np.int16))
    assert far.mean() < 8, "at a distance both are the same; another person's card is 10 away or more"
    assert 0.85 < fine.resin.mean() / coarse.resin.mean() < 1.15


def test_type_is_drawn_on_the_finer_grid_not_blown_up() -> None:
    resin = drawn(0, 600).front.resin
    blocks = resin.reshape(648, 2, 1016, 2)
    uniform = (blocks.all(axis=(1, 3)) | ~blocks.any(axis=(1, 3))).mean()
    inked = blocks.any(axis=(1, 3)).mean()
    assert (1 - uniform) / inked > 0.1, "edges run between the dots of 300 dpi"


def test_photo_is_resampled_from_its_own_dots() -> None:
    photo = Image.new("RGB", (800, 1200), (200, 200, 200))
    ImageDraw.Draw(photo).rectangle([400, 0, 403, 1200], fill=(0, 0, 0))  # a hair that 300 dpi makes grey
    card = {"alone": "X"}
    layout = parse_layout(SMALL, "small")
    darkest = {}
    for dpi in (300, 600):
        side = render(layout, card, photo, None, specimen=False, fonts=FONTS, dpi=dpi).front
        box = layout.front.photo.box.in_dots(dpi) if layout.front.photo else DotBox(0, 0, 0, 0)
        darkest[dpi] = int(side.colour[box.top : box.bottom, box.left : box.right].min())
    assert darkest[600] < darkest[300]


def test_windows_and_places_stay_where_the_millimetres_are() -> None:
    layout = parse_layout(SMALL, "small")
    photo = Image.new("RGB", (400, 600), (20, 160, 40))
    side = render(layout, {"alone": "CONTOH"}, photo, None, specimen=False, fonts=FONTS, dpi=600).front
    free = np.argwhere(~side.overlay)
    assert (free.min(0) / 600 * 25.4).tolist() == pytest.approx([20, 60], abs=0.03)
    assert ((free.max(0) + 1) / 600 * 25.4).tolist() == pytest.approx([28, 70], abs=0.03)
    face_at = np.argwhere((side.colour != 255).any(axis=2))
    assert (face_at.min(0) / 600 * 25.4).tolist() == pytest.approx([30, 70], abs=0.03)


def test_what_just_fits_the_coarse_grid_does_not_leave_the_fine_one() -> None:
    box = Box(70, 30, 16.05, 24.88)
    assert box.in_dots() == DotBox(827, 354, 1016, 648)
    assert box.in_dots(600)[2:] == (2032, 1296)
    assert round(86.05 * 600 / 25.4) == 2033, "which is a dot more than there is"


def test_millimetres_become_dots_of_both_sizes() -> None:
    assert (dots(25.4), dots(25.4, 600), dots(0.6, 600)) == (300, 600, 14)


def test_a_preprinted_card_is_drawn_as_well() -> None:
    assert drawn(1, 600, name="ktp_el_preprinted").front.resin.any()
