"""The USB dialect: SCSI commands in the mass-storage bulk-only wrapper (protocol sheet 7). Pure.

What moves a card or carries a panel comes as a block of the Ethernet dialect and is translated here.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from drivers.errors import UnexpectedReplyError
from drivers.matica import blocks
from drivers.matica.blocks import ChipStation, Introduction
from drivers.printer import Station

CSW_BYTES = 13
GOOD, FAILED, PHASE_ERROR = 0, 1, 2

TEST_UNIT_READY = bytes(6)
REQUEST_SENSE, SENSE_BYTES = bytes.fromhex("030000001400"), 0x14
INQUIRY, INQUIRY_BYTES = bytes.fromhex("120000006000"), 0x60
REINITIALISE = bytes.fromhex("010000000000")
RIBBON, RIBBON_BYTES = bytes.fromhex("1a0063002c00"), 0x2C
COUNTERS, COUNTERS_BYTES = bytes.fromhex("4d007800000000003400"), 0x34
POSITION, POSITION_BYTES = bytes.fromhex("34000000000000000000"), 8

_PANEL = {0x01: 3, 0x02: 2, 0x04: 1, 0x08: 0}
_COLOUR, _BLACK = 0x07, 0x08
_AFTER_TRANSFER = {(0, 5): 0x09, (blocks.FLIP, 0): 0x0A, (0, 0): 0x0D}


@dataclass(frozen=True)
class Csw:
    """Command status wrapper (USB mass storage bulk-only 1.0, 5.2)."""

    tag: int
    residue: int
    status: int


def cbw(tag: int, cdb: bytes, length: int, *, inward: bool) -> bytes:
    """Return the command block wrapper around a CDB.

    :param length: bytes of the data stage.
    :param inward: whether they come from the device.
    """
    head = struct.pack("<4s2I3B", b"USBC", tag, length, 0x80 if inward else 0, 0, len(cdb))
    return head + cdb.ljust(16, b"\0")


def csw(raw: bytes) -> Csw:
    """Read a command status wrapper.

    :raises UnexpectedReplyError: it is none.
    """
    if len(raw) != CSW_BYTES or raw[:4] != b"USBS":
        raise UnexpectedReplyError("The printer ended a command with something unknown", reply=raw[:40].hex())
    return Csw(*struct.unpack("<4x2IB", raw))


def translated(one: bytes) -> tuple[bytes, bytes]:
    """Return CDB and payload of a block of the Ethernet dialect.

    :raises ValueError: USB has no word for it.
    """
    kind, code, flags, place = blocks.parts(one)
    if kind == blocks.UPLOAD:
        pixels = one[blocks.PIXELS_AT :]
        return b"\x2a\0" + bytes([_PANEL[code], 0, 0]) + struct.pack(">I", len(pixels)) + b"\0", pixels
    if code in (blocks.LOAD, blocks.MOVE):
        how = (2 if flags & blocks.FLIP else 0) | (4 if flags & blocks.NEW_FILM else 0)
        return bytes([0x31, 0x01 if code == blocks.LOAD else 0x0B, 0, 0, how, 0, 0, place, 0, 0]), b""
    if code == blocks.PRINT and not place & ~(_COLOUR | _BLACK):
        bits = (2 if place & _COLOUR else 0) | (4 if place & _BLACK else 0)
        return bytes([0x31, 0x08, bits]) + bytes(7), b""
    if code == blocks.TRANSFER and (flags, place) in _AFTER_TRANSFER:
        return bytes([0x31, _AFTER_TRANSFER[flags, place]]) + bytes(8), b""
    if code == blocks.INITIALISE:
        return REINITIALISE, b""
    raise ValueError(f"no command on USB for {blocks.name(one)}")


def engage(station: ChipStation) -> bytes:
    """Return the CDB that brings the contacts or the antenna of a station to the card."""
    return bytes.fromhex(f"32{_chip_bits(station):02x}0000000000000000")


def release(station: ChipStation) -> bytes:
    """Return the CDB that takes them away from it."""
    return bytes.fromhex(f"32{_chip_bits(station) | 1:02x}0000000000000000")


def _chip_bits(station: ChipStation) -> int:
    match station:
        case Station.CONTACT:
            return 0x00
        case Station.CONTACTLESS:
            return 0x04
        case _:
            assert_never(station)


def sense(raw: bytes) -> int:
    """Return the code of sense data (sheet 7, 8).

    :raises UnexpectedReplyError: they are cut off.
    """
    if len(raw) < 13:
        raise _short("sense data", raw)
    return (raw[2] & 0x0F) << 16 | raw[12] << 8


def introduction(raw: bytes, serial_number: str) -> Introduction:
    """Read an inquiry. The number in it overlaps the type (sheet 7), so the device's own serial number is taken.

    :raises UnexpectedReplyError: it is cut off.
    """
    if len(raw) < 32:
        raise _short("an inquiry", raw)
    maker, said, version = (_text(raw[start:end]) for start, end in ((8, 16), (16, 32), (58, 71)))
    kind = said.split()[0] if said else ""
    return Introduction(kind, serial_number, version or None, {"maker": maker, "type": said, "version": version})


def place(raw: bytes) -> tuple[int, int]:
    """Read mode and position of the card.

    :raises UnexpectedReplyError: they are cut off.
    """
    if len(raw) < POSITION_BYTES:
        raise _short("the card's position", raw)
    return raw[0], raw[7]


def counters(raw: bytes) -> Mapping[int, int]:
    """Read counters by their code: 0 total, 1 free, 2 head, 3 clean, 4 error.

    :raises UnexpectedReplyError: they are damaged.
    """
    found: dict[int, int] = {}
    for at in range(4, len(raw) - 7, 8):
        code, length, value = struct.unpack_from(">2HI", raw, at)
        if length == 4:
            found.setdefault(code, value)
    if not found:
        raise _short("counters", raw)
    return found


def _text(raw: bytes) -> str:
    return re.sub(r"[^\x20-\x7e]", "", raw.replace(b"\0", b" ").decode("latin-1")).strip()


def _short(what: str, raw: bytes) -> UnexpectedReplyError:
    return UnexpectedReplyError(
        f"The printer sent {what} that cannot be read", hint="Look which device this is", reply=raw[:40].hex()
    )
