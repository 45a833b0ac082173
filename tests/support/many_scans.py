"""A progressive JPEG in as many scans as a test wants, each of a few bytes, built by hand after ITU-T T.81."""

from __future__ import annotations

import struct


def many_scans(scans: int, width: int = 3000, height: int = 4000) -> bytes:
    """Return a grey photo whose every scan walks over the whole picture.

    The first scan brings the mean of each block, all alike; each later one says of all blocks that nothing is added to
    their other coefficients (end-of-band runs, T.81 G.1.2.2), bit by bit refined as the standard has it.
    """
    blocks = -(-width // 8) * -(-height // 8)
    dc_table = _segment(0xC4, b"\x00" + _lengths({1: 1}) + b"\x00")  # one code, of one bit: no difference
    runs = bytes([0xE0, 0x00])  # a run of 2**14 blocks or more, with 14 bits that say how many more; the band's end
    ac_table = _segment(0xC4, b"\x10" + _lengths({1: 1, 2: 1}) + runs)
    parts = [
        b"\xff\xd8",
        _segment(0xDB, b"\x00" + bytes([16] * 64)),
        _segment(0xC2, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"),
        dc_table,
        ac_table,
        _scan(0, 0, 0, 0),
        _stuffed("0" * blocks),
    ]
    one = _stuffed(_ends(blocks))
    first, refined = _scan(1, 63, 0, 1), _scan(1, 63, 1, 0)
    parts += [part for number in range(scans - 1) for part in (refined if number else first, one)]
    return b"".join([*parts, b"\xff\xd9"])


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def _lengths(codes: dict[int, int]) -> bytes:
    """Return how many codes there are of each length from 1 to 16 bits."""
    return bytes(codes.get(length, 0) for length in range(1, 17))


def _scan(first: int, last: int, before: int, after: int) -> bytes:
    return _segment(0xDA, bytes([1, 1, 0x00, first, last, before << 4 | after]))


def _ends(blocks: int) -> str:
    """Return the bits that end the band of so many blocks: long runs, then single ones."""
    bits = ""
    while blocks >= 1 << 14:
        run = min(blocks, (1 << 15) - 1)
        bits += "0" + format(run - (1 << 14), "014b")
        blocks -= run
    return bits + "10" * blocks


def _stuffed(bits: str) -> bytes:
    """Return bits as coded data: filled up with ones, and no byte that could be a marker's."""
    whole = bits + "1" * (-len(bits) % 8)
    return int(whole, 2).to_bytes(len(whole) // 8, "big").replace(b"\xff", b"\xff\x00")
