"""The whole cycle on simulated printers: cards a second, who uses the processors, and the gap between two cards."""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.artwork import artist_of, upper_bound
from bench.figures import Budget, Figure, Row, median, percentile, progress
from bench.office import PRINTER, office, work_folder
from drivers.deadline import Deadline
from drivers.printer import EncodedCard
from printd.config import Usb
from printd.demo.simulators import start
from printd.demo.story import Scene, play
from printd.press import open_printer
from printd.printing.dispatch import Waiting

RECORDS = 200
PRINTERS = 4
CALM_RECORDS = 12
CALM_SPEED = 20.0
DRAWN = 120
_MS = 1000.0
_TICKS = os.sysconf("SC_CLK_TCK")
_GAP = Budget("at most", 100)


@dataclass
class Watch:
    """Reads how much processor time each kind of process has used whenever the demo shows a scene."""

    readings: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    _step: str = ""

    def __call__(self, scene: Scene) -> None:
        """Keep readings from the moment on that printers are shown."""
        if scene.step != self._step:
            self._step = scene.step
            progress(scene.step)
        reading = (time.monotonic(), _processor_seconds())
        if scene.printers:
            self.readings.append(reading)
        else:
            self.readings = self.readings or []
            self._before = reading

    def cores(self) -> dict[str, float]:
        """Return how many cores each kind used on the average while cards were printed."""
        (began, first), (ended, last) = self.readings[0], self.readings[-1]
        return {kind: (last[kind] - first[kind]) / (ended - began) for kind in last}


def run(parent: Path) -> Figure:
    """Measure everything at once with instant printers, then the gap alone with a printer that takes its time."""
    figure = Figure("cycle")
    progress("drawing and encoding on all cores, without printing")
    bound = upper_bound(parent, DRAWN)
    watch = Watch()
    with work_folder(parent) as folder:
        demo = folder / "d"
        summary = play(demo, records=RECORDS, printers=PRINTERS, speed=0, faults="none", show=watch)
        cards, busy = _cards(demo / "truth.jsonl")
    if summary["good_cards"] != RECORDS or not summary["verified"]:
        figure.notes.append(f"the run does not add up: {summary['good_cards']} good cards, {summary['verified']=}")
    bound_is = f"drawn and encoded, {len(os.sched_getaffinity(0))} processes"
    figure.rows = [
        Row(
            f"cards end to end, {PRINTERS} instant printers",
            RECORDS / summary["seconds_printing"],
            "a second",
            bound,
            bound_is,
            Budget("at least", 20),
        ),
        Row("  the same, first job to last card", cards / busy, "a second", bound, bound_is),
    ]
    return figure
