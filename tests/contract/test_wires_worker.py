"""Workers of the real daemon on real wires that fail: each goes on when its printer is back, and with no other."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import usb.core

from crash.house import People
from hardware_mocks.pytest_wires import Setup, UsbPrinter, pty_printer, usb_umock_printer
from hardware_mocks.wires.umock import UmockBus
from hardware_mocks.wires.usb_model import UsbDevice
from printd.daemon.daemon import Daemon
from printd.demo.reader import CardReader
from printd.demo.staff import RUNNER, person
from support.office import Office, until

BLANKS = 8


@contextlib.contextmanager
def office(folder: Path) -> Iterator[Office]:
    made = Office(folder)
    try:
        made.deliver(3 * BLANKS)
        yield made
    finally:
        made.shop.close()


def shown(made: Office, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in made.act("printers.list") if row["name"] == name)
    return found


def says(made: Office, name: str, state: str, *texts: str) -> Callable[[], bool]:
    """Tell whether a printer is shown in a state, with these texts in its message."""

    def look() -> bool:
        time.sleep(0.1)
        row = shown(made, name)
        return row["state"] == state and all(text in row["message"] for text in texts)

    return look


def finish(made: Office, daemon: Daemon, records: int, *, at: str = "p0") -> People:
    """Let people who also press buttons walk round at one printer until so many records are finished."""
    usual = made.staff()

    def act(name: str, /, **arguments: Any) -> Any:
        told = made.act(name, **arguments)
        return [row for row in told if row["name"] == at] if name == "printers.list" else told

    staff = People(act, usual._hands, made.outside, CardReader(made.shop))
    staff.live = daemon.live
    deadline = time.monotonic() + 60
    while staff.round().get("finished", 0) < records:
        assert time.monotonic() < deadline, made.act("printers.list")
        time.sleep(0.1)
    return staff


def test_a_serial_printer_comes_back_under_its_name_and_no_other_is_taken_for_it(tmp_path: Path) -> None:
    link, elsewhere = tmp_path / "ttyUSB0", tmp_path / "ttyUSB1"
    setup = Setup(serial="SIM0000", faults=["cable_out@payload=m,card=1"])
    with office(tmp_path) as made, pty_printer(setup, link) as sim, contextlib.ExitStack() as held:
        made.add_printer("p0", sim.printer, f"serial:{link}?baud=115200", 1, BLANKS)
        first = link.readlink()
        made.take_in(2)
        with made.open_doors() as daemon:
            until(lambda: not link.is_symlink(), "the cable comes out in the middle of a picture")
            for descriptor in os.openpty():  # the old number is taken: by this one, or still by the daemon
                held.callback(os.close, descriptor)
            finish(made, daemon, 2)
            assert link.readlink() != first, "the kernel named it otherwise, its lasting name stayed"
            made.judge(records=2)

            made.act("printers.pause", name="p0", by=person(RUNNER))
            until(says(made, "p0", "paused"), "it is let go")
            sim.printer.hands.unplug()
            until(lambda: not link.is_symlink(), "the cable is out")
            sim.printer.hands.plug()
            until(link.is_symlink, "it is plugged in")
            link.rename(elsewhere)  # its own name is gone: books know no other
            made.take_in(1, seed=8)
            made.act("printers.resume", name="p0", by=person(RUNNER))
            until(says(made, "p0", "offline", "ttyUSB0 cannot be opened"), "it is not there under its name")
            with pty_printer(Setup(serial="SIM0009", hopper=["X-1"]), link) as stranger:
                until(says(made, "p0", "paused", "SIM0009", "SIM0000"), "another printer answers under its name")
                assert not stranger.printer.truth.read("feed")
            elsewhere.rename(link)
            finish(made, daemon, 3)
        made.judge(records=3)


def clogs(device: UsbDevice, after: int) -> None:
    """Let a device take so many bytes more and then none, until it is switched off and on."""
    take, left, born = device.try_out, [after], device.generation

    def try_out(data: bytes | memoryview) -> int:
        if device.generation != born:
            return take(data)
        count = take(data[: left[0]]) if left[0] else 0
        left[0] -= count
        return count

    device.try_out = try_out  # type: ignore[method-assign]


@contextlib.contextmanager
def held_by_another_process(sim: UsbPrinter) -> Iterator[None]:
    """Let the interface belong to somebody whom this process does not know, as the kernel keeps it for a process."""
    with sim.printer.machine.cond:
        sim.device.detach_kernel_driver()
        sim.device.claim("another process")
    yield
    with sim.printer.machine.cond:
        sim.device.release("another process")
        sim.device.attach_kernel_driver()


@pytest.mark.usbfs
def test_two_alike_on_the_real_libusb_fail_are_replugged_and_change_places(tmp_path: Path, umock_bus: UmockBus) -> None:
    """Unplugged in a transfer, stalled, held by another process, kernel driver bound at each plugging-in."""
    faults = ["cable_out@payload=c,card=1", "stall@command=Se,card=2"]
    with contextlib.ExitStack() as stack:
        made = stack.enter_context(office(tmp_path))
        sims: dict[str, UsbPrinter] = {}
        for number, planned in enumerate((faults, [])):
            setup = Setup(serial=f"SIM000{number}", faults=list(planned))
            sims[f"p{number}"] = sim = stack.enter_context(usb_umock_printer(umock_bus, setup))
            first = number * BLANKS + 1
            made.add_printer(f"p{number}", sim.printer, f"usb://0f49/SIM000{number}", first, first + BLANKS - 1)
        assert {sim.device.kernel_driver for sim in sims.values()} == {"usblp"}
        made.act("printers.pause", name="p0", by=person(RUNNER))
        other = stack.enter_context(contextlib.ExitStack())
        other.enter_context(held_by_another_process(sims["p1"]))
        with made.open_doors() as daemon:
            made.take_in(1)
            until(says(made, "p1", "offline", "Another program uses usb://0f49/SIM0001"), "it is held by another")
            assert not made.outside()
            other.close()
            finish(made, daemon, 1, at="p1")

            made.act("printers.pause", name="p1", by=person(RUNNER))
            until(says(made, "p1", "paused"), "it rests")
            made.act("printers.resume", name="p0", by=person(RUNNER))
            made.take_in(2, seed=8)
            staff = finish(made, daemon, 3)
            assert staff.done["doubts settled"] == len(sims["p0"].printer.truth.read("fault")) == len(faults)
            clogs(sims["p0"].device, after=100_000)
            made.take_in(1, seed=10)
            staff = finish(made, daemon, 4)
            assert staff.done["doubts settled"] == 1, "a write that moved some bytes is for a person"
            assert troubles(made) == ["No such device", "refused to be read from", "stopped taking data"]

            before = [sims[name].device.address for name in ("p0", "p1")]
            for name in ("p0", "p1"):
                sims[name].printer.hands.unplug()
            until(lambda: not usb_addresses(umock_bus), "both are gone")
            for number, name in enumerate(("p1", "p0"), start=1):
                sims[name].printer.hands.plug()
                until(lambda number=number: len(usb_addresses(umock_bus)) == number, "it is back")  # type: ignore[misc]
            assert [sims[name].device.address for name in ("p0", "p1")] != before, "they have other places on the bus"
            made.act("printers.pause", name="p0", by=person(RUNNER))
            until(says(made, "p0", "paused"), "it rests")
            made.act("printers.resume", name="p1", by=person(RUNNER))
            made.take_in(1, seed=9)
            finish(made, daemon, 5, at="p1")
            assert {card["blank"] for card in made.outside() if card["printer"] == "SIM0001"} == {
                "BLK000009",
                "BLK000010",
            }
        made.judge(records=5)


def troubles(made: Office) -> list[str]:
    """Return what the wire did in each attempt that was in doubt, from the evidence in the books."""
    known = ("No such device", "refused to be read from", "stopped taking data")
    with made.shop.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT evidence FROM attempt ORDER BY opened_at, rowid").all()
    findings = [" ".join(json.loads(evidence)[0]["findings"]) for (evidence,) in rows]
    return [next(text for text in known if text in found) for found in findings if found]


def usb_addresses(bus: UmockBus) -> list[int]:
    return [device.address for device in usb.core.find(find_all=True, backend=bus.backend)]
