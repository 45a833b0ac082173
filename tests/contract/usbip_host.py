"""A USB/IP host without a kernel: its own client of the protocol, and a pyusb backend over it."""

from __future__ import annotations

import contextlib
import errno
import itertools
import socket
import struct
import threading
import time

from hardware_mocks.wires.ibackend import ModelBackend
from hardware_mocks.wires.usb_model import UsbError, UsbTimeoutError

DEVID = 0x0001_0002


def receive(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise ConnectionResetError
        data += piece
    return data


def connect(address: tuple[str, int]) -> socket.socket:
    connection = socket.create_connection(address, timeout=10)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def list_devices(address: tuple[str, int]) -> list[bytes]:
    """Return record and interfaces of every device in the list."""
    with connect(address) as connection:
        connection.sendall(bytes.fromhex("0111 8005 00000000"))
        assert receive(connection, 8) == bytes.fromhex("0111 0005 00000000")
        (count,) = struct.unpack(">I", receive(connection, 4))
        found = []
        for _ in range(count):
            record = receive(connection, 312)
            found.append(record + receive(connection, 4 * record[311]))
        assert connection.recv(1) == b""
        return found


def import_device(address: tuple[str, int], busid: bytes = b"1-1") -> tuple[socket.socket, bytes] | None:
    """Import a device; return the connection and the record, None when it is refused."""
    connection = connect(address)
    connection.sendall(bytes.fromhex("0111 8003 00000000") + busid.ljust(32, b"\x00"))
    answer = receive(connection, 8)
    if answer == bytes.fromhex("0111 0003 00000001"):
        connection.close()
        return None
    assert answer == bytes.fromhex("0111 0003 00000000")
    record = receive(connection, 312)
    connection.settimeout(None)
    return connection, record


def import_soon(address: tuple[str, int]) -> socket.socket:
    """Import a device that another host has just let go of."""
    end = time.monotonic() + 20
    while (found := import_device(address)) is None:
        assert time.monotonic() < end, "the device did not come free"
        time.sleep(0.01)
    return found[0]


class Host:
    """The host's side of an imported device; a ``Handle`` for pyusb as well."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._cond = threading.Condition()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, bool] = {}  # seqnum, and whether data come back
        self._done: dict[int, tuple[int, int, bytes]] = {}  # seqnum -> status, length, data
        self.gone = False
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def detach(self) -> None:
        """Let go of the device (usbip detach)."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._socket.close()

    def _listen(self) -> None:
        try:
            while True:
                command, seqnum, *rest = struct.unpack(">5I", receive(self._socket, 20))
                assert rest == [0, 0, 0]
                status, length, *more = struct.unpack(">5i8x", receive(self._socket, 28))
                if command == 3:
                    assert more == [0, 0, 0]
                    with self._cond:
                        incoming = self._waiting.pop(seqnum)
                    data = receive(self._socket, length) if incoming else b""
                else:
                    assert (command, length, *more) == (4, 0, 0, 0, 0)
                    data = b""
                with self._cond:
                    self._done[seqnum] = status, length, data
                    self._cond.notify_all()
        except OSError:
            with self._cond:
                self.gone = True
                self._cond.notify_all()

    def submit(self, endpoint: int, incoming: bool, length: int, data: bytes = b"", setup: bytes = bytes(8)) -> int:
        """Send a transfer; return its number."""
        with self._cond:
            seqnum = next(self._numbers)
            self._waiting[seqnum] = incoming
            head = struct.pack(">5I", 1, seqnum, DEVID, incoming, endpoint)
            self._send(head + struct.pack(">Iiiii", 0x200 if incoming else 0, length, 0, 0, 0) + setup + data)
        return seqnum

    def unlink(self, seqnum: int) -> int:
        """Cancel a transfer; return the answer's status."""
        with self._cond:
            number = next(self._numbers)
            self._send(struct.pack(">6I24x", 2, number, DEVID, 0, 0, seqnum))
        status = self.result(number, 10)[0]
        if status == -errno.ECONNRESET:
            with self._cond:
                self._waiting.pop(seqnum)
        return status

    def _send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise UsbError(errno.ENODEV) from error

    def result(self, seqnum: int, seconds: float | None) -> tuple[int, int, bytes]:
        """Wait for a reply: status, length, data. UsbTimeoutError when none came, ENODEV when the device is gone."""
        with self._cond:
            self._cond.wait_for(lambda: seqnum in self._done or self.gone, seconds)
            if seqnum in self._done:
                return self._done.pop(seqnum)
            raise UsbError(errno.ENODEV) if self.gone else UsbTimeoutError

    def _finish(self, seqnum: int, timeout: int) -> tuple[int, bytes]:
        try:
            status, length, data = self.result(seqnum, timeout / 1000 if timeout else None)
        except UsbTimeoutError:
            if self.unlink(seqnum) != 0:
                raise
            status, length, data = self.result(seqnum, 10)
        if status:
            raise UsbError(-status)
        return length, data

    # -- as pyusb wants it -----------------------------------------------------------------------------------------

    def write(self, data: bytes | memoryview, timeout: int) -> int:
        return self._finish(self.submit(1, False, len(data), bytes(data)), timeout)[0]

    def read(self, size: int, timeout: int) -> bytes:
        return self._finish(self.submit(2, True, size), timeout)[1]

    def control(self, request_type: int, request: int, value: int, index: int, length: int) -> bytes:
        incoming = bool(request_type & 0x80)
        setup = struct.pack("<BBHHH", request_type, request, value, index, length)
        return self._finish(self.submit(0, incoming, length, b"" if incoming else bytes(length), setup), 5000)[1]

    def configure(self, value: int) -> None:
        self.control(0x00, 9, value, 0, 0)

    def configuration(self) -> int:
        return self.control(0x80, 8, 0, 0, 1)[0]

    def clear_halt(self, endpoint: int | None = None) -> None:
        for one in (0x01, 0x82) if endpoint is None else (endpoint,):
            self.control(0x02, 1, 0, one, 0)

    def reset(self) -> None:
        """A reset of the port is the kernel's own affair: no transfer asks for it."""

    def claim(self) -> None:
        """A kernel gives the interface without asking the device."""

    def release(self) -> None:
        """Nor is the device told of this."""

    def kernel_driver_active(self) -> bool:
        return False

    def detach_kernel_driver(self) -> None:
        raise UsbError(errno.ENODATA)

    def attach_kernel_driver(self) -> None:
        """No kernel, no driver."""

    def close(self) -> None:
        """Let go of a handle: the device stays imported."""


class _Attached:
    """The imported device as pyusb finds it; it stays imported while handles come and go."""

    def __init__(self, host: Host) -> None:
        self.host, self.bus, self.address = host, 1, 2

    def device_descriptor(self) -> bytes:
        return self.host.control(0x80, 6, 0x0100, 0, 18)

    def configuration_descriptor(self) -> bytes:
        return self.host.control(0x80, 6, 0x0200, 0, 255)

    def open(self) -> Host:
        return self.host


class UsbipBackend(ModelBackend):
    """A pyusb backend whose bus is a USB/IP server: its device is imported when it is looked for and there."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self.host: Host | None = None
        super().__init__(self._look)

    def _look(self) -> list[_Attached]:
        if self.host is not None and self.host.gone:
            self.host.detach()
            self.host = None
        if self.host is None:
            if not list_devices(self._address):
                return []
            self.host = Host(import_soon(self._address))
        return [_Attached(self.host)]
