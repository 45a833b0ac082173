"""One record on one layout: the dots that a printer lays down. Pure: no clock, no network, no file but the fonts."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from layouts.errors import FitError
from layouts.fit import Face, Fitted, face_of, fit
from layouts.fonts import Bits, FontSource, Ink
from layouts.model import DPI, HEIGHT_DOTS, WIDTH_DOTS, DotBox, Layout, Row, Side, Specimen, Style, Table, Text, dots
from layouts.pictures import ink_of, kept, pen_strokes, portrait

_COLUMN_GAP = 0.6  # mm between a value and the label beside it


@dataclass(frozen=True)
class RenderedSide:
    """One side, landscape, upright: 648 rows of 1016 dots at 300 dpi, 1296 of 2032 at 600.

    ``colour`` is uint8 RGB (rows, columns, 3), white where no dye goes; ``resin`` is bool (rows, columns), true where
    resin black goes; ``overlay`` is bool (rows, columns), true where the protective layer goes.
    """

    colour: NDArray[np.uint8]
    resin: Bits
    overlay: Bits

    def picture(self) -> Image.Image:
        """The side as it will look: RGB, resin black over the colours."""
        shown = self.colour.copy()
        shown[self.resin] = 0
        return Image.fromarray(shown)


@dataclass(frozen=True)
class RenderedCard:
    """Both sides; ``back`` is None where nothing is printed on it."""

    front: RenderedSide
    back: RenderedSide | None


def render(
    layout: Layout,
    card: Mapping[str, str],
    photo: Image.Image,
    signature: Image.Image | None,
    *,
    specimen: bool,
    fonts: FontSource,
    dpi: int = DPI,
) -> RenderedCard:
    """Lay out one card.

    :param card: text of every line by the field names that the layout uses.
    :param photo: the portrait, upright, any mode.
    :param signature: dark strokes on a light or transparent ground, or None: its place stays empty.
    :param specimen: adds the marks that a preview or sample must carry.
    :param dpi: 300 or a multiple of it. The layout's millimetres stay; type is fitted on the finer grid, so that it may
        come out larger by less than a dot of 300 dpi.
    :raises FitError: a field is absent or empty, does not fit, or has a character that the font lacks.
    :raises FontError: a font of the layout is not installed.
    """
    maker = _Maker(layout, card, photo, signature, fonts, dpi)
    mark = layout.specimen if specimen else None
    front = maker.side(layout.front, mark)
    back = maker.side(layout.back, mark) if layout.back else None
    if mark:
        style = layout.styles[mark.note_style]
        note = Text(field="specimen note", box=mark.note_box, style=mark.note_style, align="center", valign="middle")
        for side in (front, back) if back else (front,):  # in resin: a back often has no dye
            _set_text(side.resin, note, mark.note, face_of(style, fonts, dpi), note.box.in_dots(dpi))
    return RenderedCard(front, back)


def check(layout: Layout, card: Mapping[str, str], *, fonts: FontSource, dpi: int = DPI) -> None:
    """Make sure that every text of a card can be set where it belongs; no picture is made.

    :raises FitError: as :func:`render`.
    :raises FontError: as :func:`render`.
    """
    maker = _Maker(layout, card, Image.new("L", (1, 1)), None, fonts, dpi)
    for side in (layout.front, layout.back):
        if side:
            maker.set_texts(np.zeros(_size(dpi), np.bool_), side)


def check_pictures(layout: Layout, photo: tuple[int, int], signature: Image.Image | None, *, dpi: int = DPI) -> None:
    """Make sure that photo and signature can stand in their places; no picture is made.

    :param photo: its width and height in dots, upright.
    :raises FitError: as :func:`render`.
    """
    for side in (layout.front, layout.back):
        if side and side.photo:
            kept(photo, side.photo.box.in_dots(dpi), side.photo.crop)
        if side and side.signature and signature is not None:
            ink_of(signature)


@dataclass(frozen=True)
class _Rows:
    """A table's values as they fit: line distance and type size in dots, ink and number of lines of every row."""

    pitch: int
    size: int
    values: tuple[Fitted, ...]
    counts: tuple[int, ...]


