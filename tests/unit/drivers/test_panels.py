"""Separation of a side into dye, resin and overlay."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import panels
from drivers.errors import ArtworkError
from drivers.printer import SidePicture


def side(colour: npt.NDArray[np.uint8] | None = None, resin: npt.NDArray[np.bool_] | None = None) -> SidePicture:
    return SidePicture(
        colour=np.full((648, 1016, 3), 255, np.uint8) if colour is None else colour,
        resin=np.zeros((648, 1016), np.bool_) if resin is None else resin,
        overlay=np.ones((648, 1016), np.bool_),
    )


@pytest.mark.parametrize(
    ("rgb", "ymc"),
    [
        ((255, 255, 255), (0, 0, 0)),
        ((255, 255, 0), (127, 0, 0)),
        ((255, 0, 255), (0, 127, 0)),
        ((0, 255, 255), (0, 0, 127)),
        ((255, 0, 0), (127, 127, 0)),
        ((254, 253, 251), (2, 1, 0)),
    ],
)
def test_each_dye_takes_one_channel_away(rgb: tuple[int, int, int], ymc: tuple[int, int, int]) -> None:
    picture = side()
    picture.colour[3, 1015] = rgb
    dye = panels.separate(picture, panels.Separation(), bits=7)
    assert (dye.y[3, 1015], dye.m[3, 1015], dye.c[3, 1015]) == ymc
    assert panels.has_dye(picture) == (rgb != (255, 255, 255))


def test_no_dye_lies_under_resin() -> None:
    picture = side()
    picture.colour[10:20, 10:20] = 0
    picture.resin[10:20, 10:15] = True
    dye = panels.separate(picture, panels.Separation(), bits=5)
    for panel in (dye.y, dye.m, dye.c):
        assert not panel[:, 10:15].any()
        assert (panel[10:20, 15:20] == 31).all()
    picture.resin[10:20, 15:20] = True
    assert not panels.has_dye(picture)


@settings(max_examples=20, deadline=None)
@given(
    bits=st.sampled_from([5, 6, 7]),
    top=st.integers(0, 647),
    left=st.integers(0, 1015),
    height=st.integers(0, 648),
    width=st.integers(0, 1016),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_picture_anywhere_is_separated_as_the_sheet_says(
    bits: int, top: int, left: int, height: int, width: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    colour = np.full((648, 1016, 3), 255, np.uint8)
    patch = colour[top : top + height, left : left + width]
    patch[:] = rng.integers(200, 256, patch.shape)
    resin = rng.random((648, 1016)) < 0.1
    kept = colour.copy(), resin.copy()
    dye = panels.separate(side(colour, resin), panels.Separation(), bits=bits)
    for panel, channel in ((dye.y, 2), (dye.m, 1), (dye.c, 0)):
        expected = np.where(resin, 0, (255 - colour[:, :, channel].astype(int)) // 2 ** (8 - bits))
        np.testing.assert_array_equal(panel, expected)
    np.testing.assert_array_equal(colour, kept[0])
    np.testing.assert_array_equal(resin, kept[1])


@pytest.mark.parametrize(
    "picture",
    [
        side(colour=np.zeros((1016, 648, 3), np.uint8)),
        side(colour=np.zeros((648, 1016), np.uint8)),
        side(resin=np.zeros((648, 1015), np.bool_)),
        side(resin=np.zeros((648, 1016), np.uint8)),
    ],
    ids=["portrait", "grey", "narrow", "not-bool"],
)
def test_other_shapes_are_refused_by_name(picture: SidePicture) -> None:
    with pytest.raises(ArtworkError, match=r"of the back is .* a card needs"):
        panels.check(picture, "back")
