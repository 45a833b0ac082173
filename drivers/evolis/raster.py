"""The bits of Evolis bitmaps: rotation, packing, line compression. Pure.

Beside :mod:`drivers.evolis.job` because it is tested against captured vendor streams without a printer. Pictures come
landscape, 648 rows of 1016 dots, origin top left. The printer's raster is 1016 lines of 648 dots: line 0 is the left
edge of the card, and the first dot of a line its bottom edge (protocol sheet 4.1).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LINES = 1016
DOTS = 648
BLOCK = 64  # the vendor's driver fills every bitmap command to a multiple of this (protocol sheet 2.1)
_LINE_BYTES = DOTS // 8
_SOLID = 0xFF
_LONGEST = 255  # dots that a count byte holds
_RUNS = {7: (0, 0x00), 6: (256, 0x40), 5: (512, 0x60)}  # bits -> dots that the high bits add, and the bits themselves
_WHICH_BYTE = np.arange(_LINE_BYTES + 1)


def pack_bits(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """Pack a resin or overlay picture, most significant bit first, 1 = transfer (protocol sheet 4.2).

    :param mask: ``bool`` of shape (648, 1016), landscape.
    :returns: ``uint8`` of shape (1016, 81), contiguous.
    """
    # Eight dots of a line are eight rows of the picture: they are joined row by row, and only the bytes are turned.
    rows = mask[::-1].view(np.uint8).reshape(_LINE_BYTES, 8, LINES)
    packed = np.zeros((_LINE_BYTES, LINES), np.uint8)
    for dot in range(8):
        packed |= rows[:, dot] << (7 - dot)
    return np.ascontiguousarray(packed.T)


def compress(lines: npt.NDArray[np.uint8]) -> bytes:
    """Drop the trailing zero bytes of each line, as the vendor's driver does (protocol sheet 4.3).

    A count byte opens each line: 0 for a blank line, 255 for a solid one, else how many bytes follow.

    :param lines: what :func:`pack_bits` returns.
    """
    counted = np.empty((LINES, _LINE_BYTES + 1), np.uint8)
    counted[:, 1:] = lines
    follow = np.where(lines != 0, _WHICH_BYTE[1:], 0).max(axis=1)
    solid = lines.min(axis=1) == _SOLID
    counted[:, 0] = np.where(solid, _SOLID, follow)
    follow[solid] = 0
    kept: npt.NDArray[np.uint8] = counted[follow[:, None] >= _WHICH_BYTE]
    return kept.tobytes()


def pack_levels(values: npt.NDArray[np.uint8], bits: int) -> bytes:
    """Pack a dye panel: values in scan order, each most significant bit first, no bit wasted (protocol sheet 4.4).

    :param values: ``uint8`` of shape (648, 1016), landscape, each below ``2**bits``.
    :param bits: 5, 6 or 7.
    :returns: 1016 * 81 * bits bytes.
    """
    # Eight dots of a line are eight rows of the picture, so that each packed byte is made for a whole row of the
    # picture at once, from contiguous memory, and only the packed bytes are turned.
    groups = values[::-1].reshape(DOTS // 8, 8, LINES)
    packed = np.zeros((DOTS // 8, bits, LINES), np.uint8)
    for dot in range(8):
        for byte in range(bits):
            shift = (dot + 1) * bits - (byte + 1) * 8
            if -8 < shift < bits:
                part = groups[:, dot] >> shift if shift >= 0 else groups[:, dot] << -shift
                packed[:, byte] |= part
    return packed.reshape(DOTS // 8 * bits, LINES).T.tobytes()


def compress_levels(values: npt.NDArray[np.uint8], bits: int) -> bytes:
    """Run-length code a dye panel, line by line (protocol sheet 4.5; known from the guide alone).

    One byte for a single dot, two for a run. The sheet leaves open what a count of zero means and whether the two high
    bits of 32 levels are independent, so that neither is used: a count byte is never zero but in a blank line's
    ``80 00``, and at 32 levels both high bits are set or none.

    :param values: ``uint8`` of shape (648, 1016), landscape, each below ``2**bits``.
    :param bits: 5, 6 or 7.
    """
    lines = np.ascontiguousarray(values[::-1].T)
    high, marks = _RUNS[bits]
    starts = np.empty(lines.shape, np.bool_)
    starts[:, 0] = True
    np.not_equal(lines[:, 1:], lines[:, :-1], out=starts[:, 1:])
    first = np.flatnonzero(starts)
    length = np.diff(first, append=lines.size)
    value = lines.reshape(-1)[first]
    blank = (length == DOTS) & (value == 0)

    # A run of n dots becomes as many pieces as it needs: one with the high bits where it is long enough, then of 255.
    flagged = (length > high) & (high > 0)
    rest = length - np.where(flagged, np.minimum(length, high + _LONGEST), 0)
    pieces = flagged + -(-rest // _LONGEST)
    piece_of = np.repeat(np.arange(len(first)), pieces)
    number = np.arange(len(piece_of)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    leads = flagged[piece_of] & (number == 0)
    rest_count = np.minimum(rest[piece_of] - (number - flagged[piece_of]) * _LONGEST, _LONGEST)
    count = np.where(leads, np.minimum(length[piece_of] - high, _LONGEST), rest_count)
    single = ~leads & (count == 1)
    opening = value[piece_of] | np.where(single, 0, 0x80) | np.where(leads, marks, 0)
    opening[blank[piece_of]], count[blank[piece_of]] = 0x80, 0
    single[blank[piece_of]] = False
    coded = np.stack((opening, count), axis=1).astype(np.uint8)
    keep = np.ones(coded.shape, np.bool_)
    keep[:, 1] = ~single
    keep[blank[piece_of] & (number > 0)] = False
    kept: npt.NDArray[np.uint8] = coded[keep]
    return kept.tobytes()


def download(header: str, payload: bytes) -> bytes:
    """Frame a bitmap command: ESC, header, payload, CR, and NULs up to a multiple of 64 bytes (protocol sheet 2.1)."""
    command = b"".join((b"\x1b", header.encode("ascii"), payload, b"\r"))
    return command + bytes(-len(command) % BLOCK)
