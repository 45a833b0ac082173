"""USB errors, on the backend of this process and on the real libusb alike, so that the two cannot drift apart."""

from __future__ import annotations

import contextlib
import errno
import threading
from collections.abc import Callable, Hashable, Iterator

import pytest

from drivers import list_printers
from drivers.deadline import Deadline
from drivers.errors import (
    AccessError,
    AddressError,
    BusyError,
    GoneError,
    NoReplyError,
    NotFoundError,
    WriteStalledError,
)
from drivers.transports import open_transport
from drivers.transports.base import Transport
from drivers.transports.usb import UsbTransport
from hardware_mocks.pytest_wires import Setup, SimulatedPrinter, UsbPrinter, usb_inprocess_printer, usb_umock_printer
from hardware_mocks.wires.ibackend import InProcessBackend
from hardware_mocks.wires.usb_model import UsbDevice, UsbError

SERIAL = "10000777002"
URI = f"usb://0f49/{SERIAL}"
ASK_SERIAL = b"\x1bRsn\r"

Plug = Callable[[Setup], UsbPrinter]


def soon() -> Deadline:
    return Deadline.after(20)


@pytest.fixture(params=["usb", pytest.param("usbfs", marks=pytest.mark.usbfs)])
def plug(request: pytest.FixtureRequest) -> Iterator[Plug]:
    with contextlib.ExitStack() as stack:

        def place(setup: Setup) -> UsbPrinter:
            if request.param == "usb":
                return stack.enter_context(usb_inprocess_printer(setup))
            return stack.enter_context(usb_umock_printer(request.getfixturevalue("umock_bus"), setup))

        yield place


@pytest.fixture
def printer(plug: Plug) -> UsbPrinter:
    return plug(Setup(serial=SERIAL, hopper=["A-1"]))


@contextlib.contextmanager
def opened(printer: UsbPrinter, uri: str = URI) -> Iterator[Transport]:
    with contextlib.closing(open_transport(uri, usb_backend=printer.backend, deadline=soon())) as transport:
        yield transport


def reply(transport: Transport) -> bytes:
    answer = b""
    while not answer.endswith(b"\0"):
        part = transport.read(soon())
        assert part, "no answer"
        answer += part
    return answer.strip(b"\0")


def test_a_printer_is_found_by_its_serial_number_and_talks(printer: UsbPrinter) -> None:
    with opened(printer) as transport:
        assert transport.read(Deadline.after(0)) == b""
        transport.write(ASK_SERIAL, soon())
        assert reply(transport) == SERIAL.encode()


def test_listing_names_every_printer_and_disturbs_none(printer: UsbPrinter) -> None:
    (found,) = list_printers(printer.backend)
    assert (found.uri, found.name) == (URI, printer.printer.setup.model)
    with opened(printer) as transport:
        transport.write(ASK_SERIAL, soon())
        assert [device.uri for device in list_printers(printer.backend)] == [URI]
        assert reply(transport) == SERIAL.encode()


def test_the_device_id_is_read(printer: UsbPrinter) -> None:
    with contextlib.closing(UsbTransport(0x0F49, SERIAL, printer.backend)) as transport:
        assert "MFG:Evolis" in transport.device_id()
        assert f"SN:{SERIAL}" in transport.device_id()


@pytest.mark.parametrize("uri", ["usb://0f49/10000777003", f"usb://04f9/{SERIAL}"])
def test_no_other_printer_is_taken_for_the_one_that_is_meant(printer: UsbPrinter, uri: str) -> None:
    with pytest.raises(NotFoundError), opened(printer, uri):
        pass


def test_the_kernels_driver_gets_the_printer_back(printer: UsbPrinter) -> None:
    drivers = [printer.device.kernel_driver]
    with opened(printer):
        drivers.append(printer.device.kernel_driver)
    drivers.append(printer.device.kernel_driver)
    assert drivers == ["usblp", None, "usblp"]
    with pytest.raises(RuntimeError, match="while open"), opened(printer):
        raise RuntimeError("while open")
    assert printer.device.kernel_driver == "usblp"


def test_a_second_user_is_told_that_it_is_busy_and_the_first_goes_on(printer: UsbPrinter) -> None:
    with opened(printer) as first:
        with pytest.raises(BusyError), opened(printer):
            pass
        first.write(ASK_SERIAL, soon())
        assert reply(first) == SERIAL.encode()
    with opened(printer) as again:
        again.write(ASK_SERIAL, soon())
        assert reply(again) == SERIAL.encode()


class ContestedDevice(UsbDevice):
    """A device that another program claims between the kernel's driver leaving and us coming."""

    def claim(self, owner: Hashable) -> None:
        raise UsbError(errno.EBUSY)


def test_an_opening_that_fails_half_way_leaves_all_as_it_was() -> None:
    with SimulatedPrinter(Setup(serial=SERIAL)) as sim:
        device = ContestedDevice(sim)
        assert sim.wait_for(lambda: sim.port.alive)
        with pytest.raises(BusyError):
            open_transport(URI, usb_backend=InProcessBackend([device]), deadline=soon())
        assert device.kernel_driver == "usblp"


