"""A shop of ten million blanks and three million entries (``make scale``), and what people ask of it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Budget, Figure, Row, median, percentile, progress
from bench.movements import in_turns, postgres, there_and_back
from bench.office import CARTONS, Office, as_installed, office, work_folder
from bench.shop_maker import START, Size, fill

FULL = Size(deliveries=10, pieces_each=1_000_000, entries=3_000_000)
ROUNDS = 5
LOOKED_AT = 60
_SECOND = Budget("at most", 1)
_FIFTH = Budget("at least", 1 / 1.2, "ratio")


def run(parent: Path, size: Size = FULL) -> Figure:
    """Measure on SQLite, and on PostgreSQL where it is installed."""
    figure = Figure("scale")
    _measure(figure, parent, size, "SQLite")
    try:
        with postgres(parent) as new:
            _measure(figure, parent, size, "PostgreSQL", new("old"), new("new"))
    except ModuleNotFoundError as missing:
        figure.notes.append(f"PostgreSQL was not measured: {missing.name} is not installed")
    figure.notes.append(
        f"commands are whole processes, medians of {ROUNDS}; the yardstick is the same in a shop of one small delivery"
    )
    return figure


def _measure(figure: Figure, parent: Path, size: Size, name: str, url: str = "", empty_url: str = "") -> None:
    with (
        work_folder(parent) as folder,
        office(folder / "old", url, lambda: START) as old,
        office(folder / "new", empty_url, lambda: START) as new,
    ):
        progress(f"a shop of {size.deliveries * size.pieces_each:,} blanks on {name}")
        began = time.perf_counter()
        fill(old, size)
        with old.shop.store.reading() as connection:
            rows = connection.exec_driver_sql("SELECT count(*) FROM serial_range").scalar_one()
            entries = connection.exec_driver_sql("SELECT count(*) FROM entry").scalar_one()
        blanks = old.act("blanks.where")["announced"]
        figure.notes.append(
            f"{name}: {blanks:,} blanks in {rows:,} rows, {entries:,} entries, "
            f"made in {time.perf_counter() - began:.0f} s"
        )
        new.deliver("D-00", "BAK", CARTONS * 50)
        progress("commands")
        for words in (["blanks", "where"], ["blanks", "reconcile"]):
            figure.rows.append(
                Row(
                    f"printd {' '.join(words)}, {name}",
                    _command(old, words),
                    "s",
                    _command(new, words),
                    "an empty shop",
                    _SECOND,
                )
            )
        used = size.entries // 5  # about as many blanks were printed
        chance = random.Random(5371)
        serials = [_serial(chance.randrange(used), size) for _ in range(LOOKED_AT)]
        figure.rows.append(
            Row(f"printd blanks show, {name}", _command(old, ["blanks", "show", serials[0]]), "s",
                _command(new, ["blanks", "show", "BAK0000001"]), "an empty shop", _SECOND)
        )  # fmt: skip
        figure.rows.append(
            Row(f"  the act alone, slowest of {LOOKED_AT}", _slowest(old, serials), "s",
                _slowest(new, ["BAK0000001"] * LOOKED_AT), "an empty shop", _SECOND)
        )  # fmt: skip
        progress("movements")
        last, each = size.deliveries - 1, size.pieces_each // CARTONS
        carton = CARTONS - 1
        first = carton * each + 1
        prefix = f"B{chr(65 + last)}K"
        mine = there_and_back(old, f"{prefix}{first:07d}", f"{prefix}{first + 1:07d}", f"D-{last:02}", f"C{carton}")
        theirs = there_and_back(new, "BAK0000001", "BAK0000002", "D-00", "C0")
        rate, yardstick = in_turns(mine, theirs)
        figure.rows.append(
            Row(f"durable single-card movements, {name}", rate, "a second", yardstick, "an empty shop", _FIFTH)
        )


def _serial(number: int, size: Size) -> str:
    delivery, piece = divmod(number, size.pieces_each)
    return f"B{chr(65 + delivery)}K{piece + 1:07d}"


def _command(made: Office, words: Sequence[str]) -> float:
    """Return the median time of a whole command, which must succeed."""
    took = []
    for number in range(ROUNDS + 1):  # the first run compiles what an installed printd has compiled
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "printd", "--shop", str(made.folder), *words, "--json"],
            capture_output=True,
            timeout=120,
            check=True,
            env=as_installed(),
        )
        if number:
            took.append(time.perf_counter() - began)
        json.loads(done.stdout)
    return median(took)


def _slowest(made: Office, serials: Sequence[str]) -> float:
    took = []
    for serial in serials:
        began = time.perf_counter()
        made.act("blanks.show", serial=serial)
        took.append(time.perf_counter() - began)
    return percentile(took, 100)
