import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from layouts.errors import FitError
from layouts.fonts import Bits, FontSource
from layouts.ktp_el import profile
from layouts.model import Box, DotBox, Layout, Side, dots, parse_layout
from layouts.render import RenderedSide, render

FONTS = FontSource()
CARD = {
    "provinsi": "PROVINSI NUSA TENGGARA TIMUR",
    "kabupaten": "KOTA KUPANG",
    "nik": "5371996506990001",
    "nama": "MARIA CONTOH BETE",
    "tempat_tgl_lahir": "KUPANG, 25-06-1999",
    "jenis_kelamin": "PEREMPUAN",
    "gol_darah": "AB+",
    "alamat": "JL. CONTOH NO. 1",
    "rt_rw": "005/002",
    "kel_desa": "OEBOBO",
    "kecamatan": "OEBOBO",
    "agama": "KATHOLIK",
    "status_kawin": "BELUM KAWIN",
    "pekerjaan": "PELAJAR/MAHASISWA",
    "kewarganegaraan": "WNI",
    "berlaku_hingga": "SEUMUR HIDUP",
    "tempat_terbit": "KOTA KUPANG",
    "tgl_terbit": "18-10-2018",
}
LONGEST = {  # domain reference 4.2 and 6
    "provinsi": "PROVINSI KEPULAUAN CONTOH BARAT DAYA X",
    "kabupaten": "KABUPATEN KEPULAUAN CONTOH TENGGARA RAYA",
    "nama": "MARIA MAGDALENA CONTOH NAHAKUNU BETELAKO SERANOEL TAEKBANA X",
    "alamat": "JALAN CONTOH RAYA KILOMETER DUA BELAS GANG KASUARI NOMOR SERATUS DUA PULUH TIGA PERUMAHAN CONTOH INDAH"
    " BLOK C9 NO 15AB",
    "kel_desa": "NAGORI CONTOH PANOMBEIAN SIMBOLON PANEI TONG",
    "kecamatan": "CONTOH KAO TELUK TOBELO SELATAN",
    "pekerjaan": "ANGGOTA DPRD KABUPATEN/KOTA",
    "tempat_terbit": "KABUPATEN KEPULAUAN CONTOH TENGGARA RAY",
}
SMALL = """
profile = "small"
revision = 1
labels = "printed"
styles.body = { font = "Arimo-Regular", size = 2.4, floor = 1.5, width = 0.82 }
specimen = { words = ["CONTOH"], style = "body", note = "CONTOH", note_style = "body", note_box = [1, 50, 80, 4] }
[[front.texts]]
field = "alone"
box = [5, 5, 40, 8]
style = "body"
lines = 3
[[front.tables]]
box = [5, 15, 60, 30]
label_x = 5
colon_x = 25
value_x = 27
style = "body"
pitch = 3
pitch_floor = 2.2
rows = [
    { label = "One", field = "one", lines = 2 },
    { label = "Two", field = "two" },
    { label = "Three", field = "three", lines = 4 },
]
"""


def portrait(colour: tuple[int, int, int] = (20, 160, 40), size: tuple[int, int] = (413, 531)) -> Image.Image:
    return Image.new("RGB", size, colour)


def front(layout: Layout, card: dict[str, str], *, specimen: bool = False) -> RenderedSide:
    return render(layout, card, portrait(), None, specimen=specimen, fonts=FONTS).front


def front_or_refusal(layout: Layout, card: dict[str, str]) -> RenderedSide | FitError:
    try:
        return front(layout, card)
    except FitError as refusal:
        return refusal


def part(plane: Bits, box: Box | DotBox) -> Bits:
    area = box.in_dots() if isinstance(box, Box) else box
    return plane[area.top : area.bottom, area.left : area.right]


def allowed(side: Side) -> Bits:
    """Where resin may be."""
    mask = np.zeros((648, 1016), np.bool_)
    for text in side.texts:
        part(mask, text.box)[:] = True
    for table in side.tables:
        part(mask, table.box)[:] = True
    if side.signature:
        part(mask, side.signature.box)[:] = True
    return mask


