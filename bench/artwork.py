"""From a sealed record to printer bytes: how long one core needs, and for what."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

from bench.figures import Budget, Figure, Row, median, percentile, progress
from bench.office import PRINTER, Office, office, work_folder
from drivers import panels
from drivers.evolis.raster import pack_levels
from drivers.printer import SidePicture
from printd.events.policy import TurnTaken
from printd.printing.artwork import Artist
from printd.printing.dispatch import Waiting
from printd.shop.shop import Shop
from printd.store import printers, records

RECORDS = 128  # every other one is measured whole, the rest part by part: no record is drawn before it is measured
WARM = 4
PNG_LEVEL = 6
TURN = TurnTaken(by="order")
_MS = 1000.0


def run(parent: Path) -> Figure:
    """Measure whole, parts and packing on one core."""
    with work_folder(parent) as folder, office(folder / "shop") as made:
        progress(f"taking {RECORDS + WARM} invented records in")
        entered = made.take_in(RECORDS + WARM, seed=5371)
        progress("drawing and encoding them on one core")
        with one_core():
            return _measure(made, entered)


def _measure(made: Office, entered: list[tuple[str, str]]) -> Figure:
    artist = artist_of(made.shop)
    began = time.perf_counter()
    artist.prepare(Waiting(*entered[0], TURN), PRINTER)
    first = time.perf_counter() - began
    for job, record in entered[1:WARM]:
        artist.prepare(Waiting(job, record, TURN), PRINTER)
    whole: list[float] = []
    parts: list[dict[str, float]] = []
    for number, (job, record) in enumerate(entered[WARM:]):
        if number % 2:
            parts.append(_parts(made.shop, artist, record))
        else:
            began = time.perf_counter()
            artist.prepare(Waiting(job, record, TURN), PRINTER)
            whole.append((time.perf_counter() - began) * _MS)
    shares = {name: median([one[name] for one in parts]) for name in parts[0]}
    png = shares.pop("png")
    packing = shares.pop("packing")
    rest = shares.pop("rest")
    total = sum(shares.values()) + rest
    png_is = "Pillow writes the same card as PNG, level 6"
    figure = Figure("bytes")
    most = Budget("at most", 60)
    figure.rows = [
        Row("record to printer bytes, median", median(whole), "ms", png, png_is, most),
        Row("record to printer bytes, p95", percentile(whole, 95), "ms", png, png_is),
    ]
    for name, label in (
        ("layout", "unseal, decode JPEG, lay out"),
        ("separation", "separate into dyes"),
        ("encoding", "pack, compress, commands"),
    ):
        share = shares[name] / total
        figure.rows.append(Row(f"  {name}: {label} ({share:.0%})", shares[name], "ms", png, png_is))
    figure.rows += [
        Row(f"  rest: read from database, seal a digest ({rest / total:.0%})", rest, "ms", png, png_is),
        Row("packing three panels of 128 levels", packing, "ms", png, png_is, Budget("at most", 15)),
    ]
    figure.notes.append(
        f"{len(whole)} different records whole, {len(parts)} others part by part; "
        f"the very first card, which loads the fonts, took {first * _MS:.0f} ms"
    )
    return figure


def _parts(shop: Shop, artist: Artist, record: str) -> dict[str, float]:
    """Do what ``Artist.prepare`` does step by step; return milliseconds of each."""
    marks = [time.perf_counter()]
    with shop.store.reading() as connection:
        row = printers.find_printer(connection, PRINTER)
        records.find_record(connection, record)
    assert row is not None
    marks.append(time.perf_counter())
    card = artist.draw(record)
    marks.append(time.perf_counter())
    encoded = artist.encode(card, "evolis", row["model"])
    marks.append(time.perf_counter())
    shop.vault.pseudonym("artwork", b"".join(encoded.commands))
    marks.append(time.perf_counter())
    side = SidePicture(card.front.colour, card.front.resin, card.front.overlay)
    again = time.perf_counter()
    panels.check(side, "front")
    dyes = panels.separate(side, panels.Separation(), bits=7)
    separated = time.perf_counter()
    for values in (dyes.y, dyes.m, dyes.c):
        pack_levels(values, 7)
    packed = time.perf_counter()
    picture = card.front.picture()
    composed = time.perf_counter()
    picture.save(io.BytesIO(), "PNG", compress_level=PNG_LEVEL)
    written = time.perf_counter()
    read, layout, encode, digest = (after - before for before, after in pairwise(marks))
    separation = separated - again
    seconds = {
        "layout": layout,
        "separation": separation,
        "encoding": encode - separation,
        "rest": read + digest,
        "packing": packed - separated,
        "png": written - composed,
    }
    return {name: value * _MS for name, value in seconds.items()}


@contextmanager
def one_core() -> Iterator[None]:
    """Stay on one core, and give the others back."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def artist_of(shop: Shop) -> Artist:
    """Return the artist as the daemon makes it."""
    return Artist(shop)


def upper_bound(parent: Path, records: int) -> float:
    """Return the cards a second that one process a core draws and encodes, without printing any."""
    processes = len(os.sched_getaffinity(0))
    with work_folder(parent) as folder, office(folder / "shop") as made:
        entered = made.take_in(records, seed=77)
        pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
        try:
            warm = [pool.submit(_prepare_all, made.folder, entered[:2]) for _ in range(processes)]
            for one in warm:
                one.result()
            parts = [entered[number::processes] for number in range(processes)]
            spans = [one.result() for one in [pool.submit(_prepare_all, made.folder, part) for part in parts]]
        finally:
            pool.shutdown()
    return records / (max(end for _, end in spans) - min(begin for begin, _ in spans))


def _prepare_all(folder: Path, entered: list[tuple[str, str]]) -> tuple[float, float]:
    """Prepare all jobs; return begin and end on the clock that all processes share."""
    shop = Shop.open(folder)
    try:
        artist = artist_of(shop)
        begin = time.clock_gettime(time.CLOCK_MONOTONIC)
        for job, record in entered:
            artist.prepare(Waiting(job, record, TURN), PRINTER)
        return begin, time.clock_gettime(time.CLOCK_MONOTONIC)
    finally:
        shop.close()
