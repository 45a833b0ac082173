"""EPCL graphics: the run-length code, and planes of the printer's memory to what a card carries (sheet 5, 5.1, 6)."""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_CARD = (648, 1016)
MOST_LEVEL = 31
"""Image memory has 5 bits a dot (sheet 5)."""


class RasterError(ValueError):
    """Graphic data that break the rules of the sheet, section 6."""


class Runs:
    """Decoder of the run-length code, fed in any pieces; ``out`` never grows beyond ``size`` bytes."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.out = bytearray()
        self._code: int | None = None
        self._literal = 0
        self._started = False

    @property
    def complete(self) -> bool:
        """Whether exactly ``size`` bytes were decoded and no code is open."""
        return len(self.out) == self.size and self._code is None and self._literal == 0

    def feed(self, data: bytes | bytearray | memoryview) -> int:
        """Decode until the data end or the size is reached; return how many bytes were used.

        :raises RasterError: the data begin with literals, a count is zero, or they hold more than ``size`` bytes.
        """
        position, out = 0, self.out
        while position < len(data) and not self.complete:
            if self._literal:
                part = data[position : position + self._literal]
                self._literal -= len(part)
                position += len(part)
                out += part
                continue
            byte = data[position]
            position += 1
            if self._code is not None:
                out += bytes((byte,)) * self._code
                self._code = None
                continue
            count = byte & 0x7F
            if not self._started and not byte & 0x80:
                msg = "compressed data do not begin with a run"
                raise RasterError(msg)
            if count == 0 or len(out) + count > self.size:
                msg = "a count of none" if count == 0 else f"compressed data hold more than {self.size} bytes"
                raise RasterError(msg)
            self._started = True
            if byte & 0x80:
                self._code = count
            else:
                self._literal = count
        return position


def expand(data: bytes, size: int) -> bytes:
    """Decode run-length data.

    :raises RasterError: they do not hold exactly ``size`` bytes.
    """
    runs = Runs(size)
    used = runs.feed(data)
    if not runs.complete:
        msg = f"compressed data hold {len(runs.out)} bytes, not {size}"
        raise RasterError(msg)
    if used != len(data):
        msg = f"compressed data hold more than {size} bytes"
        raise RasterError(msg)
    return bytes(runs.out)


@dataclass(frozen=True)
class Plane:
    """One panel as the printer's memory held it when it was printed.

    ``levels`` has shape (lines, dots), uint8, 0 none .. ``most`` full; ``packed`` is that memory as bytes.
    """

    panel: str
    levels: NDArray[np.uint8]
    most: int
    packed: bytes

    @property
    def crc32(self) -> str:
        """CRC-32 of the memory: one byte a dot for a colour, one bit a dot for black and varnish."""
        return f"{zlib.crc32(self.packed):08x}"

    def picture(self) -> NDArray[np.uint8]:
        """Ink on the upright landscape picture of the whole memory, shape (dots, lines), 0 none, 255 full."""
        scale = (np.arange(256) * 255 // self.most).clip(0, 255).astype(np.uint8)
        return np.ascontiguousarray(np.take(scale, self.levels).T[::-1])

    def density(self) -> NDArray[np.uint8]:
        """The same on the card's picture, shape (648, 1016); the memory's middle lies on the card's (unverified)."""
        return _centred(self.picture())


def _centred(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    card = np.zeros(_CARD, np.uint8)
    to, taken = [], []
    for have, want in zip(picture.shape, _CARD, strict=True):
        shared, edge = min(have, want), (want - have) // 2
        to.append(slice(max(edge, 0), max(edge, 0) + shared))
        taken.append(slice(max(-edge, 0), max(-edge, 0) + shared))
    card[tuple(to)] = picture[tuple(taken)]
    return card


def colour_plane(panel: str, levels: NDArray[np.uint8]) -> Plane:
    """Keep a colour buffer of shape (lines, dots), levels 0..31."""
    kept = levels.copy()
    return Plane(panel, kept, MOST_LEVEL, kept.tobytes())


def mono_plane(panel: str, dots: NDArray[np.bool_]) -> Plane:
    """Keep a mono buffer of shape (lines, dots)."""
    return Plane(panel, dots.astype(np.uint8), 1, np.packbits(dots, axis=1).tobytes())
