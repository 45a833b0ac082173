"""Verifying a log beside hashing the same bytes with hashlib, and people's signatures beside the library's own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from bench.figures import Budget, Figure, Row, median, progress
from bench.office import ORIGIN
from bench.signing import rows as of_signatures
from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.entry import Entry
from printd.ledger.merkle import Frontier, leaf_hash, root_of
from printd.ledger.notes import Signer
from printd.ledger.signatures import SigningKey, message, write_signature
from printd.ledger.signed import CheckpointRow
from printd.ledger.verify import EntryRow, verify_log

ENTRIES = 50_000
SIGNED_EVERY = 256
ROUNDS = 5
_MS = 1000.0


def run(_parent: Path) -> Figure:
    """Verify in turns: hashes alone, hashes and form, the bytes alone."""
    progress(f"making a log of {ENTRIES:,} entries")
    signer = Signer.generate(ORIGIN)
    rows, nodes, heads, end = _log(signer)
    bodies = [body for _, body, _ in rows]
    together = b"".join(bodies)

    def verify(check_form: bool) -> None:
        report = verify_log(
            rows,
            nodes,
            heads,
            origin=ORIGIN,
            vkey=signer.vkey,
            frontier=(end.size, end.hashes),
            check_form=check_form,
        )
        assert report.good
        assert report.signed_size == ENTRIES

    def one_by_one() -> None:
        for body in bodies:
            sha256(body).digest()

    progress("verifying it")
    ways: dict[str, Callable[[], object]] = {
        "hashes": lambda: verify(check_form=False),
        "form": lambda: verify(check_form=True),
        "tree": lambda: root_of(map(leaf_hash, bodies)),
        "one by one": one_by_one,
        "one piece": lambda: sha256(together).digest(),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            taken[name].append((time.perf_counter() - began) * _MS)
    ms = {name: median(values) for name, values in taken.items()}
    bare_is = "hashlib over the same entries, one by one"
    figure = Figure("verify")
    most = Budget("at most", 3, "ratio")
    figure.rows = [
        Row(
            f"verify {ENTRIES:,} entries: hashes, tree, signatures", ms["hashes"], "ms", ms["one by one"], bare_is, most
        ),
        Row("  and the form of every entry", ms["form"], "ms", ms["one by one"], bare_is),
        Row("  for comparison: the tree's hashes, held against nothing", ms["tree"], "ms", ms["one by one"], bare_is),
        *of_signatures(),
    ]
    figure.notes.append(
        f"{len(together) / 1e6:.1f} MB, {len(heads)} signed checkpoints; hashed in one piece the same bytes take "
        f"{ms['one piece']:.1f} ms"
    )
    return figure


def _log(
    signer: Signer,
) -> tuple[list[EntryRow], dict[tuple[int, int], bytes], list[CheckpointRow], Frontier]:
    rows: list[EntryRow] = []
    nodes: dict[tuple[int, int], bytes] = {}
    heads: list[CheckpointRow] = []
    end = Frontier()
    siti = SigningKey.new()
    for seq in range(ENTRIES):
        serial = f"KPG{seq // 2:07d}"
        store, hopper = ("store", "hopper:printer-1")[:: -1 if seq % 2 else 1]
        data = {"serials": [[serial, serial]], "from": store, "to": hopper, "why": "load"}
        unsigned = Entry(seq, "2026-11-02T08:00:00Z", "blanks.moved", ("siti",), data)
        signature = write_signature(siti.sign(message(ORIGIN, unsigned.unsigned())))
        body = replace(unsigned, signatures=(signature,)).body()
        leaf = leaf_hash(body)
        rows.append((seq, body, leaf))
        end, known = end.append(leaf)
        nodes.update({(one.level, one.index): one.hash for one in known if one.level})
        if end.size % SIGNED_EVERY == 0 or end.size == ENTRIES:
            heads.append((end.size, end.root(), sign(Checkpoint(ORIGIN, end.size, end.root()), signer)))
    return rows, nodes, heads, end
