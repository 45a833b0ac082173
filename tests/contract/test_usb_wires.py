"""The USB wires behave alike under plain pyusb: in process, over sockets, and under the real libusb."""

import errno
import functools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import usb.core
import usb.util

from hardware_mocks.families import FAMILIES
from hardware_mocks.pytest_wires import PlugUsb, Setup, UsbPrinter, usb_inprocess_printer, usb_socket_printer

EP_OUT, EP_IN = FAMILIES["evolis"].usb.endpoints
FAST, LONG = 50, 10_000  # ms

Open = Callable[[UsbPrinter], usb.core.Device]


@pytest.fixture
def open_device() -> Iterator[Open]:
    """Find the printer and let go of it at the end."""
    opened: list[usb.core.Device] = []

    def find(sim: UsbPrinter) -> usb.core.Device:
        device = usb.core.find(backend=sim.backend, custom_match=_is_printer)
        assert device is not None
        opened.append(device)
        return device

    yield find
    for device in opened:
        usb.util.dispose_resources(device)


def _is_printer(device: usb.core.Device) -> bool:
    return any(interface.bInterfaceClass == 7 for configuration in device for interface in configuration)


def _plugged(sim: UsbPrinter) -> bool:
    return usb.core.find(backend=sim.backend, custom_match=_is_printer) is not None


def _ask(device: usb.core.Device, command: bytes) -> bytes:
    assert device.write(EP_OUT, b"\x1b" + command + b"\r", LONG) == len(command) + 2
    return bytes(device.read(EP_IN, 64, LONG))


def _errno(act: Callable[[], object]) -> int | None:
    with pytest.raises(usb.core.USBError) as caught:
        act()
    number: int | None = caught.value.errno
    return number


def test_a_printer_is_found_by_its_class_and_gives_its_strings(plug_usb: PlugUsb, open_device: Open) -> None:
    device = open_device(plug_usb(Setup(serial="EV-77", model="Zenius")))
    assert (device.idVendor, device.idProduct) == (0x0F49, 0x0A00)
    assert (device.manufacturer, device.product, device.serial_number) == ("Evolis", "Zenius", "EV-77")
    endpoints = [endpoint.bEndpointAddress for endpoint in device[0][0, 0]]
    assert endpoints == [EP_OUT, EP_IN]
    assert {endpoint.wMaxPacketSize for endpoint in device[0][0, 0]} == {64}


def test_port_status_tells_paper_and_error(plug_usb: PlugUsb, open_device: Open) -> None:
    sim = plug_usb(bind_usblp=False)
    device = open_device(sim)
    assert list(device.ctrl_transfer(0xA1, 1, 0, 0, 1)) == [0x38]  # selected, no error, hopper empty
    sim.printer.hands.load(["A"])
    assert list(device.ctrl_transfer(0xA1, 1, 0, 0, 1)) == [0x18]
    sim.printer.hands.open_cover()
    assert list(device.ctrl_transfer(0xA1, 1, 0, 0, 1)) == [0x10]


def test_device_id_begins_with_its_length(plug_usb: PlugUsb, open_device: Open) -> None:
    device = open_device(plug_usb(Setup(model="Primacy"), bind_usblp=False))
    answer = bytes(device.ctrl_transfer(0xA1, 0, 0, 0, 1024))
    assert int.from_bytes(answer[:2], "big") == len(answer)
    assert b"MDL:Primacy;" in answer
    assert len(device.ctrl_transfer(0xA1, 0, 0, 0, 10)) == 10


def test_an_unknown_request_stalls(plug_usb: PlugUsb, open_device: Open) -> None:
    device = open_device(plug_usb(bind_usblp=False))
    assert _errno(lambda: device.ctrl_transfer(0xC0, 0x55, 0, 0, 8)) == errno.EPIPE


def test_a_second_handle_cannot_claim(plug_usb: PlugUsb, open_device: Open) -> None:
    sim = plug_usb(bind_usblp=False)
    first, second = open_device(sim), open_device(sim)
    usb.util.claim_interface(first, 0)
    assert _errno(lambda: usb.util.claim_interface(second, 0)) == errno.EBUSY
    usb.util.release_interface(first, 0)
    usb.util.claim_interface(second, 0)
    usb.util.dispose_resources(second)
    assert _ask(first, b"Rlr;p") == b"OK\x00"


