"""What a daemon costs that has nothing to do: eight printers ready, blanks in each hopper, no job."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.figures import Budget, Figure, Row, progress
from bench.office import CARTONS, office, work_folder
from drivers import open_printer
from drivers.deadline import Deadline
from hardware_mocks.pytest_wires import Setup, tcp_printer
from printd.client.client import call
from printd.demo.staff import CHECKER, RUNNER, person

PRINTERS = 8
SECONDS = 30.0
BLANKS = 5  # in each hopper
_TICKS = os.sysconf("SC_CLK_TCK")
_READY_SECONDS = 60.0
_CALM_SECONDS = 3.0  # after the last worker came to rest
_BUDGET = Budget("at most", 2)


def run(parent: Path) -> Figure:
    """Measure the processor time of the real daemon over some idle seconds, beside the driver alone."""
    figure = Figure("idle")
    with work_folder(parent) as folder, ExitStack() as stack:
        sims = [
            stack.enter_context(
                tcp_printer(Setup(serial=f"SIM{n + 10:04d}", hopper=[_serial(n * BLANKS + k) for k in range(BLANKS)]))
            )
            for n in range(PRINTERS)
        ]
        uris = [f"tcp://{sim.host}:{sim.port}" for sim in sims]
        progress("the driver alone, asking each printer every second")
        alone = _alone(uris)
        with office(folder / "shop") as made:
            made.deliver("IDL", "IDL", CARTONS * PRINTERS * BLANKS)
            made.issue(_serial(0), _serial(PRINTERS * BLANKS - 1), "IDL", "C0")
            for number, uri in enumerate(uris):
                name = f"p{number}"
                made.act("printers.add", name=name, uri=uri, model="primacy", by=person(RUNNER), second=person(CHECKER))
                made.act("blanks.load", printer=name, pieces=BLANKS, by=person(RUNNER))
                made.act("printers.resume", name=name, by=person(RUNNER))
            made.shop.sign()
        progress(f"the daemon with {PRINTERS} idle printers")
        used = _daemon(folder / "shop")
    figure.rows = [
        Row(
            f"share of one core that a daemon with {PRINTERS} idle printers uses",
            used,
            "%",
            alone,
            "the driver alone asks every second",
            _BUDGET,
        )
    ]
    figure.notes.append(f"processor time of the daemon's process over {SECONDS:g} s, by the kernel's count")
    return figure


def _serial(number: int) -> str:
    return f"IDL{number + 1:07d}"


def _alone(uris: Sequence[str]) -> float:
    """Return the share of a core, in percent, that asking all printers once a second takes."""
    printers = [open_printer(uri, model="primacy", deadline=Deadline.after(_READY_SECONDS)) for uri in uris]
    began, rounds = time.thread_time(), 10
    for _ in range(rounds):
        for printer in printers:
            printer.status(Deadline.after(_READY_SECONDS))
    used = time.thread_time() - began
    for printer in printers:
        printer.close()
    return used / rounds * 100


def _daemon(shop: Path) -> float:
    """Return the share of a core, in percent, that the daemon uses once all its workers rest."""
    with _running(shop) as process:
        end = time.monotonic() + _READY_SECONDS
        while any(
            row["state"] != "idle" for row in call(shop, "printers.list", {}) if row["name"].startswith("p")
        ) and (time.monotonic() < end):
            time.sleep(0.5)
        time.sleep(_CALM_SECONDS)
        before, began = _ticks(process.pid), time.monotonic()
        time.sleep(SECONDS)
        return (_ticks(process.pid) - before) / _TICKS / (time.monotonic() - began) * 100


@contextmanager
def _running(shop: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (shop.parent / "daemon.log").open("ab") as lines:
        process = subprocess.Popen([sys.executable, "-m", "printd", "--shop", str(shop), "run"], stderr=lines)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(_READY_SECONDS)


def _ticks(pid: int) -> int:
    """Return a process's processor time, proc(5): utime and stime."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
