"""The real libusb over the USB model: an ioctl handler under umockdev, through ctypes.

The process must have been started by ``umockdev-wrapper``, which preloads the library that catches the ioctls. One bus
(testbed) a process: a libusb context hears only the testbed under which it was made.
"""

import contextlib
import ctypes
import errno
import fcntl
import gc
import os
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

import usb.backend
import usb.core
from usb.backend import libusb1

from hardware_mocks.wires.usb_model import PACKET, UsbDevice, UsbError

_F_SETPIPE_SZ = 1031
_PIPE = 4096

# usbfs ioctl numbers on x86-64
_GET_CAPABILITIES, _CLAIM, _RELEASE, _SET_CONFIGURATION, _SET_INTERFACE = (
    0x8004551A, 0x8004550F, 0x80045510, 0x80045505, 0x80085504)  # fmt: skip
_SUBMIT, _REAP, _REAP_NOW, _DISCARD = 0x8038550A, 0x4008550C, 0x4008550D, 0x550B
_GET_DRIVER, _IOCTL, _DETACH, _ATTACH, _GET_SPEED = 0x41045508, 0xC0105512, 0x5516, 0x5517, 0x551F
_RESET, _CLEAR_HALT, _RESET_ENDPOINT = 0x5514, 0x80045515, 0x80045503
_CAPABILITIES = 0x1D  # zero packet, no packet size limit, bulk scatter-gather, reap after disconnect
_HIGH_SPEED = 3

# Answers are written straight into the client's memory: client and handler share one process.
_Handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


class UnavailableError(Exception):
    """umockdev cannot be used in this process; the text says what to do."""


class _Library:
    """The C functions of umockdev and GObject that are needed here."""

    def __init__(self) -> None:
        if "umockdev" not in os.environ.get("LD_PRELOAD", ""):
            msg = "start as: umockdev-wrapper python -m pytest ... (apt-get install umockdev libusb-1.0-0)"
            raise UnavailableError(msg)
        try:
            self.umockdev = ctypes.CDLL("libumockdev.so.0")
            self.gobject = ctypes.CDLL("libgobject-2.0.so.0")
        except OSError as error:
            msg = f"{error}: apt-get install umockdev libusb-1.0-0"
            raise UnavailableError(msg) from error
        pointer, text, integer = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
        for name, result, arguments in (
            ("testbed_new", pointer, ()), ("testbed_get_root_dir", text, (pointer,)),
            ("testbed_add_from_string", integer, (pointer, text, pointer)),
            ("testbed_attach_ioctl", integer, (pointer, text, pointer, pointer)),
            ("testbed_detach_ioctl", integer, (pointer, text, pointer)),
            ("testbed_uevent", None, (pointer, text, text)), ("testbed_remove_device", None, (pointer, text)),
            ("ioctl_base_new", pointer, ()), ("ioctl_client_get_request", ctypes.c_ulong, (pointer,)),
            ("ioctl_client_get_arg", pointer, (pointer,)),
            ("ioctl_client_complete", None, (pointer, ctypes.c_long, integer)),
            ("ioctl_data_retrieve", None, (pointer, ctypes.POINTER(pointer), ctypes.POINTER(integer))),
        ):  # fmt: skip
            function = getattr(self.umockdev, f"umockdev_{name}")
            function.restype, function.argtypes = result, arguments
        self.gobject.g_signal_connect_data.argtypes = (pointer, text, _Handler, pointer, pointer, integer)
        self.gobject.g_signal_connect_data.restype = ctypes.c_ulong

    def argument(self, client: int) -> int:
        """Return the argument of the current ioctl as the client passed it."""
        data, size = ctypes.c_void_p(), ctypes.c_int()
        argument = self.umockdev.umockdev_ioctl_client_get_arg(client)
        self.umockdev.umockdev_ioctl_data_retrieve(argument, ctypes.byref(data), ctypes.byref(size))
        return ctypes.c_uint64.from_address(data.value or 0).value


class _Urb(ctypes.Structure):
    """``struct usbdevfs_urb`` in the client's memory, 56 bytes."""

    _fields_ = (
        ("type", ctypes.c_ubyte), ("endpoint", ctypes.c_ubyte), ("status", ctypes.c_int), ("flags", ctypes.c_uint),
        ("buffer", ctypes.c_uint64), ("buffer_length", ctypes.c_int), ("actual_length", ctypes.c_int),
        ("start_frame", ctypes.c_int), ("number_of_packets", ctypes.c_int), ("error_count", ctypes.c_int),
        ("signr", ctypes.c_uint), ("usercontext", ctypes.c_uint64),
    )  # fmt: skip


