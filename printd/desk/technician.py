"""Acts for whoever puts a printer into service: ask it all that moves no card, and keep what went over the wire."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from printd.desk.desk import Desk, proved
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.remedies import Do
from printd.store import printers
from printd.store.tables.printers import PrinterRow
from printd.words.states import PrinterState

_QUESTION_SECONDS = 20.0

if TYPE_CHECKING:
    from drivers.deadline import Deadline
    from drivers.printer import CardPrinter, Identity

_SECONDS = 20.0
_LETS_GO_SECONDS = 20.0
_LETS_GO_IN = frozenset({PrinterState.PAUSED, PrinterState.OFFLINE, PrinterState.IN_DOUBT})
"""States in which a worker holds no connection, or asks nothing any more."""

_LOCK = threading.Lock()
_SPEAKING: set[tuple[Path, str]] = set()


class Step(TypedDict):
    """One question to a printer, and its answer: in a sentence, and word by word."""

    step: str
    good: bool
    says: str
    raw: dict[str, str]


class Tested(TypedDict):
    """What a printer answered; ``trace`` is the file that holds the dialogue."""

    printer: str
    family: str
    model: str
    good: bool
    steps: list[Step]
    trace: str


class Tracing(TypedDict):
    """Whether what goes over a printer's wire is kept, and in which folder."""

    name: str
    tracing: bool
    folder: str


def test(desk: Desk, name: str, by: Person) -> Tested:
    """Ask a paused printer who it is, how it is and what it counted, twice; nothing moves.

    :raises Refused: there is none of this name, or it is not paused: its worker speaks with it.
    """
    from printd.printing.press import new_trace, open_printer  # noqa: PLC0415 - brings the drivers with it

    proved(desk, by)
    row = _booked(desk, name)
    steps: list[Step] = []
    with alone(desk, name):
        trace, path = new_trace(desk.shop, name)
        try:
            _ask_everything(desk, row, steps, lambda deadline: open_printer(
                desk.shop, row["uri"], row["family"], row["model"], deadline, trace
            ))  # fmt: skip
        finally:
            trace.close()
    return {
        "printer": name,
        "family": row["family"],
        "model": row["model"],
        "good": all(step["good"] for step in steps),
        "steps": steps,
        "trace": str(path),
    }


def trace(desk: Desk, name: str, on: bool, by: Person) -> Tracing:
    """Begin or end keeping what goes over a printer's wire while it works; panels are kept by their digest alone.

    :raises Refused: there is none of this name, or the daemon does not run, so that there is nothing to keep.
    """
    proved(desk, by)
    _booked(desk, name)
    if desk.workshop is None:
        raise Refused(
            "The daemon does not run, so that nothing goes over any wire.",
            consequence="Nothing was begun.",
            remedy=("Start it: ", Do("run")),
        )
    desk.workshop.trace(name, on=on)
    return {"name": name, "tracing": on, "folder": str(desk.shop.folder / "traces")}


@contextmanager
def alone(desk: Desk, name: str) -> Iterator[None]:
    """Be the only one who speaks with a paused printer: its worker has let go of it, and nobody else at the desk does.

    :raises Refused: it is not paused, its worker does not let go, or somebody else speaks with it.
    """
    if not _booked(desk, name)["paused"]:
        raise Refused(
            f"{name} is not paused.",
            why="Its worker speaks with it, and two cannot.",
            consequence="It was not asked.",
            remedy=("Pause it first: ", Do("printers.pause", name=name)),
        )
    key = (desk.shop.folder, name)
    with _LOCK:
        if key in _SPEAKING:
            raise Refused(
                f"Somebody else speaks with {name} just now.",
                consequence="It was not asked.",
                remedy="Ask again when they are done.",
            )
        _SPEAKING.add(key)
    try:
        _let_go(desk, name)
        yield
    finally:
        with _LOCK:
            _SPEAKING.discard(key)


def speaking(desk: Desk, name: str) -> bool:
    """Tell whether somebody at the desk speaks with a printer just now."""
    with _LOCK:
        return (desk.shop.folder, name) in _SPEAKING


def _let_go(desk: Desk, name: str) -> None:
    """Wait until the worker of a paused printer looked, found it paused, and closed its connection."""
    if desk.workshop is None or (before := desk.workshop.live(name)) is None:
        return
    deadline = time.monotonic() + _LETS_GO_SECONDS
    desk.workshop.wake(name)
    # Each look shows anew what the worker does: what was shown before it was woken proves nothing.
    while (live := desk.workshop.live(name)) is before or live is None or live.state not in _LETS_GO_IN:
        if time.monotonic() > deadline:
            raise Refused(
                f"The worker of {name} has not let go of it yet.",
                why="It finishes the card under way first, and does not wait for a printer that hangs for ever.",
                consequence="It was not asked.",
                remedy=("See what it does with: ", Do("printers.list"), "; then try again."),
            )
        time.sleep(0.02)


def _ask_everything(desk: Desk, row: PrinterRow, steps: list[Step], connect: Callable[[Deadline], CardPrinter]) -> None:
    from drivers.deadline import Deadline  # noqa: PLC0415 - the drivers load slowly
    from drivers.errors import DriverError  # noqa: PLC0415

    def step(what: str, act: Callable[[], Any]) -> Any:
        try:
            told, says = act()
        except DriverError as failed:
            steps.append({"step": what, "good": False, "says": str(failed), "raw": {}})
            return None
        steps.append({"step": what, "good": True, "says": says, "raw": dict(getattr(told, "raw", {}))})
        return told

    def deadline() -> Deadline:
        return Deadline.after(_QUESTION_SECONDS)

    printer = step("open", lambda: ((made := connect(deadline())), type(made).__name__))
    if printer is None:
        return
    try:
        identity: Identity | None = step("identify", lambda: ((told := printer.identify(deadline())), _who(told)))
        if identity is not None and identity.serial_number != row["serial_number"]:
            steps[-1]["good"] = False
            steps[-1]["says"] += f"; the books expect {row['serial_number']}"
        for name in ("status", "status again"):
            status = step(name, lambda: ((told := printer.status(deadline())), _how(told)))
            if status is not None and status.blocking:
                steps[-1]["good"] = False
        step("counters", lambda: ((told := printer.counters(deadline())), _numbers(asdict(told))))
    finally:
        printer.close()


def _who(identity: Identity) -> str:
    return ", ".join(
        f"{name} {value or 'unknown'}"
        for name, value in (
            ("model", identity.model),
            ("serial number", identity.serial_number),
            ("firmware", identity.firmware),
        )
    )


def _how(status: Any) -> str:
    conditions = ", ".join(f"{one.reason}-{one.severity} ({one.raw})" for one in status.conditions)
    return f"{status.state}, card position {status.position}" + (f"; {conditions}" if conditions else "")


def _numbers(counters: dict[str, Any]) -> str:
    return ", ".join(f"{name} {'unknown' if value is None else value}" for name, value in counters.items())


def _booked(desk: Desk, name: str) -> PrinterRow:
    with desk.shop.store.reading() as connection:
        row = printers.find_printer(connection, name)
    if row is None:
        raise Refused(f"There is no printer {name}.", remedy=("See all with: ", Do("printers.list")))
    if printers.is_retired(row):
        raise Refused(f"{name} is retired.", consequence="Nobody speaks with it any more.")
    return row