def strokes(area: Bits) -> int:
    """Letters in an area, when every letter is one piece and leaves a free column beside it."""
    rows = np.flatnonzero(np.diff(np.r_[False, area.any(axis=1), False]))
    total = 0
    for top, bottom in zip(rows[::2], rows[1::2], strict=True):
        columns = np.r_[False, area[top:bottom].any(axis=0), False]
        total += int(np.count_nonzero(np.diff(columns))) // 2
    return total


# Letters of one piece, of full height, with room on both sides: they can be counted in the picture.
COUNTED = st.lists(st.text("BDHIMNU", min_size=1, max_size=14), min_size=1, max_size=14).map(" ".join)


@settings(max_examples=120, deadline=None)
@given(alone=COUNTED, one=COUNTED, two=COUNTED, three=COUNTED)
def test_every_letter_is_on_the_card_or_the_card_is_refused(alone: str, one: str, two: str, three: str) -> None:
    layout = parse_layout(SMALL, "small")
    fields = {"alone": alone, "one": one, "two": two, "three": three}
    side = front_or_refusal(layout, fields)
    if isinstance(side, FitError):
        assert side.field in fields
        assert all(word not in str(side) for word in fields[side.field].split() if len(word) > 2)
        return
    assert not (side.resin & ~allowed(layout.front)).any()
    letters = {field: len(value.replace(" ", "")) for field, value in fields.items()}
    assert strokes(part(side.resin, layout.front.texts[0].box)) == letters["alone"]
    table = layout.front.tables[0]
    values = part(side.resin, table.box)[:, dots(table.value_x - table.box.x) :]
    assert strokes(values) == letters["one"] + letters["two"] + letters["three"]


TEXTS = st.text(string.ascii_letters + string.digits + " .,/-'()\u2019\u00c9\u00d1", min_size=1, max_size=70)


@settings(max_examples=60, deadline=None)
@given(
    changes=st.dictionaries(st.sampled_from(sorted(CARD)), TEXTS, max_size=6),
    name=st.sampled_from(["ktp_el", "ktp_el_preprinted"]),
)
def test_no_ink_leaves_its_box(changes: dict[str, str], name: str) -> None:
    layout = profile(name)
    side = front_or_refusal(layout, {**CARD, **changes})
    if isinstance(side, FitError):
        assert side.field in CARD
        return
    assert not (side.resin & ~allowed(layout.front)).any()
    assert layout.front.photo is not None
    assert not part(side.resin, layout.front.photo.box).any()


def test_longest_lawful_values_fit() -> None:
    layout = profile()
    card = {**CARD, **LONGEST}
    assert (len(card["nama"]), len(card["kel_desa"]), len(card["kecamatan"])) == (60, 44, 31)
    assert len(card["alamat"]) >= 118
    side = front(layout, card)
    assert not (side.resin & ~allowed(layout.front)).any()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nama", "W" * 60),
        ("alamat", "MMMMMMMMM " * 20),
        ("nik", "5" * 40),
        ("gol_darah", "TIDAK TAHU"),
        ("provinsi", "W" * 90),
        ("jenis_kelamin", "LAKI-LAKI PEREMPUAN LAKI-LAKI"),
    ],
)
def test_what_does_not_fit_is_refused_by_field_and_not_by_text(field: str, value: str) -> None:
    with pytest.raises(FitError) as refusal:
        front(profile(), {**CARD, field: value})
    assert refusal.value.field == field
    assert value[:9] not in str(refusal.value)


@pytest.mark.parametrize("field", sorted(CARD))
def test_an_empty_or_absent_line_is_refused(field: str) -> None:
    with pytest.raises(FitError) as refusal:
        front(profile(), {**CARD, field: " "})
    assert refusal.value.field == field
    with pytest.raises(FitError) as refusal:
        front(profile(), {name: value for name, value in CARD.items() if name != field})
    assert refusal.value.field == field


def test_a_longer_name_takes_a_second_line_and_moves_the_rows_below() -> None:
    layout = profile()
    values = layout.front.tables[1]
    column = DotBox(dots(values.value_x), dots(values.box.y), dots(58), dots(50))

    def lines(name: str) -> int:
        area = part(front(layout, {**CARD, "nama": name}).resin, column)
        return int(np.count_nonzero(np.diff(np.r_[False, area.any(axis=1), False]))) // 2

    assert lines("MARIA CONTOH") == 12
    assert lines("MARIA CONTOH NAHAKUNU BETELAKO") == 13


