"""Pages as PWG Raster, ``image/pwg-raster`` (PWG 5102.4-2012): header, lines repeated and packed. Pure.

One page is what a printer driver of CUPS takes without any conversion: 8-bit sRGB, dots as they shall be laid.
"""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt

SYNC = b"RaS2"
"""First bytes of a document (section 4.2)."""

HEADER = 1796
"""Bytes of a page's header (table 1)."""

_SRGB, _CHUNKY, _BOTH_SIDES = 19, 0, 1
_MOST_LINES, _MOST_DOTS = 256, 128


def document(pages: list[npt.NDArray[np.uint8]], *, dpi: int, page_size: str) -> bytes:
    """Return a whole document of one page a side.

    :param pages: RGB, ``uint8`` of shape (height, width, 3).
    :param dpi: dots per inch in both directions.
    :param page_size: PWG self-describing name of the medium (PWG 5101.1), e.g. ``custom_cr80_85.6x54mm``.
    """
    header = _header(pages[0], dpi, page_size, len(pages))
    return SYNC + b"".join(header + compress(page) for page in pages)


def compress(page: npt.NDArray[np.uint8]) -> bytes:
    """Return a page's lines (section 4.4): lines that repeat are sent once, with a count, and their dots in runs."""
    height = page.shape[0]
    changes = np.flatnonzero((page[1:] != page[:-1]).any(axis=(1, 2))) + 1
    starts = [0, *changes.tolist()]
    parts: list[bytes] = []
    for first, end in zip(starts, [*starts[1:], height], strict=True):
        line = _line(page[first])
        for at in range(first, end, _MOST_LINES):
            parts += [bytes([min(_MOST_LINES, end - at) - 1]), line]
    return b"".join(parts)


def _line(dots: npt.NDArray[np.uint8]) -> bytes:
    """Return one line: count - 1 and a dot that repeats, or 257 - count and so many dots that do not."""
    width = dots.shape[0]
    changes = np.flatnonzero((dots[1:] != dots[:-1]).any(axis=1)) + 1
    starts = [0, *changes.tolist()]
    raw = dots.tobytes()
    parts: list[bytes] = []
    single = -1  # where a row of dots that do not repeat began

    def literals(end: int) -> None:
        for at in range(single, end, _MOST_DOTS):
            count = min(_MOST_DOTS, end - at)
            # One alone is a run of one: 257 - 1 would not fit into the byte.
            parts.append((b"\x00" if count == 1 else bytes([257 - count])) + raw[at * 3 : (at + count) * 3])

    for first, end in zip(starts, [*starts[1:], width], strict=True):
        if end - first == 1:
            single = first if single < 0 else single
            continue
        if single >= 0:
            literals(first)
            single = -1
        dot = raw[first * 3 : first * 3 + 3]
        parts += [bytes([min(_MOST_DOTS, end - at) - 1]) + dot for at in range(first, end, _MOST_DOTS)]
    if single >= 0:
        literals(width)
    return b"".join(parts)


def _header(page: npt.NDArray[np.uint8], dpi: int, page_size: str, count: int) -> bytes:
    height, width, channels = page.shape
    header = bytearray(HEADER)

    def put(at: int, *values: int) -> None:
        struct.pack_into(f">{len(values)}I", header, at, *values)

    header[0:9] = b"PwgRaster"
    put(272, int(count > 1))  # Duplex
    put(276, dpi, dpi)  # HWResolution
    put(340, 1)  # NumCopies
    put(352, round(width * 72 / dpi), round(height * 72 / dpi))  # PageSize in points
    put(372, width, height)
    put(384, 8, 8 * channels, width * channels, _CHUNKY, _SRGB)
    put(420, channels)
    put(452, count)  # TotalPageCount
    put(456, _BOTH_SIDES, 1)  # CrossFeedTransform, FeedTransform: as it is
    put(464, 0, 0, width, height)  # ImageBox
    put(480, 0x00FFFFFF)  # AlternatePrimary
    header[1732 : 1732 + len(page_size)] = page_size.encode("ascii")
    return bytes(header)
