"""USB mass storage on every USB wire, the real libusb among them: endpoints that stall each on its own."""

from __future__ import annotations

import errno
import struct

import pytest
import usb.core
import usb.util

from contract import usbip_host
from hardware_mocks.pytest_wires import PlugUsb, Setup, SimulatedPrinter
from hardware_mocks.wires.usbip import UsbipServer

OUT, IN = 0x02, 0x81
SIZE = 687_904


class Host:
    """A host that speaks Bulk-Only Transport."""

    def __init__(self, device: usb.core.Device) -> None:
        self.device = device
        device.default_timeout = 20_000
        device.detach_kernel_driver(0)
        usb.util.claim_interface(device, 0)

    def wrap(self, cdb: str, length: int = 0, flags: int = 0) -> None:
        data = bytes.fromhex(cdb)
        self.device.write(OUT, struct.pack("<4sIIBBB16s", b"USBC", 5, length, flags, 0, len(data), data))

    def end(self) -> tuple[int, int]:
        """Return residue and status."""
        signature, tag, residue, status = struct.unpack("<4sIIB", bytes(self.device.read(IN, 13)))
        assert (signature, tag) == (b"USBS", 5)
        return residue, status

    def do(self, cdb: str) -> int:
        self.wrap(cdb)
        return self.end()[1]


def test_a_card_and_stalls_on_each_endpoint(plug_usb: PlugUsb) -> None:
    setup = Setup(family="matica", dialect="xid580", hopper=["A", "B"])
    sim = plug_usb(setup)
    device = usb.core.find(idVendor=0x2166, idProduct=0x701D, backend=sim.backend)
    assert (device[0][(0, 0)].bInterfaceClass, device.is_kernel_driver_active(0)) == (8, True)
    host = Host(device)
    try:
        assert [host.do("00" * 6), host.do("00" * 6), host.do("31010000000000000000")] == [1, 0, 0]

        host.wrap("1A0068004000", 100, 0x80)  # a short answer: 64 bytes, then a stall of IN alone, then the status
        assert len(device.read(IN, 64)) == 64
        with pytest.raises(usb.core.USBError) as caught:
            device.read(IN, 36)
        assert caught.value.errno == errno.EPIPE
        device.clear_halt(OUT)  # the wrong endpoint: nothing changes
        with pytest.raises(usb.core.USBError):
            device.read(IN, 13)
        device.clear_halt(IN)
        assert host.end() == (36, 0)

        host.wrap("2A00030000000A7F2000", 64)  # data that are not wanted: a stall of OUT alone
        with pytest.raises(usb.core.USBError) as caught:
            device.write(OUT, bytes(64))
        assert caught.value.errno == errno.EPIPE
        assert host.end() == (64, 1)
        device.clear_halt(OUT)

        host.wrap("2A00000000000A7F2000", SIZE)
        assert device.write(OUT, b"\xff" * SIZE) == SIZE
        assert host.end() == (0, 0)
        assert [host.do("31080400000000000000"), host.do("31090000000000000000")] == [0, 0]
        assert [card["complete"] for card in sim.printer.finished_cards()] == [True]

        device.write(OUT, b"no wrapper")
        assert sim.printer.wait_for(lambda: sim.printer.port.wedged)
        device.ctrl_transfer(0x21, 0xFF, 0, 0, None)
        device.clear_halt(IN)
        device.clear_halt(OUT)
        assert host.do("00" * 6) == 0
    finally:
        usb.util.dispose_resources(device)


def test_what_a_kernel_does_over_usbip_with_an_endpoint_that_stalls() -> None:
    def wrap(cdb: str, length: int) -> bytes:
        data = bytes.fromhex(cdb)
        return struct.pack("<4sIIBBB16s", b"USBC", 5, length, 0x80, 0, len(data), data)

    with SimulatedPrinter(Setup(family="matica")) as printer:
        server = UsbipServer(printer, port=0)
        host = usbip_host.Host(usbip_host.import_soon((server.host, server.port)))
        try:
            seconds = 20.0
            assert host.control(0x80, 6, 0x0200, 0, 255)[14:17] == bytes((8, 6, 0x50))
            assert host.control(0xA1, 0xFE, 0, 0, 1) == b"\x00"
            assert host.result(host.submit(2, False, 31, wrap("120000002400", 48)), seconds)[:2] == (0, 31)
            status, _, data = host.result(host.submit(1, True, 48), seconds)
            assert (status, len(data), data[16:23]) == (0, 36, b"XID8600")
            assert host.result(host.submit(1, True, 13), seconds)[0] == -errno.EPIPE
            host.clear_halt(OUT)
            assert host.result(host.submit(1, True, 13), seconds)[0] == -errno.EPIPE
            host.clear_halt(IN)
            assert host.result(host.submit(1, True, 13), seconds)[2] == struct.pack("<4sIIB", b"USBS", 5, 12, 0)
        finally:
            host.detach()
            server.close()