_CONTROL_URB = 2


class _Transfer:
    """One URB between submit and reap."""

    def __init__(self, client: int, address: int) -> None:
        self.client, self.address = client, address
        self.urb = _Urb.from_address(address)
        self.done = 0
        self.status = 0

    def bytes_left(self) -> memoryview:
        size = self.urb.buffer_length - self.done
        return memoryview((ctypes.c_ubyte * size).from_address(self.urb.buffer + self.done)).cast("B")

    def put(self, data: bytes, offset: int = 0) -> None:
        ctypes.memmove(self.urb.buffer + offset + self.done, data, len(data))
        self.done += len(data)


class _Node:
    """One plugging-in of one device: its usbfs node, the transfers on it and the ioctls that come for it."""

    def __init__(self, library: _Library, device: UsbDevice, path: Path) -> None:
        self._library, self._device, self._cond = library, device, device.machine.cond
        self._waiting: dict[int, list[_Transfer]] = {0x00: [], 0x80: []}  # by direction
        self._finished: list[_Transfer] = []
        self.gone = False
        self._pumping = False
        self._handler = _Handler(self._handle)
        self._vanished = _Handler(self._forget_client)
        self.base = library.umockdev.umockdev_ioctl_base_new()
        for signal, handler in ((b"handle-ioctl", self._handler), (b"client-vanished", self._vanished)):
            library.gobject.g_signal_connect_data(self.base, signal, handler, None, None, 0)
        self._path = path
        self._pipe = -1

    def make_pipe(self) -> None:
        """Make the device node a pipe: poll() on it can be told to wait, on a plain file it never does."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        os.mkfifo(self._path, 0o666)
        self._pipe = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.fcntl(self._pipe, _F_SETPIPE_SZ, _PIPE)
        self._gate()

    def close(self) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._pipe)
        self._pipe = -1

    # -- transfers; all with the machine's lock held

    def pump(self) -> None:
        """Move what can be moved, until nothing moves."""
        if self._pumping:
            return
        self._pumping = True
        try:
            while self._step(0x00, self._out) or self._step(0x80, self._in):
                pass
        finally:
            self._pumping = False
        self._gate()

    def vanish(self) -> None:
        """End every transfer as an unplugging does."""
        self.gone = True
        for queue in self._waiting.values():
            while queue:
                self._finish(queue.pop(0), -errno.ESHUTDOWN)
        self._gate()

    def _step(self, direction: int, move: Callable[[_Transfer], bool]) -> bool:
        queue = self._waiting[direction]
        if not queue or self.gone:
            return False
        transfer = queue[0]
        before = transfer.done
        try:
            if move(transfer):
                self._finish(queue.pop(0), 0)
                return True
        except UsbError as error:
            self._finish(queue.pop(0), -errno.ESHUTDOWN if error.errno == errno.ENODEV else -error.errno)
            return True
        return transfer.done != before

    def _out(self, transfer: _Transfer) -> bool:
        transfer.done += self._device.try_out(transfer.bytes_left())
        return not transfer.bytes_left()

    def _in(self, transfer: _Transfer) -> bool:
        packet = self._device.try_in(transfer.urb.buffer_length - transfer.done)
        if packet is None:
            return False
        transfer.put(packet)
        return len(packet) < PACKET or not transfer.bytes_left()

    def _finish(self, transfer: _Transfer, status: int) -> None:
        transfer.status = status
        self._finished.append(transfer)

    def _gate(self) -> None:
        """Let poll() on the node report it writable exactly while something can be reaped."""
        if self._pipe < 0:
            return
        with contextlib.suppress(BlockingIOError):
            if self._finished:
                os.read(self._pipe, _PIPE)
            else:
                os.write(self._pipe, bytes(_PIPE))

    # -- ioctls, from a thread of GLib

    def _handle(self, _base: int, client: int, _data: int) -> int:
        request = self._library.umockdev.umockdev_ioctl_client_get_request(client)
        argument = self._library.argument(client)
        with self._cond:
            try:
                result, number = self._answer(request, argument, client), 0
            except UsbError as error:
                result, number = -1, error.errno
        self._library.umockdev.umockdev_ioctl_client_complete(client, result, number)
        return 1

    def _forget_client(self, _base: int, client: int, _data: int) -> int:
        with self._cond:
            self._device.release(client)
            for queue in (*self._waiting.values(), self._finished):
                queue[:] = [transfer for transfer in queue if transfer.client != client]
        return 0

    def _answer(self, request: int, argument: int, client: int) -> int:
        if request in (_REAP, _REAP_NOW):
            return self._reap(argument, client)
        if self.gone:
            raise UsbError(errno.ENODEV)
        if request == _SUBMIT:
            self._submit(_Transfer(client, argument))
        elif request == _DISCARD:
            self._discard(argument)
        elif request == _GET_CAPABILITIES:
            ctypes.c_uint32.from_address(argument).value = _CAPABILITIES
        elif request == _CLAIM:
            self._device.claim(client)
        elif request == _RELEASE:
            self._device.release(client)
        elif request == _SET_CONFIGURATION:
            self._device.configure(ctypes.c_uint32.from_address(argument).value, client)
        elif request == _CLEAR_HALT:
            self._device.clear_halt(ctypes.c_uint32.from_address(argument).value)
        elif request == _RESET:
            self._device.reset()
        elif request == _GET_DRIVER:
            if self._device.kernel_driver is None:
                raise UsbError(errno.ENODATA)
            ctypes.memmove(
                argument + 4, self._device.kernel_driver.encode() + b"\0", 1 + len(self._device.kernel_driver)
            )
        elif request == _IOCTL:
            return self._driver_ioctl(ctypes.c_int.from_address(argument + 4).value)
        elif request == _GET_SPEED:
            return _HIGH_SPEED
        elif request not in (_RESET_ENDPOINT, _SET_INTERFACE):
            raise UsbError(errno.ENOTTY)
        return 0

    def _driver_ioctl(self, code: int) -> int:
        if code == _DETACH:
            self._device.detach_kernel_driver()
            return 0
        if code == _ATTACH:
            self._device.attach_kernel_driver()
            return 1
        raise UsbError(errno.ENOTTY)

    def _submit(self, transfer: _Transfer) -> None:
        if transfer.urb.type == _CONTROL_URB:
            self._control(transfer)
            self._gate()
            return
        self._waiting[transfer.urb.endpoint & 0x80].append(transfer)
        self.pump()

    def _control(self, transfer: _Transfer) -> None:
        setup = ctypes.string_at(transfer.urb.buffer, 8)
        kind, request, value, index, length = struct.unpack("<BBHHH", setup)
        try:
            answer = self._device.control(kind, request, value, index, length)
        except UsbError as error:
            self._finish(transfer, -error.errno)
            return
        if kind & 0x80:
            transfer.put(answer, 8)
        else:
            transfer.done = length
        self._finish(transfer, 0)

    def _discard(self, address: int) -> None:
        for queue in self._waiting.values():
            for transfer in queue:
                if transfer.address == address:
                    queue.remove(transfer)
                    self._finish(transfer, -errno.ENOENT)
                    self._gate()
                    return
        raise UsbError(errno.EINVAL)

    def _reap(self, argument: int, client: int) -> int:
        for transfer in self._finished:
            if transfer.client == client:
                self._finished.remove(transfer)
                transfer.urb.status, transfer.urb.actual_length = transfer.status, transfer.done
                ctypes.c_uint64.from_address(argument).value = transfer.address
                self._gate()
                return 0
        raise UsbError(errno.ENODEV if self.gone else errno.EAGAIN)


class UmockPort:
    """A socket of the bus with one device's cable in it: follows the device as it comes and goes."""

    def __init__(self, bus: "UmockBus", device: UsbDevice) -> None:
        self._bus, self._device = bus, device
        self._node: _Node | None = None
        self._path = self._sys = ""
        self._closing = False
        self._plug()
        with device.machine.cond:
            device.machine.listeners.append(self._changed)
        self._thread = threading.Thread(target=self._run, name="usb hub", daemon=True)
        self._thread.start()

    def _changed(self) -> None:
        """React at once with what needs no testbed; the rest is done by the thread."""
        if self._node is not None:
            if self._device.present:
                self._node.pump()
            else:
                self._node.vanish()

    def _run(self) -> None:
        cond = self._device.machine.cond
        while True:
            with cond:
                cond.wait_for(lambda: self._closing or self._behind())
                if self._closing:
                    return
            if self._node is None:
                self._plug()
            else:
                self._unplug()

    def _behind(self) -> bool:
        """Say whether the bus has something to learn yet. What went is a new device, however soon it came back."""
        return self._device.present if self._node is None else self._node.gone or not self._device.present

    def _plug(self) -> None:
        self._path, self._sys, self._node = self._bus.add(self._device)
        self._bus.wait_seen(self._device.address, there=True)

    def _unplug(self) -> None:
        node = self._node
        if node is None:
            return
        with self._device.machine.cond:
            node.vanish()
            self._node = None
        self._bus.remove(self._path, self._sys, node)
        self._bus.wait_seen(self._device.address, there=False)

    def close(self) -> None:
        """Unplug for good."""
        with self._device.machine.cond:
            self._closing = True
            self._device.machine.listeners.remove(self._changed)
            self._device.machine.cond.notify_all()
        self._thread.join(10)
        self._unplug()


