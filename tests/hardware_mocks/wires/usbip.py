"""USB/IP: a simulated printer for a real Linux kernel (vhci-hcd), over TCP on the loopback address or a socketpair.

The protocol has no authentication: nothing but the loopback address is ever listened on. Numbers are big-endian, setup
packets little-endian; layouts are those of Linux's Documentation/usb/usbip_protocol.rst, version 1.1.1.

    modprobe vhci-hcd
    usbip --tcp-port PORT attach -r 127.0.0.1 -b 1-1

Without TCP: give one end of a socketpair to ``UsbipLink`` and write ``vhci_line(port, fd)`` with the other end's
descriptor to ``/sys/devices/platform/vhci_hcd.0/attach``.
"""

import contextlib
import errno
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from hardware_mocks.printer import SimulatedPrinter
from hardware_mocks.wires.usb_model import PACKET, UsbDevice, UsbError

PORT = 3240
BUSID = "1-1"
BUSNUM, DEVNUM, FULL_SPEED = 1, 2, 2
_VERSION = 0x0111
_OP = struct.Struct(">HHI")  # version, code, status
_REQ_DEVLIST, _REP_DEVLIST, _REQ_IMPORT, _REP_IMPORT = 0x8005, 0x0005, 0x8003, 0x0003
_RECORD = struct.Struct(">256s32sIIIHHHBBBBBB")
_CMD_SUBMIT, _CMD_UNLINK, _RET_SUBMIT, _RET_UNLINK = 1, 2, 3, 4
_HEAD = struct.Struct(">IIIII")  # command, seqnum, devid, direction, endpoint
_SUBMIT = struct.Struct(">Iiiii8s")  # flags, length, start frame, packets, interval, setup
_SUBMITTED = struct.Struct(">iiiii8x")  # status, length, start frame, packets, errors
_UNLINK = struct.Struct(">I24x")
_UNLINKED = struct.Struct(">i24x")
_SETUP = struct.Struct("<BBHHH")
_LONGEST, _MOST = 4 << 20, 1024
_PATIENCE = 10.0


def vhci_line(port: int, descriptor: int) -> str:
    """What attaches the device to a port of the virtual host controller: port, socket, device number, speed."""
    return f"{port} {descriptor} {BUSNUM << 16 | DEVNUM} {FULL_SPEED}"


def record(device: UsbDevice) -> bytes:
    """The 312 bytes that describe a device in lists and imports."""
    path = f"/sys/devices/platform/simulated/usb{BUSNUM}/{BUSID}"
    face = device.face
    return _RECORD.pack(
        path.encode(), BUSID.encode(), BUSNUM, DEVNUM, FULL_SPEED, face.vendor, face.product, 0x0100, 0, 0, 0,
        device.configuration, 1, 1,
    )  # fmt: skip


@dataclass
class _Urb:
    """A transfer that waits for the printer."""

    seqnum: int
    length: int
    data: bytes = b""
    done: int = 0
    answer: bytearray = field(default_factory=bytearray)