def test_believers_label_stands_instead_of_the_other() -> None:
    layout = profile()
    believer = {name: value for name, value in CARD.items() if name != "agama"}
    same_text = front(layout, {**believer, "kepercayaan": CARD["agama"]}).resin
    differs = np.argwhere(same_text != front(layout, CARD).resin)
    assert differs.size
    assert differs[:, 1].max() < dots(layout.front.tables[1].colon_x)
    with pytest.raises(FitError, match="agama"):
        front(layout, {**CARD, "kepercayaan": CARD["agama"]})
    with pytest.raises(FitError, match="kepercayaan"):
        front(profile("ktp_el_preprinted"), {**believer, "kepercayaan": CARD["agama"]})


def test_preprinted_labels_are_left_to_the_blank_and_rows_stand_still() -> None:
    layout = profile("ktp_el_preprinted")
    short, long = (front(layout, {**CARD, "nama": name}).resin for name in ("MARIA CONTOH", LONGEST["nama"]))
    table = layout.front.tables[1]
    assert not part(short, DotBox(0, dots(9), dots(table.value_x), 648)).any()
    below = dots(table.box.y) + 2 * dots(table.pitch)
    assert (short[below:] == long[below:]).all()
    assert (short[:below] != long[:below]).any()


def test_the_photo_fills_its_box_and_nothing_else_has_colour() -> None:
    layout = profile()
    side = front(layout, CARD)
    assert side.colour.shape == (648, 1016, 3)
    assert side.colour.dtype == np.uint8
    assert layout.front.photo is not None
    box = layout.front.photo.box.in_dots()
    inside = np.zeros((648, 1016), np.bool_)
    part(inside, box)[:] = True
    assert (side.colour[inside] == (20, 160, 40)).all()
    assert (side.colour[~inside] == 255).all()


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "RGBA", "1"])
def test_photos_of_any_mode(mode: str) -> None:
    white = portrait((255, 255, 255)).convert(mode)
    side = render(profile(), CARD, white, None, specimen=False, fonts=FONTS).front
    assert (side.colour == 255).all()


def test_transparent_means_paper() -> None:
    clear = Image.new("RGBA", (413, 531), (0, 0, 0, 0))
    assert (render(profile(), CARD, clear, None, specimen=False, fonts=FONTS).front.colour == 255).all()


@pytest.mark.parametrize("size", [(800, 600), (200, 600), (413, 700)])
def test_a_photo_that_would_lose_much_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(FitError) as refusal:
        render(profile(), CARD, portrait(size=size), None, specimen=False, fonts=FONTS)
    assert refusal.value.field == "foto"


def test_the_photo_is_cut_evenly() -> None:
    photo = portrait(size=(436, 620))  # 40 rows too many for the box
    ImageDraw.Draw(photo).rectangle((0, 300, 436, 319), fill=(255, 0, 0))
    layout = profile()
    side = render(layout, CARD, photo, None, specimen=False, fonts=FONTS).front
    assert layout.front.photo is not None
    box = layout.front.photo.box.in_dots()
    red = np.flatnonzero(side.colour[box.top : box.bottom, box.left + 5, 0] > 200)
    assert abs((red[0] + red[-1]) / 2 - box.height / 2) <= 1


def test_thin_strokes_of_a_signature_survive_whole() -> None:
    drawn = Image.new("L", (1500, 500), 255)
    ImageDraw.Draw(drawn).line([(200, 400), (700, 100), (1300, 380)], fill=90, width=3)
    layout = profile()
    with_it, without = (
        render(layout, CARD, portrait(), ink, specimen=False, fonts=FONTS).front for ink in (drawn, None)
    )
    assert layout.front.signature is not None
    area = part(with_it.resin, layout.front.signature.box)
    assert not part(without.resin, layout.front.signature.box).any()
    columns = np.flatnonzero(area.any(axis=0))
    assert columns.size == columns[-1] - columns[0] + 1
    assert columns.size > 0.55 * area.shape[1]
    outside = with_it.resin != without.resin
    part(outside, layout.front.signature.box)[:] = False
    assert not outside.any()


