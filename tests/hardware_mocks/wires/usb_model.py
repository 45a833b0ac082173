"""A USB printer as the bus sees it: descriptors, control requests, bulk endpoints that take, give, NAK or stall.

Knows no transport: ``ibackend``, ``usb_socket``, ``umock`` put it under pyusb, ``usbip`` under a kernel. Numbers: USB
2.0 chapter 9, USB printer class 1.1, protocol sheet 2.1.
"""

import errno
import struct
import time
from collections.abc import Hashable

from hardware_mocks.port import HALT, IN, OUT
from hardware_mocks.printer import SimulatedPrinter

PACKET = 64
MASS_STORAGE = (8, 6, 0x50)
_LANGUAGE = 0x0409


class UsbError(Exception):
    """A transfer failed with this errno."""

    def __init__(self, number: int) -> None:
        super().__init__(errno.errorcode[number])
        self.errno = number


class UsbTimeoutError(UsbError):
    """Nothing moved in time."""

    def __init__(self) -> None:
        super().__init__(errno.ETIMEDOUT)


class UsbDevice:
    """One device on the bus, from one plugging-in to the next.

    ``kernel_driver`` is what Linux has bound to the interface (usblp at every plugging-in unless ``bind_usblp`` is
    False); while it is there nobody can claim. ``permitted`` False stands for a device node without rights. The
    ``try_`` methods never wait.
    """

    def __init__(self, printer: SimulatedPrinter, *, bind_usblp: bool = True, address: int = 2) -> None:
        self.printer, self.machine, self.port = printer, printer.machine, printer.port
        self.bind_usblp = bind_usblp
        self.address = address
        self.permitted = True
        self.kernel_driver: str | None = None
        self.configuration = 0
        self._owner: Hashable | None = None
        self._present = False
        self.generation = 0
        self.port.bus = True
        self.face = printer.family.usb
        name = self.face.product_name or printer.setup.model
        self.strings = {1: self.face.manufacturer, 2: name, 3: printer.setup.serial}
        with self.machine.cond:
            self.follow()
            self.machine.listeners.append(self.follow)

    # -- on and off the bus ----------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Appear on the bus or vanish from it as power and cable say."""
        if self.port.alive == self._present:
            return
        self._present = self.port.alive
        self._owner = None
        if self._present:
            self.generation += 1
            self.kernel_driver = self.face.kernel_driver if self.bind_usblp else None
            self.configuration = 1
            self.port.connect()
        else:
            self.port.disconnect()

    @property
    def present(self) -> bool:
        """Whether the device is on the bus."""
        return self._present

    def device_descriptor(self) -> bytes:
        """18 bytes."""
        return struct.pack(
            "<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0, 0, 0, PACKET, self.face.vendor, self.face.product, 0x0100, 1, 2, 3, 1
        )

    def configuration_descriptor(self) -> bytes:
        """Configuration, interface of the family's class and two bulk endpoints."""
        tail = struct.pack("<BBBBBBBBB", 9, 4, 0, 0, 2, *self.face.interface, 0)
        for endpoint in self.face.endpoints:
            tail += struct.pack("<BBBBHB", 7, 5, endpoint, 2, PACKET, 0)
        return struct.pack("<BBHBBBBB", 9, 2, 9 + len(tail), 1, 1, 0, 0xC0, 1) + tail

    def check_present(self, generation: int | None = None) -> None:
        """Refuse a device that is gone, or was gone since ``generation``.

        :raises UsbError: with ENODEV.
        """
        if not self._present or generation not in (None, self.generation):
            raise UsbError(errno.ENODEV)

    # -- interface -------------------------------------------------------------------------------------------------

    def claim(self, owner: Hashable) -> None:
        """Give the interface to one owner. EBUSY while a kernel driver or another owner has it."""
        if self.kernel_driver is not None or self._owner not in (None, owner):
            raise UsbError(errno.EBUSY)
        self._owner = owner

    def release(self, owner: Hashable) -> None:
        """Take the interface back."""
        if self._owner == owner:
            self._owner = None

    def configure(self, value: int, owner: Hashable) -> None:
        """Set the configuration. EBUSY while somebody else holds the interface."""
        if self.kernel_driver is not None or self._owner not in (None, owner):
            raise UsbError(errno.EBUSY)
        if value not in (0, 1):
            raise UsbError(errno.EINVAL)
        self.configuration = value

    def detach_kernel_driver(self) -> None:
        """Unbind the kernel driver. ENODATA when none is bound (libusb says ENOENT)."""
        if self.kernel_driver is None:
            raise UsbError(errno.ENODATA)
        self.kernel_driver = None

    def attach_kernel_driver(self) -> None:
        """Bind usblp again. EBUSY while the interface is claimed."""
        if self.kernel_driver is not None or self._owner is not None:
            raise UsbError(errno.EBUSY)
        self.kernel_driver = self.face.kernel_driver

    # -- transfers -------------------------------------------------------------------------------------------------

    def try_out(self, data: bytes | memoryview) -> int:
        """Take what the printer takes now; 0 = NAK. EPIPE when stalled, ENODEV when gone."""
        self.check_present()
        if self.port.stalled or OUT in self.port.halted:
            raise UsbError(errno.EPIPE)
        return self.port.offer(data)

    def try_in(self, size: int) -> bytes | None:
        """Give one packet of at most ``size`` bytes; None = NAK. EPIPE when stalled, EOVERFLOW when it does not fit."""
        self.check_present()
        if self.port.stalled or IN in self.port.halted:
            raise UsbError(errno.EPIPE)
        if not self.port.replies:
            return None
        if self.port.replies[0] is HALT:
            raise UsbError(errno.EPIPE)
        packet = self.port.replies.popleft()
        if len(packet) > size:
            raise UsbError(errno.EOVERFLOW)
        return packet

    def clear_halt(self, endpoint: int | None = None) -> None:
        """End the stall of one endpoint, or of both. A firmware that stalls without saying where stalls both."""
        out, into = self.face.endpoints
        self.port.clear_halt(*{None: (IN, OUT), out: (OUT,), into: (IN,)}.get(endpoint, ()))

    def reset(self) -> None:
        """Reset the device: no endpoint stalls; a mass-storage printer forgets the command it was in."""
        self.port.wedged = False
        if self.face.interface == MASS_STORAGE:
            self._forget_command()
        self.clear_halt()

    def _forget_command(self) -> None:
        self.port.replies.clear()
        self.port.received.append(None)

    def control(self, request_type: int, request: int, value: int, index: int, length: int) -> bytes:
        """Answer a control request; EPIPE for those the printer does not know."""
        self.check_present()
        answer = self._control(request_type, request, value, index)
        if answer is None:
            raise UsbError(errno.EPIPE)
        return answer[:length]

    def _control(self, request_type: int, request: int, value: int, index: int) -> bytes | None:
        if (request_type, request) == (0x80, 6):
            return self._descriptor(value >> 8, value & 0xFF)
        if (request_type, request) == (0xA1, 0) and self.face.device_id:
            text = self.face.device_id.format(model=self.printer.setup.model, serial=self.printer.setup.serial).encode()
            return struct.pack(">H", len(text) + 2) + text
        if (request_type, request) == (0xA1, 1) and self.face.device_id:
            return bytes([self.face.port_status(self.machine, self.printer.language)])
        if (request_type, request) == (0x21, 2):
            self.port.received.append(None)
            self.port.stalled = False
            self.machine.changed()
            return b""
        if self.face.interface == MASS_STORAGE and (request_type, request) == (0xA1, 0xFE):
            return b"\x00"  # one logical unit
        if self.face.interface == MASS_STORAGE and (request_type, request) == (0x21, 0xFF):
            self.port.wedged = False  # the halts stay until the host clears them (Bulk-Only Transport 1.0, 3.1)
            self._forget_command()
            self.machine.changed()
            return b""
        if (request_type, request) == (0x00, 9):
            self.configuration = value
            return b""
        if (request_type, request) == (0x02, 1):
            self.clear_halt(index & 0xFF)
            return b""
        return {
            (0x80, 8): bytes([self.configuration]),
            (0x80, 0): b"\x01\x00",
            (0x81, 10): b"\x00",
            (0x01, 11): b"",
        }.get((request_type, request))

    def _descriptor(self, kind: int, index: int) -> bytes | None:
        if kind == 3:
            if index == 0:
                return struct.pack("<BBH", 4, 3, _LANGUAGE)
            text = self.strings.get(index, "").encode("utf-16-le")
            return bytes([len(text) + 2, 3]) + text if text else None
        return {1: self.device_descriptor(), 2: self.configuration_descriptor()}.get(kind)

    # -- the same, waiting -----------------------------------------------------------------------------------------

    def write(self, data: bytes | memoryview, timeout: int, owner: Hashable, generation: int | None = None) -> int:
        """Bulk OUT; return the count, also after a timeout if some bytes moved. ``timeout`` in ms, 0 = for ever."""
        view, done, end = memoryview(data), 0, _end(timeout)
        with self.machine.cond:
            self._check_transfer(owner, generation)
            while True:
                done += self.try_out(view[done:])
                if done == len(view):
                    return done
                if not self._wait(end):
                    if done:
                        return done
                    raise UsbTimeoutError
                self._check_transfer(owner, generation)

    def read(self, size: int, timeout: int, owner: Hashable, generation: int | None = None) -> bytes:
        """Bulk IN: packets up to ``size`` bytes or a short packet. Timeouts as in ``write``."""
        data, end = b"", _end(timeout)
        with self.machine.cond:
            self._check_transfer(owner, generation)
            while True:
                packet = self.try_in(size - len(data))
                data += packet or b""
                if packet is not None and (len(packet) < PACKET or len(data) == size):
                    return data
                if packet is None and not self._wait(end):
                    if data:
                        return data
                    raise UsbTimeoutError
                self._check_transfer(owner, generation)

    def _check_transfer(self, owner: Hashable, generation: int | None) -> None:
        self.check_present(generation)
        if self._owner != owner:
            raise UsbError(errno.ENOENT)

    def _wait(self, end: float | None) -> bool:
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            return False
        self.machine.cond.wait(left)
        return True


def _end(timeout: int) -> float | None:
    return time.monotonic() + timeout / 1000 if timeout else None
