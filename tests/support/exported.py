"""Exported logs: made past the act that books it, and read or altered by code that knows nothing of our reader."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from pathlib import Path

from printd.backup.export import Source
from printd.backup.export import export as write
from printd.ledger.notes import Verifier
from printd.shop import keys
from printd.shop.shop import Shop
from printd.store import log
from printd.store.rows import Connection


def export(shop: Shop, folder: Path, span: tuple[int, int] | None = None) -> Path:
    """Export a shop's log up to its last signed checkpoint; return the folder."""
    with shop.store.reading() as connection:
        note = log.signed_checkpoints(connection, 1)[0][2]
        write(source(shop, connection, note), folder, lambda _done: None, span)
    return folder


def source(shop: Shop, connection: Connection, note: bytes) -> Source:
    """Return what an export of a shop's log reads."""
    return Source(connection, note, vkey(shop), keys.public(shop.folder), b"")


def vkey(shop: Shop) -> Verifier:
    """Return the key that an auditor was given on the first day."""
    return shop.keys.log.verifier


def size(folder: Path) -> int:
    """Return how many entries a checkpoint speaks of."""
    return int((folder / "checkpoint").read_text().split("\n")[1])


def files(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by its path."""
    return {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


def bundles(folder: Path, whole: int | None = None) -> list[Path]:
    """Return the files of all bundles of a whole export, in order.

    :param whole: how many entries it has; by default what its checkpoint says.
    """
    found, whole = [], size(folder) if whole is None else whole
    for number in range(-(-whole // 256)):
        name = f"{number % 1000:03}"
        for high in (number // 1000,) if number >= 1000 else ():
            assert high < 1000
            name = f"x{high:03}/{name}"
        width = min(256, whole - 256 * number)
        found.append(folder / "tile" / "entries" / (name if width == 256 else f"{name}.p/{width}"))
    return found


def bodies(folder: Path) -> list[bytes]:
    """Return the bytes of every entry of a whole export."""
    return [body for path in bundles(folder) for body in _split(path.read_bytes())]


def alter(folder: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Put other entries into the bundles of a whole export; where they are fewer or more, the last one differs."""
    changed, paths = change(bodies(folder)), bundles(folder)
    for number, path in enumerate(paths):
        end = None if path == paths[-1] else 256 * (number + 1)
        path.write_bytes(_joined(changed[256 * number : end]))


def replace(folder: Path, other: list[bytes]) -> None:
    """Put the bundles of another log there."""
    for number, path in enumerate(bundles(folder, len(other))):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_joined(other[256 * number : 256 * (number + 1)]))


def _joined(some: Iterable[bytes]) -> bytes:
    return b"".join(struct.pack(">H", len(one)) + one for one in some)


def _split(content: bytes) -> Iterable[bytes]:
    at = 0
    while at < len(content):
        (length,) = struct.unpack_from(">H", content, at)
        yield content[at + 2 : at + 2 + length]
        at += 2 + length
