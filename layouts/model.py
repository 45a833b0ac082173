"""Layout profiles: TOML in millimetres from the top-left corner of the picture, read into frozen values.

A profile is supplied by the office and checked completely when it is read, so that no card is refused in the middle of
a shift because of a slip in the file: unknown keys, impossible numbers, boxes that leave the card or lie on each other.
"""

import math
import tomllib
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from layouts.errors import ProfileError

DPI = 300
WIDTH_DOTS = 1016
HEIGHT_DOTS = 648
_MM_PER_INCH = 25.4

Mm = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
PositiveMm = Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=60)]
Level = Annotated[int, Field(ge=0, le=255, strict=True)]
Lines = Annotated[int, Field(ge=1, le=4, strict=True)]


def dots(mm: float, dpi: int = DPI) -> int:
    """Whole dots of a length in mm."""
    return round(mm * dpi / _MM_PER_INCH)


class DotBox(NamedTuple):
    """A rectangle in dots: left and top belong to it, right and bottom do not."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Dots across."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Dots down."""
        return self.bottom - self.top


class Box(NamedTuple):
    """A rectangle in mm: left edge, top edge, width, height."""

    x: Mm
    y: Mm
    width: PositiveMm
    height: PositiveMm

    def in_dots(self, dpi: int = DPI) -> DotBox:
        """The same rectangle on a dot grid; on a finer one than 300 dpi it is kept on the card to the dot."""
        right, bottom = dots(self.x + self.width, dpi), dots(self.y + self.height, dpi)
        if dpi > DPI:  # the profile was checked on the coarse grid, which is half a dot kinder
            right, bottom = min(right, WIDTH_DOTS * dpi // DPI), min(bottom, HEIGHT_DOTS * dpi // DPI)
        return DotBox(dots(self.x, dpi), dots(self.y, dpi), right, bottom)


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Style(_Frozen):
    """A typeface with its size and the smallest size that is still allowed, both em heights in mm.

    ``width`` narrows the letters: 0.8 draws them at four fifths of their own width.
    """

    font: Name
    size: PositiveMm
    floor: PositiveMm
    width: Annotated[float, Field(ge=0.5, le=1.5)] = 1.0

    @model_validator(mode="after")
    def _floor_below_size(self) -> Self:
        if self.floor > self.size:
            raise ValueError(f"floor ({self.floor} mm) must not be above size ({self.size} mm)")
        if dots(self.floor) < 8:
            raise ValueError(f"floor ({self.floor} mm) must be 0.68 mm (8 dots) or more: smaller type cannot be read")
        return self


class Text(_Frozen):
    """One field alone in a box, on up to ``lines`` lines."""

    field: Name
    box: Box
    style: Name
    align: Literal["left", "center", "right"] = "left"
    valign: Literal["top", "middle", "bottom"] = "top"
    lines: Lines = 1


class Alternative(_Frozen):
    """Another label and field that may stand in a row instead of its own."""

    label: Name
    field: Name


class Beside(_Frozen):
    """A second label and value in the same row; the x positions are mm from the left edge of the card."""

    label: Name
    field: Name
    label_x: Mm
    colon_x: Mm
    value_x: Mm


class Row(_Frozen):
    """One row of a table: label, colon, value on up to ``lines`` lines; ``indent`` moves the label right (mm)."""

    label: Name
    field: Name
    lines: Lines = 1
    indent: Mm = 0.0
    otherwise: Alternative | None = None
    beside: Beside | None = None

    @model_validator(mode="after")
    def _beside_is_one_line(self) -> Self:
        if self.beside is not None and self.lines != 1:
            raise ValueError("a row with 'beside' has lines = 1")
        return self


class Table(_Frozen):
    """Rows under each other.

    ``pitch`` is the distance of two lines and ``pitch_floor`` the smallest one allowed. With ``flow`` a value that
    wraps moves the rows below it down; without, every row always takes its ``lines`` (labels that are already on the
    blank do not move). x positions are mm from the left edge of the card.
    """

    box: Box
    label_x: Mm
    colon_x: Mm
    value_x: Mm
    style: Name
    pitch: PositiveMm
    pitch_floor: PositiveMm
    flow: bool = True
    rows: Annotated[tuple[Row, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _room(self) -> Self:
        right = self.box.x + self.box.width
        if not self.box.x <= self.label_x < self.colon_x < self.value_x < right:
            raise ValueError("label_x, colon_x and value_x must follow each other inside the box")
        for row in self.rows:
            beside = row.beside
            if beside and not self.value_x < beside.label_x < beside.colon_x < beside.value_x < right:
                raise ValueError(f"beside '{beside.label}': its x positions must follow value_x inside the box")
            if self.label_x + row.indent >= self.colon_x:
                raise ValueError(f"row '{row.label}': the indent leaves no room for the label")
        if self.pitch_floor > self.pitch:
            raise ValueError("pitch_floor must not be above pitch")
        count = len(self.rows) if self.flow else sum(row.lines for row in self.rows)
        if count * dots(self.pitch_floor) > self.box.in_dots().height:
            raise ValueError(f"{count} lines of {self.pitch_floor} mm do not fit a box {self.box.height} mm high")
        return self


class Photo(_Frozen):
    """The portrait: it fills the box; at most ``crop`` of its width or height may be cut away to fill it."""

    box: Box
    crop: Annotated[float, Field(ge=0, le=0.5)] = 0.1


class Signature(_Frozen):
    """The signature: shown whole inside the box, in resin black."""

    box: Box


class Side(_Frozen):
    """What one side of the card carries. ``overlay_free`` are windows (mm) that the overlay leaves out."""

    texts: tuple[Text, ...] = ()
    tables: tuple[Table, ...] = ()
    photo: Photo | None = None
    signature: Signature | None = None
    overlay_free: tuple[Box, ...] = ()

    def boxes(self) -> Iterator[tuple[str, Box]]:
        """Everything that takes up place on this side, with the name that messages use."""
        for text in self.texts:
            yield f"text '{text.field}'", text.box
        for number, table in enumerate(self.tables, 1):
            yield f"table {number}", table.box
        if self.photo:
            yield "photo", self.photo.box
        if self.signature:
            yield "signature", self.signature.box

    @model_validator(mode="after")
    def _boxes_apart(self) -> Self:
        windows = [("overlay_free", box) for box in self.overlay_free]
        for name, box in [*self.boxes(), *windows]:
            _check_on_card(name, box)
        _check_apart(self.boxes())
        return self


class Specimen(_Frozen):
    """The marks of a preview or sample: words across the card in light dye, and one line in resin black."""

    words: Annotated[tuple[Name, ...], Field(min_length=1)]
    style: Name
    angle: Annotated[float, Field(ge=0, le=60)] = 25.0
    tint: tuple[Level, Level, Level] = (255, 200, 200)
    note: Name
    note_style: Name
    note_box: Box

    @model_validator(mode="after")
    def _seen_but_not_in_the_way(self) -> Self:
        red, green, blue = self.tint
        brightness = (299 * red + 587 * green + 114 * blue) // 1000  # luma of ITU-R BT.601
        if not 160 <= brightness <= 235:
            raise ValueError(f"tint has brightness {brightness}; allowed is 160 (text stays readable) to 235 (seen)")
        return self


class Layout(_Frozen):
    """A whole profile. ``labels`` says whether the printer prints the labels or the blank already carries them."""

    profile: Name
    revision: Annotated[int, Field(ge=1, strict=True)]
    labels: Literal["printed", "preprinted"]
    styles: dict[str, Style]
    front: Side
    back: Side | None = None
    specimen: Specimen

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        used = {self.specimen.style, self.specimen.note_style}
        for side in filter(None, (self.front, self.back)):
            used |= {text.style for text in side.texts}
            for table in side.tables:
                used.add(table.style)
                if self.labels == "preprinted" and table.flow:
                    raise ValueError("labels = 'preprinted' needs flow = false: labels on the blank cannot move down")
        for name in sorted(used - self.styles.keys()):
            raise ValueError(f"style '{name}' is not among [styles]: {', '.join(sorted(self.styles))}")
        note = ("specimen note", self.specimen.note_box)
        _check_on_card(*note)
        _check_apart([*self.front.boxes(), note])
        return self


def _check_on_card(name: str, box: Box) -> None:
    place = box.in_dots()
    if place.right > WIDTH_DOTS or place.bottom > HEIGHT_DOTS:
        limits = (math.floor(100 * size * _MM_PER_INCH / DPI) / 100 for size in (WIDTH_DOTS, HEIGHT_DOTS))
        raise ValueError(f"the box of {name} leaves the card ({' x '.join(f'{size} mm' for size in limits)})")
    if not place.width or not place.height:
        raise ValueError(f"the box of {name} is smaller than one dot")


def _check_apart(boxes: Iterable[tuple[str, Box]]) -> None:
    for (one, first), (two, second) in combinations(boxes, 2):
        a, b = first.in_dots(), second.in_dots()
        if a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom:
            raise ValueError(f"the boxes of {one} and {two} lie on each other")


def parse_layout(text: str, name: str) -> Layout:
    """Read a profile from TOML text; ``name`` is what errors call it.

    :raises ProfileError: not TOML, an unknown key, a value out of its range, boxes that cannot be.
    """
    try:
        return Layout.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"Layout {name} is not readable TOML: {error}. Correct the file and try again.") from error
    except ValidationError as error:
        lines = []
        for item in error.errors():
            key = ".".join(str(part) for part in item["loc"]) or "(whole file)"
            if item["type"] == "extra_forbidden":
                lines.append(f"  {key}: unknown key")
            else:
                lines.append(f"  {key}: {item['msg'].removeprefix('Value error, ')}")
        problems = "\n".join(lines)
        raise ProfileError(f"Layout {name} cannot be used until this is corrected:\n{problems}") from error


def read_layout(path: Path) -> Layout:
    """Read a profile from a file.

    :raises ProfileError: as ``parse_layout``, and when the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"Layout {path} cannot be read: {error}. Check the path and that it is UTF-8.") from error
    return parse_layout(text, str(path))
