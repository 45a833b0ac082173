"""Serial printers that hang up and come back: the same driver through pyserial on a real pseudo-terminal."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

import pytest

from drivers import open_printer
from drivers.deadline import Deadline
from drivers.errors import GoneError, NotFoundError
from drivers.printer import CardPrinter, State
from drivers.transports import open_transport
from hardware_mocks.pytest_wires import Setup, pty_printer

MODELS = {"evolis": ("primacy", 115200), "zebra": ("p330i", 9600)}


def soon() -> Deadline:
    return Deadline.after(20)


def opened(family: str, device: Path) -> contextlib.closing[CardPrinter]:
    model, baud = MODELS[family]
    return contextlib.closing(open_printer(f"serial:{device}?baud={baud}", model=model, family=family, deadline=soon()))


@pytest.mark.parametrize("family", sorted(MODELS))
def test_a_printer_hangs_up_and_comes_back_under_the_same_and_another_name(family: str, tmp_path: Path) -> None:
    link, other = tmp_path / "ttyUSB0", tmp_path / "ttyUSB1"
    with pty_printer(Setup(family=family, hopper=["A-1"]), link) as sim, contextlib.ExitStack() as stack:
        first = stack.enter_context(opened(family, link))
        who = first.identify(soon())
        assert first.status(soon()).state is State.IDLE
        node = link.readlink()
        sim.printer.hands.unplug()
        with pytest.raises(GoneError):
            first.counters(soon())
        with pytest.raises(NotFoundError, match="ttyUSB0 cannot be opened"):
            stack.enter_context(opened(family, link))

        sim.printer.hands.plug()
        assert sim.printer.wait_for(link.is_symlink)
        assert link.readlink() != node, "the kernel keeps a name as long as somebody has it open"
        with pytest.raises(GoneError):
            first.identify(soon())  # what hung up once stays dead
        with opened(family, link) as again:
            assert again.identify(soon()) == who
            assert again.status(soon()).state is State.IDLE

        link.rename(other)
        with pytest.raises(NotFoundError):
            stack.enter_context(opened(family, link))
        with opened(family, other) as moved:
            assert moved.identify(soon()) == who


def test_a_reader_that_waits_is_woken_by_the_hang_up(tmp_path: Path) -> None:
    link = tmp_path / "tty"
    with (
        pty_printer(Setup(), link) as sim,
        contextlib.closing(open_transport(f"serial:{link}?baud=115200", deadline=soon())) as line,
    ):
        puller = threading.Timer(0.1, sim.printer.hands.unplug)
        puller.start()
        with pytest.raises(GoneError):
            line.read(soon())
        puller.join()
