"""Blocks of the Ethernet dialect (protocol sheet 4 to 6, 9), and the commands that both dialects are told by. Pure.

All words are big-endian. A block is type, number of words that follow, a parameter or code, a sequence, data.
"""

from __future__ import annotations

import re
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from drivers.errors import UnexpectedReplyError
from drivers.printer import Station

IDENTITY, DOCUMENT, STARTED = 0xF3000200, 0xF2000300, 0xF3000400
COMMAND, UPLOAD, INFORMATION = 0xF0000100, 0xF0000200, 0xF0000600
DONE, REFUSED, TOLD, INFORMED = 0xF1000100, 0xF1000200, 0xF1000300, 0xF1000600

FIRST_SEQUENCE = 0x99999999
PIXELS_AT = 28  # where the pixels of an upload begin
_HEADER = 16
_MOST_WORDS = 1024  # of a reply; the longest known, all settings, has some hundred
_PANELS = {0x01: "yellow", 0x02: "magenta", 0x04: "cyan", 0x08: "black"}

STATUS, POSITION, INITIALISE, LOAD, MOVE, PRINT, TRANSFER, STATIONS = 1, 2, 3, 4, 5, 6, 7, 0x0A
FLIP, NEW_FILM = 0x10, 0x80
RELEASE_CONTACT, RELEASE_CONTACTLESS = 0x10, 0x40
NO_CARD = 0x04  # the mode of a printer without a card inside

ChipStation = Literal[Station.CONTACT, Station.CONTACTLESS]
"""Stations that bring something to the card: contacts or an antenna."""
CHIP_STATIONS: tuple[ChipStation, ...] = get_args(ChipStation)


@dataclass(frozen=True)
class Reply:
    """One block from the printer."""

    kind: int
    code: int
    sequence: int
    data: bytes


@dataclass(frozen=True)
class Introduction:
    """Who the printer says it is.

    :param type: type string, e.g. ``XID8600``.
    :param serial_number: what tells it from others of its type, ``None`` where nothing does.
    """

    type: str
    serial_number: str | None
    firmware: str | None
    raw: Mapping[str, str]


