"""The entries of an exported log, read from its tiles: files, JSON and the standard library, nothing of printd.

Every module of this folder but the tests themselves is such: the figures of the registers are counted here a second
time, from what each kind of entry says (``docs/log-blanks.md``, ``docs/log-cards.md``) and from what an office owes
(the domain reference, section 7).
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Makassar")

Entry = dict[str, Any]


def read(export: Path) -> list[Entry]:
    """Return every entry of a whole export, in order."""
    size = int((export / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
    bundles = export / "tile" / "entries"
    assert size < 256_000, "the names of bundles have one part"
    found: list[Entry] = []
    for number in range(-(-size // 256)):
        width = min(256, size - 256 * number)
        name = f"{number:03}" if width == 256 else f"{number:03}.p/{width}"
        found += (json.loads(body) for body in _split((bundles / name).read_bytes()))
    assert [one["seq"] for one in found] == list(range(size))
    return found


def _split(content: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        (length,) = struct.unpack_from(">H", content, at)
        yield content[at + 2 : at + 2 + length]
        at += 2 + length


def each(ranges: Iterable[list[str]]) -> list[str]:
    """Return every serial of some ranges, each given by its first and last."""
    found = []
    for pair in ranges:
        low, high = (re.fullmatch(r"(.*?)([0-9]+)", text) for text in (pair[0], pair[-1]))
        assert low is not None
        assert high is not None
        assert (low[1], len(low[2])) == (high[1], len(high[2])), pair
        found += [f"{low[1]}{number:0{len(low[2])}d}" for number in range(int(low[2]), int(high[2]) + 1)]
    return found


def runs(serials: Iterable[str]) -> list[tuple[str, str]]:
    """Return the runs of consecutive serials, first and last of each, in the order of the alphabet."""
    found: list[tuple[str, str]] = []
    for serial in sorted(serials):
        if found and _next(found[-1][1]) == serial:
            found[-1] = (found[-1][0], serial)
        else:
            found.append((serial, serial))
    return found


def ranges(serials: Iterable[str]) -> str:
    """Return serials in words: the ends of each run."""
    return ", ".join(low if low == high else f"{low}..{high}" for low, high in runs(serials))


def _next(serial: str) -> str:
    parts = re.fullmatch(r"(.*?)([0-9]+)", serial)
    assert parts is not None
    return f"{parts[1]}{int(parts[2]) + 1:0{len(parts[2])}d}"


def instant(at: str) -> datetime:
    """Return a moment of the log."""
    return datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@cache
def local(at: str) -> datetime:
    """Return a moment of the log by the office's clock."""
    return instant(at).astimezone(ZONE)


def day_of(at: str) -> date:
    """Return the office's day of a moment of the log."""
    return local(at).date()


def minute(at: str) -> str:
    """Return a moment as registers write it: the office's day and clock, to the minute."""
    return f"{local(at):%Y-%m-%d %H:%M}"
