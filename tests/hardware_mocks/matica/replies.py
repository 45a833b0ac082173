"""What a Matica / XID printer tells of itself: items over Ethernet, pages over USB (protocol sheet 7 and 9)."""

import struct

from hardware_mocks.matica.blocks import CURRENT, GEOMETRY, INFORMATION, STORED
from hardware_mocks.matica.core import Core
from hardware_mocks.matica.words import (
    LOT,
    MAKER,
    READY,
    RIBBON_TYPES,
    SETTINGS,
    STARTING,
    UNKNOWN_TYPE,
    WARMING,
    item,
    log,
    number,
)


class Replies:
    """Answers to questions; changes nothing."""

    def __init__(self, core: Core, model: str, firmware: str) -> None:
        self._core, self._machine = core, core.machine
        self._model, self._firmware = model, firmware

    def _ribbon(self) -> tuple[int, int, int]:
        """Return type, panels of a new ribbon, what is left in percent."""
        ribbon = self._machine.ribbon
        if ribbon is None:
            return UNKNOWN_TYPE, 0, 0
        kind = RIBBON_TYPES.get(ribbon.kind, UNKNOWN_TYPE)
        return kind, ribbon.capacity, 0 if ribbon.cut else round(100 * ribbon.left / max(1, ribbon.capacity))

    def _counters(self) -> tuple[int, int, int, int, int]:
        """Return total, free, head, clean, error."""
        counters = self._machine.counters
        return counters.cards, counters.cards, counters.panels, counters.cleanings, counters.errors

    def state(self, ready: bytes) -> bytes:
        """Return the four bytes of the state (sheet 7, status log item 3)."""
        code = self._core.peek()
        return ready if code == READY else b"\xff" + struct.pack(">I", code)[1:]

    # -- Ethernet --------------------------------------------------------------------------------------------------

    def items(self, kind: int, tags: bytes) -> bytes:
        """Return the items asked for; one that the printer does not know is left out (unverified)."""
        tables = {INFORMATION: self._information, GEOMETRY: self._geometry, STORED: self._set, CURRENT: self._set}
        table = tables[kind]()
        return b"".join(table[tag] for tag in tags if tag in table)

    def _information(self) -> dict[int, bytes]:
        kind, capacity, left = self._ribbon()
        film = self._machine.film
        total, free, head, clean, error = self._counters()
        found = {
            0x01: item(0x01, self.state(bytes(4))), 0x0A: number(0x0A, 0 if self._machine.hopper else 2, 1),
            0x0B: number(0x0B, left // 2, 1), 0x0C: number(0x0C, film.left * 10 // max(1, film.capacity), 1),
            0x0D: number(0x0D, kind, 1), 0x0E: number(0x0E, capacity, 2), 0x0F: item(0x0F, LOT.encode()),
            0x3E: number(0x3E, UNKNOWN_TYPE, 1),
        }  # fmt: skip
        counted = {0x1E: free, 0x1F: total, 0x20: head, 0x21: clean, 0x23: error}
        return found | {tag: number(tag, value, 4) for tag, value in counted.items()}

    def _geometry(self) -> dict[int, bytes]:
        head = self._core.head
        sizes = {0x04: head.dpi, 0x05: head.dpi, 0x06: head.card[0], 0x07: head.card[1],
                 0x08: (head.cols - head.card[0]) // 2, 0x09: (head.rows - head.card[1]) // 2,
                 0x0A: head.cols, 0x0B: head.rows}  # fmt: skip
        options = {tag: number(tag, 1, 1) for tag in (0x32, 0x33, *range(0x36, 0x3C))}
        return options | {tag: number(tag, value, 2) for tag, value in sizes.items()}

    def _set(self) -> dict[int, bytes]:
        return {tag: number(tag, value, 1) for tag, value in self._core.settings.items()}

    # -- USB -------------------------------------------------------------------------------------------------------

    def inquiry(self) -> bytes:
        """Return 96 bytes."""
        data = bytearray(96)
        data[4] = 91
        data[8:16] = MAKER.encode()[:8]
        data[16:32] = self._model.encode("ascii", "replace")[:16].ljust(16)
        data[58:71] = self._firmware.encode("ascii", "replace")[:13].ljust(13)
        data[71:79] = data[79:87] = b"1.00    "
        return bytes(data)

    def page_68(self) -> bytes:
        """Return resolution, sizes and settings, 64 bytes."""
        head, data = self._core.head, bytearray(64)
        struct.pack_into(">HH", data, 8, head.dpi, head.dpi)
        struct.pack_into(">HH", data, 16, *head.card)
        for tag, (_, offset, _) in SETTINGS.items():
            if offset is not None:
                data[offset] = self._core.settings[tag]
        struct.pack_into(">HH", data, 32, head.cols, head.rows)
        return bytes(data)

    def page_63(self) -> bytes:
        """Return the ribbon, 44 bytes."""
        kind, capacity, left = self._ribbon()
        data = bytearray(44)
        data[5], data[6] = left // 2, kind
        struct.pack_into(">H", data, 8, capacity)
        data[12 : 12 + len(LOT)] = LOT.encode()
        return bytes(data)

    def log_78(self) -> bytes:
        """Return the counters, 52 bytes: five items, and a sixth whose meaning nobody knows."""
        items = log(struct.pack(">I", value) for value in (*self._counters(), 0))
        return struct.pack(">BBH", 0x78, 0, len(items)) + items

    def log_79(self) -> bytes:
        """Return the state, 76 bytes: nine items of which 1 and 3 are known."""
        code = self._core.peek()
        state = self.state(b"\x00\x00\x0f\x00")
        if code in (WARMING, STARTING):
            state = b"\x07\x00\x0f\x00"
        values = [bytes(4)] * 9
        values[1], values[3] = struct.pack(">I", self._machine.counters.cards), state
        items = log(values)
        return struct.pack(">BBH", 0x79, 0, len(items)) + items
