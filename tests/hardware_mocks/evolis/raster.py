"""Evolis panel payloads to pixels (protocol sheet 3, 4.1-4.5)."""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LINES, PIXELS = 1016, 648
BITS = {2: 1, 32: 5, 64: 6, 128: 7}
SIZES = {levels: LINES * PIXELS * bits // 8 for levels, bits in BITS.items()}
LINE_BYTES = PIXELS // 8


class RasterError(ValueError):
    """The payload of a panel breaks the rules of the protocol sheet, section 4."""


@dataclass(frozen=True)
class Bitmap:
    """One panel as the printer's memory holds it: packed bytes of 1016 lines of 648 pixels."""

    levels: int
    packed: bytes

    @property
    def crc32(self) -> str:
        """CRC-32 (zlib) of the packed raster, 8 hex digits."""
        return f"{zlib.crc32(self.packed):08x}"

    def raster(self) -> NDArray[np.uint8]:
        """Pixel values as sent, shape (1016, 648), 0 .. levels-1."""
        return unpack(self.packed, self.levels)

    def density(self) -> NDArray[np.uint8]:
        """Ink on the upright landscape picture, shape (648, 1016), 0 none, 255 full (protocol sheet 4.1, 4.4)."""
        scale = (np.arange(256) * 255 // (self.levels - 1)).clip(0, 255).astype(np.uint8)
        return upright(np.take(scale, self.raster()))


def upright(raster: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turn (1016, 648) lines into the landscape picture: 90 degrees counter-clockwise (protocol sheet 4.1)."""
    return np.ascontiguousarray(raster.T[::-1])


def unpack(packed: bytes, levels: int) -> NDArray[np.uint8]:
    """Unpack values, most significant bit first (protocol sheet 4.2, 4.4). Return shape (1016, 648)."""
    bits = BITS[levels]
    data = np.frombuffer(packed, dtype=np.uint8)
    if bits == 1:
        return np.unpackbits(data).reshape(LINES, PIXELS)
    groups = np.zeros((LINES * LINE_BYTES, 8), dtype=np.uint8)  # eight pixels share `bits` bytes
    groups[:, 8 - bits :] = data.reshape(-1, bits)
    words = groups.view(">u8").ravel().astype(np.uint64)
    values = np.empty((LINES * LINE_BYTES, 8), dtype=np.uint8)
    for pixel in range(8):
        values[:, pixel] = (words >> np.uint64(bits * (7 - pixel))) & np.uint64(levels - 1)
    return values.reshape(LINES, PIXELS)


def pack(values: NDArray[np.uint8], levels: int) -> bytes:
    """Pack (1016, 648) values, the reverse of unpack."""
    bits = np.unpackbits(values.reshape(-1, 1), axis=1)[:, 8 - BITS[levels] :]
    return np.packbits(bits.ravel()).tobytes()


def load_plain(panel: str, levels: int, payload: bytes) -> Bitmap:
    """Take the payload of Db.

    :raises RasterError: panel and levels do not go together or the size is wrong.
    """
    _check_levels(panel, levels)
    if len(payload) != SIZES[levels]:
        msg = f"panel {panel} at {levels} levels needs {SIZES[levels]} bytes, got {len(payload)}"
        raise RasterError(msg)
    return Bitmap(levels, payload)


def load_compressed(panel: str, levels: int, payload: bytes) -> Bitmap:
    """Take the payload of Dbc.

    :raises RasterError: it does not decode to exactly 1016 lines.
    """
    _check_levels(panel, levels)
    if levels == 2:
        return Bitmap(levels, _expand_counted(payload))
    return Bitmap(levels, pack(_expand_runs(payload, levels), levels))


def filled(panel: str, value: int) -> Bitmap:
    """Make the panel that Wcb leaves: every pixel at value/255 of full ink."""
    if panel in "ko":
        return Bitmap(2, (b"\xff" if value >= 128 else b"\x00") * SIZES[2])
    return Bitmap(128, pack(np.full((LINES, PIXELS), value >> 1, dtype=np.uint8), 128))


def _check_levels(panel: str, levels: int) -> None:
    if len(panel) != 1 or panel not in "ymcko" or levels not in BITS or (levels == 2) != (panel in "ko"):
        msg = f"panel {panel!r} does not go with {levels} levels"
        raise RasterError(msg)


def _expand_counted(data: bytes) -> bytes:
    lines: list[bytes] = []
    position = 0
    for number in range(LINES):
        if position >= len(data):
            msg = f"compressed panel ends in line {number} of {LINES}"
            raise RasterError(msg)
        count = data[position]
        position += 1
        if count == 0xFF:
            lines.append(b"\xff" * LINE_BYTES)
            continue
        if count > LINE_BYTES:
            msg = f"line {number}: count byte {count:#04x} is not allowed"
            raise RasterError(msg)
        lines.append(data[position : position + count].ljust(LINE_BYTES, b"\x00"))
        position += count
    if position != len(data):
        msg = f"compressed panel: {len(data)} bytes given, {position} used by {LINES} lines"
        raise RasterError(msg)
    return b"".join(lines)


def _expand_runs(data: bytes, levels: int) -> NDArray[np.uint8]:
    values = np.zeros(LINES * PIXELS, dtype=np.uint8)
    bits = BITS[levels]
    filled_to = position = 0
    while position < len(data):
        first = data[position]
        position += 1
        run = 1
        if first & 0x80:
            if position >= len(data):
                msg = "compressed panel ends inside a run"
                raise RasterError(msg)
            count = data[position]
            position += 1
            run = count + 256 * _high_bits(first, bits)
            if run == 0:  # 80 00, and any zero count without high bits: rest of the line white
                run = PIXELS - filled_to % PIXELS
                first = 0
        if filled_to + run > len(values):
            msg = f"compressed panel has more than {LINES * PIXELS} pixels"
            raise RasterError(msg)
        values[filled_to : filled_to + run] = first & (levels - 1)
        filled_to += run
    if filled_to != len(values):
        msg = f"compressed panel has {filled_to} pixels, not {LINES * PIXELS}"
        raise RasterError(msg)
    return values.reshape(LINES, PIXELS)


def _high_bits(first: int, bits: int) -> int:
    """Count the set high bits between the run mark and the value, each worth 256 (protocol sheet 4.5)."""
    return ((first & 0x7F) >> bits).bit_count()
