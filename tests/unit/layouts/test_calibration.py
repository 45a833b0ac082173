"""The calibration card: what it shows, that it is read as it says, and that every driver prints it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

import drivers
from drivers.deadline import Deadline
from drivers.dither import Dither
from drivers.panels import Panels, Separation, separate
from drivers.printer import Artwork, EncodedCard, Outcome, SidePicture
from hardware_mocks.families import FAMILIES
from hardware_mocks.pytest_wires import Setup, usb_inprocess_printer
from layouts.calibration import draw
from layouts.calibration.card import MARKS, REACH, RULER
from layouts.errors import FitError
from layouts.fonts import FontSource
from layouts.render import RenderedCard, RenderedSide

FONTS = FontSource()
DAY = date(2026, 11, 25)
PRINTERS = [("evolis", "primacy"), ("magicard", "enduro-plus")]
DPI = pytest.mark.parametrize("dpi", [300, 600])


def card(dpi: int = 300, sides: int = 1, printer: str = "loket-1", model: str = "primacy") -> RenderedCard:
    return draw(printer=printer, model=model, day=DAY, fonts=FONTS, dpi=dpi, sides=sides)


def picture(side: RenderedSide) -> SidePicture:
    return SidePicture(side.colour, side.resin, side.overlay)


def dots(mm: float, dpi: int) -> int:
    return round(mm * dpi / 25.4)


# --- what it shows ---


@DPI
@pytest.mark.parametrize("sides", [1, 2])
def test_it_has_the_contract_s_shapes_and_its_back_is_resin_alone(dpi: int, sides: int) -> None:
    made = card(dpi, sides)
    scale = dpi // 300
    for side in filter(None, (made.front, made.back)):
        assert side.colour.shape == (648 * scale, 1016 * scale, 3)
        assert side.resin.shape == side.overlay.shape == (648 * scale, 1016 * scale)
        assert side.overlay.all()
        assert side.resin.any()
    assert (made.back is not None) == (sides == 2)
    assert made.back is None or (made.back.colour == 255).all()


@DPI
def test_each_wedge_has_its_nine_amounts_of_its_dyes(dpi: int) -> None:
    panels = separate(picture(card(dpi).front), Separation(), bits=8)
    amounts = [0, 32, 64, 96, 128, 160, 192, 224, 255]
    for line, inks in enumerate(("y", "m", "c", "ym", "yc", "mc", "ymc")):
        y = dots(15.2 + 3.0 * line + 1.5, dpi)
        for number, amount in enumerate(amounts):
            x = dots(8.4 + 5.6 * (number + 0.5), dpi)
            found = {ink: int(getattr(panels, ink)[y, x]) for ink in "ymc"}
            assert found == {ink: amount if ink in inks else 0 for ink in "ymc"}


def test_it_does_not_look_the_same_turned_or_mirrored() -> None:
    made = card(sides=2)
    assert made.back is not None
    for side in (made.front, made.back):
        for other in (side.resin[::-1, ::-1], side.resin[::-1], side.resin[:, ::-1]):
            head = slice(60, 150), slice(130, 880)
            assert (side.resin[head] != other[head]).sum() > 2000


def test_long_names_stand_on_the_card_and_longer_ones_are_refused() -> None:
    card(printer="a" * 32, model="enduro-plus")
    with pytest.raises(FitError, match="leaves the card"):
        card(printer="W" * 60)


# --- how it is read: everything is misplaced on purpose, and put right by what the card then says ---


def composed(
    panels: Panels, misplaced: tuple[int, int] = (0, 0), off: tuple[int, int] = (0, 0)
) -> npt.NDArray[np.bool_]:
    """Return what is dark on a card of a printer that lays resin, and all of it, beside where it should."""
    dye = (panels.y > 127) & (panels.m > 127) & (panels.c > 127)
    laid = dye | np.roll(panels.k, (misplaced[1], misplaced[0]), (0, 1))
    right, down = off
    return np.roll(np.pad(laid, 40), (down, right), (0, 1))[40:-40, 40:-40]


def starts(line: npt.NDArray[np.bool_]) -> list[int]:
    return [int(at) for at in np.flatnonzero(np.diff(line.astype(np.int8), prepend=0) == 1)]


def vernier(dark: npt.NDArray[np.bool_], dpi: int) -> tuple[int, int]:
    """Read both verniers as a person does: which pair of lines is in one line?"""
    across = slice(dots(64.3, dpi), dots(75.8, dpi))
    down = slice(dots(25.8, dpi), dots(36.8, dpi))
    pairs = (
        (dark[dots(18.2, dpi), across], dark[dots(20.9, dpi), across]),
        (dark[down, dots(68.2, dpi)], dark[down, dots(70.6, dpi)]),
    )
    found = []
    for dye, resin in pairs:
        first, second = starts(dye), starts(resin)
        assert len(first) == len(second) == 2 * REACH + 1
        apart = [abs(one - other) for one, other in zip(first, second, strict=True)]
        assert sorted(apart)[:2] == [0, 1], "one pair of lines meets, and one alone"
        found.append(apart.index(0) - REACH)
    return found[0], found[1]


@DPI
@pytest.mark.parametrize("misplaced", [(0, 0), (1, 0), (0, -1), (-3, 2), (5, -5)])
def test_what_the_verniers_say_puts_resin_right(dpi: int, misplaced: tuple[int, int]) -> None:
    side = picture(card(dpi).front)
    read = vernier(composed(separate(side, Separation(), bits=8), misplaced), dpi)
    assert read == (-misplaced[0], -misplaced[1])
    put_right = composed(separate(side, Separation(shift=read), bits=8), misplaced)
    assert vernier(put_right, dpi) == (0, 0)
    well = composed(separate(side, Separation(), bits=8))
    np.testing.assert_array_equal(put_right[5:-5, 5:-5], well[5:-5, 5:-5])  # what moved out of the picture is lost


BLEED = {"left": 3, "right": 3, "top": 5, "bottom": 5}  # dots of 300 dpi by which the picture is larger than a card


def figures(dark: npt.NDArray[np.bool_], dpi: int, *names: str) -> list[int]:
    """Return the first figure whose line is seen at some edges of a card, as a person reads it."""
    scale, wide = dpi // 300, dots(1.5, dpi)
    rows, columns = dark.shape
    edges = {"left": dark, "right": dark[:, ::-1], "top": dark.T, "bottom": dark[::-1].T}
    found = []
    for name in names:
        turned = edges[name]
        middle, cut = (columns if name in ("top", "bottom") else rows) // 2, BLEED[name] * scale
        lines = [middle - MARKS * wide // 2 + n * wide + wide // 2 for n in range(MARKS)]
        shown = (turned[at - 7 * scale : at + 7 * scale, cut : 40 * scale].all(axis=0).any() for at in lines)
        found.append([bool(one) for one in shown].index(True) * RULER * scale)
    return found


@DPI
@pytest.mark.parametrize("off", [(0, 0), (1, 0), (-9, 0), (14, 0), (0, -1), (0, 4), (0, -12)])
def test_what_the_rulers_say_brings_the_picture_to_the_middle(dpi: int, off: tuple[int, int]) -> None:
    side, scale = picture(card(dpi).front), dpi // 300
    off = off[0] * scale, off[1] * scale
    dark = composed(separate(side, Separation(), bits=8), off=off)
    for edges, moved, aside in ((("left", "right"), *off), (("top", "bottom"), *off[::-1])):
        if aside:
            continue  # its stairs are elsewhere
        first, second = figures(dark, dpi, *edges)
        offset, bleed = 0, BLEED[edges[0]] * scale
        if first != second:
            offset = first - bleed if first > second else bleed - second
        assert abs(offset + moved) < RULER * scale


# --- every driver prints it ---


@contextlib.contextmanager
def printed(family: str, model: str, card: EncodedCard, ribbon: str, folder: Path) -> Iterator[dict[str, Image.Image]]:
    """Print a card on a simulated printer; give the pictures of its sides."""
    setup = Setup(hopper=["A-1"], family=family, ribbon=ribbon, cards=folder, speed=100)
    with usb_inprocess_printer(setup) as wire:
        deadline = Deadline.after(20)
        uri = f"usb://{FAMILIES[family].usb.vendor:04x}/{setup.serial}"
        printer = drivers.open_printer(uri, model=model, family=family, usb_backend=wire.backend, deadline=deadline)
        with contextlib.closing(printer):
            before = printer.counters(deadline)
            printer.print(card, deadline)
            told = printer.confirm(before, card, deadline)
            assert told.outcome is Outcome.PRINTED, told
        (out,) = wire.printer.finished_cards()
        assert out["complete"]
        yield {path.stem: Image.open(path) for path in folder.glob("*.png")}


@pytest.mark.parametrize(("family", "model"), PRINTERS)
def test_the_card_that_comes_out_is_the_layout_s_picture(family: str, model: str, tmp_path: Path) -> None:
    made = card(sides=2)
    assert made.back is not None
    encoded = drivers.encode(Artwork(picture(made.front), picture(made.back)), family=family, model=model)
    with printed(family, model, encoded, "ymckok:5", tmp_path) as pictures:
        assert len(pictures) == 2
        for name, shown in pictures.items():
            wanted = made.back if name.endswith("-back") else made.front
            difference = np.abs(np.asarray(shown).astype(int) - np.asarray(wanted.picture()))
            inside = difference[3:645, 8:1008]  # what the narrowest head reaches
            assert inside.max() <= 4  # 6 bits of dye
            if name.endswith("-back"):
                assert not inside.any()
            else:
                assert vernier(np.asarray(shown).max(axis=2) < 100, 300) == (0, 0)


@pytest.mark.parametrize("ribbon", ["k", "ko"])
@pytest.mark.parametrize(("family", "model"), PRINTERS)
def test_a_ribbon_without_dyes_prints_it_in_resin(family: str, model: str, ribbon: str, tmp_path: Path) -> None:
    side = picture(card().front)
    separation = Separation(ribbon=ribbon, dither=Dither.ORDERED)
    options = next(one for one in drivers.FAMILIES if one.name == family).options(separation=separation)
    encoded = drivers.encode(Artwork(side), family=family, model=model, options=options)
    assert (encoded.ribbon, encoded.panels) == (ribbon, tuple(ribbon))
    with printed(family, model, encoded, f"{ribbon}:5", tmp_path) as pictures:
        (shown,) = (np.asarray(one) for one in pictures.values())
        assert set(np.unique(shown)) == {0, 255}
        assert (shown == shown[:, :, :1]).all()
        panels = separate(side, separation, bits=7)
        np.testing.assert_array_equal(shown[3:645, :, 0] == 0, panels.k[3:645])


@pytest.mark.parametrize(("family", "model"), PRINTERS)
def test_both_sides_in_resin_alone(family: str, model: str, tmp_path: Path) -> None:
    made = card(sides=2)
    assert made.back is not None
    front = replace(picture(made.front), colour=np.full_like(made.front.colour, 255))
    options = next(one for one in drivers.FAMILIES if one.name == family).options(separation=Separation(ribbon="k"))
    art = Artwork(front, picture(made.back))
    encoded = drivers.encode(art, family=family, model=model, options=options)
    assert (encoded.ribbon, encoded.panels, encoded.sides) == ("k", ("k", "k"), 2)
    with printed(family, model, encoded, "k:5", tmp_path) as pictures:
        for name, shown in pictures.items():
            wanted = made.back if name.endswith("-back") else made.front
            np.testing.assert_array_equal(np.asarray(shown)[3:645, :, 0] == 0, wanted.resin[3:645])
    ko = replace(options, separation=Separation(ribbon="ko"))
    with pytest.raises(drivers.errors.ArtworkError, match="Two sides on a ribbon ko"):
        drivers.encode(art, family=family, model=model, options=ko)