def test_a_bound_kernel_driver_keeps_others_out_until_it_is_detached(plug_usb: PlugUsb, open_device: Open) -> None:
    device = open_device(plug_usb())
    assert device.is_kernel_driver_active(0)
    assert _errno(lambda: usb.util.claim_interface(device, 0)) == errno.EBUSY
    assert _errno(lambda: device.write(EP_OUT, b"x", LONG)) == errno.EBUSY
    assert _errno(device.set_configuration) == errno.EBUSY
    device.detach_kernel_driver(0)
    assert not device.is_kernel_driver_active(0)
    assert _errno(lambda: device.detach_kernel_driver(0)) == errno.ENOENT
    assert _ask(device, b"Rsn") == b"10000123456\x00"
    usb.util.release_interface(device, 0)
    device.attach_kernel_driver(0)
    assert device.is_kernel_driver_active(0)


def test_a_whole_panel_goes_out_in_one_write(plug_usb: PlugUsb, open_device: Open) -> None:
    sim = plug_usb(Setup(hopper=["A"]), bind_usblp=False)
    device = open_device(sim)
    assert [_ask(device, command) for command in (b"Pem;2", b"Ss")] == [b"OK\x00"] * 2
    assert _ask(device, b"Db;y;128;" + bytes(576_072)) == b"OK\x00"
    assert _ask(device, b"Se") == b"OK\x00"
    (card,) = sim.printer.truth.read("card")
    assert (card["blank"], card["complete"]) == ("A", True)


def test_reading_silence_times_out(plug_usb: PlugUsb, open_device: Open) -> None:
    device = open_device(plug_usb(bind_usblp=False))
    with pytest.raises(usb.core.USBTimeoutError) as caught:
        device.read(EP_IN, 64, FAST)
    assert caught.value.errno == errno.ETIMEDOUT
    assert _ask(device, b"Rlr;p") == b"OK\x00"


def test_a_busy_printer_takes_part_of_a_write_and_then_nothing(plug_usb: PlugUsb, open_device: Open) -> None:
    sim = plug_usb(Setup(faults=["busy@command=Rtp"]), bind_usblp=False)
    device = open_device(sim)
    device.write(EP_OUT, b"\x1bRtp\r", LONG)
    assert sim.printer.wait_for(lambda: sim.printer.port.busy)
    taken = device.write(EP_OUT, bytes(100_000), FAST)
    assert 0 < taken < 100_000
    assert _errno(lambda: device.write(EP_OUT, bytes(100_000), FAST)) == errno.ETIMEDOUT
    sim.printer.hands.press()
    assert bytes(device.read(EP_IN, 64, LONG)) == b"Primacy\x00"
    assert _ask(device, b"Rlr;p") == b"OK\x00"


def test_a_write_goes_on_when_the_printer_is_ready_again(plug_usb: PlugUsb, open_device: Open) -> None:
    sim = plug_usb(Setup(faults=["busy@command=Rtp"]), bind_usblp=False)
    device = open_device(sim)
    device.write(EP_OUT, b"\x1bRtp\r", LONG)
    assert sim.printer.wait_for(lambda: sim.printer.port.busy)
    presser = threading.Timer(0.1, sim.printer.hands.press)
    presser.start()
    assert device.write(EP_OUT, bytes(100_000), LONG) == 100_000
    presser.join()


def test_a_stall_lasts_until_it_is_cleared(plug_usb: PlugUsb, open_device: Open) -> None:
    sim = plug_usb(Setup(faults=["stall@command=Rtp"]), bind_usblp=False)
    device = open_device(sim)
    device.write(EP_OUT, b"\x1bRtp\r", LONG)
    assert _errno(lambda: device.read(EP_IN, 64, LONG)) == errno.EPIPE
    assert _errno(lambda: device.write(EP_OUT, b"x", LONG)) == errno.EPIPE
    device.clear_halt(EP_IN)
    assert _ask(device, b"Rlr;p") == b"OK\x00"


