"""What Matica / XID retransfer printers call things: heads, panels, places, codes, settings (protocol sheet 2 to 9)."""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from hardware_mocks.machine import Station


@dataclass(frozen=True)
class Head:
    """A model's film and pictures (sheet 2, 5): size in dots, and whether pictures come turned by 180 degrees."""

    cols: int
    rows: int
    dpi: int
    card: tuple[int, int]
    turned: bool
    document_word: int

    @property
    def size(self) -> int:
        """Bytes of a panel."""
        return self.cols * self.rows


HEADS = {
    "xid8600": Head(2072, 1328, 600, (2026, 1278), turned=True, document_word=2),
    "xid580": Head(1036, 664, 300, (1013, 639), turned=False, document_word=0),  # card size: half (unverified)
}
TAGS = {0x01: "y", 0x02: "m", 0x04: "c", 0x08: "k", 0x20: "o", 0x40: "u"}
"""Panels of an upload over Ethernet, and bits of its print command (sheet 5, 6); also the order of printing."""
NUMBERS = {3: "y", 2: "m", 1: "c", 0: "k", 5: "o", 4: "u"}
"""Panels of a USB upload (sheet 7)."""
STATIONS: tuple[Station, ...] = ("print", "contact", "contactless", "encoder")
REJECT_EXIT, EXIT = 4, 5
RIBBON_TYPES = {"ymck": 0x00, "ymckk": 0x04, "ymcku": 0x05}
UNKNOWN_TYPE = 0xFE
TRACK_TAGS = (0x16, 0x24, 0x34)

READY, RESTARTED, POWER_INTERRUPTED = 0, 0x00062800, 0x0002C300
WARMING, STARTING, BUSY, PRINTING, NO_CARDS, DOOR = 0x2DA00, 0x2DB00, 0x2D300, 0x2D400, 0x2D000, 0x2D100
UNKNOWN, POSITION, NOT_FOR_LOAD = 0x52000, 0x52600, 0x52A00
CODES = {
    "feeder_empty": NO_CARDS, "cover_open": DOOR, "head_hot": 0x2F800, "head_open": 0x2D800, "time_out": 0x34400,
    "jam": 0x39300, "jam_hopper": 0x39000, "jam_turn": 0x39100, "rotation": 0x39100, "jam_magnetic": 0x39200,
    "jam_transfer": 0x39300, "jam_exit": 0x39400, "hopper_full": 0x39400, "reject_full": 0x39400,
    "jam_retransfer": 0x39500, "film_mark": 0x3A100, "bad_track": 0x3A800, "write_failed": 0x3AD00,
    "ribbon_cut": 0x3B000, "ribbon_type": 0x3B100, "ribbon_end": 0x3B200, "position": POSITION, "no_card": 0x34400,
}  # fmt: skip
WAITS = {"warming": WARMING, "starting": STARTING, "cold": 0x2F600, "roller_hot": 0x2C200, "head_hot": 0x2F800}
"""Conditions that go by themselves."""

SETTINGS = {
    # tag: (value at delivery, offset in mode sense 68, offset in the block of mode select 28); sheet 9
    0x14: (0, 0x1A, 0x13), 0x16: (0, 0x31, 0x15), 0x18: (6, 0x32, 0x16), 0x28: (1, None, None),
    0x33: (0, 0x18, 0x11), 0x46: (3, 0x2D, 0x0D), 0x47: (0, 0x2E, 0x0E), 0x48: (3, 0x36, 0x17),
    0x4A: (3, 0x2F, 0x0F), 0x4B: (3, 0x30, 0x10), 0x4C: (2, 0x25, 0x04), 0x4D: (2, 0x26, 0x05),
    0x4E: (2, 0x27, 0x06), 0x4F: (10, 0x28, 0x07), 0x50: (2, 0x29, 0x08), 0x55: (0, 0x14, 0x0B),
    0x56: (0, 0x1B, 0x0C), 0x1F: (0, None, None),
}  # fmt: skip
COUNTER_RESET = 0x32
MAKER = "G-Printec, Inc."
LOT = "LOT0001"


def mac_of(serial: str) -> bytes:
    """Return the MAC address of a printer: locally administered, every printer's its own."""
    return b"\x02\x00\x00" + zlib.crc32(serial.encode()).to_bytes(4, "big")[1:]


def item(tag: int, value: bytes) -> bytes:
    """Return one item of a reply: tag, length, size, value, padded to words (sheet 9)."""
    length = 1 + len(value)
    length += -(2 + length) % 4
    return struct.pack("BBB", tag, length, len(value)) + value.ljust(length - 1, b"\x00")


def number(tag: int, value: int, size: int) -> bytes:
    """Return an item with a number."""
    return item(tag, value.to_bytes(size, "big"))


def log(values: Iterable[bytes]) -> bytes:
    """Return items of a USB log page: code, length 4, value each (sheet 7)."""
    return b"".join(struct.pack(">HH", code, 4) + value for code, value in enumerate(values))
