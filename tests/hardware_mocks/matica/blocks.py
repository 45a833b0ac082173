"""Blocks of a Matica / XID printer on Ethernet: bytes in any pieces to requests, replies to bytes (sheet 4 to 6)."""

import struct
from dataclasses import dataclass, field

from hardware_mocks.matica.words import TAGS, Head

IDENTITY, DOCUMENT, DOCUMENT_DONE = 0xF3000200, 0xF2000300, 0xF3000400
COMMAND, IMAGE, OK, NOT_OK, DATA = 0xF0000100, 0xF0000200, 0xF1000100, 0xF1000200, 0xF1000300
STORED, GEOMETRY, INFORMATION, CHANGE, CURRENT = 0xF0000400, 0xF0000500, 0xF0000600, 0xF0000800, 0xF0000A00
READS = frozenset({STORED, GEOMETRY, INFORMATION, CURRENT})
DOCUMENT_WORDS = 0x1D
_HEAD = struct.Struct(">4I")
_IMAGE = struct.Struct(">B3xII")
SMALL = 4096
"""A block other than an image is never longer."""


@dataclass(frozen=True)
class Block:
    """A request. ``panel`` and ``data`` (pixels) where it is an image; ``wrong`` says why it cannot be obeyed."""

    type: int
    word: int
    sequence: int
    data: bytes = b""
    panel: str | None = None
    wrong: str = ""


class NoBlockError(ValueError):
    """The bytes are no block; nothing that follows could be understood."""


def reply(kind: int, code: int, sequence: int, data: bytes = b"") -> bytes:
    """Return a block of the printer."""
    data += b"\x00" * (-len(data) % 4)
    return _HEAD.pack(kind, 2 + len(data) // 4, code, sequence) + data


def identity(sequence: int, name: str, kind: str, address: bytes, mac: bytes) -> bytes:
    """Return the 120 bytes that the printer sends unasked (sheet 4.1); its link-local address is made of the MAC."""
    block = bytearray(120)
    block[:16] = _HEAD.pack(IDENTITY, 0x1C, 0, sequence)
    block[30:40] = name.encode("ascii", "replace")[:10].ljust(10, b"\x00")
    block[40:44] = address
    block[56:72] = kind.encode("ascii", "replace")[:16].ljust(16, b" ")
    block[72:88] = b"\xfe\x80" + bytes(6) + bytes((mac[0] ^ 2,)) + mac[1:3] + b"\xff\xfe" + mac[3:]
    return bytes(block)


def document(data: bytes) -> tuple[str, str]:
    """Return owner and document name out of the 108 bytes of a document start or the 96 of USB."""
    names = data[-96:]
    owner, name = names[:32].decode("utf-16-le", "replace"), names[32:].decode("utf-16-le", "replace")
    return owner.partition("\x00")[0], name.partition("\x00")[0]


@dataclass
class Parser:
    """Cuts a byte stream into blocks; holds at most one panel. ``head`` tells the exact size of a panel."""

    head: Head
    _buffer: bytearray = field(default_factory=bytearray)
    _skip: int = 0
    _skipped: Block | None = None

    def reset(self) -> None:
        """Forget an unfinished block."""
        self._buffer.clear()
        self._skip, self._skipped = 0, None

    def push(self, data: bytes) -> None:
        """Add received bytes; those of a block that cannot be obeyed are not kept."""
        gone = min(self._skip, len(data))
        self._skip -= gone
        self._buffer += data[gone:]

    @property
    def unfinished(self) -> bool:
        """Whether a block has begun."""
        return bool(self._buffer) or self._skipped is not None

    @property
    def half_of(self) -> str | None:
        """Panel of which at least half has arrived and not all, if any."""
        if len(self._buffer) < 28 or _HEAD.unpack_from(self._buffer)[0] != IMAGE:
            return None
        return TAGS.get(self._buffer[16]) if len(self._buffer) * 2 >= 28 + self.head.size else None

    def next(self) -> Block | None:
        """Return the next whole block.

        :raises NoBlockError: the bytes are none.
        """
        if self._skipped is not None:
            if self._skip:
                return None
            block, self._skipped = self._skipped, None
            return block
        if len(self._buffer) < 8:
            if self._buffer and self._buffer[0] >> 4 != 0xF:
                raise NoBlockError("no block begins like this")
            return None
        kind, words = struct.unpack_from(">II", self._buffer)
        if kind >> 28 != 0xF or kind & 0xFF or kind & 0x01000000 or words < 2:
            raise NoBlockError(f"no request begins with {kind:08X} {words:08X}")
        if len(self._buffer) < 16:
            return None
        _, _, word, sequence = _HEAD.unpack_from(self._buffer)
        size = 8 + 4 * words
        if kind == IMAGE:
            return self._image(size, word, sequence)
        if size > SMALL:
            return self._refuse(size, Block(kind, word, sequence, wrong=f"a block of {size} bytes"))
        if len(self._buffer) < size:
            return None
        data = bytes(self._buffer[16:size])
        del self._buffer[:size]
        return Block(kind, word, sequence, data)

    def _refuse(self, size: int, block: Block) -> Block | None:
        gone = min(size, len(self._buffer))
        del self._buffer[:gone]
        self._skip, self._skipped = size - gone, block
        return self.next()

    def _image(self, size: int, word: int, sequence: int) -> Block | None:
        head = min(size, 28)
        if len(self._buffer) < head:
            return None
        tag, told, again = _IMAGE.unpack(bytes(self._buffer[16:head]).ljust(12, b"\x00"))
        pixels = self.head.size
        # type, words, 0, sequence, tag, size + 4, size, pixels: 28 bytes before the pixels (sheet 5)
        if size != 28 + pixels or told != pixels + 4 or again != pixels or tag not in TAGS:
            text = f"an image of {size} bytes, tag {tag:02X}, sizes {told} and {again}: wanted {pixels} pixels"
            return self._refuse(size, Block(IMAGE, word, sequence, wrong=text))
        if len(self._buffer) < size:
            return None
        data = bytes(memoryview(self._buffer)[28:size])
        del self._buffer[:size]
        return Block(IMAGE, word, sequence, data, TAGS[tag])
