"""Exporting a log as static files beside hashing the same bytes: a new folder, one that is continued, read back.

Each export runs in a process of its own, which tells the memory that it took.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench.figures import Figure, Row, progress
from bench.office import PRINTER, Office, office, work_folder
from bench.shop_maker import START, Size, fill
from printd.backup.export import Source, export
from printd.demo.staff import RUNNER
from printd.events.kinds import read
from printd.ledger.export import Export
from printd.ledger.notes import Verifier
from printd.ledger.tiles import WIDTH
from printd.shop import keys
from printd.shop.config import CONFIG_NAME, load
from printd.shop.shop import database_url
from printd.store import log
from printd.store.engine import Store

SIZE = Size(deliveries=1, pieces_each=1_000_000, entries=1_000_000)
MORE = 3_000
"""Entries of a busy day."""

_MB = 1_000_000.0
_KIB = 1024  # ru_maxrss on Linux


def run(parent: Path, size: Size = SIZE, more: int = MORE) -> Figure:
    """Measure a shop of so many entries, on SQLite."""
    figure = Figure("export")
    with work_folder(parent) as folder, office(folder / "shop", clock=lambda: START) as made:
        progress(f"a shop of {size.entries:,} entries")
        fill(made, size)
        target = folder / "log"
        progress("exporting it")
        first = _apart("write", made.folder, target)
        used = _used(target)
        progress("reading it back")
        back = _apart("read", made.folder, target)
        _grow(made, more)
        progress("going on")
        second = _apart("write", made.folder, target)
    hashing = "hashlib over the same entries, one by one"
    figure.rows = [
        Row(f"export {first['entries']:,} entries", first["seconds"], "s", back["hashing"], hashing),
        Row(f"  and {second['entries'] - first['entries']:,} more into the same folder", second["seconds"], "s"),
        Row("read it back, against its signed head", back["seconds"], "s", back["hashing"], hashing),
        Row("memory that the export adds", first["memory"], "MB", second["memory"], "the same for the rest"),
    ]
    figure.notes.append(
        f"{used[0]:,} files of {used[1] / _MB:,.1f} MB for {back['bytes'] / _MB:,.1f} MB of entries; going on read "
        f"{second['read']:,} of them"
    )
    return figure


def _grow(made: Office, entries: int) -> None:
    """Book what a day brings, in one transaction: it is not what is measured."""
    with made.shop.books.booking() as booking:
        for _ in range(entries):
            booking.enter(read("printer.resumed", {"printer": PRINTER}), [RUNNER])
    made.shop.sign()


def _used(folder: Path) -> tuple[int, int]:
    """Return how many files there are, and how many bytes they have."""
    sizes = [one.stat().st_size for one in folder.rglob("*") if one.is_file()]
    return len(sizes), sum(sizes)


def _apart(what: str, shop: Path, target: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.exporting", what, str(shop), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1800)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _write(shop: Path, target: Path) -> dict[str, Any]:
    """Export a shop up to its last signed checkpoint; the act that books it is measured elsewhere."""
    store = Store.open(database_url(shop, load(shop / CONFIG_NAME)))
    key = Verifier.from_vkey(keys.vkey(shop))
    with store.reading() as connection:
        source = Source(connection, log.signed_checkpoints(connection, 1)[0][2], key, keys.public(shop), b"")
        before, began = _memory(), time.perf_counter()
        start = export(source, target, lambda _done: None)
        seconds = time.perf_counter() - began
        size = source.head.size
    return {"seconds": seconds, "memory": _memory() - before, "entries": size, "read": size - start}


def _read(shop: Path, target: Path) -> dict[str, Any]:
    """Read an export, and hash the same entries again beside it."""
    opened = Export.open(target, Verifier.from_vkey(keys.vkey(shop)))
    began = time.perf_counter()
    for _ in opened.entries():
        pass
    seconds, hashing, whole = time.perf_counter() - began, 0.0, 0
    bodies: list[bytes] = []
    for number, body, _ in opened.entries():
        bodies.append(body)
        if len(bodies) == WIDTH or number == opened.head.size - 1:
            began = time.perf_counter()
            for one in bodies:
                sha256(one).digest()
            hashing += time.perf_counter() - began
            whole += sum(map(len, bodies))
            bodies.clear()
    return {"seconds": seconds, "hashing": hashing, "bytes": whole}


def _memory() -> float:
    """Return the most memory that this process had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB / _MB


if __name__ == "__main__":
    shop, target = map(Path, sys.argv[2:])
    print(json.dumps((_write if sys.argv[1] == "write" else _read)(shop, target)))
