"""USB/IP byte by byte, and transfers that end, wait, stall, are taken back and lose their device."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from contract.usbip_host import Host, connect, import_device, import_soon, list_devices, receive
from hardware_mocks.pytest_wires import Setup, SimulatedPrinter
from hardware_mocks.wires.usb_model import UsbDevice, UsbError, UsbTimeoutError
from hardware_mocks.wires.usbip import UsbipLink, UsbipServer, vhci_line

Made = tuple[SimulatedPrinter, UsbipServer]


@pytest.fixture
def made() -> Iterator[Made]:
    with SimulatedPrinter(Setup(family="zebra", hopper=["A", "B"], serial="Z-1")) as printer:
        server = UsbipServer(printer, port=0)
        yield printer, server
        server.close()


@pytest.fixture
def host(made: Made) -> Iterator[Host]:
    found = import_device((made[1].host, made[1].port))
    assert found is not None
    one = Host(found[0])
    yield one
    one.detach()


def address(server: UsbipServer) -> tuple[str, int]:
    return server.host, server.port


def check_record(record: bytes) -> None:
    assert len(record) == 312
    assert record[:256].rstrip(b"\x00").endswith(b"/1-1")
    assert record[256:288] == b"1-1" + bytes(29)
    assert record[288:300] == bytes.fromhex("00000001 00000002 00000002")  # bus 1, device 2, full speed
    assert record[300:306] == bytes.fromhex("0a5f 00ff 0100")
    assert record[306:312] == bytes.fromhex("00 00 00 01 01 01")


# -- phase 1 -----------------------------------------------------------------------------------------


def test_the_list_is_as_the_table_says(made: Made) -> None:
    with connect(address(made[1])) as connection:
        connection.sendall(b"\x01\x11\x80\x05\x00\x00\x00\x00")
        assert receive(connection, 12) == b"\x01\x11\x00\x05\x00\x00\x00\x00\x00\x00\x00\x01"
        check_record(receive(connection, 312))
        assert receive(connection, 4) == b"\x07\x01\x02\x00"
        assert connection.recv(1) == b""


def test_an_import_gives_the_record_and_the_device_to_one_host(made: Made) -> None:
    assert import_device(address(made[1]), b"1-2") is None
    found = import_device(address(made[1]))
    assert found is not None
    check_record(found[1])
    assert import_device(address(made[1])) is None
    assert list_devices(address(made[1])) == []
    Host(found[0]).detach()
    import_soon(address(made[1])).close()


@pytest.mark.parametrize("power", [True, False])
def test_a_printer_that_is_off_or_unplugged_is_not_there(made: Made, power: bool) -> None:
    hands = made[0].hands
    assert len(list_devices(address(made[1]))) == 1
    (hands.power_off if power else hands.unplug)()
    assert list_devices(address(made[1])) == []
    assert import_device(address(made[1])) is None
    (hands.power_on if power else hands.plug)()
    assert made[0].wait_for(lambda: made[1].device.present)
    assert len(list_devices(address(made[1]))) == 1


@pytest.mark.parametrize(
    "data", [b"", b"\x01\x11", b"GET / HTTP/1.1\r\n\r\n", bytes.fromhex("0106 8005 00000000"), b"\xff" * 400]
)
def test_another_protocol_is_hung_up_on(made: Made, data: bytes) -> None:
    with connect(address(made[1])) as connection:
        connection.sendall(data)
        with contextlib.suppress(OSError):  # hung up on with bytes unread, a connection is reset at once
            connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1) == b""
    assert len(list_devices(address(made[1]))) == 1


def test_only_the_loopback_address_is_listened_on(made: Made) -> None:
    with pytest.raises(ValueError, match="loopback"):
        UsbipServer(made[0], "0.0.0.0", 0)


def test_the_tool_of_linux_reads_the_list() -> None:
    tool = shutil.which("usbip", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if tool is None:
        message = "usbip is not installed: sudo apt-get install usbip (Debian)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with SimulatedPrinter(Setup(family="magicard")) as printer:
        server = UsbipServer(printer, port=0)
        command = [tool, "--tcp-port", str(server.port), "list", "-r", "127.0.0.1"]
        said = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
        server.close()
    assert re.search(r"1-1: .*\(0c1f:880a\)", said)
    assert "(07/01/02)" in said


# -- phase 2, byte by byte ---------------------------------------------------------------------------


def test_a_control_transfer_is_as_the_table_says(made: Made) -> None:
    found = import_device(address(made[1]))
    assert found is not None
    with found[0] as connection:
        connection.sendall(
            bytes.fromhex("00000001 00000007 00010002 00000001 00000000")
            + bytes.fromhex("00000200 00000012 00000000 00000000 00000000 80 06 0001 0000 1200")
        )
        assert receive(connection, 48) == bytes.fromhex("00000003 00000007 00000000 00000000 00000000") + bytes.fromhex(
            "00000000 00000012 00000000 00000000 00000000 0000000000000000"
        )
        descriptor = receive(connection, 18)
        assert descriptor == bytes.fromhex("12 01 0002 00 00 00 40 5f0a ff00 0001 01 02 03 01")


def test_bulk_transfers_and_unlink_are_as_the_table_says(made: Made) -> None:
    found = import_device(address(made[1]))
    assert found is not None
    with found[0] as connection:
        # a read that waits, a write that ends, the read that ends by it
        waits = bytes.fromhex("00000001 00000001 00010002 00000001 00000002 00000200 00000040") + bytes(20)
        write = bytes.fromhex("00000001 00000002 00010002 00000000 00000001 00000000 00000003") + bytes(20)
        connection.sendall(waits + write + b"\x1bF\r")
        ended = "00000003 0000000{} 00000000 00000000 00000000 00000000 0000000{}"
        assert receive(connection, 48) == bytes.fromhex(ended.format(2, 3)) + bytes(20)
        assert receive(connection, 49) == bytes.fromhex(ended.format(1, 1)) + bytes(20) + b"\x06"
        # a read that is taken back while it waits, and once more when it is gone
        connection.sendall(waits[:7] + b"\x03" + waits[8:])
        unlink = "00000002 0000000{} 00010002 00000000 00000000 00000003" + 24 * "00"
        unlinked = "00000004 0000000{} 00000000 00000000 00000000 {}" + 24 * "00"
        connection.sendall(bytes.fromhex(unlink.format(4)))
        assert receive(connection, 48) == bytes.fromhex(unlinked.format(4, "ffffff98"))  # -104
        connection.sendall(bytes.fromhex(unlink.format(5)))
        assert receive(connection, 48) == bytes.fromhex(unlinked.format(5, "00000000"))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (struct.pack(">5I", 9, 1, 0x10002, 0, 0) + bytes(28), "unknown command"),
        (struct.pack(">5IIi", 1, 1, 0x10002, 0, 1, 0, -1) + bytes(20), "length below zero"),
        (struct.pack(">5IIi", 1, 1, 0x10002, 1, 2, 0, 0x7FFFFFFF) + bytes(20), "length beyond reason"),
    ],
)
def test_a_host_that_speaks_nonsense_loses_the_device(made: Made, data: bytes, why: str) -> None:
    found = import_device(address(made[1]))
    assert found is not None
    found[0].sendall(data)
    found[0].settimeout(10)
    with contextlib.suppress(ConnectionResetError):
        assert found[0].recv(1) == b"", why
    found[0].close()


def test_transfers_without_end_are_bounded(host: Host) -> None:
    for _ in range(1100):
        try:
            host.submit(2, True, 64)
        except UsbError:
            break
    with pytest.raises(UsbError, match="ENODEV"):
        host.result(1, 10)


# -- what a printer does -----------------------------------------------------------------------------


def test_requests_that_a_kernel_sends_are_answered(host: Host) -> None:
    assert host.control(0x80, 6, 0x0200, 0, 9)[2:4] == b"\x20\x00"
    assert len(host.control(0x80, 6, 0x0200, 0, 255)) == 32
    assert host.control(0x80, 6, 0x0303, 0x0409, 255)[2:].decode("utf-16-le") == "Z-1"
    host.configure(1)
    assert host.configuration() == 1
    assert host.control(0x01, 11, 0, 0, 0) == b""
    host.clear_halt()
    assert host.control(0xA1, 1, 0, 0, 1) == b"\x18"
    with pytest.raises(UsbError, match="EPIPE"):
        host.control(0x80, 6, 0x0600, 0, 10)  # a device qualifier, which a full-speed device does not have
    with pytest.raises(UsbError, match="EPIPE"):
        host.control(0xC0, 0x77, 0, 0, 4)


def test_an_answer_comes_when_the_printer_gives_it(made: Made, host: Host) -> None:
    made[0].hands.fault("busy@command=V")
    read = host.submit(2, True, 512)
    assert host.write(b"\x1bV\r", 5000) == 3
    assert made[0].wait_for(lambda: made[0].port.busy)
    with pytest.raises(UsbTimeoutError):
        host.result(read, 0)
    made[0].hands.press()
    assert host.result(read, 10) == (0, 12, b"P330i V4.02\r")


def test_a_write_beyond_what_a_busy_printer_takes_waits_for_it(made: Made, host: Host) -> None:
    made[0].hands.fault("busy@command=V")
    host.write(b"\x1bV\r", 5000)
    assert made[0].wait_for(lambda: made[0].port.busy)
    assert host.write(bytes(4096), 5000) == 4096
    writing = host.submit(1, False, 100_000, bytes(100_000))
    with pytest.raises(UsbTimeoutError):
        host.result(writing, 0)
    made[0].hands.press()
    assert host.result(writing, 10) == (0, 100_000, b"")


def test_packets_fill_a_read_and_a_short_one_ends_it(made: Made, host: Host) -> None:
    with made[0].machine.cond:
        for packet in (b"a" * 64, b"b" * 64, b"c", b"d" * 64):
            made[0].port.reply(packet)
    assert host.read(512, 5000) == b"a" * 64 + b"b" * 64 + b"c"
    assert host.read(64, 5000) == b"d" * 64
    with made[0].machine.cond:
        made[0].port.reply(b"e" * 20)
    with pytest.raises(UsbError, match="EOVERFLOW"):
        host.read(10, 5000)


def test_a_stall_lasts_until_it_is_cleared(made: Made, host: Host) -> None:
    made[0].hands.fault("stall@command=V")
    assert host.write(b"\x1bV\r", 5000) == 3
    with pytest.raises(UsbError, match="EPIPE"):
        host.read(64, 5000)
    with pytest.raises(UsbError, match="EPIPE"):
        host.write(b"\x1bE\r", 5000)
    host.clear_halt()
    host.write(b"\x1bE\r", 5000)
    assert host.read(64, 5000) == b"P330i V4.02\r"


def test_endpoints_that_are_none_stall(host: Host) -> None:
    with pytest.raises(UsbError, match="EPIPE"):
        host._finish(host.submit(5, True, 64), 5000)
    with pytest.raises(UsbError, match="EPIPE"):
        host._finish(host.submit(2, False, 2, b"ab"), 5000)


@pytest.mark.parametrize("how", ["unplug", "power_off"])
def test_unplugged_while_a_read_waits(made: Made, host: Host, how: str) -> None:
    read, caught = host.submit(2, True, 64), []

    def wait() -> None:
        try:
            host.result(read, 20)
        except UsbError as error:
            caught.append(error.errno)

    waiting = threading.Thread(target=wait)
    waiting.start()
    getattr(made[0].hands, how)()
    waiting.join(20)
    assert caught == [errno.ENODEV]
    getattr(made[0].hands, {"unplug": "plug", "power_off": "power_on"}[how])()
    assert made[0].wait_for(lambda: made[1].device.present)
    fresh = Host(import_soon(address(made[1])))
    fresh.write(b"\x1bF\r", 5000)
    assert fresh.read(64, 5000) == b"\x06"
    fresh.detach()


def test_a_socketpair_does_as_well(made: Made) -> None:
    ours, theirs = socket.socketpair()
    assert vhci_line(0, 7) == "0 7 65538 2"
    link = UsbipLink(UsbDevice(made[0], bind_usblp=False), ours)
    host = Host(theirs)
    host.write(b"\x1bF\r", 5000)
    assert host.read(64, 5000) == b"\x06"
    host.detach()
    assert link.ended.wait(10)


@pytest.mark.parametrize(("family", "vendor"), [("evolis", "0f49"), ("magicard", "0c1f"), ("zebra", "0a5f")])
def test_a_process_of_any_family_is_exported_and_says_how_to_attach_it(family: str, vendor: str) -> None:
    command = [sys.executable, "-m", "hardware_mocks", family, "--wire", "usbip", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stderr is not None
        place = json.loads(process.stdout.readline())["address"]
        (record,) = list_devices((place["host"], place["port"]))
        assert record[300:302].hex() == vendor
        process.stdin.close()
        assert process.wait(20) == 0
        said = process.stderr.read().decode()
    assert said == f"as root: modprobe vhci-hcd; usbip --tcp-port {place['port']} attach -r 127.0.0.1 -b 1-1\n"
