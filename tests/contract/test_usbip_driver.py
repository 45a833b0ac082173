"""The Evolis driver over USB/IP: the dialogue of every USB wire, through the protocol that a kernel speaks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from contract.evolis_desk import card, resin_crc, soon
from contract.usbip_host import UsbipBackend
from drivers import open_printer
from drivers.errors import DriverError, GoneError, NotFoundError
from drivers.printer import CardPrinter, Outcome, Position, Rung, State
from hardware_mocks.pytest_wires import Setup, SimulatedPrinter
from hardware_mocks.wires.usbip import UsbipServer


@dataclass
class Office:
    """A printer behind a USB/IP server, and the bus on which it is found."""

    sim: SimulatedPrinter
    bus: UsbipBackend
    opened: list[CardPrinter]

    def open(self) -> CardPrinter:
        """Open it; a printer that was just plugged in comes soon."""
        deadline = soon()
        while True:
            try:
                one = open_printer("usb://0f49/EV-1", model="primacy", usb_backend=self.bus, deadline=deadline)
            except NotFoundError:
                if deadline.expired:
                    raise
            else:
                self.opened.append(one)
                return one


@pytest.fixture
def office() -> Iterator[Office]:
    with SimulatedPrinter(Setup(serial="EV-1", hopper=["A-1", "A-2"], speed=100)) as printer:
        server = UsbipServer(printer, port=0)
        made = Office(printer, UsbipBackend((server.host, server.port)), [])
        yield made
        for one in made.opened:
            one.close()
        if made.bus.host is not None:
            made.bus.host.detach()
        server.close()


def test_a_card_is_printed_and_proved_through_usbip(office: Office) -> None:
    printer, job = office.open(), card("primacy")
    assert printer.identify(soon()).serial_number == "EV-1"
    assert printer.status(soon()).state is State.IDLE
    before = printer.counters(soon())
    printer.print(job, soon())
    found = printer.confirm(before, job, soon())
    assert (found.outcome, found.rung, found.position) == (Outcome.PRINTED, Rung.LEFT_PRINTER, Position.NONE)
    (one,) = office.sim.truth.read("card")
    assert (one["blank"], one["complete"], one["where"]) == ("A-1", True, "output")
    assert {line["crc32"] for line in office.sim.truth.read("laid") if line["panel"] == "k"} == {resin_crc()}
    assert office.sim.truth.read("protocol") == []


def test_unplugged_under_a_print_it_is_gone_and_comes_back(office: Office) -> None:
    printer, job = office.open(), card("primacy")
    before = printer.counters(soon())
    office.sim.hands.fault("cable_out@payload=m")
    with pytest.raises(GoneError):
        printer.print(job, soon())
    printer.close()
    office.sim.hands.plug()
    assert office.open().confirm(before, job, soon()).outcome is not Outcome.PRINTED
    assert not any(line["complete"] for line in office.sim.truth.read("card"))


def test_unplugged_while_the_driver_waits_for_an_answer(office: Office) -> None:
    printer = office.open()
    office.sim.hands.fault("busy@command=Rlr")
    errors: list[DriverError] = []

    def ask() -> None:
        try:
            printer.status(soon())
        except DriverError as error:
            errors.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    assert office.sim.wait_for(lambda: office.sim.port.busy)
    office.sim.hands.unplug()
    asking.join(30)
    assert [type(error) for error in errors] == [GoneError]


def test_a_printer_that_stays_silent_is_taken_back_and_asked_again(office: Office) -> None:
    printer = office.open()
    office.sim.hands.fault("silence@command=Rlr")
    printer.status(soon())
    assert printer.status(soon()).state is State.IDLE
