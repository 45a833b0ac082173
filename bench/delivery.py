"""A serialised delivery of a million blanks beside one of a thousand: time, rows and memory."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

from bench.figures import Budget, Figure, Row, median, progress
from bench.office import CARTONS, Office, office, work_folder

LARGE, SMALL = 1_000_000, 1_000
ROUNDS = 5
_MIB = 1024 * 1024


def run(parent: Path) -> Figure:
    """Announce and receive deliveries of both sizes in turns, in one shop that grows."""
    progress("deliveries")
    with work_folder(parent) as folder, office(folder / "shop") as made:
        _seconds(made, "W", SMALL)
        both = [(_seconds(made, f"L{n}X", LARGE), _seconds(made, f"S{n}X", SMALL)) for n in range(ROUNDS)]
        before = made.ranges()
        large = _peak(made, "MLX", LARGE)
        rows = made.ranges() - before
        small = _peak(made, "MSX", SMALL)
        rows_small = made.ranges() - before - rows
    small_is = f"a delivery of {SMALL:,} blanks"
    figure = Figure("delivery")
    figure.rows = [
        Row(
            f"announce, count twice, receive {LARGE:,} blanks",
            median([one for one, _ in both]),
            "s",
            median([one for _, one in both]),
            small_is,
            Budget("at most", 1),
        ),
        Row("  rows that hold them", rows, "rows", rows_small, small_is, Budget("at most", 1, "ratio")),
        Row("  most memory taken", large / _MIB, "MiB", small / _MIB, small_is),
    ]
    figure.notes.append(f"both in {CARTONS} cartons; in a practice shop, whose people's keys open at once")
    return figure


def _seconds(made: Office, name: str, pieces: int) -> float:
    began = time.perf_counter()
    made.deliver(f"D-{name}", name, pieces)
    return time.perf_counter() - began


def _peak(made: Office, name: str, pieces: int) -> float:
    """Return the most bytes that Python held more than before."""
    tracemalloc.start()
    try:
        made.deliver(f"D-{name}", name, pieces)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
