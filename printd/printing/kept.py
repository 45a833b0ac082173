"""What went over a printer's wire last, kept for whoever settles a doubt: bounded, for the shop's user alone.

It lies in a file, so that it outlives a daemon that was killed. Of a long write, which may be a panel and so a face,
its first bytes and its length are kept and no more.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from drivers.transports.trace import Trace
from printd.printing.in_doubt import WireLine

FOLDER = "wires"

_LINES = 300  # kept when the file is cut back; a card with a status twice a second for a minute has fewer
_SHORT_WRITE = 64  # bytes up to which a write is kept whole: every command and no panel
_HEAD = 12  # bytes that are kept of a longer one
_SHOWN = 120  # characters of one line as people see it


class Kept(Trace):
    """A trace that never grows beyond some hundred lines, and that no full disk turns into trouble of the printer.

    :param path: the file; lines are added at its end.
    :param anew: delete what it had.
    :param also: a technician's trace, which gets everything whole.
    """

    def __init__(self, path: Path, *, anew: bool = False, also: Trace | None = None) -> None:
        self._path = path
        self._also = also
        self._last: deque[str] = deque([] if anew else _lines(path), maxlen=_LINES)
        self._written = len(self._last)
        super().__init__(io.StringIO())
        if anew:
            path.unlink(missing_ok=True)

    def note(self, **what: Any) -> None:
        """See :meth:`drivers.transports.trace.Trace.note`."""
        if self._also is not None:
            self._also.note(**what)
        self._keep(what)

    def out(self, data: bytes) -> None:
        """See :meth:`drivers.transports.trace.Trace.out`."""
        if self._also is not None:
            self._also.out(data)
        short = len(data) <= _SHORT_WRITE
        self._keep({"out": data.hex()} if short else {"out": data[:_HEAD].hex(), "bytes": len(data)})

    def close(self) -> None:
        """Close what is not closed after each line: the technician's trace."""
        if self._also is not None:
            self._also.close()

    def _keep(self, what: dict[str, Any]) -> None:
        line = json.dumps(what, separators=(",", ":"))
        self._last.append(line)
        with contextlib.suppress(OSError):  # it stays as long as it is where the disk lets nothing be written
            if self._written >= 2 * _LINES:
                self._cut_back()
            else:
                _append(self._path, f"{line}\n")
                self._written += 1

    def _cut_back(self) -> None:
        """Write the last lines anew; they are whole in the one file or in the other, whenever the process dies."""
        beside = self._path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        _append(beside, "".join(f"{one}\n" for one in self._last))
        beside.replace(self._path)
        self._written = len(self._last)


def _append(path: Path, text: str) -> None:
    """Write at a file's end; it is open no longer than that, so that nothing of a connection has to be closed."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, text.encode("ascii"))
    finally:
        os.close(descriptor)


def keep(shop: Path, printer: str, *, doubtful: bool, at: str, also: Trace | None) -> Trace | None:
    """Begin keeping what goes over a new connection; return ``also`` alone where the disk lets nothing be kept.

    :param doubtful: a card of this printer is in doubt. What is asked now is kept apart, and only of the last
        connection: a printer that is asked for hours must not push out what was sent for that card.
    :param at: when, for the reader.
    """
    try:
        (shop / FOLDER).mkdir(mode=0o700, exist_ok=True)
        kept = Kept(_path(shop, printer, doubtful=doubtful), anew=doubtful, also=also)
    except OSError:
        return also
    kept.note(connected=at)
    return kept


def last(shop: Path, printer: str) -> list[WireLine]:
    """Return the last lines of a printer's wire, oldest first: up to a doubt, then those of the last look at it."""
    return [
        _shown(json.loads(line))
        for doubtful, most in ((False, 40), (True, 20))
        for line in _lines(_path(shop, printer, doubtful=doubtful))[-most:]
    ]


def _path(shop: Path, printer: str, *, doubtful: bool) -> Path:
    return shop / FOLDER / f"{printer}.{'look' if doubtful else 'last'}"


def _lines(path: Path) -> list[str]:
    """Return the whole lines of a file; a power cut may have left half of the last one, or noughts in its place."""
    try:
        text = path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    return list(_readable(text.splitlines()))[-_LINES:]


def _readable(lines: list[str]) -> Iterator[str]:
    for line in lines:
        with contextlib.suppress(ValueError):
            if isinstance(json.loads(line), dict):
                yield line


def _shown(line: dict[str, Any]) -> WireLine:
    ways: tuple[Literal["out"], Literal["in"]] = ("out", "in")
    for way in ways:
        if isinstance(sent := line.get(way), str):
            told: WireLine = {"way": way, "text": _text(sent)}
            if isinstance(length := line.get("bytes"), int):
                told["bytes"] = length
            return told
    return {"way": "wire", "text": ", ".join(f"{name} {value}" for name, value in line.items())[:_SHOWN]}


def _text(digits: str) -> str:
    """Return bytes as a technician reads them: as text where they are text, else in hex."""
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        return digits[:_SHOWN]
    text = data.decode("ascii", "replace")
    readable = sum(char.isprintable() or char in "\r\n\t\x1b" for char in text if char != "\ufffd")
    shown = repr(text)[1:-1].replace("\\x1b", "<ESC>") if readable >= 0.7 * len(text) else data.hex(" ")
    return shown[:_SHOWN]
