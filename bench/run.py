"""Print every performance figure beside a yardstick of the same run: ``make bench``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench import (
    artwork,
    cycle,
    delivery,
    doors,
    exporting,
    forecast,
    gap,
    idle,
    languages,
    movements,
    purging,
    scale,
    verification,
)
from bench.figures import Figure, Row

FIGURES: Mapping[str, Callable[[Path], Figure]] = MappingProxyType(
    {
        "bytes": artwork.run,
        "drivers": languages.run,
        "movements": movements.run,
        "delivery": delivery.run,
        "verify": verification.run,
        "export": exporting.run,
        "forecast": forecast.run,
        "purge": purging.run,
        "doors": doors.run,
        "gap": gap.run,
        "idle": idle.run,
        "cycle": cycle.run,
        "scale": scale.run,
    }
)
_WIDE = 200
_LOOK_SECONDS = 1.0
_CALM = 0.1  # cores that others may use without being worth a word


def main() -> None:
    """Measure, show, and end with 0 whether or not the budgets are met: a verdict is for a person to read."""
    reader = argparse.ArgumentParser(prog="bench/run.py", description=__doc__)
    reader.add_argument("--only", choices=FIGURES, help="run one figure")
    reader.add_argument("--json", action="store_true", help="print one JSON object on the last line")
    reader.add_argument(
        "--dir",
        type=Path,
        default=Path("/var/tmp"),
        help="where the databases are made for the run; on a real disk, or commits cost nothing (%(default)s)",
    )
    chosen = reader.parse_args()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # so that everything started is ended
    machine = _machine(chosen.dir)
    done: list[Figure] = []
    for name, measure in FIGURES.items():
        if chosen.only in (None, name):
            print(f"{name}:", file=sys.stderr, flush=True)
            began = time.monotonic()
            done.append(measure(chosen.dir))
            print(f"  {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    machine["cores_busy_after"] = _cores_busy()
    _show(done, machine)
    if chosen.json:
        rows = {figure.name: [row.as_json() for row in figure.rows] for figure in done}
        notes = {figure.name: figure.notes for figure in done}
        missed = [row.what for figure in done for row in figure.rows if row.met is False]
        print(json.dumps({"machine": machine, "figures": rows, "notes": notes, "missed": missed}))


def _machine(folder: Path) -> dict[str, Any]:
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "folder": str(folder),
        "filesystem": _filesystem(folder),
        "cores_busy_before": _cores_busy(),
    }


def _cores_busy() -> float:
    """Return how many cores others use, while this process waits."""
    ticks = os.sysconf("SC_CLK_TCK")
    before = _busy_ticks()
    time.sleep(_LOOK_SECONDS)
    return round((_busy_ticks() - before) / ticks / _LOOK_SECONDS, 2)


def _busy_ticks() -> int:
    """Return the time that all cores were not idle, proc(5): user, nice, system, idle, iowait, irq, softirq, steal."""
    user, nice, system, _, _, irq, softirq, steal, *_ = (
        int(word) for word in Path("/proc/stat").read_text(encoding="ascii").split("\n")[0].split()[1:]
    )
    return user + nice + system + irq + softirq + steal


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _filesystem(folder: Path) -> str:
    """Return the type of the file system that a folder is on."""
    path, best = str(folder.resolve()), ("", "unknown")
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        _, mounted, kind, *_ = line.split()
        if len(mounted) >= len(best[0]) and (path + "/").startswith(mounted.rstrip("/") + "/"):
            best = (mounted, kind)
    return best[1]


def _show(done: list[Figure], machine: Mapping[str, Any]) -> None:
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDE
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("what", "budget", "measured", "yardstick", "", "ratio", "verdict"):
        right = column in ("measured", "yardstick", "ratio")
        table.add_column(column, justify="right" if right else "left", overflow="fold", no_wrap=column != "")
    for number, figure in enumerate(done):
        if number:
            table.add_row()
        for row in figure.rows:
            table.add_row(*_cells(row))
    console.print(table)
    console.print()
    for figure in done:
        for note in figure.notes:
            console.print(f"{figure.name}: {note}")
    console.print("machine: " + ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in machine.items()))
    if machine["filesystem"] in ("tmpfs", "ramfs"):
        console.print("The folder lies in memory: commits cost nothing there. Choose another with --dir.", style="red")
    busy = max(machine["cores_busy_before"], machine["cores_busy_after"])
    if busy > _CALM:
        console.print(f"Other programs used {busy} cores: this machine is better than its figures.", style="yellow")
    judged = [row for figure in done for row in figure.rows if row.met is not None]
    missed = [row.what.strip() for row in judged if not row.met]
    if missed:
        console.print(f"{len(missed)} of {len(judged)} budgets MISSED: {'; '.join(missed)}", style="bold red")
    else:
        console.print(f"All {len(judged)} budgets are met.", style="bold green")


def _cells(row: Row) -> list[str | Text]:
    verdict = {True: Text("met", style="green"), False: Text("MISSED", style="bold red"), None: Text("")}[row.met]
    budget = ""
    if row.budget is not None:
        unit = row.unit if row.budget.of == "measured" else "x yardstick"
        budget = f"{row.budget.kind} {row.budget.limit:g} {unit}"
    yardstick = "" if row.yardstick is None else f"{_number(row.yardstick)} {row.unit}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return [row.what, budget, f"{_number(row.measured)} {row.unit}", yardstick, row.yardstick_is, ratio, verdict]


def _number(value: float) -> str:
    """Return three digits that count."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


if __name__ == "__main__":
    main()