class UmockBus:
    """The one simulated USB bus of this process.

    :raises UnavailableError: umockdev or its preload is missing.
    """

    def __init__(self) -> None:
        self._library = _Library()
        self._testbed = self._library.umockdev.umockdev_testbed_new()
        self._root = Path(self._library.umockdev.umockdev_testbed_get_root_dir(self._testbed).decode())
        self._last = 1
        self._lock = threading.Lock()
        self._kept: list[_Node] = []
        libusb1._lib_object = None  # a context made before the testbed hears nothing of it
        gc.collect()
        found = libusb1.get_backend()
        if found is None:
            msg = "libusb-1.0 not found: apt-get install libusb-1.0-0"
            raise UnavailableError(msg)
        self.backend: usb.backend.IBackend = found

    def attach(self, device: UsbDevice) -> UmockPort:
        """Plug a device in; libusb has seen it when this returns."""
        return UmockPort(self, device)

    def add(self, device: UsbDevice) -> tuple[str, str, _Node]:
        """Make the device's node and tell libusb. Return node path, sysfs path and node."""
        with self._lock:
            self._last = number = self._last % 120 + 1
            device.address = number
            name, sysfs = f"bus/usb/001/{number:03}", f"/devices/usb1/1-{number}"
            face = device.face
            descriptors = (device.device_descriptor() + device.configuration_descriptor()).hex().upper()
            text = (
                f"P: {sysfs}\nE: DEVNAME=/dev/{name}\nE: DEVTYPE=usb_device\n"
                f"E: SUBSYSTEM=usb\nE: MAJOR=189\nE: MINOR={number - 1}\nE: BUSNUM=001\nE: DEVNUM={number:03}\n"
                f"A: busnum=1\\n\nA: devnum={number}\\n\nA: speed=480\\n\nA: bConfigurationValue=1\\n\n"
                f"A: idVendor={face.vendor:04x}\\n\nA: idProduct={face.product:04x}\\n\nH: descriptors={descriptors}\n"
            )
            # Node and handler first: adding the device tells libusb at once, and a client may open it in that moment.
            umockdev, path = self._library.umockdev, f"/dev/{name}"
            node = _Node(self._library, device, self._root / "dev" / name)
            node.make_pipe()
            _must(umockdev.umockdev_testbed_attach_ioctl(self._testbed, path.encode(), node.base, None), "attach_ioctl")
            _must(umockdev.umockdev_testbed_add_from_string(self._testbed, text.encode(), None), "add_from_string")
            self._kept.append(node)
        return path, sysfs, node

    def remove(self, path: str, sysfs: str, node: _Node) -> None:
        """Take a node away in the order that a client survives."""
        with self._lock:
            umockdev = self._library.umockdev
            umockdev.umockdev_testbed_uevent(self._testbed, f"/sys{sysfs}".encode(), b"remove")
            umockdev.umockdev_testbed_remove_device(self._testbed, f"/sys{sysfs}".encode())
            node.close()
            umockdev.umockdev_testbed_detach_ioctl(self._testbed, path.encode(), None)

    def wait_seen(self, address: int, *, there: bool, timeout: float = 5.0) -> None:
        """Wait until libusb knows that a device came or went.

        :raises TimeoutError: it does not notice in time.
        """
        end = time.monotonic() + timeout
        while (usb.core.find(backend=self.backend, bus=1, address=address) is not None) != there:
            if time.monotonic() > end:
                msg = f"libusb did not see device {address} {'come' if there else 'go'} in {timeout} s"
                raise TimeoutError(msg)
            time.sleep(0.005)


def _must(good: int, what: str) -> None:
    if not good:
        msg = f"umockdev_testbed_{what} failed"
        raise RuntimeError(msg)
