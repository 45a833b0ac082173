"""What people's signatures cost: one entry signed and verified, beside the cryptography library's Ed25519 alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.figures import Figure, Row, median, progress
from bench.office import ORIGIN
from printd.ledger.entry import Entry
from printd.ledger.signatures import SigningKey, message, read_signature, verify, write_signature

ROUNDS = 15
BATCH = 200
_US = 1_000_000.0
_SERIAL = "KPG0000001"
_DATA = {"serials": [[_SERIAL, _SERIAL]], "from": "store", "to": "hopper:printer-1", "why": "load"}


def run(_parent: Path) -> Figure:
    """Measure in turns; the folder is not needed."""
    progress("signing and verifying an entry")
    key = SigningKey.new()
    library = Ed25519PrivateKey.from_private_bytes(key.seed)
    entry = Entry(41, "2026-11-02T08:00:00Z", "blanks.moved", ("siti",), _DATA)
    said = message(ORIGIN, entry.unsigned())
    public, good = library.public_key(), library.sign(said)
    body = replace(entry, signatures=(write_signature(good),)).body()

    def sign() -> None:
        signed = write_signature(key.sign(message(ORIGIN, entry.unsigned())))
        replace(entry, signatures=(signed,)).body()

    def check() -> None:
        read = Entry.from_body(body)
        assert verify(key.public, read_signature(read.signatures[0]), message(ORIGIN, read.unsigned()))

    ways: dict[str, Callable[[], object]] = {
        "sign": sign,
        "check": check,
        "plain": entry.unsigned,
        "read": lambda: Entry.from_body(body).unsigned(),
        "library signs": lambda: library.sign(said),
        "library verifies": lambda: public.verify(good, said),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            taken[name].append(_each(way))
    us = {name: median(values) * _US for name, values in taken.items()}
    signs, verifies = "cryptography signs the same bytes", "cryptography verifies the same bytes"
    figure = Figure("signing")
    figure.rows = [
        Row("make an entry's bytes and sign them", us["sign"], "µs", us["library signs"], signs),
        Row("  the bytes without a signature", us["plain"], "µs"),
        Row("read an entry strictly and verify one signature", us["check"], "µs", us["library verifies"], verifies),
        Row("  the reading without the signature", us["read"], "µs"),
    ]
    figure.notes.append(f"an entry of {len(body)} bytes with one signer; medians of {ROUNDS} batches of {BATCH}")
    return figure


def _each(way: Callable[[], object]) -> float:
    """Return the seconds that a way takes once, of a batch."""
    began = time.perf_counter()
    for _ in range(BATCH):
        way()
    return (time.perf_counter() - began) / BATCH
