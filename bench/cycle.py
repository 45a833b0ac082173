"""The whole cycle on simulated printers: cards a second, and who uses the processors."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from bench.artwork import upper_bound
from bench.figures import Budget, Figure, Row, median, percentile, progress
from bench.gap import gaps as between_cards
from bench.office import work_folder
from printd.demo.story import Scene, play

RECORDS = 200
PRINTERS = 8
DRAWN = 160
_MS = 1000.0
_TICKS = os.sysconf("SC_CLK_TCK")


def run(parent: Path) -> Figure:
    """Print with instant printers as fast as this machine can; everything is durable, checked and proved."""
    progress("drawing and encoding on all cores, without printing")
    bound = upper_bound(parent, DRAWN)
    bound_is = f"{len(os.sched_getaffinity(0))} processes only draw and encode"
    figure = Figure("cycle")
    watch = Watch()
    with work_folder(parent) as folder:
        # Drawing the finished card takes a simulator longer than printing it: an instant printer draws none.
        summary = play(
            folder / "d", records=RECORDS, printers=PRINTERS, speed=0, faults="none", show=watch, pictures=False
        )
        truth = _truth(folder / "d" / "truth.jsonl")
    if summary["good_cards"] != RECORDS or not summary["verified"]:
        figure.notes.append(f"THE RUN DOES NOT ADD UP: {summary}")
    whole = f"cards end to end, {PRINTERS} instant printers, each card checked"
    least = Budget("at least", 20)
    rate = RECORDS / summary["seconds_printing"]
    gaps = [gap * _MS for gap in between_cards(truth)]
    there = len(os.sched_getaffinity(0)) * _MS / rate
    figure.rows = [
        Row(whole, rate, "a second", bound, bound_is, least),
        Row("  the same, from the first job to the last card", _pace(truth), "a second", bound, bound_is),
        *(
            Row(f"  processor time a card, {kind}", used * _MS / RECORDS, "ms", there, "all cores' time a card")
            for kind, used in watch.used().items()
        ),
        Row("  gap of one printer while all cores are busy, median", median(gaps), "ms"),
        Row("  gap of one printer while all cores are busy, p99", percentile(gaps, 99), "ms"),
    ]
    figure.notes.append(
        "the staff look on, draw each card again to know it and check it on the same cores; "
        "with instant printers the gap holds the drawing of the next card, which has no card to hide behind"
    )
    return figure


class Watch:
    """Shows the demo's steps as progress, and reads what each kind of process uses of the processors."""

    def __init__(self) -> None:
        self._step = ""
        self._readings: list[dict[str, float]] = []

    def __call__(self, scene: Scene) -> None:
        """Keep the last reading before printing and those while printing."""
        if scene.step != self._step:
            self._step = scene.step
            progress(scene.step)
        reading = _processor_seconds()
        if scene.printers:
            self._readings.append(reading)
        elif len(self._readings) < 2:
            self._readings = [reading]

    def used(self) -> dict[str, float]:
        """Return the processor seconds that each kind used while cards were printed and checked."""
        first, last = self._readings[0], self._readings[-1]
        return {kind: last[kind] - first[kind] for kind in last}


def _processor_seconds() -> dict[str, float]:
    """Return processor seconds used so far by this process (the staff) and, by kind, its children."""
    mine = os.times()
    used = {"the daemon": 0.0, "the simulators": 0.0, "the staff": mine.user + mine.system}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            if int(fields[1]) == os.getpid():
                command = (folder / "cmdline").read_bytes()
                kind = "the simulators" if b"hardware_mocks" in command else "the daemon"
                used[kind] += (int(fields[11]) + int(fields[12])) / _TICKS  # proc(5): utime, stime
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended just now
    return used


def _truth(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _pace(truth: list[dict[str, Any]]) -> float:
    """Return cards a second between the first job and the last card."""
    out: list[float] = [line["time"] for line in truth if line["event"] == "card"]
    began: float = min(line["time"] for line in truth if line["event"] == "job")
    return len(out) / (max(out) - began)
