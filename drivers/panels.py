"""From what one side of a card shall carry to the panels of a dye-sublimation ribbon. Pure.

Dye is subtractive: yellow takes blue away, magenta green, cyan red. Black resin covers everything, so no dye is laid
under it: dye there would only show as a fringe where the two do not meet exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from drivers import colour
from drivers.colour import Curves, Intent
from drivers.dither import Dither, dither
from drivers.errors import ArtworkError
from drivers.printer import SidePicture

HEIGHT = 648  # dots: 54 mm at 300 dpi, with bleed
WIDTH = 1016  # dots: 86 mm at 300 dpi, with bleed

RIBBONS = ("ymcko", "ko", "k")
"""Panels for one side that a ribbon can have: the three dyes, black resin and overlay, or no dye."""

_CHANNEL = {"y": 2, "m": 1, "c": 0}  # the channel of RGB that each dye takes away
_MM_PER_INCH = 25.4
_FARTHEST = 59  # dots by which anything is moved: 5 mm at 300 dpi; more is a fault of the machine
_WIDEST_EDGE = 8  # dots


@dataclass(frozen=True)
class DyePanels:
    """Amount of each dye, landscape, origin top left: ``uint8`` of the picture's shape, 0 = none, 2**bits - 1 = all."""

    y: npt.NDArray[np.uint8]
    m: npt.NDArray[np.uint8]
    c: npt.NDArray[np.uint8]


class Window(NamedTuple):
    """A rectangle that the overlay leaves out: left and top edge, width and height in mm of the contract's picture."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Separation:
    """How colours become panels on one printer with one ribbon; the default lays no dye under resin, and no more.

    :param ribbon: one of :data:`RIBBONS`. Without dyes, colours become resin by ``dither``.
    :param edge: dots of dye that stay under resin along its edges, 0 to 8, so that no white shows between them.
    :param grey: percent of what is neutral in a colour that is made of resin by ``dither`` instead of the three dyes.
    :param curves: tone curves of dyes and dithered resin, applied after ``icc`` and ``grey``.
    :param icc: ICC profile of the printer with its ribbon, device colours RGB; empty for none.
    :param intent: what the profile does with colours that the printer cannot make.
    :param dither: how tones become resin.
    :param shift: dots right and down by which resin is moved against the dyes (register).
    :param offset: dots right and down by which all is moved on the card.
    :param windows: what the overlay leaves out beside what the picture itself leaves out: a chip, a stripe.
    :raises ArtworkError: a value is out of its range, or the profile cannot be used.
    """

    ribbon: str = "ymcko"
    edge: int = 0
    grey: int = 0
    curves: Curves = field(default_factory=Curves)
    icc: bytes = b""
    intent: Intent = Intent.PERCEPTUAL
    dither: Dither = Dither.NONE
    shift: tuple[int, int] = (0, 0)
    offset: tuple[int, int] = (0, 0)
    windows: tuple[Window, ...] = ()

    def __post_init__(self) -> None:
        if self.ribbon not in RIBBONS:
            raise ArtworkError(f"A ribbon {self.ribbon!r} is not known", hint=f"Known are: {', '.join(RIBBONS)}")
        if not 0 <= self.edge <= _WIDEST_EDGE:
            raise ArtworkError(f"{self.edge} dots of dye under resin are not possible", hint=f"0 to {_WIDEST_EDGE}")
        if not 0 <= self.grey <= 100:
            raise ArtworkError(f"{self.grey} percent of grey cannot be made of resin", hint="0 to 100")
        if self.grey and self.dither is Dither.NONE:
            raise ArtworkError("Grey in resin needs a way to dither", hint="Choose ordered or diffusion")
        for what, move in (("Resin", self.shift), ("The picture", self.offset)):
            if any(abs(dots) > _FARTHEST for dots in move):
                raise ArtworkError(
                    f"{what} cannot be moved by {move[0]}, {move[1]} dots",
                    hint=f"{_FARTHEST} dots are the most; a printer that is further off needs its service",
                )
        for window in self.windows:
            if not all(0 <= value <= 100 for value in window):
                raise ArtworkError(
                    f"The window {tuple(window)} is not on a card", hint="Left, top, width, height in mm"
                )
        if self.icc:
            colour.transform(self.icc, self.intent)

    @property
    def dyes(self) -> bool:
        """Whether the ribbon has dyes."""
        return "y" in self.ribbon

    def of_back(self) -> Separation:
        """Return how a back is separated that has one panel, resin: what was measured on the front is left out."""
        return Separation(ribbon="k", curves=self.curves, dither=self.dither)


@dataclass(frozen=True)
class Panels(DyePanels):
    """All panels of one side, of the picture's shape: the dyes, black resin ``k`` and overlay ``o`` as ``bool``."""

    k: npt.NDArray[np.bool_]
    o: npt.NDArray[np.bool_]