@pytest.mark.parametrize("ground", [0, 128, 255])
def test_a_signature_without_strokes_is_refused(ground: int) -> None:
    with pytest.raises(FitError) as refusal:
        render(profile(), CARD, portrait(), Image.new("L", (400, 120), ground), specimen=False, fonts=FONTS)
    assert refusal.value.field == "tanda_tangan"


def test_an_inverted_signature_is_refused() -> None:
    inverted = Image.new("L", (400, 120), 0)
    ImageDraw.Draw(inverted).line([(20, 100), (380, 20)], fill=255, width=4)
    with pytest.raises(FitError, match="more ink than paper"):
        render(profile(), CARD, portrait(), inverted, specimen=False, fonts=FONTS)


def test_a_specimen_is_marked_all_over_and_its_text_stays() -> None:
    layout = profile()
    plain, marked = front(layout, CARD), front(layout, CARD, specimen=True)
    changed = plain.resin != marked.resin
    assert part(changed, layout.specimen.note_box).any()
    part(changed, layout.specimen.note_box)[:] = False
    assert not changed.any()
    tinted = (marked.colour != plain.colour).any(axis=2)
    assert layout.front.photo is not None
    assert part(tinted, layout.front.photo.box).mean() > 0.05
    # Marks reach every quarter of the card, so that none can be cut off and used.
    for rows in (slice(0, 324), slice(324, 648)):
        for columns in (slice(0, 508), slice(508, 1016)):
            assert tinted[rows, columns].mean() > 0.03
    paper = np.ones((648, 1016), np.bool_)
    part(paper, layout.front.photo.box)[:] = False
    assert marked.colour[paper].min() >= 160


def test_one_specimen_does_not_mark_the_next_card() -> None:
    layout = profile()
    front(layout, CARD, specimen=True)
    first = front(layout, CARD, specimen=True)
    assert (front(layout, CARD, specimen=True).colour == first.colour).all()
    assert (front(layout, CARD).resin == front(layout, CARD).resin).all()
    assert (front(layout, CARD).colour[:, :600] == 255).all()


def test_overlay_covers_all_but_the_windows_and_the_back_is_optional() -> None:
    card = render(profile(), CARD, portrait(), None, specimen=False, fonts=FONTS)
    assert card.back is None
    assert card.front.overlay.all()
    text = "front.overlay_free = [[60, 20, 10, 8]]\n" + SMALL
    text += "[[back.texts]]\nfield = 'alone'\nbox = [5, 5, 40, 8]\nstyle = 'body'\n"
    fields = {"alone": "CONTOH", "one": "A", "two": "B", "three": "C"}
    with_back = render(parse_layout(text, "both"), fields, portrait(), None, specimen=False, fonts=FONTS)
    window = Box(60, 20, 10, 8)
    assert not part(with_back.front.overlay, window).any()
    assert np.count_nonzero(~with_back.front.overlay) == window.in_dots().width * window.in_dots().height
    assert with_back.back is not None
    assert with_back.back.overlay.all()
    assert part(with_back.back.resin, Box(5, 5, 40, 8)).any()


def test_the_picture_shows_resin_over_colour() -> None:
    side = front(profile(), CARD)
    shown = np.asarray(side.picture())
    assert (shown[side.resin] == 0).all()
    assert (shown[~side.resin] == side.colour[~side.resin]).all()


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_a_word_that_nearly_fits_stays_whole_and_inside(align: str) -> None:
    card = {"alone": "HUMNDBHIMU", "one": "A", "two": "B", "three": "C"}
    refused, fitted = [], []
    for step in range(60):
        width = 10 + 0.125 * step
        text = SMALL.replace("box = [5, 5, 40, 8]", f"box = [5, 5, {width}, 8]\nalign = '{align}'")
        layout = parse_layout(text.replace("floor = 1.5", "floor = 2.2"), "narrow")
        side = front_or_refusal(layout, card)
        if isinstance(side, FitError):
            refused.append(width)
            continue
        fitted.append(width)
        assert strokes(part(side.resin, layout.front.texts[0].box)) == 10
        assert not (side.resin & ~allowed(layout.front)).any()
    assert refused
    assert fitted
    assert max(refused) < min(fitted)
