"""EPCL framing: bytes in any pieces to commands, plain and length-prefixed (sheet 4.1, 4.2)."""

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from hardware_mocks.zebra.raster import RasterError, Runs

ESC, CR = 0x1B, 0x0D
LIMIT = 1_500_000
"""Longest command: the largest colour memory uncompressed, every byte escaped."""
_HEADER = 96
_PREFIX = 4
_ESCAPED = re.compile(rb"(?:[^\x1b\r\[]|\[.)*+", re.DOTALL)
_UNESCAPE = re.compile(rb"\[(.)", re.DOTALL)


@dataclass(frozen=True)
class Frame:
    """One command without initiator and CR, unescaped."""

    text: bytes


@dataclass(frozen=True)
class Broken:
    """Bytes that are no command; ``code`` is the printer's error code, None an input buffer that is full.

    ``silent``: a printer does not answer to this.
    """

    reason: str
    code: int | None
    silent: bool = False


@dataclass(frozen=True)
class Graphic:
    """Image data that begin at ``start`` of a command's text and fill ``size`` bytes of memory."""

    panel: str
    start: int
    size: int
    compressed: bool


@dataclass
class Line:
    """How this printer reads its line. ``raw_panels``: data of PS and GS come unescaped (sheet 4.1, unverified)."""

    limit: int = LIMIT
    plain: bool = True
    prefixed: bool = True
    raw_panels: bool = False