def block(kind: int, data: bytes, *, parameter: int = 0, sequence: int = 0) -> bytes:
    """Return a block; data are padded with zeros to a whole word."""
    data += bytes(-len(data) % 4)
    return struct.pack(">4I", kind, 2 + len(data) // 4, parameter, sequence) + data


def command(code: int, flags: int = 0, place: int = 0) -> bytes:
    """Return a command of two bytes, as all are that move a card (sheet 6)."""
    return block(COMMAND, bytes([code, 2, flags, place]))


def long_transfer(flags: int, place: int) -> bytes:
    """Return a transfer in the longer form that captures show (sheet 6)."""
    return block(COMMAND, bytes([TRANSFER, 6, flags, place, 0, 0, 0, 0]))


def upload(tag: int, pixels: bytes | memoryview) -> bytes:
    """Return the block that carries one panel (sheet 5); pixels are bytes, as many as whole words, copied once."""
    size = len(pixels)
    head = struct.pack(">4IB3x2I", UPLOAD, 2 + (PIXELS_AT - _HEADER + size) // 4, 0, 0, tag, size + 4, size)
    return b"".join((head, pixels))


def numbered(one: bytes, sequence: int) -> bytes:
    """Return a block with its sequence."""
    return one[:12] + struct.pack(">I", sequence) + one[_HEADER:]


def parts(one: bytes) -> tuple[int, int, int, int]:
    """Return type, code, flags and place of a command; of an upload type and tag, then zeros."""
    kind: int = struct.unpack_from(">I", one)[0]
    code, _, flags, place = one[_HEADER : _HEADER + 4]
    return (kind, code, flags, place) if kind == COMMAND else (kind, code, 0, 0)


def name(one: bytes) -> str:
    """Return what a block is called in messages; never what a panel shows."""
    kind = parts(one)[0]
    if kind == UPLOAD:
        return f"upload of {_PANELS.get(one[_HEADER], f'panel {one[_HEADER]:02X}')}"
    return one[_HEADER:].hex(" ") if kind == COMMAND else f"{kind:08X}"


def take(buffer: bytes) -> tuple[Reply | None, bytes]:
    """Return the first block of a buffer, ``None`` while it is not whole, and what follows it.

    :raises UnexpectedReplyError: it is no reply, or longer than any known.
    """
    if buffer and not buffer[0] & 1:
        raise _unexpected("The printer sent something that is no reply", buffer)
    if len(buffer) < 8:
        return None, buffer
    kind, words = struct.unpack_from(">2I", buffer)
    if kind >> 24 not in (0xF1, 0xF3) or not 2 <= words <= _MOST_WORDS:
        raise _unexpected("The printer sent something that is no reply", buffer)
    end = 8 + 4 * words
    if len(buffer) < end:
        return None, buffer
    code, sequence = struct.unpack_from(">2I", buffer, 8)
    return Reply(kind, code, sequence, buffer[_HEADER:end]), buffer[end:]


def introduction(reply: Reply) -> Introduction:
    """Read the identity block (sheet 4.1). The MAC in the link-local address is what tells one printer from another.

    :raises UnexpectedReplyError: it is none.
    """
    if reply.kind != IDENTITY or len(reply.data) < 88 - _HEADER:
        raise _unexpected("The printer did not begin with its identity", f"{reply.kind:08X}".encode())
    host, said = reply.data[14:24], reply.data[40:56]
    raw = {"name": _text(host), "type": _text(said), "link-local": reply.data[56:72].hex()}
    return Introduction(_text(said), mac_in(reply.data[56:72]), None, raw)


def mac_in(address: bytes) -> str | None:
    """Return the MAC address that an IPv6 link-local address was made of (RFC 4291, appendix A), else ``None``."""
    if len(address) != 16 or address[:8] != b"\xfe\x80" + bytes(6) or address[11:13] != b"\xff\xfe":
        return None
    return (bytes([address[8] ^ 2]) + address[9:11] + address[13:16]).hex()


def document(owner: str, title: str, *, parameter: int, at: float) -> bytes:
    """Return the answer to the identity, which begins a document (sheet 4.1).

    :param at: Unix time.
    """
    now = time.gmtime(at)
    moment = bytes([now.tm_year - 1900, now.tm_mon, now.tm_mday, now.tm_hour, now.tm_min, min(now.tm_sec, 59)])
    data = bytes(4) + moment + bytes(2) + _utf16(owner, 16) + _utf16(title, 32)
    return block(DOCUMENT, data, parameter=parameter, sequence=FIRST_SEQUENCE)


def place(data: bytes) -> tuple[int, int]:
    """Read the answer to "read position": mode and position (sheet 6).

    :raises UnexpectedReplyError: it is none.
    """
    if len(data) < 4 or data[:2] != b"\x01\x02":
        raise _unexpected("The printer did not tell where the card is", data)
    return data[2], data[3]


def questions(*tags: int) -> bytes:
    """Return the request for some items of information (sheet 9)."""
    return block(INFORMATION, b"".join(bytes([tag, 0, 0, 0]) for tag in tags))


def items(data: bytes) -> dict[int, bytes]:
    """Read items: tag, length, size, value, padding (sheet 9).

    :raises UnexpectedReplyError: they are cut off or run into each other.
    """
    found: dict[int, bytes] = {}
    left = data
    while left.strip(b"\0"):
        length, size = (left[1], left[2]) if len(left) > 2 else (0, 0)
        if length < 1 or size > length - 1 or len(left) < 2 + length or (2 + length) % 4:
            raise _unexpected("The printer's information is damaged", data)
        found[left[0]] = left[3 : 3 + size]
        left = left[2 + length :]
    return found


def number(value: bytes | None) -> int | None:
    """Return an item's value as a number, ``None`` where there is none."""
    return int.from_bytes(value, "big") if value else None


def _utf16(text: str, units: int) -> bytes:
    return text.encode("utf-16-le")[: units * 2].ljust(units * 2, b"\0")


def _text(raw: bytes) -> str:
    return re.sub(r"[^\x20-\x7e]", "", raw.split(b"\0")[0].decode("latin-1")).strip()


def _unexpected(why: str, raw: bytes) -> UnexpectedReplyError:
    return UnexpectedReplyError(why, hint="Look which device answers at this address", reply=raw[:40].hex())
