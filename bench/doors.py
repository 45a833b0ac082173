"""What a command costs before and beside its work: processor time, user and system, of whole processes.

The yardstick is Python with the command line's own libraries loaded and nothing done.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from bench.figures import Budget, Figure, Row, median, progress
from bench.floor import Floor, floor
from bench.office import as_installed, work_folder
from printd.demo.people import make_people
from printd.demo.staff import RUNNER, enrolment
from printd.errors import PrintdError

ROUNDS = 21
RECORDS = 24
_SECONDS = 60.0
_MS = 1000.0
_YARDSTICK = (sys.executable, "-c", "import typer, rich")
_YARDSTICK_IS = 'python -c "import typer, rich"'
_PRINTD = Path(sys.executable).with_name("printd")
_BUDGETS: Mapping[str, float] = MappingProxyType({"help": 1.3, "jobs": 1.5})


def run(parent: Path) -> Figure:
    """Call each in turns, beside a daemon that has taken records in."""
    figure = Figure("doors")
    with work_folder(parent) as folder, floor(folder) as made:
        progress(f"a daemon with {RECORDS} jobs")
        _take_in(made)
        ways = {
            "yardstick": _YARDSTICK,
            "help": (str(_PRINTD), "--help"),
            "noun": (str(_PRINTD), "jobs", "--help"),
            "jobs": (str(_PRINTD), "--shop", str(made.shop), "jobs", "list"),
        }
        progress(f"each {ROUNDS} times")
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(ROUNDS + 1):  # the first run compiles what an installed printd has compiled
            for name, command in ways.items():
                ms = _processor_ms(command)
                if number:
                    taken[name].append(ms)
    typical = {name: median(values) for name, values in taken.items()}
    titles = {"help": "printd --help", "noun": "printd jobs --help", "jobs": "printd jobs list, beside the daemon"}
    for name, title in titles.items():
        budget = Budget("at most", _BUDGETS[name], "ratio") if name in _BUDGETS else None
        row = Row(f"{title}: processor time", typical[name], "ms", typical["yardstick"], _YARDSTICK_IS, budget)
        figure.rows.append(row)
    return figure


def _take_in(made: Floor) -> None:
    made.act("operators.enrol", **enrolment(RUNNER))
    made.begin()
    made.spool(make_people(RECORDS, seed=11))
    began = time.monotonic()
    while sum(made.act("jobs.count").values()) < RECORDS:
        if time.monotonic() - began > _SECONDS:
            raise PrintdError("The records were not taken in.")
        time.sleep(0.1)


def _processor_ms(command: Sequence[str]) -> float:
    """Return the processor time of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=_SECONDS, env=as_installed())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * _MS