class Parser:
    """Cuts a byte stream into commands; holds at most ``line.limit`` bytes and what was pushed last.

    ``graphic`` tells from the first bytes of a command which image data follow, if any.
    """

    def __init__(self, line: Line, graphic: Callable[[bytes], Graphic | None]) -> None:
        self.line = line
        self._graphic = graphic
        self.initiator: int | None = None
        self.reset()

    def reset(self) -> None:
        """Forget an unfinished command."""
        self._buffer = bytearray()
        self._scanned = 1
        self._drop = 0  # bytes of a block that is too long
        self._skipping = False  # up to the end of a plain command that is too long or broken
        self._runs: Runs | None = None
        self._runs_at = 0
        self._watched: _Watched | None = None

    @property
    def unfinished(self) -> bool:
        """Whether a command has begun and not ended."""
        return self._skipping or self._drop > 0 or bool(self._buffer.strip(b"\r\n "))

    def push(self, data: bytes) -> None:
        """Add received bytes."""
        self._buffer += data

    def next(self) -> Frame | Broken | None:
        """Return the next command or broken piece; None when more bytes are needed."""
        if self._drop:
            gone = min(self._drop, len(self._buffer))
            del self._buffer[:gone]
            self._drop -= gone
        if self._skipping and not self._skip():
            return None
        if not self._buffer:
            return None
        if self._buffer[0] not in self._starts():
            return self._noise()
        return self._block() if self._buffer[0] == 0 else self._plain()

    def _starts(self) -> bytes:
        plain = bytes([ESC] if self.initiator is None else [ESC, self.initiator])
        return (plain if self.line.plain else b"") + (b"\x00" if self.line.prefixed else b"")

    def _noise(self) -> Frame | Broken | None:
        """Drop what lies between commands; line ends and spaces there are no fault."""
        places = [place for start in self._starts() if (place := self._buffer.find(start)) >= 0]
        gone = bytes(self._buffer[: min(places, default=len(self._buffer))])
        del self._buffer[: len(gone)]
        if gone.strip(b"\r\n "):
            return Broken(f"{len(gone)} bytes outside any command", None, silent=True)
        return self.next()

    def _skip(self) -> bool:
        match = _ESCAPED.match(self._buffer)
        end = match.end() if match else 0
        if end < len(self._buffer) and self._buffer[end] in (CR, ESC):
            del self._buffer[: end + (self._buffer[end] == CR)]
            self._skipping = False
            return True
        del self._buffer[:end]
        return False

    # -- plain -----------------------------------------------------------------------------------------------------

    def _plain(self) -> Frame | Broken | None:
        if self.line.raw_panels and self._buffer[1:3] in (bytearray(b"PS"), bytearray(b"GS")):
            graphic = self._graphic(bytes(self._buffer[1:_HEADER]))
            if graphic is not None:
                return self._raw(graphic)
        match = _ESCAPED.match(self._buffer, self._scanned)
        end = match.end() if match else self._scanned
        if end < len(self._buffer) and self._buffer[end] == CR:
            text = bytes(self._buffer[1:end])
            self._consume(end + 1)
            return self._too_long(end) or Frame(_UNESCAPE.sub(rb"\1", text))
        if end < len(self._buffer) and self._buffer[end] == ESC:
            code = 22 if self._graphic(bytes(self._buffer[1:_HEADER])) else 10
            self._consume(end)
            return Broken("a command starts inside another", code)
        self._scanned = end
        if len(self._buffer) > self.line.limit:
            self._consume(end)
            self._skipping = True
            return self._too_long(len(self._buffer) + end)
        return None

    def _too_long(self, length: int) -> Broken | None:
        return Broken(f"more than {self.line.limit} bytes", None) if length > self.line.limit else None

    def _consume(self, count: int) -> None:
        del self._buffer[:count]
        self._scanned, self._runs, self._runs_at, self._watched = 1, None, 0, None

    def _raw(self, graphic: Graphic) -> Frame | Broken | None:
        """Take unescaped image data, whose end only their size tells."""
        start = 1 + graphic.start
        if not graphic.compressed:
            end = start + graphic.size
        else:
            if self._runs is None:
                self._runs, self._runs_at = Runs(graphic.size), start
            try:
                self._runs_at += self._runs.feed(bytes(self._buffer[self._runs_at :]))
            except RasterError as error:
                self._consume(start)
                self._skipping = True
                return Broken(str(error), 22)
            end = self._runs_at if self._runs.complete else len(self._buffer)
        if len(self._buffer) <= end:
            return None
        text, last = bytes(self._buffer[1:end]), self._buffer[end]
        self._consume(end + 1)
        if last != CR:
            self._skipping = True
            return Broken("no CR after the image data", 22)
        return self._too_long(end) or Frame(text)

    # -- length-prefixed -------------------------------------------------------------------------------------------

    def _block(self) -> Frame | Broken | None:
        if len(self._buffer) < _PREFIX:
            return None
        length = int.from_bytes(self._buffer[:_PREFIX], "big")
        if length == 0:
            zeros = len(self._buffer) - len(self._buffer.lstrip(b"\x00"))
            del self._buffer[: zeros - _PREFIX + 1]
            return Broken("zeros", None, silent=True)
        if not 2 <= length <= LIMIT:
            self._consume(_PREFIX)
            return Broken(f"a block of {length} bytes", 10)
        if length > self.line.limit:
            self._consume(_PREFIX)
            self._drop = length
            return self._too_long(length)
        if len(self._buffer) < _PREFIX + length:
            return None
        block = bytes(self._buffer[_PREFIX : _PREFIX + length])
        self._consume(_PREFIX + length)
        if block[-1] != CR:
            return Broken("a block that does not end with CR", 10)
        text = block[1:-1] if block[0] in (ESC, self.initiator) else block[:-1]
        if self.line.raw_panels and text[:2] in (b"PS", b"GS"):
            return Frame(text)
        if (match := _ESCAPED.match(text)) is None or match.end() != len(text):
            return Broken("a byte in a block that must be escaped", 22 if self._graphic(text[:_HEADER]) else 10)
        return Frame(_UNESCAPE.sub(rb"\1", text))

    @property
    def half_of(self) -> str | None:
        """Panel of which at least half has arrived and not all, if any."""
        if self._watched is None:
            skip = _PREFIX if self._buffer[:1] == b"\x00" else 0
            graphic = self._graphic(bytes(self._buffer[skip + 1 : skip + _HEADER]))
            if graphic is None:
                return None
            escaped = not (self.line.raw_panels and graphic.panel not in ("k", "o"))
            self._watched = _Watched(graphic, skip + 1 + graphic.start, escaped)
        return self._watched.look(self._buffer)


class _Watched:
    """How much of some image data has arrived, looked at again and again."""

    def __init__(self, graphic: Graphic, at: int, escaped: bool) -> None:
        self._graphic, self._at, self._escaped = graphic, at, escaped
        self._runs = Runs(graphic.size)
        self._count = 0

    def look(self, buffer: bytearray) -> str | None:
        data = bytes(buffer[self._at :])
        if self._escaped:
            match = _ESCAPED.match(data)
            data = data[: match.end() if match else 0]
        self._at += len(data)
        data = _UNESCAPE.sub(rb"\1", data) if self._escaped else data
        if self._graphic.compressed:
            with contextlib.suppress(RasterError):  # the printer says so at the end of the command
                self._runs.feed(data)
            self._count = len(self._runs.out)
        else:
            self._count += len(data)
        return self._graphic.panel if self._count * 2 >= self._graphic.size else None