def test_without_rights_it_says_so() -> None:
    with usb_inprocess_printer(Setup(serial=SERIAL)) as printer:
        printer.device.permitted = False
        with pytest.raises(AccessError), opened(printer):
            pass
        (found,) = list_printers(printer.backend)
        assert (found.uri, found.why) == (None, "no access rights")


def test_two_printers_with_one_serial_number_are_refused() -> None:
    with SimulatedPrinter(Setup(serial=SERIAL)) as one, SimulatedPrinter(Setup(serial=SERIAL)) as two:
        devices = [UsbDevice(one, address=2), UsbDevice(two, address=3)]
        assert one.wait_for(lambda: one.port.alive)
        assert two.wait_for(lambda: two.port.alive)
        with pytest.raises(AddressError, match="2 devices"):
            open_transport(URI, usb_backend=InProcessBackend(devices), deadline=soon())
        assert [device.kernel_driver for device in devices] == ["usblp", "usblp"]


def test_of_two_printers_the_one_that_is_meant_is_opened() -> None:
    with SimulatedPrinter(Setup(serial="X-1")) as one, SimulatedPrinter(Setup(serial=SERIAL)) as two:
        devices = [UsbDevice(one, address=2), UsbDevice(two, address=3)]
        assert one.wait_for(lambda: one.port.alive)
        assert two.wait_for(lambda: two.port.alive)
        backend = InProcessBackend(devices)
        with contextlib.closing(open_transport(URI, usb_backend=backend, deadline=soon())) as transport:
            assert [device.kernel_driver for device in devices] == ["usblp", None]
            transport.write(ASK_SERIAL, soon())
            assert reply(transport) == SERIAL.encode()


def test_a_printer_that_takes_no_more_tells_how_much_it_took(plug: Plug) -> None:
    printer = plug(Setup(serial=SERIAL, faults=["busy@command=Rsn"]))
    picture = b"\x1bDb;k;2;" + bytes(82_296) + b"\r"
    with opened(printer) as transport:
        transport.write(ASK_SERIAL, soon())
        assert printer.printer.wait_for(lambda: printer.printer.port.busy)
        with pytest.raises(WriteStalledError) as caught:
            transport.write(picture, Deadline.after(0.2))
        accepted = caught.value.accepted
        assert 0 < accepted < len(picture)
        printer.printer.hands.press()
        transport.write(picture[accepted:], soon())
        transport.write(ASK_SERIAL, soon())
        answers, deadline = b"", soon()
        while answers.count(SERIAL.encode()) < 2:  # the second one shows that nothing was lost or sent twice
            assert not deadline.expired
            answers += transport.read(deadline)


def test_a_stalled_endpoint_is_cleared_and_the_printer_usable_again(plug: Plug) -> None:
    printer = plug(Setup(serial=SERIAL, faults=["stall@command=Rsn"]))
    with opened(printer) as transport:
        transport.write(ASK_SERIAL, soon())
        assert printer.printer.wait_for(lambda: printer.printer.port.stalled)
        with pytest.raises(NoReplyError):
            transport.read(soon())
        transport.write(b"\x1bRfv\r", soon())
        assert transport.read(soon())


def test_a_stalled_write_is_cleared_as_well(plug: Plug) -> None:
    printer = plug(Setup(serial=SERIAL, faults=["stall@command=Rsn"]))
    with opened(printer) as transport:
        transport.write(ASK_SERIAL, soon())
        assert printer.printer.wait_for(lambda: printer.printer.port.stalled)
        with pytest.raises(WriteStalledError) as caught:
            transport.write(ASK_SERIAL, soon())
        assert caught.value.accepted == 0
        transport.write(b"\x1bRfv\r", soon())
        assert transport.read(soon())


def test_unplugging_wakes_a_reader_and_stays_gone_until_opened_again(printer: UsbPrinter) -> None:
    with opened(printer) as transport:
        threading.Timer(0.1, printer.printer.hands.unplug).start()
        with pytest.raises(GoneError):
            transport.read(soon())
        with pytest.raises(GoneError):
            transport.write(ASK_SERIAL, soon())
        with pytest.raises(NotFoundError), opened(printer):
            pass
        printer.printer.hands.plug()
        with pytest.raises(GoneError):
            transport.write(ASK_SERIAL, soon())
    with again(printer) as transport:
        transport.write(ASK_SERIAL, soon())
        assert reply(transport) == SERIAL.encode()


@contextlib.contextmanager
def again(printer: UsbPrinter) -> Iterator[Transport]:
    """Open once the bus has noticed the printer."""
    deadline = soon()
    while not any(device.uri == URI for device in list_printers(printer.backend)):
        assert not deadline.expired
    with opened(printer) as transport:
        yield transport


def test_closing_after_the_cable_came_out_is_harmless(printer: UsbPrinter) -> None:
    transport = open_transport(URI, usb_backend=printer.backend, deadline=soon())
    printer.printer.hands.unplug()
    transport.close()
    transport.close()
