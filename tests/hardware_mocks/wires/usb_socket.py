"""USB between processes: each simulated printer is a Unix socket in the folder that stands for the bus.

The printer's side is ``UsbSocketServer``; the host's side is ``backend(folder)``, a pyusb backend that finds every
printer whose socket answers. A handle opens three connections (control, out, in), so that a read that waits does not
hold up a write.
"""

import contextlib
import errno
import os
import secrets
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import usb.backend

from hardware_mocks.printer import SimulatedPrinter
from hardware_mocks.wires.ibackend import LocalHandle, ModelBackend
from hardware_mocks.wires.usb_model import UsbDevice, UsbError

_REQUEST = struct.Struct("<BBBHHIII")  # operation, request type, request, value, index, size, timeout ms, payload bytes
_REPLY = struct.Struct("<iII")  # errno, number, payload bytes
(_DESCRIBE, _OPEN, _CLAIM, _RELEASE, _CONFIGURE, _CONFIGURATION, _WRITE, _READ, _CONTROL, _CLEAR_HALT, _DRIVER, _DETACH,
 _ATTACH, _RESET) = range(14)  # fmt: skip
_BUFFER = 1 << 20
_TOKEN = 16


class UsbSocketServer:
    """Puts one printer on the bus folder as ``<serial>.sock``; the socket is there while the device is."""

    def __init__(self, printer: SimulatedPrinter, folder: Path, *, bind_usblp: bool = True) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{printer.setup.serial}.sock"
        self.device = UsbDevice(printer, bind_usblp=bind_usblp)
        self._handles: dict[bytes, LocalHandle] = {}
        self._closing = False
        self._listener: socket.socket | None = None
        self._follow()
        self._thread = threading.Thread(target=self._watch, name="usb bus", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take the printer off the bus."""
        with self.device.machine.cond:
            self._closing = True
            self.device.machine.cond.notify_all()
        self._thread.join(10)
        self._withdraw()

    def _watch(self) -> None:
        cond = self.device.machine.cond
        with cond:
            while not self._closing:
                self._follow()
                cond.wait()

    def _follow(self) -> None:
        if self.device.present and self._listener is None:
            self.path.unlink(missing_ok=True)
            self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._listener.bind(str(self.path))
            self._listener.listen(64)
            threading.Thread(target=self._accept, args=(self._listener,), name="usb accept", daemon=True).start()
        elif not self.device.present:
            self._withdraw()

    def _withdraw(self) -> None:
        if self._listener is not None:
            self.path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), name="usb client", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        _widen(connection)
        token: bytes | None = None
        with connection, contextlib.suppress(OSError):
            while True:
                head = _receive(connection, _REQUEST.size)
                operation, *setup, number, timeout, size = _REQUEST.unpack(head)
                payload = _receive(connection, size)
                try:
                    if operation == _OPEN:
                        token = bytes(payload[:_TOKEN])
                        self._open(token)
                        count, answer = 0, b""
                    else:
                        count, answer = self._do(operation, token, setup, number, timeout, payload)
                    reply = _REPLY.pack(0, count, len(answer)) + answer
                except UsbError as error:
                    reply = _REPLY.pack(error.errno, 0, 0)
                connection.sendall(reply)
        if token is not None:
            self._close(token)

    def _open(self, token: bytes) -> None:
        with self.device.machine.cond:
            if token not in self._handles:
                self._handles[token] = LocalHandle(self.device)

    def _close(self, token: bytes) -> None:
        with self.device.machine.cond:
            handle = self._handles.pop(token, None)
        if handle is not None:
            handle.close()

    def _do(
        self, operation: int, token: bytes | None, setup: list[int], number: int, timeout: int, payload: bytearray
    ) -> tuple[int, bytes]:
        if operation == _DESCRIBE:
            return 0, self.device.device_descriptor() + self.device.configuration_descriptor()
        handle = self._handles.get(token or b"")
        if handle is None:
            raise UsbError(errno.ENODEV)
        if operation == _WRITE:
            return handle.write(memoryview(payload), timeout), b""
        if operation == _READ:
            return 0, handle.read(number, timeout)
        if operation == _CONTROL:
            kind, request, value, index = setup
            return 0, handle.control(kind, request, value, index, number)
        if operation == _CONFIGURE:
            handle.configure(number)
        elif operation == _CONFIGURATION:
            return handle.configuration(), b""
        elif operation == _CLEAR_HALT:
            handle.clear_halt(number or None)
        elif operation == _DRIVER:
            return int(handle.kernel_driver_active()), b""
        else:
            {
                _CLAIM: handle.claim, _RELEASE: handle.release, _RESET: handle.reset,
                _DETACH: handle.detach_kernel_driver, _ATTACH: handle.attach_kernel_driver,
            }[operation]()  # fmt: skip
        return 0, b""


def _widen(connection: socket.socket) -> None:
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        connection.setsockopt(socket.SOL_SOCKET, option, _BUFFER)


def _receive(connection: socket.socket, size: int) -> bytearray:
    data = bytearray(size)
    view, have = memoryview(data), 0
    while have < size:
        count = connection.recv_into(view[have:])
        if count == 0:
            raise ConnectionResetError
        have += count
    return data


class _Channel:
    """One connection; a lock keeps requests and replies in pairs."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        _widen(self._socket)
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise UsbError(errno.ENODEV) from error

    def ask(
        self, operation: int, setup: tuple[int, int, int, int] = (0, 0, 0, 0), number: int = 0, timeout: int = 0,
        payload: bytes | memoryview = b"",
    ) -> tuple[int, bytes]:  # fmt: skip
        """Send one request and wait for its reply; a connection that breaks is a device that is gone."""
        with self._lock:
            try:
                self._socket.sendall(_REQUEST.pack(operation, *setup, number, timeout, len(payload)))
                if payload:
                    self._socket.sendall(payload)
                error, count, size = _REPLY.unpack(_receive(self._socket, _REPLY.size))
                answer = bytes(_receive(self._socket, size))
            except OSError as gone:
                raise UsbError(errno.ENODEV) from gone
        if error:
            raise UsbError(error)
        return count, answer

    def close(self) -> None:
        self._socket.close()


class SocketHandle:
    """An opened device of another process."""

    def __init__(self, path: Path) -> None:
        token = secrets.token_bytes(_TOKEN)
        self._channels: list[_Channel] = []
        try:
            for _ in range(3):
                self._channels.append(_Channel(path))
                self._channels[-1].ask(_OPEN, payload=token)
        except UsbError:
            self.close()
            raise
        self._control, self._out, self._in = self._channels

    def claim(self) -> None:
        """Claim interface 0."""
        self._control.ask(_CLAIM)

    def release(self) -> None:
        """Release interface 0."""
        self._control.ask(_RELEASE)

    def configure(self, value: int) -> None:
        """Set the configuration."""
        self._control.ask(_CONFIGURE, number=value)

    def configuration(self) -> int:
        """Return the current configuration."""
        return self._control.ask(_CONFIGURATION)[0]

    def write(self, data: bytes | memoryview, timeout: int) -> int:
        """Bulk OUT."""
        return self._out.ask(_WRITE, timeout=timeout, payload=data)[0]

    def read(self, size: int, timeout: int) -> bytes:
        """Bulk IN."""
        return self._in.ask(_READ, number=size, timeout=timeout)[1]

    def control(self, request_type: int, request: int, value: int, index: int, length: int) -> bytes:
        """Control request."""
        return self._control.ask(_CONTROL, (request_type, request, value, index), length)[1]

    def clear_halt(self, endpoint: int | None = None) -> None:
        """End the stall of an endpoint, or of both."""
        self._control.ask(_CLEAR_HALT, number=endpoint or 0)

    def reset(self) -> None:
        """Reset the device."""
        self._control.ask(_RESET)

    def kernel_driver_active(self) -> bool:
        """Whether a kernel driver is bound."""
        return bool(self._control.ask(_DRIVER)[0])

    def detach_kernel_driver(self) -> None:
        """Unbind it."""
        self._control.ask(_DETACH)

    def attach_kernel_driver(self) -> None:
        """Bind it again."""
        self._control.ask(_ATTACH)

    def close(self) -> None:
        """Let go of the device, and of its interface."""
        for channel in self._channels:
            channel.close()


class _SocketDevice:
    def __init__(self, path: Path, address: int) -> None:
        self._path, self.bus, self.address = path, 1, address
        channel = _Channel(path)
        try:
            _, self._descriptors = channel.ask(_DESCRIBE)
        finally:
            channel.close()

    def device_descriptor(self) -> bytes:
        return self._descriptors[:18]

    def configuration_descriptor(self) -> bytes:
        return self._descriptors[18:]

    def open(self) -> SocketHandle:
        return SocketHandle(self._path)


def backend(argument: str | os.PathLike[str]) -> usb.backend.IBackend:
    """Return a pyusb backend for the bus folder ``argument``; printers may come and go."""
    folder = Path(argument)

    def find() -> Iterator[_SocketDevice]:
        for number, path in enumerate(sorted(folder.glob("*.sock")), start=2):
            try:
                device = _SocketDevice(path, number)
            except UsbError:
                continue  # a socket that a killed printer left behind
            yield device

    return ModelBackend(find)
