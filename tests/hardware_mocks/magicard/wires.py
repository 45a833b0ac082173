"""What comes over the wire to a Magicard printer: bytes in any chunks to pages and requests.

From protocol sheet 4 to 6 alone. Strict where the sheet is: lead-in, comma after SOH, the set of planes, their sizes,
their trailers, ETX.
"""

import re
from dataclasses import dataclass

from hardware_mocks.magicard.job import Page
from hardware_mocks.magicard.raster import SHAPES, Plane, overcoat_of, shape_of, unpack

LEAD, SOH, FS, ETX = 0x05, 0x01, 0x1C, 0x03
INKS = {"SZB": ("y", b"B"), "SZG": ("m", b"G"), "SZR": ("c", b"R"), "SZK": ("k", b"K")}
HEADER_LIMIT = 2048
_NUMERIC_TAIL = ("PCT", "NCT", "REA")


class PageError(ValueError):
    """The bytes are no page that this printer prints."""


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


class Parser:
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
        """Return the next whole page or request.

        :raises PageError: the bytes are neither; they are dropped.
        """
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
        page.overcoat = overcoat_of(page.fields, shape)
        self._page = None
        return page
