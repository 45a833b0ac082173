"""Planes of Magicard print heads to what a card carries (protocol sheet 2, 6)."""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_CARD = (648, 1016)


@dataclass(frozen=True)
class Shape:
    """How a print head wants its planes (sheet 2): lines, bytes of a bit row, first card dot, way of the picture."""

    lines: int
    row: int
    first: int
    turned: bool
    words: str


SHAPES = {
    "enduro": Shape(1016, 96, 15, turned=False, words="interleaved"),
    "rio": Shape(1016, 84, 16, turned=True, words="plain"),
    "aota": Shape(1000, 96, 15, turned=True, words="reversed"),
}


def shape_of(fields: list[str]) -> str:
    """Tell the family by the head token."""
    if "RT2" in fields:
        return "rio"
    if "KGE" in fields:
        return "aota"
    return "enduro" if {"KGE2", "KEE1", "KEE4"} & set(fields) else "rio" if "KEE" in fields else ""


@dataclass(frozen=True)
class Plane:
    """One ink of one side; ``values`` of shape (642, lines), upright landscape, 0 .. most."""

    panel: str
    raw: bytes
    values: NDArray[np.uint8]
    most: int

    @property
    def crc32(self) -> str:
        """CRC-32 of the plane's bytes."""
        return f"{zlib.crc32(self.raw):08x}"

    def density(self) -> NDArray[np.uint8]:
        """Ink on the card's picture, shape (648, 1016), 0 none, 255 full."""
        return _on_card((self.values.astype(np.uint16) * 255 // self.most).astype(np.uint8))


@dataclass
class Overcoat:
    """The protective layer: rectangles from the header, no plane."""

    mask: NDArray[np.bool_]
    panel: str = "o"

    @property
    def crc32(self) -> str:
        """CRC-32 of the packed mask."""
        return f"{zlib.crc32(np.packbits(self.mask).tobytes()):08x}"

    def density(self) -> NDArray[np.uint8]:
        """Where the layer lies."""
        return _on_card(self.mask.astype(np.uint8) * 255)


def _on_card(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    card = np.zeros(_CARD, np.uint8)
    height, width = values.shape
    top, left = (_CARD[0] - height) // 2, (_CARD[1] - width) // 2
    card[top : top + height, left : left + width] = values
    return card


def unpack(raw: bytes, shape: Shape, bits: int) -> NDArray[np.uint8]:
    """Return the plane's values upright: shape (642, lines), uint8."""
    rows = np.frombuffer(raw, np.uint8).reshape(shape.lines, bits, shape.row)
    dots = np.unpackbits(rows, axis=2)
    if shape.words == "reversed":  # words of 32 bits are read from their last bit
        dots = dots.reshape(shape.lines, bits, shape.row // 4, 32)[..., ::-1].reshape(shape.lines, bits, -1)
    if shape.words != "plain":
        late, early = dots[:, :, 1::2], dots[:, :, 0::2]
        # odd places of the words hold dots 288.., even places from word 6 on hold dots 0..287 (sheet 6.2)
        dots = np.concatenate((early[:, :, 96 : 96 + 288], late[:, :, : 672 - 288]), axis=2)
    canvas = np.zeros((shape.lines, dots.shape[2]), np.uint8)
    for bit in range(bits):
        canvas |= dots[:, bit, :] << bit
    card = canvas[:, shape.first : shape.first + 642]
    upright = card[::-1].T if shape.turned else card.T[::-1]
    return np.ascontiguousarray(upright)


def overcoat_of(fields: list[str], shape: Shape) -> Overcoat | None:
    """Return the protective layer that a header asks for, if any (sheet 5, fields 22 to 28)."""
    if "OVRON" not in fields:
        return None
    mask = np.zeros((642, shape.lines), bool)
    for name, value in (("PCT", True), ("NCT", False)):
        for one in fields:
            if one.startswith(name):
                x1, y1, x2, y2 = (int(number) for number in one[3:].split(","))  # origin bottom left
                mask[max(0, 641 - y2) : 642 - y1, x1 : x2 + 1] = value
    return Overcoat(mask)
