"""The log as one file: a header, then every entry's bytes a line, exactly as they were hashed.

Whoever has the file can compute the root again, hold it against a signed checkpoint, and rebuild every figure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NotRequired, TypedDict

from printd.ledger.entry import canonical
from printd.ledger.merkle import Frontier, leaf_hash


class Header(TypedDict):
    """First line of an export; ``root`` in hex. Who reads it without the shop needs no more than the log's own."""

    origin: str
    size: int
    root: str
    office: NotRequired[str]
    timezone: NotRequired[str]


class ExportError(ValueError):
    """The file is no export, or not the one that its header speaks of."""


def write(path: Path, header: Header, bodies: Iterable[bytes]) -> int:
    """Write an export; return how many entries it holds."""
    count = 0
    with path.open("wb") as out:
        out.write(canonical(header) + b"\n")
        for body in bodies:
            out.write(body + b"\n")
            count += 1
    return count


def read_header(path: Path) -> Header:
    """Return the header of an export.

    :raises ExportError: the file has none.
    """
    with path.open("rb") as lines:
        first = lines.readline(65_536)
    try:
        header: Header = json.loads(first)
        if {"origin", "size", "root"} <= set(header):
            return header
    except (ValueError, TypeError) as broken:
        raise ExportError("the first line is no header of an exported log") from broken
    raise ExportError("the first line is no header of an exported log")


def read(path: Path) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield (number, bytes, leaf hash) of every entry.

    :raises ExportError: at the end, where size or root is not what the header says.
    """
    header, end = read_header(path), Frontier()
    with path.open("rb") as lines:
        lines.readline()
        for line in lines:
            body = line.removesuffix(b"\n")
            leaf = leaf_hash(body)
            yield end.size, body, leaf
            end, _ = end.append(leaf)
    if (end.size, end.root().hex()) != (header["size"], header["root"]):
        raise ExportError(f"{end.size} entries give another root than the header's: the file was altered or cut")
