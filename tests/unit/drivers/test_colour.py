"""Tone curves, ICC profiles and dithering, against LittleCMS and Pillow; properties that every separation has."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

import drivers
from drivers import colour
from drivers.colour import Curves, Intent
from drivers.dither import Dither, dither
from drivers.errors import ArtworkError
from drivers.panels import Panels, Separation, Window, fit, separate
from drivers.printer import Artwork, SidePicture

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def picture(seed: int = 0, *, resin: float = 0.05) -> SidePicture:
    """A photo of chance colours in a white card, with resin here and there."""
    rng = np.random.default_rng(seed)
    colours = np.full((648, 1016, 3), 255, np.uint8)
    colours[100:400, 600:900] = rng.integers(0, 256, (300, 300, 3))
    return SidePicture(colours, rng.random((648, 1016)) < resin, np.ones((648, 1016), np.bool_))


def flat(value: tuple[int, int, int]) -> SidePicture:
    colours = np.full((648, 1016, 3), 255, np.uint8)
    colours[:, :512] = value
    return SidePicture(colours, np.zeros((648, 1016), np.bool_), np.ones((648, 1016), np.bool_))


def inks(panels: Panels) -> npt.NDArray[np.uint8]:
    return np.stack((panels.y, panels.m, panels.c), axis=2)


# --- ICC ---


@pytest.mark.parametrize("intent", list(Intent))
def test_the_profile_of_srgb_changes_nothing_by_more_than_rounding(intent: Intent) -> None:
    side = picture()
    plain = inks(separate(side, Separation(), bits=8)).astype(int)
    assert np.abs(inks(separate(side, Separation(icc=SRGB, intent=intent), bits=8)) - plain).max() <= 1


def red_darker() -> bytes:
    """An RGB profile of our own making: a matrix profile with a gamma of 1.0 where sRGB has its curve."""
    made = bytearray(SRGB)
    count = int.from_bytes(made[128:132], "big")
    for tag in (made[132 + 12 * n : 144 + 12 * n] for n in range(count)):
        if bytes(tag[:4]) in (b"rTRC", b"gTRC", b"bTRC"):
            start = int.from_bytes(tag[4:8], "big")
            made[start : start + 16] = b"para" + bytes(8) + (1 << 16).to_bytes(4, "big")  # type 0: Y = X ** 1.0
    return bytes(made)


def test_colours_through_a_profile_are_littlecms_s() -> None:
    side = picture(resin=0)
    linear = red_darker()
    opened = ImageCms.getOpenProfile(io.BytesIO(linear))
    expected = ImageCms.profileToProfile(
        Image.fromarray(side.colour), ImageCms.createProfile("sRGB"), opened, ImageCms.Intent.RELATIVE_COLORIMETRIC
    )
    assert expected is not None
    got = 255 - inks(separate(side, Separation(icc=linear, intent=Intent.RELATIVE), bits=8))[:, :, ::-1]
    wanted = np.asarray(expected)
    dyed = (side.colour != 255).any(axis=2)
    np.testing.assert_array_equal(got[dyed], wanted[dyed])
    # sRGB's definition (IEC 61966-2-1): linear light of the value 188 is 0.503, which is 128 of 255.
    assert colour.convert(np.full((1, 1, 3), 188, np.uint8), linear, Intent.RELATIVE)[0, 0, 0] in (127, 128, 129)


def profile_of(tags: dict[bytes, bytes], space: bytes = b"RGB ", connection: bytes = b"Lab ") -> bytes:
    """Write an ICC profile of a printer (ICC.1:2022 section 7): header, table of tags, tags."""
    at, table, data = 132 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        table += name + at.to_bytes(4, "big") + len(content).to_bytes(4, "big")
        data += content + bytes(-len(content) % 4)
        at += len(content) + -len(content) % 4
    d50 = bytes.fromhex("0000f6d6000100000000d32d")
    header = at.to_bytes(4, "big") + bytes(4) + bytes.fromhex("02100000") + b"prtr" + space + connection + bytes(12)
    return (header + b"acsp" + bytes(28) + d50).ljust(128, b"\0") + len(tags).to_bytes(4, "big") + table + data


def lut(*corners: tuple[int, int, int]) -> bytes:
    """A table of 8 bits (section 10.11): three in and three out through 2 x 2 x 2 points, all curves straight."""
    straight, one = bytes(range(256)) * 3, (1 << 16).to_bytes(4, "big")
    matrix = b"".join(one if number % 4 == 0 else bytes(4) for number in range(9))
    return b"mft1" + bytes(4) + bytes((3, 3, 2, 0)) + matrix + straight + bytes(sum(corners, ())) + straight


def test_each_intent_takes_its_own_table_of_an_output_profile() -> None:
    to_lab = lut(*[(0, 128, 128)] * 7, (255, 128, 128))
    tables = {b"B2A0": 10, b"B2A1": 20, b"B2A2": 30}
    made = profile_of({b"A2B0": to_lab} | {name: lut(*[(value,) * 3] * 8) for name, value in tables.items()})
    grey = np.full((4, 5, 3), 90, np.uint8)
    for intent, value in ((Intent.PERCEPTUAL, 10), (Intent.RELATIVE, 20), (Intent.SATURATION, 30)):
        assert (colour.convert(grey, made, intent) == value).all(), intent
        # Even this profile, which makes white dark, lays nothing on what shall stay white.
        white = np.full((2, 2, 3), 255, np.uint8)
        white[0, 0] = 254
        assert [colour.convert(white, made, intent)[dot].tolist() for dot in ((0, 0), (1, 1))] == [
            [value] * 3,
            [255] * 3,
        ]


@pytest.mark.parametrize(
    ("profile", "says"),
    [
        (b"no profile", "cannot be used"),
        (SRGB[:300], "cannot be used"),
        (LAB, "is for Lab colours"),
        (SRGB[:128], "cannot"),
    ],
    ids=["garbage", "cut", "lab", "header"],
)
def test_a_bad_profile_is_refused(profile: bytes, says: str) -> None:
    with pytest.raises(ArtworkError, match=says):
        Separation(icc=profile)


# --- curves ---


@pytest.mark.parametrize(
    ("points", "says"),
    [
        (((0, 5), (255, 255)), "does not begin at 0:0"),
        (((0, 0), (254, 255)), "ends before 255"),
        (((0, 0), (128, 90), (120, 95), (255, 255)), "goes back"),
        (((0, 0), (128, 90), (140, 89), (255, 255)), "goes back"),
        (((0, 0), (255, 256)), "outside 0 to 255"),
    ],
)
def test_a_curve_that_cannot_be_is_refused(points: colour.Points, says: str) -> None:
    with pytest.raises(ArtworkError, match=f"curve of m .*{says}|curve of m {says}"):
        Curves(m=points)


def test_a_curve_goes_through_its_points_and_for_its_dye_alone() -> None:
    side = flat((255, 255 - 128, 255 - 64))
    got = separate(side, Separation(curves=Curves(m=((0, 0), (128, 100), (255, 240)))), bits=8)
    assert (got.m[0, 0], got.y[0, 0], got.c[0, 0]) == (100, 64, 0)
    half = separate(flat((255, 255 - 64, 255)), Separation(curves=Curves(m=((0, 0), (128, 100), (255, 240)))), bits=8)
    assert half.m[0, 0] == 50


@st.composite
def curves(draw: st.DrawFn) -> colour.Points:
    ins = sorted(draw(st.sets(st.integers(1, 254), max_size=6)))
    outs = sorted(draw(st.lists(st.integers(0, 255), min_size=len(ins) + 1, max_size=len(ins) + 1)))
    return ((0, 0), *zip([*ins, 255], outs, strict=True))


@settings(max_examples=60, deadline=None)
@given(points=curves())
def test_darker_never_becomes_lighter(points: colour.Points) -> None:
    table = colour.table(points).astype(int)
    assert table[0] == 0
    assert (np.diff(table) >= 0).all()
    assert all(table[before] == after for before, after in points)


# --- dithering ---


def test_diffusion_is_pillow_s_floyd_and_steinberg_between_white_and_black() -> None:
    ramp = np.tile(np.linspace(1, 254, 640).astype(np.uint8), (200, 1))
    np.testing.assert_array_equal(dither(ramp, Dither.DIFFUSION), ~np.asarray(Image.fromarray(~ramp).convert("1")))


@settings(max_examples=40, deadline=None)
@given(how=st.sampled_from([Dither.ORDERED, Dither.DIFFUSION]), tone=st.integers(0, 255))
def test_as_many_dots_lie_as_the_tone_is_dark(how: Dither, tone: int) -> None:
    dots = dither(np.full((160, 160), tone, np.uint8), how)
    assert abs(dots.mean() - tone / 255) < 0.02


@settings(max_examples=20, deadline=None)
@given(how=st.sampled_from([Dither.ORDERED, Dither.DIFFUSION]), seed=st.integers(0, 2**32 - 1))
def test_white_gets_no_dot_and_black_every_dot_whatever_lies_beside(how: Dither, seed: int) -> None:
    rng = np.random.default_rng(seed)
    darkness = rng.choice(np.array([0, 3, 90, 200, 252, 255], np.uint8), (61, 83))
    dots = dither(darkness, how)
    assert not dots[darkness == 0].any()
    assert dots[darkness == 255].all()


def test_the_ordered_grain_lays_every_threshold_once() -> None:
    counts = [int(dither(np.full((8, 8), tone, np.uint8), Dither.ORDERED).sum()) for tone in range(256)]
    assert counts == sorted(counts)
    assert set(counts) == set(range(65))


# --- grey in resin, edges, ribbons ---


def test_the_grey_component_goes_from_the_dyes_into_resin() -> None:
    dark, light = flat((55, 105, 155)), Separation(grey=50, dither=Dither.ORDERED)
    got = separate(dark, light, bits=8)
    neutral = 100 * 50 // 100  # the least of 200, 150 and 100, and half of it
    assert (got.c[0, 0], got.m[0, 0], got.y[0, 0]) == (200 - neutral, 150 - neutral, 100 - neutral)
    assert abs(got.k[:, :512].mean() - neutral / 255) < 0.01
    assert not got.k[:, 512:].any()
    pure = separate(flat((120, 120, 120)), replace(light, grey=100), bits=8)
    assert not inks(pure).any()  # a neutral colour of resin alone
    assert abs(pure.k[:, :512].mean() - 135 / 255) < 0.01
    vivid = separate(flat((255, 0, 80)), replace(light, grey=100), bits=8)
    assert not vivid.k.any()  # no grey in it


def test_dye_stays_under_the_edges_of_resin_and_nowhere_else_under_it() -> None:
    side = flat((0, 0, 0))
    side.resin[100:140, 100:160] = True
    side.resin[300:304, 100:200] = True  # a stroke that is all edge
    got = separate(side, Separation(edge=2), bits=8)
    expected = np.zeros((648, 1016), np.bool_)
    expected[:, :512] = True
    expected[102:138, 102:158] = False
    np.testing.assert_array_equal(got.y == 255, expected)
    np.testing.assert_array_equal(got.k, side.resin)


@pytest.mark.parametrize("how", [Dither.ORDERED, Dither.DIFFUSION])
def test_a_ribbon_without_dyes_gets_the_photo_in_resin(how: Dither) -> None:
    side = picture(3)
    got = separate(side, Separation(ribbon="ko", dither=how), bits=7)
    assert not inks(got).any()
    assert got.o.all()
    assert got.k[side.resin].all()
    photo = ~side.resin & (side.colour != 255).any(axis=2)
    luma = np.asarray(Image.fromarray(side.colour).convert("L"))[photo]
    assert abs(got.k[photo].mean() - (1 - luma.mean() / 255)) < 0.02
    assert not got.k[~photo & ~side.resin].any()
    assert not separate(side, Separation(ribbon="k", dither=how), bits=7).o.any()


def test_colour_on_a_ribbon_without_dyes_is_refused_unless_somebody_says_how() -> None:
    with pytest.raises(ArtworkError, match="its panel is black resin alone"):
        separate(picture(), Separation(ribbon="k"), bits=7)
    black = flat((255, 255, 255))
    black.resin[5:9, 5:9] = True
    np.testing.assert_array_equal(separate(black, Separation(ribbon="k"), bits=7).k, black.resin)


@pytest.mark.parametrize(("family", "model"), [("evolis", "primacy"), ("magicard", "enduro-plus")])
def test_the_back_keeps_its_place_and_its_photo_is_dithered(family: str, model: str) -> None:
    known = next(one for one in drivers.FAMILIES if one.name == family)
    white = np.full((648, 1016, 3), 255, np.uint8)
    resin = np.zeros((648, 1016), np.bool_)
    resin[100:200, 300:400] = True
    front = SidePicture(white, np.zeros_like(resin), np.ones_like(resin))
    back = SidePicture(white, resin, np.ones_like(resin))
    moved = known.options(separation=Separation(offset=(5, 6), shift=(1, 2), edge=3, dither=Dither.ORDERED))

    def behind(side: SidePicture, options: Any = None) -> bytes:
        card = drivers.encode(Artwork(front, side), family=family, model=model, options=options)
        return [one for one in card.commands if b";k;" in one[:8] or b"PAG2" in one[:200]][-1]

    assert behind(back, moved) == behind(back)
    photo = replace(back, colour=white.copy())
    photo.colour[300:500, 500:700] = (90, 140, 200)
    black = separate(photo, Separation(ribbon="k", dither=Dither.ORDERED), bits=7).k
    assert 0.3 < black[300:500, 500:700].mean() < 0.7
    assert behind(photo, moved) == behind(replace(back, resin=black))
    with pytest.raises(ArtworkError, match="The back has colour"):
        behind(photo)


# --- places ---


def test_resin_moves_against_the_dyes_and_they_stay_where_it_will_lie() -> None:
    side = flat((0, 0, 0))
    side.resin[100:140, 100:160] = True
    got = separate(side, Separation(shift=(3, -2)), bits=8)
    assert (got.y[100:140, 100:160] == 0).all()
    assert (got.y[:, :512] == 0).sum() == 40 * 60
    expected = np.zeros((648, 1016), np.bool_)
    expected[98:138, 103:163] = True
    np.testing.assert_array_equal(got.k, expected)


@pytest.mark.parametrize("offset", [(4, 7), (-4, 7), (4, -7), (-4, -7), (0, 1)])
def test_everything_moves_on_the_card_and_the_overlay_still_reaches_its_edges(offset: tuple[int, int]) -> None:
    side = picture(5)
    side.overlay[180:360, 70:280] = False
    here, there = separate(side, Separation(), bits=7), separate(side, Separation(offset=offset), bits=7)
    right, down = offset
    for name in ("y", "m", "c", "k"):
        expected = np.zeros_like(getattr(here, name))
        rows, columns = slice(max(0, down), min(648, 648 + down)), slice(max(0, right), min(1016, 1016 + right))
        expected[rows, columns] = np.roll(getattr(here, name), (down, right), (0, 1))[rows, columns]
        np.testing.assert_array_equal(getattr(there, name), expected, err_msg=name)
    hole = np.ones((648, 1016), np.bool_)
    hole[180 + down : 360 + down, 70 + right : 280 + right] = False
    np.testing.assert_array_equal(there.o, hole)


@pytest.mark.parametrize(
    ("dpi", "width", "height"), [(300, 1016, 648), (300, 1000, 642), (300, 1036, 664), (600, 2032, 1296)]
)
def test_a_window_is_the_same_place_of_the_card_on_every_raster(dpi: int, width: int, height: int) -> None:
    scale = dpi // 300
    shape = (648 * scale, 1016 * scale)
    whole = SidePicture(np.full((*shape, 3), 255, np.uint8), np.zeros(shape, np.bool_), np.ones(shape, np.bool_))
    chip = Separation(windows=(Window(10.16, 20.32, 12.7, 5.08),))
    got = separate(fit(whole, width, height), chip, bits=7).o
    full = separate(whole, chip, bits=7)
    assert (~full.o).sum() == (150 * scale) * (60 * scale)  # 12.7 mm is half an inch
    assert not full.o[240 * scale, 120 * scale]
    assert full.o[240 * scale - 1, 120 * scale]
    np.testing.assert_array_equal(got, fit(replace(whole, overlay=full.o), width, height).overlay)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    grey=st.integers(0, 100),
    edge=st.integers(0, 3),
    how=st.sampled_from([Dither.ORDERED, Dither.DIFFUSION]),
    points=curves(),
    icc=st.sampled_from([b"", SRGB]),
    bits=st.integers(5, 8),
)
def test_no_dye_in_white_and_no_resin_that_nobody_asked_for(
    seed: int, grey: int, edge: int, how: Dither, points: colour.Points, icc: bytes, bits: int
) -> None:
    side = picture(seed)
    kept = side.colour.copy(), side.resin.copy(), side.overlay.copy()
    separation = Separation(grey=grey, edge=edge, dither=how, curves=Curves(points, points, points), icc=icc)
    got = separate(side, separation, bits=bits)
    white = (side.colour == 255).all(axis=2)
    assert not inks(got)[white].any()
    assert inks(got).max() < 2**bits
    np.testing.assert_array_equal(got.k[white], side.resin[white])
    assert got.k[side.resin].all()
    if not grey:
        np.testing.assert_array_equal(got.k, side.resin)
    if not edge:
        assert not inks(got)[side.resin].any()
    for array, copy in zip((side.colour, side.resin, side.overlay), kept, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"ribbon": "ymc"}, "ribbon 'ymc' is not known"),
        ({"edge": 9}, "9 dots of dye under resin"),
        ({"edge": -1}, "-1 dots"),
        ({"grey": 101, "dither": Dither.ORDERED}, "101 percent"),
        ({"grey": 10}, "needs a way to dither"),
        ({"shift": (0, 60)}, "Resin cannot be moved by 0, 60 dots"),
        ({"offset": (-60, 0)}, "The picture cannot be moved"),
        ({"windows": (Window(1, 2, 3, 101),)}, "not on a card"),
        ({"windows": (Window(1, 2, 3, float("nan")),)}, "not on a card"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_declared(values: dict[str, Any], says: str) -> None:
    with pytest.raises(ArtworkError, match=says):
        Separation(**values)
