"""Shops that really lived: the verifier that knows nothing of them finds nothing in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from printd.books.booking import Books
from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.notes import Signer
from printd.projections.kinds import PROJECTIONS
from printd.store import log
from printd.store.engine import Store
from printd_verify.database import Database
from printd_verify.notes import read_key
from printd_verify.verification import Report, Trust, verify
from support.fixed import ORIGIN, NewDatabase
from support.people import EverybodysKeys

FIGURES = {
    "closing_figure", "closing_outcomes", "closing_place", "closing_spoiled", "closing_sum", "not_counted",
    "count_told", "counts_differ", "closing_gap", "sample_bound", "receipt_left",
}  # fmt: skip
"""What the desk computes of closings, samples, receipts; random histories are booked past it, with any figures."""

COUNTERS = {"counter_gap", "counter_back"}
"""Random printers count at random."""


def lived(
    url: str, live: Callable[[Books, int, int], Counter[str]], seed: int, entries: int
) -> tuple[Path, Counter[str]]:
    """Live a random history, sign its end, and return its database and what happened in it."""
    store = Store.open(url)
    with store.writing() as connection:
        log.start(connection)
    books = Books(store, PROJECTIONS)
    books.keys = EverybodysKeys(store)
    told = live(books, seed, entries)
    signer = Signer(ORIGIN, b"l" * 32)
    with store.writing() as connection:
        end = log.frontier(connection)
        log.add_checkpoint(connection, end.size, end.root())
        log.add_note(connection, end.size, sign(Checkpoint(ORIGIN, end.size, end.root()), signer))
    store.close()
    return Path(url.removeprefix("sqlite:///")), told


def look(path: Path) -> Report:
    return verify(Database(path), Trust((read_key(Signer(ORIGIN, b"l" * 32).vkey),)), jobs=0)


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_found_in_a_random_history(
    new_sqlite: NewDatabase, live: Callable[[Books, int, int], Counter[str]], seed: int
) -> None:
    path, told = lived(new_sqlite(True), live, seed, 400)
    report = look(path)
    assert [case for case in report.cases if case.code not in FIGURES | COUNTERS] == []
    assert report.signatures > 200
    assert report.signed_size == report.size > 350
    assert len(told) > 30