class UsbipLink:
    """One imported device: transfers in, replies out, until either side closes or the device is unplugged.

    ``ended`` is set then. A printer that does not answer (NAK) leaves its transfer without reply.
    """

    def __init__(self, device: UsbDevice, connection: socket.socket) -> None:
        self._device, self._socket = device, connection
        self._cond = device.machine.cond
        self._in: deque[_Urb] = deque()
        self._out: deque[_Urb] = deque()
        self._replies: deque[bytes] = deque()
        self._closing = False
        self.ended = threading.Event()
        with self._cond:
            self._generation = device.generation
        self._threads = [
            threading.Thread(target=self._listen, name="usbip in", daemon=True),
            threading.Thread(target=self._work, name="usbip out", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End the connection, as when the device is unplugged."""
        with self._cond:
            self._closing = True
            self._cond.notify_all()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(_PATIENCE)

    # -- what the host sends ---------------------------------------------------------------------------------------

    def _listen(self) -> None:
        try:
            while True:
                command, seqnum, _devid, direction, endpoint = _HEAD.unpack(_receive(self._socket, _HEAD.size))
                if command == _CMD_SUBMIT:
                    self._submit(seqnum, direction, endpoint)
                elif command == _CMD_UNLINK:
                    self._unlink(seqnum, *_UNLINK.unpack(_receive(self._socket, _UNLINK.size)))
                else:
                    break  # nothing that follows could be understood
        except OSError:
            pass
        with self._cond:
            self._closing = True
            self._cond.notify_all()

    def _submit(self, seqnum: int, direction: int, endpoint: int) -> None:
        _flags, length, _frame, _packets, _interval, setup = _SUBMIT.unpack(_receive(self._socket, _SUBMIT.size))
        if not 0 <= length <= _LONGEST:
            raise ConnectionAbortedError
        data = _receive(self._socket, length) if direction == 0 else b""
        with self._cond:
            if len(self._in) + len(self._out) + len(self._replies) >= _MOST:
                raise ConnectionAbortedError
            if endpoint == 0:
                self._control(seqnum, setup)
            elif endpoint | direction << 7 in self._device.face.endpoints:
                (self._in if direction else self._out).append(_Urb(seqnum, length, data))
            else:
                self._reply(seqnum, -errno.EPIPE)
            self._cond.notify_all()

    def _control(self, seqnum: int, setup: bytes) -> None:
        kind, request, value, index, length = _SETUP.unpack(setup)
        try:
            answer = self._device.control(kind, request, value, index, length)
        except UsbError as error:
            self._reply(seqnum, -error.errno)
        else:
            self._reply(seqnum, 0, answer if kind & 0x80 else b"", 0 if kind & 0x80 else length)

    def _unlink(self, seqnum: int, target: int) -> None:
        with self._cond:
            status = 0
            for queue in (self._in, self._out):
                for urb in queue:
                    if urb.seqnum == target:
                        queue.remove(urb)
                        status = -errno.ECONNRESET
                        break
            self._replies.append(_HEAD.pack(_RET_UNLINK, seqnum, 0, 0, 0) + _UNLINKED.pack(status))
            self._cond.notify_all()

    # -- what the printer does -------------------------------------------------------------------------------------

    def _reply(self, seqnum: int, status: int, data: bytes | bytearray = b"", moved: int = 0) -> None:
        head = _HEAD.pack(_RET_SUBMIT, seqnum, 0, 0, 0)
        self._replies.append(head + _SUBMITTED.pack(status, moved or len(data), 0, 0, 0) + data)

    def _work(self) -> None:
        with contextlib.suppress(OSError):
            while (reply := self._next()) is not None:
                self._socket.sendall(reply)
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._threads[0].join(_PATIENCE)
        self._socket.close()
        with self._cond:
            self._cond.notify_all()
        self.ended.set()

    def _next(self) -> bytes | None:
        """Wait for a reply to send, in the order in which transfers ended; None when the connection is over."""
        with self._cond:
            while not self._closing:
                if not self._device.present or self._device.generation != self._generation:
                    return None
                while self._progress(self._out, self._take) or self._progress(self._in, self._give):
                    pass
                if self._replies:
                    return self._replies.popleft()
                self._cond.wait()
            return None

    def _progress(self, queue: deque[_Urb], act: Callable[[_Urb], bool]) -> bool:
        """Move the oldest transfer of an endpoint on; say whether it ended."""
        if not queue:
            return False
        urb, status = queue[0], 0
        try:
            if not act(urb):
                return False
        except UsbError as error:
            status = -error.errno
        queue.popleft()
        self._reply(urb.seqnum, status, urb.answer, urb.done)
        return True

    def _take(self, urb: _Urb) -> bool:
        urb.done += self._device.try_out(memoryview(urb.data)[urb.done :])
        return urb.done == urb.length

    def _give(self, urb: _Urb) -> bool:
        while (packet := self._device.try_in(urb.length - len(urb.answer))) is not None:
            urb.answer += packet
            if len(packet) < PACKET or len(urb.answer) == urb.length:
                return True
        return False


class UsbipServer:
    """Lists and exports one printer as ``1-1``; one host at a time has it. Not there while it is off or unplugged."""

    def __init__(self, printer: SimulatedPrinter, host: str = "127.0.0.1", port: int = PORT) -> None:
        if host not in ("127.0.0.1", "localhost"):
            msg = f"{host!r}: a simulated printer is exported on the loopback address only"
            raise ValueError(msg)
        self.device = UsbDevice(printer, bind_usblp=False, address=DEVNUM)
        self._link: UsbipLink | None = None
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", port))
        self.host, self.port = self._listener.getsockname()
        threading.Thread(target=self._accept, name="usbip accept", daemon=True).start()

    @property
    def attach_command(self) -> str:
        """What a developer types as root to plug the printer into their own kernel."""
        return f"modprobe vhci-hcd; usbip --tcp-port {self.port} attach -r {self.host} -b {BUSID}"

    def close(self) -> None:
        """Take the printer away from its host and listen no more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            link, self._link = self._link, None
        if link is not None:
            link.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), name="usbip client", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        """Answer one request; a successful import hands the connection to a link."""
        connection.settimeout(_PATIENCE)
        with contextlib.ExitStack() as stack:
            stack.callback(connection.close)
            stack.enter_context(contextlib.suppress(OSError))
            version, code, _ = _OP.unpack(_receive(connection, _OP.size))
            if version != _VERSION:
                return
            if code == _REQ_DEVLIST:
                connection.sendall(self._list())
            elif code == _REQ_IMPORT:
                busid = _receive(connection, 32).partition(b"\x00")[0].decode("ascii", "replace")
                if self._import(connection, busid):
                    stack.pop_all()

    def _free(self) -> bool:
        return self.device.present and (self._link is None or self._link.ended.is_set())

    def _list(self) -> bytes:
        head = _OP.pack(_VERSION, _REP_DEVLIST, 0)
        with self._lock, self.device.machine.cond:
            if not self._free():
                return head + struct.pack(">I", 0)
            return head + struct.pack(">I", 1) + record(self.device) + bytes((*self.device.face.interface, 0))

    def _import(self, connection: socket.socket, busid: str) -> bool:
        with self._lock:
            with self.device.machine.cond:
                free = busid == BUSID and self._free()
                answer = _OP.pack(_VERSION, _REP_IMPORT, 0 if free else 1) + (record(self.device) if free else b"")
            connection.sendall(answer)
            if free:
                connection.settimeout(None)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._link = UsbipLink(self.device, connection)
        return free


def _receive(connection: socket.socket, size: int) -> bytes:
    data = bytearray(size)
    view, have = memoryview(data), 0
    while have < size:
        count = connection.recv_into(view[have:])
        if count == 0:
            raise ConnectionResetError
        have += count
    return bytes(data)
