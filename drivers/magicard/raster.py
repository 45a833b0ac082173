"""Planes of Magicard print heads: which bit of a plane is which dot of the card (protocol sheet 6). Pure.

A plane is a line for every dot along the card; a line is one row of bits for every bit of ink, the least significant
first. Three print heads order the dots of a row in three ways.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DOTS = 642  # of the card across a line (sheet 2)
CANVAS = 672  # dots of the head across a line
INK_BITS = 6  # of a colour plane: 0 no ink, 63 all (sheet 6)
_WORD = 32


@dataclass(frozen=True)
class Head:
    """One order of dots.

    :param lines: along the card, at 300 dpi.
    :param first: canvas index of the card's first dot.
    :param row_bytes: bytes of one row of bits.
    :param turned: the picture lies turned by 180 degrees (sheet 6.4).
    :param bits: place of every canvas dot in a row of bits, counted from the most significant bit of the first byte.
    """

    lines: int
    first: int
    row_bytes: int
    turned: bool
    bits: npt.NDArray[np.intp]


def _interleaved() -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return 32-bit word and place in it of every canvas dot of a head in two halves (sheet 6.2)."""
    dot = np.arange(CANVAS)
    late = dot >= 288
    word = np.where(late, (dot - 288) // 16, 6 + dot // 16)
    place = np.where(late, 2 * ((dot - 288) % 16) + 1, 2 * (dot % 16))
    return word, place


def _enduro() -> npt.NDArray[np.intp]:
    word, place = _interleaved()
    return word * _WORD + place


def _aota() -> npt.NDArray[np.intp]:
    word, place = _interleaved()
    return word * _WORD + (_WORD - 1 - place)  # from the least significant bit, bytes reversed (sheet 6.3)


ENDURO = Head(lines=1016, first=15, row_bytes=96, turned=False, bits=_enduro())
RIO = Head(lines=1016, first=16, row_bytes=84, turned=True, bits=np.arange(CANVAS))
AOTA = Head(lines=1000, first=15, row_bytes=96, turned=True, bits=_aota())


def pack(picture: npt.NDArray[np.uint8], head: Head, bits: int) -> bytes:
    """Return the plane of one ink.

    :param picture: ``uint8`` of shape (642, ``head.lines``), landscape, origin top left, each below ``2**bits``.
    :param bits: 6 for a dye, 1 for resin.
    :returns: ``head.lines * bits * head.row_bytes`` bytes.
    """
    upright = np.rot90(picture, 1 if head.turned else -1)  # (lines, dots): bottom first, or all of it turned
    rows = np.zeros((head.lines, bits, head.row_bytes * 8), np.uint8)
    places = head.bits[head.first : head.first + DOTS]
    for bit in range(bits):
        rows[:, bit, places] = (upright >> bit) & 1
    return np.packbits(rows, axis=2).tobytes()
