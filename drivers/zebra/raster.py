"""Pictures as EPCL printers want them: orientation, packing, compression, escape (protocol sheet 4.1, 5, 6). Pure.

A line of the print head lies along the short edge of the card. Line 0 is the left edge, the first dot of a line the
bottom edge (sheet 5.1).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LEVEL_BITS = 5  # of a dot of dye: 32 levels (sheet 5)
_LONGEST_RUN = 127
_LONGEST_LITERAL = 31  # the sheet's text; a figure shows 60, which is read and never written (sheet 6)
_SHORTEST_RUN = 3  # two equal bytes cost as much as literals
_RUN = 0x80

# ESC, CR and "[" in data (sheet 4.1). Levels and literal counts reach two of them: 0D and 1B.
_LITERAL_WITHOUT_CONTROLS = 0x0C
_LEVEL_WITHOUT_CONTROLS = np.arange(256, dtype=np.uint8)
_LEVEL_WITHOUT_CONTROLS[[0x0D, 0x1B]] = 0x0C, 0x1C


def pack_levels(values: npt.NDArray[np.uint8]) -> bytes:
    """Return one dye, a byte a dot.

    :param values: ``uint8`` of shape (dots, lines), landscape, origin top left, each 0 to 31.
    """
    return values[::-1].T.tobytes()


def pack_bits(mask: npt.NDArray[np.bool_]) -> bytes:
    """Return resin or varnish, a bit a dot, 1 = print, most significant first; a line ends at a whole byte.

    :param mask: ``bool`` of shape (dots, lines), landscape, origin top left.
    """
    return np.packbits(mask[::-1].T, axis=1).tobytes()


def compress(raw: bytes, longest_literal: int = _LONGEST_LITERAL) -> bytes:
    """Run-length code data: ``1nnnnnnn`` and a byte to be repeated n times, or ``0nnnnnnn`` and n bytes (sheet 6).

    The first code is a run, as the printer demands, be it of one byte.

    :param raw: at least one byte.
    """
    data = np.frombuffer(raw, np.uint8)
    starts = np.concatenate(([0], np.flatnonzero(data[1:] != data[:-1]) + 1))
    lengths = np.diff(starts, append=data.size)
    runs = lengths >= _SHORTEST_RUN
    runs[0] = True
    # Neighbours that are no runs become one stretch of literals.
    opens = runs | np.concatenate(([True], runs[:-1]))
    starts, runs = starts[opens], runs[opens]
    lengths = np.diff(starts, append=data.size)

    longest = np.where(runs, _LONGEST_RUN, longest_literal)
    pieces = -(-lengths // longest)
    item = np.repeat(np.arange(starts.size), pieces)
    number = np.arange(item.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    source = starts[item] + number * longest[item]
    count = np.minimum(longest[item], lengths[item] - number * longest[item])
    run = runs[item]
    size = np.where(run, 2, 1 + count)
    place = np.cumsum(size) - size
    coded = np.empty(int(size.sum()), np.uint8)
    coded[place] = np.where(run, _RUN | count, count)
    coded[place[run] + 1] = data[source[run]]
    literal = ~run
    taken = np.repeat(source[literal] - (np.cumsum(count[literal]) - count[literal]), count[literal])
    taken += np.arange(taken.size)
    coded[taken + np.repeat(place[literal] + 1 - source[literal], count[literal])] = data[taken]
    return coded.tobytes()


def compress_without_controls(raw: bytes) -> bytes:
    """Run-length code a dye so that no byte is ESC, CR or ``[``: then it reads the same with and without escape.

    Levels 13 and 27 become 12 and 28, which nobody sees; stretches of literals are short.

    :param raw: what :func:`pack_levels` returns.
    """
    levels = _LEVEL_WITHOUT_CONTROLS[np.frombuffer(raw, np.uint8)]
    return compress(levels.tobytes(), _LITERAL_WITHOUT_CONTROLS)


def escape(data: bytes) -> bytes:
    """Put ``[`` before every ESC, CR and ``[`` of data (sheet 4.1)."""
    return data.replace(b"[", b"[[").replace(b"\x1b", b"[\x1b").replace(b"\r", b"[\r")