def separate(side: SidePicture, separation: Separation, *, bits: int) -> Panels:
    """Return the panels that one side needs.

    :param side: one that :func:`check` accepts, or what :func:`fit` made of it.
    :param bits: 5 to 8 bits a dot of dye.
    :raises ArtworkError: the side has colour, the ribbon has no dye, and nothing is said about how to dither.
    """
    side = _placed(side, separation)
    rows, columns = _box(side.colour)
    rgb = side.colour[rows, columns]
    if separation.icc:
        rgb = colour.convert(rgb, separation.icc, separation.intent)
    tones = None  # darkness that is dithered into resin
    if not separation.dyes:
        if separation.dither is Dither.NONE and has_dye(side):
            raise ArtworkError("This side has colour, and its panel is black resin alone", hint="Put it into resin")
        tones = ~np.asarray(Image.fromarray(np.ascontiguousarray(rgb)).convert("L")) if rgb.size else None
    elif separation.grey:
        tones = ((255 - rgb.max(axis=2)).astype(np.uint16) * separation.grey // 100).astype(np.uint8)
    if separation.dyes:
        dye = _dyes(side.resin, (rows, columns), rgb, tones, separation, bits)
    else:
        none = np.zeros(side.resin.shape, np.uint8)
        dye = DyePanels(none, none, none)
    resin = side.resin
    if tones is not None:
        resin = resin.copy()
        resin[rows, columns] |= dither(_curved(tones, separation.curves.k), separation.dither)
    if separation.dyes:
        resin = _moved(resin, separation.shift)
    return Panels(dye.y, dye.m, dye.c, resin, side.overlay)


def _placed(side: SidePicture, separation: Separation) -> SidePicture:
    """Cut the windows out of the overlay, and move everything to where the printer puts it right."""
    overlay = side.overlay
    if "o" not in separation.ribbon:
        overlay = np.zeros_like(overlay)
    elif separation.windows:
        overlay = overlay.copy()
        for window in separation.windows:
            overlay[_dots(window, overlay.shape)] = False
    if separation.offset == (0, 0):
        return replace(side, overlay=overlay)
    # The overlay goes on to the edge: a printer that takes rectangles would see a strip without it as a window.
    return SidePicture(
        _moved(side.colour, separation.offset, 255),
        _moved(side.resin, separation.offset),
        _moved(overlay, separation.offset, None),
    )


def _dots(window: Window, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return rows and columns of a window on a picture that may have been cut or widened about its middle."""
    scale = 2 if shape[1] > WIDTH * 3 // 2 else 1
    found = []
    for start, length, size, whole in (
        (window.y, window.height, shape[0], HEIGHT * scale),
        (window.x, window.width, shape[1], WIDTH * scale),
    ):
        cut = (whole - size) // 2 if whole >= size else -((size - whole) // 2)
        first, last = (round(mm * 300 * scale / _MM_PER_INCH) - cut for mm in (start, start + length))
        found.append(slice(max(0, first), max(0, last)))
    return found[0], found[1]


def _moved(picture: npt.NDArray[Any], move: tuple[int, int], ground: int | None = 0) -> npt.NDArray[Any]:
    """Return a picture moved right and down; what is bared is ``ground``, or, for ``None``, the edge drawn on."""
    if move == (0, 0):
        return picture
    right, down = move
    rows, columns = picture.shape[:2]
    margin = [(max(0, down), max(0, -down)), (max(0, right), max(0, -right))] + [(0, 0)] * (picture.ndim - 2)
    fill: dict[str, Any] = {"mode": "edge"} if ground is None else {"constant_values": ground}
    grown = np.pad(picture, margin, **fill)
    return np.ascontiguousarray(grown[max(0, -down) :][:rows, max(0, -right) :][:, :columns])


def _inner(resin: npt.NDArray[np.bool_], edge: int) -> npt.NDArray[np.bool_]:
    """Return the dots of resin that are farther than ``edge`` dots from its edges; the picture's edge is none."""
    for _ in range(edge):
        padded = np.pad(resin, 1, mode="edge")
        across = padded[:, :-2] & padded[:, 1:-1] & padded[:, 2:]
        resin = across[:-2] & across[1:-1] & across[2:]
    return resin


def _curved(amounts: npt.NDArray[np.uint8], points: colour.Points) -> npt.NDArray[np.uint8]:
    return colour.table(points)[amounts] if points else amounts


def check(side: SidePicture, name: str, dpi: int = 300) -> None:
    """Refuse arrays of another shape or type than the contract's.

    :param name: which side, for the message.
    :param dpi: resolution that the model wants, 300 or 600.
    :raises ArtworkError: naming side, array, what was found and what is wanted.
    """
    rows, columns = HEIGHT * dpi // 300, WIDTH * dpi // 300
    for label, array, shape, dtype in (
        ("colour", side.colour, (rows, columns, 3), np.uint8),
        ("resin", side.resin, (rows, columns), np.bool_),
        ("overlay", side.overlay, (rows, columns), np.bool_),
    ):
        if array.shape != shape or array.dtype != dtype:
            raise ArtworkError(
                f"The {label} picture of the {name} is {array.dtype} {array.shape}; "
                f"a card needs {np.dtype(dtype)} {shape}",
                hint=f"Render the card at {columns} x {rows} dots",
            )


def fit(side: SidePicture, width: int, height: int) -> SidePicture:
    """Cut or widen a side about its middle to another raster of the same resolution.

    What is cut is bleed; what is added is white, without resin and overlay.

    :param width: dots of the new raster, landscape.
    :param height: its rows.
    """
    return SidePicture(
        _fit(side.colour, width, height, 255), _fit(side.resin, width, height, 0), _fit(side.overlay, width, height, 0)
    )


def _fit(picture: npt.NDArray[Any], width: int, height: int, ground: int) -> npt.NDArray[Any]:
    rows, columns = picture.shape[:2]
    cut_y, cut_x = max(0, (rows - height) // 2), max(0, (columns - width) // 2)
    cut = picture[cut_y : cut_y + height, cut_x : cut_x + width]
    if cut.shape[:2] == (height, width):
        return np.ascontiguousarray(cut)
    grown = np.full((height, width, *picture.shape[2:]), ground, picture.dtype)
    add_y, add_x = (height - cut.shape[0]) // 2, (width - cut.shape[1]) // 2
    grown[add_y : add_y + cut.shape[0], add_x : add_x + cut.shape[1]] = cut
    return grown


def has_dye(side: SidePicture) -> bool:
    """Tell whether any dye is to be laid on this side: a dot that is neither white nor covered by resin."""
    rows, columns = _box(side.colour)
    return bool(((side.colour[rows, columns] != 255).any(axis=2) & ~side.resin[rows, columns]).any())


def _dyes(
    resin: npt.NDArray[np.bool_],
    box: tuple[slice, slice],
    rgb: npt.NDArray[np.uint8],
    tones: npt.NDArray[np.uint8] | None,
    separation: Separation,
    bits: int,
) -> DyePanels:
    """Return yellow, magenta and cyan.

    Value = (255 - channel) >> (8 - bits), and 0 under resin (protocol sheet 4.4).

    :param box: rows and columns that hold all colour: most of a card is white, which is no dye and no work.
    :param rgb: what is in the box, as the printer shall be asked for it.
    :param tones: what of it is made of resin instead; it goes out of all three.
    """
    covered = _inner(resin, separation.edge) if separation.edge else resin
    bare = ~covered[box]  # dots that are dithered keep their dye: between them it shows
    out = {}
    for dye, channel in _CHANNEL.items():
        panel = np.zeros(resin.shape, np.uint8)
        values = panel[box]
        np.invert(rgb[:, :, channel], out=values)
        if tones is not None:
            values -= tones
        if points := getattr(separation.curves, dye):
            values[:] = _curved(values, points)
        values >>= 8 - bits
        values *= bare
        out[dye] = panel
    return DyePanels(**out)


def _box(colour: npt.NDArray[np.uint8]) -> tuple[slice, slice]:
    """Return the smallest rows and columns that hold every dot that is not white."""
    inked_rows = np.flatnonzero(colour.reshape(colour.shape[0], -1).min(axis=1) != 255)
    if not inked_rows.size:
        return slice(0, 0), slice(0, 0)
    rows = slice(int(inked_rows[0]), int(inked_rows[-1]) + 1)
    darkest = colour[rows].min(axis=0)
    inked_columns = np.flatnonzero(darkest.min(axis=1) != 255)
    return rows, slice(int(inked_columns[0]), int(inked_columns[-1]) + 1)