def test_a_reply_longer_than_the_read_overflows(plug_usb: PlugUsb, open_device: Open) -> None:
    device = open_device(plug_usb(bind_usblp=False))
    device.write(EP_OUT, b"\x1bRtp\r", LONG)
    assert _errno(lambda: device.read(EP_IN, 2, LONG)) == errno.EOVERFLOW


def test_unplugging_wakes_a_read_and_ends_the_handle(plug_usb: PlugUsb, open_device: Open) -> None:
    sim = plug_usb(bind_usblp=False)
    device = open_device(sim)
    assert _ask(device, b"Rlr;p") == b"OK\x00"
    puller = threading.Timer(0.1, sim.printer.hands.unplug)
    puller.start()
    assert _errno(lambda: device.read(EP_IN, 64, LONG)) == errno.ENODEV
    puller.join()
    assert _errno(lambda: device.write(EP_OUT, b"x", LONG)) == errno.ENODEV
    _until(lambda: not _plugged(sim))
    sim.printer.hands.plug()
    _until(lambda: _plugged(sim))
    assert _errno(lambda: device.write(EP_OUT, b"x", LONG)) == errno.ENODEV  # the old handle stays dead
    again = open_device(sim)
    assert _ask(again, b"Rlr;p") == b"OK\x00"


def test_a_cable_pulled_in_a_payload_feeds_and_ejects_nothing(plug_usb: PlugUsb, open_device: Open) -> None:
    sim = plug_usb(Setup(hopper=["A", "B"], faults=["cable_out@payload=c"]), bind_usblp=False)
    device = open_device(sim)
    for command in (b"Pem;2", b"Ss", b"Db;y;32;" + bytes(411_480)):
        assert _ask(device, command) == b"OK\x00"
    assert _errno(lambda: device.write(EP_OUT, b"\x1bDb;c;32;" + b"\x55" * 411_480 + b"\r", LONG)) == errno.ENODEV
    assert sim.printer.idle()
    assert sim.printer.hands.look()["inside"] == ["A"]
    assert sim.printer.truth.read("card") == []
    assert sim.printer.truth.read("laid") == []
    assert sim.printer.truth.read("protocol") == []  # the rest of the payload is not taken for commands


def test_power_off_takes_the_printer_off_the_bus(plug_usb: PlugUsb, open_device: Open) -> None:
    sim = plug_usb(bind_usblp=False)
    device = open_device(sim)
    assert _ask(device, b"Pem;2") == b"OK\x00"
    sim.printer.hands.power_off()
    assert _errno(lambda: device.read(EP_IN, 64, LONG)) == errno.ENODEV
    _until(lambda: not _plugged(sim))
    sim.printer.hands.power_on()
    _until(lambda: _plugged(sim))
    assert _ask(open_device(sim), b"Rem") == b"0;0\x00"


def test_a_cable_out_and_in_again_at_once_is_a_new_device(plug_usb: PlugUsb, open_device: Open) -> None:
    sim = plug_usb(bind_usblp=False)
    device = open_device(sim)
    assert _ask(device, b"Pem;2") == b"OK\x00"
    with sim.printer.machine.cond:  # so that nobody notices that it was out
        sim.printer.hands.unplug()
        sim.printer.hands.plug()

    def answers_again() -> bool:
        found = usb.core.find(backend=sim.backend, custom_match=_is_printer)
        try:
            return found is not None and _ask(found, b"Pem;2") == b"OK\x00"
        except usb.core.USBError:  # the old one, which is gone
            return False
        finally:
            if found is not None:
                usb.util.dispose_resources(found)

    _until(answers_again)


def test_a_node_without_rights_is_found_but_not_opened(tmp_path: Path, open_device: Open) -> None:
    with usb_inprocess_printer(bind_usblp=False) as here, usb_socket_printer(tmp_path, bind_usblp=False) as there:
        for sim in (here, there):
            sim.device.permitted = False
            device = open_device(sim)
            assert _errno(functools.partial(device.write, EP_OUT, b"x", LONG)) == errno.EACCES


def _until(condition: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(1000):
        if condition():
            return
        waiting.wait(0.01)
    pytest.fail("did not come true in 10 s")
