"""Exporting a log as static files, and verifying it without the shop, beside hashing the same bytes with hashlib.

Each export and each look of the verifier runs in a process of its own, which tells the memory that it took.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.figures import Budget, Figure, Row, progress
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
from printd_verify.checkpoints import read_kept
from printd_verify.crew import processes
from printd_verify.heads import Kept
from printd_verify.notes import read_key
from printd_verify.opening import open_source
from printd_verify.quick import look
from printd_verify.tiles import CHECKPOINT
from printd_verify.verification import Report, Trust, verify

SIZE = Size(deliveries=1, pieces_each=1_000_000, entries=1_000_000)
MORE = 3_000
"""Entries of a busy day."""

_MB = 1_000_000.0
_KIB = 1024  # ru_maxrss on Linux
_MESSAGE = 300  # bytes of what people sign
_SOME = 5_000


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
        verified = {what: _verified(what, made.folder, target) for what in LOOKS}
    hashing = "hashlib over the same entries, one by one"
    figure.rows = [
        Row(f"export {first['entries']:,} entries", first["seconds"], "s", back["hashing"], hashing),
        Row(f"  and {second['entries'] - first['entries']:,} more into the same folder", second["seconds"], "s"),
        Row("read it back, against its signed head", back["seconds"], "s", back["hashing"], hashing),
        Row("memory that the export adds", first["memory"], "MB", second["memory"], "the same for the rest"),
        *_rows(verified, back["hashing"] * second["entries"] / first["entries"], hashing),
    ]
    figure.notes.append(
        f"{used[0]:,} files of {used[1] / _MB:,.1f} MB for {back['bytes'] / _MB:,.1f} MB of entries; going on read "
        f"{second['read']:,} of them"
    )
    return figure


LOOKS = ("tree", "tree of the database", "quick", "meaning", "full")


def _verified(what: str, shop: Path, target: Path) -> dict[str, Any]:
    progress(f"verifying it: {what}")
    return _apart(what, shop, target)


def _rows(verified: dict[str, dict[str, Any]], hashing: float, hashing_is: str) -> list[Row]:
    """Return what the verifier took; people's signatures stand beside the library that checks them."""
    tree, database, quick, meaning, full = (verified[what] for what in LOOKS)
    bare = full["bare"] * full["signatures"] / full["processes"]
    most, rate = Budget("at most", 3, "ratio"), meaning["entries"] / meaning["seconds"]
    return [
        Row(
            "printd-verify, the export: tree and signatures of the log", tree["seconds"], "s", hashing, hashing_is, most
        ),
        Row("  the same, a database", database["seconds"], "s", hashing, hashing_is, most),
        Row("  --quick", quick["seconds"], "s", hashing, hashing_is),
        Row("  form and meaning of every entry", rate, "1/s", budget=Budget("at least", 150_000)),
        Row("  full", full["seconds"], "s", bare, "the library over as many signatures, on every core"),
        Row("memory that it adds, full", full["memory"], "MB", tree["memory"], "without what the entries say"),
    ]


def _verify(what: str, shop: Path, target: Path) -> dict[str, Any]:
    """Look at an export, or at the database beside it."""
    source = open_source(shop if "database" in what else target)
    trust = Trust((read_key(keys.vkey(shop)),))
    head = Kept("", read_kept((target / CHECKPOINT).read_bytes()))
    before, began = _memory(), time.perf_counter()
    if what == "quick":
        report = look(source, trust, against=[], since=None)
    else:
        report = verify(source, trust, since=head if what == "meaning" else None, meaning=what in ("meaning", "full"))
    seconds = time.perf_counter() - began
    _agrees(report)
    told = {"seconds": seconds, "memory": _memory() - before, "entries": report.end, "signatures": report.signatures}
    return told | {"bare": _bare() if what == "full" else 0, "processes": max(1, processes())}


_OF_COPIES = {"closing_figure", "closing_spoiled", "closing_outcomes", "not_counted", "counter_back", "closing_place"}
"""What copies of one carton do not tell as a shop would: their closings are empty, and the printer begins anew."""


def _agrees(report: Report) -> None:
    assert {case.code for case in report.cases} <= _OF_COPIES, [case.code for case in report.cases]
    assert report.signed_size == report.size == report.end


def _bare() -> float:
    """Return how long the library takes over one signature, in seconds."""
    private, said = Ed25519PrivateKey.generate(), b"x" * _MESSAGE
    public, signature = private.public_key(), private.sign(said)
    began = time.perf_counter()
    for _ in range(_SOME):
        public.verify(signature, said)
    return (time.perf_counter() - began) / _SOME


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
    """Return the most memory that this process had so far, or one that it began, in MB."""
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return most * _KIB / _MB


if __name__ == "__main__":
    asked, shop, target = sys.argv[1], *map(Path, sys.argv[2:])
    ways: dict[str, Callable[[Path, Path], dict[str, Any]]] = {
        "write": _write,
        "read": _read,
        **{what: partial(_verify, what) for what in LOOKS},
    }
    print(json.dumps(ways[asked](shop, target)))
