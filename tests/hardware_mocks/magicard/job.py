"""Pages of a Magicard job: bytes in any chunks to header fields and planes, and planes to what a card carries.

From protocol sheet 4 to 6 alone. Strict where the sheet is: lead-in, comma after SOH, the set of planes, their sizes,
their trailers, ETX.
"""

import re
import zlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

LEAD, SOH, FS, ETX = 0x05, 0x01, 0x1C, 0x03
INKS = {"SZB": ("y", b"B"), "SZG": ("m", b"G"), "SZR": ("c", b"R"), "SZK": ("k", b"K")}
HEADER_LIMIT = 2048
_PLANE_LIMIT = 1_000_000
_NUMERIC_TAIL = ("PCT", "NCT", "REA")
_CARD = (648, 1016)


class PageError(ValueError):
    """The bytes are no page that this printer prints."""


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


@dataclass
class Page:
    """One side of a job."""

    fields: list[str]
    planes: list[Plane] = field(default_factory=list)
    overcoat: Overcoat | None = None

    @property
    def side(self) -> str:
        """``front`` or ``back``."""
        return "back" if "PAG2" in self.fields else "front"

    @property
    def duplex(self) -> bool:
        """Whether another page belongs to the card."""
        return "DPXON" in self.fields


@dataclass(frozen=True)
class Request:
    """A question: its words without ``REQ,``."""

    words: str


def split_fields(header: str) -> list[str]:
    """Split a header at commas; some fields own the numbers that follow them (sheet 4)."""
    fields: list[str] = []
    for token in header.split(","):
        if fields and re.fullmatch("[0-9]+", token) and fields[-1][:3] in _NUMERIC_TAIL:
            fields[-1] += f",{token}"
        else:
            fields.append(token)
    return fields


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


class Reader:
    """Cuts a byte stream into pages and requests. ``family`` is the printer's, or empty for any."""

    def __init__(self, family: str = "") -> None:
        self.family = family
        self.reset()

    def reset(self) -> None:
        """Forget an unfinished page."""
        self._buffer = bytearray()
        self._page: Page | None = None
        self._wanted: list[tuple[str, int, bytes]] = []

    def push(self, data: bytes) -> None:
        """Add received bytes."""
        self._buffer += data

    @property
    def unfinished(self) -> bool:
        """Whether a page has begun."""
        return self._page is not None or bool(self._buffer.strip(b"\x05"))

    @property
    def half_of(self) -> str | None:
        """Panel of which at least half has arrived and not all, if any."""
        if self._page is None or not self._wanted:
            return None
        panel, size, _ = self._wanted[0]
        return panel if len(self._buffer) * 2 >= size else None

    def next(self) -> Page | Request | None:
        """Return the next whole page or request. Raise PageError where the bytes are neither; they are dropped."""
        if self._page is None:
            item = self._header()
            if not isinstance(item, Page):
                return item
            self._page = item
        try:
            return self._planes(self._page)
        except PageError:
            self.reset()
            raise

    def _header(self) -> Page | Request | None:
        start = self._buffer.find(bytes([SOH]))
        if start < 0:
            return None
        lead = len(self._buffer[:start]) - len(self._buffer[:start].rstrip(bytes([LEAD])))
        end = self._buffer.find(bytes([FS]), start)
        if end < 0 or len(self._buffer) < end + 2:
            if len(self._buffer) > HEADER_LIMIT + 64:
                self.reset()
                raise PageError("a header without an end")
            return None
        text = bytes(self._buffer[start + 1 : end]).decode("ascii", "replace")
        del self._buffer[: end + 1]
        if text.lstrip(",").startswith("REQ,"):
            del self._buffer[:1]  # ETX
            return Request(text.lstrip(",").removeprefix("REQ,").rstrip(","))
        if lead != 64 or not text.startswith(","):
            self.reset()
            raise PageError(f"a page begins with 64 lead-ins and a comma, this one has {lead}")
        page = Page(split_fields(text[1:]))
        self._wanted = self._sizes(page)
        return page

    def _sizes(self, page: Page) -> list[tuple[str, int, bytes]]:
        """Return panel, size and trailer letter of every plane that the header announces, checked."""
        family = shape_of(page.fields)
        if not family or (self.family and family != self.family):
            self.reset()
            raise PageError(f"a page for {family or 'no known head'}, this printer is {self.family}")
        shape = SHAPES[family]
        found = []
        for one in page.fields:
            if one[:3] in INKS and one[3:].isdigit():
                panel, letter = INKS[one[:3]]
                bits = 1 if panel == "k" else 6
                if int(one[3:]) != shape.lines * shape.row * bits:
                    self.reset()
                    raise PageError(f"{one}: a plane of {panel} has {shape.lines * shape.row * bits} bytes")
                found.append((panel, int(one[3:]), letter))
        letters = b"".join(letter for _, _, letter in found).decode()
        if f"IMF{letters}" not in page.fields:
            self.reset()
            raise PageError(f"IMF does not name the planes {letters}")
        return found

    def _planes(self, page: Page) -> Page | None:
        shape = SHAPES[shape_of(page.fields)]
        while self._wanted:
            panel, size, letter = self._wanted[0]
            if len(self._buffer) < size + 3:
                return None
            raw = bytes(self._buffer[:size])
            if bytes(self._buffer[size : size + 3]) != bytes([FS]) + letter + b":":
                raise PageError(f"the plane of {panel} has no trailer")
            del self._buffer[: size + 3]
            bits = 1 if panel == "k" else 6
            page.planes.append(Plane(panel, raw, unpack(raw, shape, bits), 2**bits - 1))
            self._wanted.pop(0)
        if not self._buffer:
            return None
        if self._buffer[0] != ETX:
            raise PageError("a page without ETX")
        del self._buffer[:1]
        page.overcoat = _overcoat(page.fields, shape)
        self._page = None
        return page


def _overcoat(fields: list[str], shape: Shape) -> Overcoat | None:
    if "OVRON" not in fields:
        return None
    mask = np.zeros((642, shape.lines), bool)
    for name, value in (("PCT", True), ("NCT", False)):
        for one in fields:
            if one.startswith(name):
                x1, y1, x2, y2 = (int(number) for number in one[3:].split(","))  # origin bottom left
                mask[max(0, 641 - y2) : 642 - y1, x1 : x2 + 1] = value
    return Overcoat(mask)