class _Maker:
    """What stays the same for both sides of one card."""

    def __init__(
        self,
        layout: Layout,
        card: Mapping[str, str],
        photo: Image.Image,
        signature: Image.Image | None,
        fonts: FontSource,
        dpi: int,
    ) -> None:
        self._layout = layout
        self._card = card
        self._photo = photo
        self._signature = signature
        self._fonts = fonts
        self._dpi = dpi

    def side(self, side: Side, mark: Specimen | None) -> RenderedSide:
        if mark:
            colour = _tinted(mark, self._layout.styles[mark.style], self._fonts, self._dpi).copy()
        else:
            colour = np.full((*_size(self._dpi), 3), 255, np.uint8)
        resin = np.zeros(_size(self._dpi), np.bool_)
        overlay = np.ones(_size(self._dpi), np.bool_)
        if side.photo:
            box = side.photo.box.in_dots(self._dpi)
            seen = colour[box.top : box.bottom, box.left : box.right]
            face = portrait(self._photo, box, side.photo.crop)
            # White leaves the photo as it is; the tint of a specimen darkens it as a dye below it would.
            seen[:] = (face.astype(np.uint16) * seen // 255).astype(np.uint8) if mark else face
        if side.signature and self._signature is not None:
            box = side.signature.box.in_dots(self._dpi)
            resin[box.top : box.bottom, box.left : box.right] = pen_strokes(self._signature, box)
        self.set_texts(resin, side)
        for window in side.overlay_free:
            box = window.in_dots(self._dpi)
            overlay[box.top : box.bottom, box.left : box.right] = False
        return RenderedSide(colour, resin, overlay)

    def set_texts(self, resin: Bits, side: Side) -> None:
        for text in side.texts:
            _set_text(resin, text, self._value(text.field), self._face(text.style), text.box.in_dots(self._dpi))
        for table in side.tables:
            self._set_table(resin, table)

    def _face(self, style: str) -> Face:
        return face_of(self._layout.styles[style], self._fonts, self._dpi)

    def _dots(self, mm: float) -> int:
        return dots(mm, self._dpi)

    def _value(self, field: str) -> str:
        if field not in self._card:
            raise FitError(field, "the layout prints this line and the record brings no value for it")
        return self._card[field]

    def _chosen(self, row: Row) -> tuple[str, str]:
        """Label and field that stand in this row."""
        other = row.otherwise
        if other is None or other.field not in self._card:
            return row.label, row.field
        if row.field in self._card:
            raise FitError(other.field, f"it stands in the same row as {row.field}; a card carries one of them")
        if self._layout.labels == "preprinted":
            raise FitError(
                other.field, f"the blank already carries the label of {row.field}; use a layout that prints labels"
            )
        return other.label, other.field

    def _set_table(self, resin: Bits, table: Table) -> None:
        face, box = self._face(table.style), table.box.in_dots(self._dpi)
        rows = self._arranged(table, face)
        top = box.top
        for row, value, count in zip(table.rows, rows.values, rows.counts, strict=True):
            baseline = top + (rows.pitch - face.pitch(rows.size)) // 2 + face.above(rows.size)
            right = self._right(row, box)
            for number, ink in enumerate(value.lines):
                _lay(resin, ink, self._dots(table.value_x), right, baseline + number * rows.pitch)
            self._set_label(resin, table, row, face, rows.size, baseline)
            if row.beside:
                self._set_beside(resin, table, row, face, rows.size, baseline)
            top += count * rows.pitch

    def _arranged(self, table: Table, face: Face) -> _Rows:
        """The rows at the largest line distance at which all of them fit the box."""
        height = table.box.in_dots(self._dpi).height
        smallest = max(self._dots(table.pitch_floor), face.pitch(face.floor))
        pitches = range(self._dots(table.pitch), smallest - 1, -1)
        made: dict[int, _Rows] = {}

        def fits(pitch: int) -> bool:
            size = next(size for size in range(face.size, face.floor - 1, -1) if face.pitch(size) <= pitch)
            values = tuple(self._fit_row(table, row, face, size, pitch) for row in table.rows)
            counts = tuple(
                len(value.lines) if table.flow else row.lines for row, value in zip(table.rows, values, strict=True)
            )
            made[pitch] = _Rows(pitch, size, values, counts)
            return sum(counts) * pitch <= height

        if not pitches:
            raise FitError(table.rows[0].field, "the layout's line distance is too small for its smallest type")
        if fits(pitches[0]):
            return made[pitches[0]]
        place = bisect_left(pitches, True, lo=1, key=fits)
        if place == len(pitches):
            counts = made[pitches[-1]].counts
            fullest = max(range(len(counts)), key=counts.__getitem__)
            raise FitError(
                table.rows[fullest].field,
                f"the rows of this card need {sum(counts)} lines, more than {table.box.height} mm hold at the smallest"
                f" line distance ({table.pitch_floor} mm). Print it with a layout that gives them more room",
            )
        return made[pitches[place]]

    def _fit_row(self, table: Table, row: Row, face: Face, size: int, pitch: int) -> Fitted:
        field = self._chosen(row)[1]
        right = self._right(row, table.box.in_dots(self._dpi))
        return fit(
            field,
            self._value(field),
            face,
            size=size,
            width=right - self._dots(table.value_x),
            height=row.lines * pitch,
            lines=row.lines,
        )

    def _right(self, row: Row, box: DotBox) -> int:
        """Where a row's value ends."""
        return self._dots(row.beside.label_x) - self._dots(_COLUMN_GAP) if row.beside else box.right

    def _set_label(self, resin: Bits, table: Table, row: Row, face: Face, size: int, baseline: int) -> None:
        if self._layout.labels == "preprinted":
            return
        left, colon = self._dots(table.label_x + row.indent), self._dots(table.colon_x)
        _set_word(resin, self._chosen(row)[0], face, size, left, colon, baseline)
        _set_word(resin, ":", face, size, colon, self._dots(table.value_x), baseline)

    def _set_beside(self, resin: Bits, table: Table, row: Row, face: Face, size: int, baseline: int) -> None:
        beside = row.beside
        assert beside is not None
        colon, value_x = self._dots(beside.colon_x), self._dots(beside.value_x)
        if self._layout.labels == "printed":
            _set_word(resin, beside.label, face, size, self._dots(beside.label_x), colon, baseline)
            _set_word(resin, ":", face, size, colon, value_x, baseline)
        right = table.box.in_dots(self._dpi).right
        value = fit(
            beside.field,
            self._value(beside.field),
            face,
            size=size,
            width=right - value_x,
            height=face.pitch(size),
            lines=1,
        )
        _lay(resin, value.lines[0], value_x, right, baseline)


def _lay(resin: Bits, ink: Ink, left: int, right: int, baseline: int) -> None:
    """Put a line of ink between ``left`` and ``right``; a letter that reaches out of its own width is moved in."""
    height, width = ink.bits.shape
    x, y = min(left + max(0, ink.left), right - width), baseline + ink.top
    resin[y : y + height, x : x + width] |= ink.bits


def _set_word(resin: Bits, word: str, face: Face, size: int, left: int, right: int, baseline: int) -> None:
    """One label on one line, from ``left`` and inside ``right``."""
    fitted = fit(f"label '{word}'", word, face, size=size, width=right - left, height=face.pitch(size), lines=1)
    _lay(resin, fitted.lines[0], left, right, baseline)


def _set_text(resin: Bits, text: Text, value: str, face: Face, box: DotBox) -> None:
    """One field alone in its box."""
    fitted = fit(text.field, value, face, size=face.size, width=box.width, height=box.height, lines=text.lines)
    pitch = face.pitch(fitted.size)
    slack = box.height - pitch * len(fitted.lines)
    top = box.top + {"top": 0, "middle": slack // 2, "bottom": slack}[text.valign]
    for number, ink in enumerate(fitted.lines):
        spare = box.width - ink.bits.shape[1]
        left = box.left + {"left": 0, "center": spare // 2, "right": spare}[text.align]
        baseline = top + number * pitch + face.above(fitted.size)
        resin[baseline + ink.top : baseline + ink.bottom, left : left + ink.bits.shape[1]] |= ink.bits


def _size(dpi: int) -> tuple[int, int]:
    """Rows and columns of a card's picture."""
    return HEIGHT_DOTS * dpi // DPI, WIDTH_DOTS * dpi // DPI


@lru_cache(maxsize=8)
def _tinted(mark: Specimen, style: Style, fonts: FontSource, dpi: int) -> NDArray[np.uint8]:
    """White with the words of a specimen across it in light dye: uint8 RGB (rows, columns, 3), not to be written to."""
    face = face_of(style, fonts, dpi)
    height, width = _size(dpi)
    words = Image.new("L", (width * 2, height * 2))
    step = face.pitch(face.size)
    lines = [face.typeface.line(word, face.size, face.width) for word in mark.words]
    top = height - step * len(lines) // 2
    for number, ink in enumerate(lines):
        left = width - ink.bits.shape[1] // 2
        words.paste(Image.fromarray(ink.bits), (left, top + number * step + face.above(face.size) + ink.top))
    turned = words.rotate(mark.angle, Image.Resampling.BICUBIC)
    corner = (width // 2, height // 2)
    seen = turned.crop((*corner, corner[0] + width, corner[1] + height))
    paper = Image.new("RGB", (width, height), (255, 255, 255))
    paper.paste(mark.tint, (0, 0), seen)
    result = np.asarray(paper).copy()
    result.flags.writeable = False
    return result
