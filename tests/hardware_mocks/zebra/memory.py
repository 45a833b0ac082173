"""The image memory of an EPCL printer: buffers for Y, M, C, black, varnish, and what loads them (sheet 5 to 7)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import xor

import numpy as np
from numpy.typing import NDArray

from hardware_mocks.zebra.raster import MOST_LEVEL, Plane, RasterError, colour_plane, expand, mono_plane
from hardware_mocks.zebra.wires import Graphic
from hardware_mocks.zebra.words import (
    CHECKSUM,
    GRAPHIC,
    INVALID,
    NO_AREA,
    TOO_HIGH,
    TOO_WIDE,
    UNKNOWN,
    CodeError,
    Command,
    Dialect,
    split,
)

COLOURS = {"0": "y", "1": "m", "2": "c", "3": "kd"}
"""Number of a colour buffer to its panel; 3 is dye-sublimation black (sheet 7.1, GS)."""
LOADS = ("F", "vF", "G", "vG", "O", "vO", "Z", "vZ", "PS", "GS")


@dataclass
class _Area:
    """A mono area declared by G: ``height`` dots from ``y`` along a line, ``width`` lines from ``x``."""

    x: int
    y: int
    height: int
    width: int
    compressed: bool
    checked: bool
    reversed: bool
    lines: int = 0

    @property
    def line_bytes(self) -> int:
        return -(-self.height // 8)


class Memory:
    """Every buffer of the dialect's size. ``loaded`` names the panels that were loaded since ``forget_loads``."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._shape = dialect.lines, dialect.dots
        self.loaded: dict[str, None] = {}
        self.clear()

    def clear(self) -> None:
        """Begin as after power-on: everything empty."""
        self._colours: dict[str, NDArray[np.uint8]] = {}
        self._mono = {"k": np.zeros(self._shape, np.bool_), "o": np.zeros(self._shape, np.bool_)}
        self._areas: dict[str, _Area] = {}
        self.loaded.clear()

    def clear_colours(self) -> None:
        """Empty the colour buffers."""
        self._colours.clear()

    def _slot(self, panel: str) -> str:
        return "one" if self.dialect.one_colour else panel

    # -- what is printed -------------------------------------------------------------------------------------------

    def colour(self, number: str) -> Plane:
        """Return a colour buffer as it is now; ``number`` as in ``IS``."""
        if number not in COLOURS:
            raise CodeError(INVALID, f"no colour buffer {number!r}")
        levels = self._colours.get(self._slot(COLOURS[number]))
        return colour_plane(COLOURS[number], np.zeros(self._shape, np.uint8) if levels is None else levels)

    def black(self) -> Plane:
        """Return the mono buffer that is printed in black."""
        return mono_plane("k", self._mono["o" if self.dialect.varnish_is_mono else "k"])

    def varnish(self) -> Plane:
        """Return the varnish: what the buffer holds, the whole card when it is clear (sheet 7.1 IV, 10 C)."""
        dots = self._mono["o"]
        return mono_plane("o", dots if dots.any() else np.ones_like(dots))

    # -- what loads it ---------------------------------------------------------------------------------------------

    def graphic(self, head: bytes) -> Graphic | None:
        """Tell what image data a command's text begins, from its first bytes."""
        try:
            command = split(head)
        except CodeError:
            return None
        if command.name in ("PS", "GS") and command.params[1] in ("30", "32"):
            lines, dots = self._shape if command.name == "PS" else (int(command.params[4]), int(command.params[5]))
            panel = COLOURS.get(command.params[0])
            start = len(head) - len(command.data)
            return Graphic(panel, start, lines * dots, command.params[1] == "30") if panel else None
        area = self._areas.get(command.name[:-1]) if command.name in ("Z", "vZ") else None
        if area is None:
            return None
        size = area.width * area.line_bytes
        return Graphic("o" if command.name == "vZ" else "k", len(command.name), size, area.compressed)

    def load(self, command: Command) -> None:
        """Carry out one of ``LOADS``.

        :raises CodeError: it cannot be loaded.
        """
        prefix, name = ("v", command.name[1:]) if command.name[0] == "v" else ("", command.name)
        if self.dialect.varnish_is_mono and prefix == "" and name in ("F", "G", "O", "Z"):
            raise CodeError(UNKNOWN, "this model has mono data in the varnish buffer only")
        acts: dict[str, Callable[[str, Command], None]] = {
            "F": self._clear, "G": self._declare, "O": self._line, "Z": self._bitmap, "PS": self._whole,
            "GS": self._part,
        }  # fmt: skip
        acts[name](prefix, command)

    def _note(self, prefix: str) -> None:
        self.loaded["k" if prefix == "" or self.dialect.varnish_is_mono else "o"] = None

    def _clear(self, prefix: str, command: Command) -> None:
        if command.params:
            raise CodeError(INVALID)
        self._mono["o" if prefix else "k"][:] = False
        self._areas.pop(prefix, None)

    def _declare(self, prefix: str, command: Command) -> None:
        if len(command.params) != 6:
            raise CodeError(INVALID, "G has six parameters")
        x, y, mode, high, width, how = (int(number) for number in command.params)
        if mode not in (0, 1, 2, 3, 10, 11, 12, 13) or how not in (0, 1, 2):
            raise CodeError(INVALID, "no such mode")
        height = high if mode >= 10 else 8 * high
        if mode < 10 and 0 < y + height - self.dialect.dots < 8:
            height = self.dialect.dots - y  # whole bytes; the last bits of a line lie beside the memory
        self._check_area(x, y, width, height)
        area = _Area(x, y, height, width, bool(mode % 10 & 2), bool(mode % 10 & 1), how == 0)
        if how != 2:
            self._mono["o" if prefix else "k"][x : x + width, y : y + height] = False
        self._areas[prefix] = area

    def _check_area(self, x: int, y: int, lines: int, dots: int) -> None:
        if min(x, y) < 0 or min(lines, dots) < 1:
            raise CodeError(NO_AREA, "an area of nothing")
        if x + lines > self.dialect.lines:
            raise CodeError(TOO_WIDE, f"line {x + lines} of {self.dialect.lines}")
        if y + dots > self.dialect.dots:
            raise CodeError(TOO_HIGH, f"dot {y + dots} of {self.dialect.dots}")

    def _line(self, prefix: str, command: Command) -> None:
        area = self._areas.get(prefix)
        if area is None:
            raise CodeError(NO_AREA, "no area was declared")
        if area.lines == area.width:
            raise CodeError(GRAPHIC, "more lines than the area has")
        self._put(prefix, area, area.lines, 1, command.data)
        area.lines += 1

    def _bitmap(self, prefix: str, command: Command) -> None:
        area = self._areas.get(prefix)
        if area is None:
            raise CodeError(NO_AREA, "no area was declared")
        self._put(prefix, area, 0, area.width, command.data)
        del self._areas[prefix]

    def _put(self, prefix: str, area: _Area, first: int, lines: int, data: bytes) -> None:
        size = lines * area.line_bytes
        if area.checked:
            data, told = data[:-1], data[-1:]
        raw = _bytes(data, size, area.compressed)
        # Whether the checksum is taken before or after compression is unknown (sheet 12): both are right.
        if area.checked and told not in (_checksum(data), _checksum(raw)):
            raise CodeError(CHECKSUM, "the checksum differs")
        dots = np.unpackbits(np.frombuffer(raw, np.uint8).reshape(lines, -1), axis=1)[:, : area.height].astype(np.bool_)
        part = self._mono["o" if prefix else "k"][
            area.x + first : area.x + first + lines, area.y : area.y + area.height
        ]
        part |= ~dots if area.reversed else dots
        self._note(prefix)

    def _whole(self, _: str, command: Command) -> None:
        number, mode = command.params
        self._colour(number, mode, 0, 0, *self._shape, command.data)

    def _part(self, _: str, command: Command) -> None:
        number, mode, *place = command.params
        x, y, lines, dots = (int(text) for text in place)
        self._check_area(x, y, lines, dots)
        self._colour(number, mode, x, y, lines, dots, command.data)

    def _colour(self, number: str, mode: str, x: int, y: int, lines: int, dots: int, data: bytes) -> None:
        if number not in COLOURS or mode not in ("30", "32"):
            raise CodeError(INVALID, "no such buffer or mode")
        levels: NDArray[np.uint8] = np.frombuffer(_bytes(data, lines * dots, mode == "30"), np.uint8)
        levels = levels.reshape(lines, dots)
        if mode == "32":
            levels = (levels >> 3).astype(np.uint8)
        elif levels.max() > MOST_LEVEL:
            raise CodeError(GRAPHIC, "a level above 1F")
        slot = self._slot(COLOURS[number])
        if slot not in self._colours:
            self._colours[slot] = np.zeros(self._shape, np.uint8)
        self._colours[slot][x : x + lines, y : y + dots] = levels
        self.loaded[COLOURS[number]] = None


def _bytes(data: bytes, size: int, compressed: bool) -> bytes:
    if not compressed and len(data) != size:
        raise CodeError(GRAPHIC, f"{len(data)} bytes, the area has {size}")
    try:
        return expand(data, size) if compressed else data
    except RasterError as error:
        raise CodeError(GRAPHIC, str(error)) from error


def _checksum(data: bytes) -> bytes:
    return bytes([reduce(xor, data, 0)])
