"""Evolis framing: bytes in any chunks to commands (protocol sheet 3)."""

import re
from dataclasses import dataclass

from hardware_mocks.evolis.raster import BITS, LINES, PIXELS, SIZES

ESC, CR = 0x1B, 0x0D
HEADER_LIMIT = 64
_NAME = re.compile(rb"[A-Z][a-z]{0,4}")
_FIELDS = {b"Db": 2, b"Dbc": 3, b"Dbp": 4, b"Dbpc": 4}
_PAYLOAD_LIMIT = 2_000_000


@dataclass(frozen=True)
class Command:
    """One whole command."""

    name: str
    params: tuple[str, ...] = ()
    payload: bytes | None = None

    @property
    def line(self) -> str:
        """The command as text, without its payload."""
        return ";".join((self.name, *self.params))


@dataclass(frozen=True)
class Broken:
    """Bytes that are no command; ``unknown`` tells a strange name from a bad parameter or length."""

    reason: str
    unknown: bool = False


class Parser:
    """Cuts a byte stream into commands."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget an unfinished command, as after a new connection."""
        self._buffer = bytearray()
        self._header: Command | None = None
        self._need = 0
        self._skipping = False

    def push(self, data: bytes) -> None:
        """Add received bytes."""
        self._buffer += data

    @property
    def unfinished(self) -> bool:
        """Whether bytes of an unfinished command wait."""
        return self._header is not None or bool(self._buffer.strip(b"\x00"))

    @property
    def download(self) -> tuple[Command, int, int] | None:
        """The header of the payload being received, bytes so far, bytes in all; None between payloads."""
        return (self._header, len(self._buffer), self._need) if self._header else None

    def next(self) -> Command | Broken | None:
        """Return the next command or broken piece; None when more bytes are needed."""
        if self._header is not None:
            return self._payload()
        if self._skipping and not self._skip():
            return None
        del self._buffer[: len(self._buffer) - len(self._buffer.lstrip(b"\x00\x1b"))]
        return self._head() if self._buffer else None

    def _skip(self) -> bool:
        end = self._buffer.find(CR)
        if end < 0:
            self._buffer.clear()
            return False
        del self._buffer[: end + 1]
        self._skipping = False
        return True

    def _head(self) -> Command | Broken | None:
        head = bytes(self._buffer[: HEADER_LIMIT + 1])
        name = head.split(b";", 1)[0]
        if name in _FIELDS:
            fields = head.split(b";", _FIELDS[name] + 1)
            if len(fields) == _FIELDS[name] + 2 and b"\r" not in b"".join(fields[:-1]):
                return self._download(name, fields)
        end, escape = head.find(CR), head.find(ESC)
        if escape >= 0 and (end < 0 or escape < end):
            del self._buffer[:escape]
            return Broken("a command starts inside another")
        if end < 0:
            if len(head) <= HEADER_LIMIT:
                return None
            self._skipping = True
            return Broken(f"no end within {HEADER_LIMIT} bytes")
        del self._buffer[: end + 1]
        if end == 0:
            return Broken("empty command", unknown=True)
        parts = head[:end].split(b";")
        if _NAME.fullmatch(parts[0]) is None:
            return Broken("not a command name", unknown=True)
        if parts[0] in _FIELDS:
            return Broken(f"{parts[0].decode()} without its fields")
        return Command(parts[0].decode(), tuple(part.decode("latin-1") for part in parts[1:]))

    def _download(self, name: bytes, fields: list[bytes]) -> Command | Broken | None:
        texts = [part.decode("latin-1") for part in fields[1:-1]]
        need = _payload_length(name, texts)
        if need is None:
            self._skipping = True
            return Broken(f"{name.decode()};{';'.join(texts)}: length cannot be known")
        del self._buffer[: sum(len(part) + 1 for part in fields[:-1])]
        self._header, self._need = Command(name.decode(), tuple(texts)), need
        return self._payload()

    def _payload(self) -> Command | Broken | None:
        header = self._header
        if header is None or len(self._buffer) <= self._need:
            return None
        payload, end = bytes(self._buffer[: self._need]), self._buffer[self._need]
        del self._buffer[: self._need + 1]
        self._header = None
        if end != CR:
            self._skipping = True
            return Broken(f"{header.line}: no CR after {self._need} payload bytes")
        return Command(header.name, header.params, payload)


def _payload_length(name: bytes, texts: list[str]) -> int | None:
    if not all(text.isascii() and text.isdigit() for text in texts[1:]):
        return None
    numbers = [int(text) for text in texts[1:]]
    if numbers[0] not in BITS:
        return None
    if name == b"Db":
        return SIZES[numbers[0]]
    if name == b"Dbp":
        return numbers[2] * PIXELS * BITS[numbers[0]] // 8 if numbers[2] <= LINES else None
    return numbers[-1] if numbers[-1] <= _PAYLOAD_LIMIT else None
