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
    """Return a page's lines (section 4.4): lines that repeat are sent once, with a count, and their dots in runs.

    All lines are worked on at once: a loop over the runs of a photo took most of a card's time.
    """
    height, width = page.shape[:2]
    dots = _dots(page)
    starts = [0, *(np.flatnonzero((dots[1:] != dots[:-1]).any(axis=1)) + 1).tolist()]
    sent = [
        (at, min(_MOST_LINES, end - at))
        for first, end in zip(starts, [*starts[1:], height], strict=True)
        for at in range(first, end, _MOST_LINES)
    ]
    lines = [line for line, _ in sent]
    first, count, literal = _pieces(dots[lines])
    carried = np.where(literal, count, 1)
    opens = first % width == 0
    sizes = opens + 1 + 3 * carried
    control = np.cumsum(sizes) - sizes + opens
    packed = np.empty(int(sizes.sum()), np.uint8)
    packed[control] = np.where(literal, 257 - count, count - 1)
    packed[control[opens] - 1] = [repeats - 1 for _, repeats in sent]
    colours = np.ones(packed.size, bool)
    colours[control] = colours[control[opens] - 1] = False
    source = np.arange(carried.sum()) + np.repeat(first - np.cumsum(carried) + carried, carried)
    packed[colours] = page[lines].reshape(-1, 3)[source].ravel()
    return packed.tobytes()


def _dots(page: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """Return each dot as one number, which compares faster than three."""
    wide = np.zeros((*page.shape[:2], 4), np.uint8)
    wide[:, :, :3] = page
    return wide.view(np.uint32)[:, :, 0]


def _pieces(dots: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Cut lines into pieces of at most 128 dots: where each begins, its dots, and whether they are sent one by one.

    A piece is one dot that repeats, or dots that do not; one dot alone is a run of one, since 257 - 1 fits no byte.
    """
    width = dots.shape[1]
    differs = np.ones(dots.shape, bool)
    differs[:, 1:] = dots[:, 1:] != dots[:, :-1]
    first = np.flatnonzero(differs)
    alone = np.diff(first, append=dots.size) == 1
    joins = np.zeros(first.size, bool)
    joins[1:] = alone[1:] & alone[:-1] & (first[1:] % width != 0)
    first, alone = first[~joins], alone[~joins]
    length = np.diff(first, append=dots.size)
    parts = -(-length // _MOST_DOTS)
    done = _MOST_DOTS * (np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts))
    count = np.minimum(np.repeat(length, parts) - done, _MOST_DOTS)
    return np.repeat(first, parts) + done, count, np.repeat(alone, parts) & (count > 1)


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
