"""A printer on USB: ``usb://0f49/SERIALNUMBER``, through pyusb.

A printer is addressed by its serial number, never by the port it happens to be plugged into: blanks are booked to a
printer, and two printers that change places must not change books.
"""

from __future__ import annotations

import contextlib
import errno
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import usb.core
import usb.util

from drivers.deadline import Deadline
from drivers.errors import (
    AccessError,
    AddressError,
    BusyError,
    DriverError,
    GoneError,
    NoReplyError,
    NotFoundError,
    WriteStalledError,
)

_BIDIRECTIONAL = 2  # protocol of the printer class; 1 is one-way by name, 4 is IPP over USB
_CHUNK = 1 << 16  # bytes a transfer; a multiple of every packet size
_GET_DEVICE_ID = (0xA1, 0)
_GET_PORT_STATUS = (0xA1, 1)
_BULK_ONLY_RESET = (0x21, 0xFF)
_PRINTER_CLASS = 7
_CONTROL_SECONDS = 2.0
_NO_ACCESS = (errno.EACCES, errno.EPERM)


@dataclass(frozen=True)
class UsbDevice:
    """A printer seen on the bus; ``serial_number`` is ``None`` where it has none or may not be read (``why``).

    :param device_id: its IEEE-1284 id, empty where it has none or another program holds it.
    """

    vendor: int
    product: int
    serial_number: str | None
    name: str
    why: str = ""
    device_id: str = ""

    @property
    def uri(self) -> str | None:
        """Address of the device, ``None`` where it cannot be addressed."""
        return None if self.serial_number is None else f"usb://{self.vendor:04x}/{self.serial_number}"


def list_devices(vendors: Mapping[int, int], backend: object | None = None) -> list[UsbDevice]:
    """List printers of these vendors. Reads descriptors and strings, and the device id where nobody holds the printer.

    :param vendors: interface class by vendor id.
    :param backend: a pyusb backend, or ``None`` for libusb.
    :raises NotFoundError: libusb is not installed.
    """
    found = []
    for device in _printers(vendors, backend):
        serial_number = name = None
        why = device_id = ""
        try:
            serial_number, name = _text(device, device.iSerialNumber), _text(device, device.iProduct)
            device_id = _free_device_id(device, vendors[device.idVendor])
        except usb.core.USBError as error:
            why = "no access rights" if error.errno in _NO_ACCESS else str(error)
        finally:
            usb.util.dispose_resources(device)
        found.append(UsbDevice(device.idVendor, device.idProduct, serial_number, name or "", why, device_id))
    return found


def _free_device_id(device: Any, interface_class: int) -> str:
    """Return the IEEE-1284 id: from the kernel where its driver has the printer, else asked where nobody has it."""
    setting = next((one for one in (_interface(each, interface_class) for each in device) if one is not None), None)
    if setting is None or interface_class != _PRINTER_CLASS:
        return ""
    ports = ".".join(str(number) for number in device.port_numbers or ())
    told = Path(f"/sys/bus/usb/devices/{device.bus}-{ports}:1.{setting.bInterfaceNumber}/ieee1284_id")
    if told.is_file():
        return told.read_text(encoding="latin-1").strip()
    try:
        return _device_id(device, setting.bInterfaceNumber, setting.bAlternateSetting)
    except usb.core.USBError:
        return ""  # somebody prints on it


def _device_id(device: Any, number: int, alternate: int) -> str:
    """Ask GET_DEVICE_ID (USB printer class 1.1, 4.2.1); the first two bytes are its length, theirs included."""
    kind, request = _GET_DEVICE_ID
    raw = bytes(device.ctrl_transfer(kind, request, 0, number << 8 | alternate, 1024, int(_CONTROL_SECONDS * 1000)))
    return raw[2 : int.from_bytes(raw[:2], "big")].decode("latin-1").strip("\0 \r\n")


class UsbTransport:
    """The bulk pipes of one interface.

    :param vendor: USB vendor id.
    :param serial_number: the device's serial number.
    :param backend: a pyusb backend, or ``None`` for libusb.
    :param interface_class: class of the interface, 7 for printers.
    :raises NotFoundError: no such printer.
    :raises AddressError: two printers have this serial number.
    :raises AccessError: this user may not open it.
    :raises BusyError: another program holds it.
    """

    settle = 0.002

    def __init__(
        self, vendor: int, serial_number: str, backend: object | None = None, interface_class: int = _PRINTER_CLASS
    ) -> None:
        self._name = f"usb://{vendor:04x}/{serial_number}"
        self.serial_number = serial_number
        self._class = interface_class
        self._device = _find(vendor, serial_number, backend, interface_class)
        self._detached = False
        try:
            self._claim()
        except BaseException:
            self.close()
            raise

    def _claim(self) -> None:
        try:
            configuration = self._configuration()
            interface = _interface(configuration, self._class)
            if interface is None:
                raise NotFoundError(f"{self._name} has no printer interface that can be read from and written to")
            self._number = int(interface.bInterfaceNumber)
            self._alternate = int(interface.bAlternateSetting)
            self._detach_kernel_driver()
            usb.util.claim_interface(self._device, self._number)
            if self._alternate:
                self._device.set_interface_altsetting(self._number, self._alternate)
        except usb.core.USBError as error:
            self._fail(error)
        bulk_out, bulk_in = _bulk(interface, usb.util.ENDPOINT_OUT), _bulk(interface, usb.util.ENDPOINT_IN)
        self._out = int(bulk_out.bEndpointAddress)
        self._in = int(bulk_in.bEndpointAddress)
        # A device may always send a whole packet; a shorter read would end in an overflow. A longer one would wait
        # until the deadline for a short packet after an answer that fills its last packet.
        self._read_size = int(bulk_in.wMaxPacketSize) & 0x7FF

    def _configuration(self) -> Any:
        try:
            return self._device.get_active_configuration()
        except usb.core.USBError as error:
            if error.errno is not None:
                raise
            self._device.set_configuration()  # pyusb's way to say that none was set yet
            return self._device.get_active_configuration()

    def _detach_kernel_driver(self) -> None:
        try:
            if self._device.is_kernel_driver_active(self._number):
                self._device.detach_kernel_driver(self._number)
                self._detached = True
        except NotImplementedError:
            pass  # systems without usblp

    def device_id(self) -> str:
        """Return the IEEE-1284 device id as text, empty where the device does not tell."""
        try:
            return _device_id(self._device, self._number, self._alternate)
        except usb.core.USBError as error:
            if error.errno == errno.ENODEV:
                self._fail(error)
            return ""

    def port_status(self) -> int | None:
        """Return the printer class's status byte: 0x08 no error, 0x10 selected, 0x20 paper empty; ``None``: not told.

        It goes by the control pipe, so that it can be asked while the bulk pipes must rest.

        :raises GoneError: the device went away.
        """
        kind, request = _GET_PORT_STATUS
        try:
            answer = self._device.ctrl_transfer(kind, request, 0, self._number, 1, int(_CONTROL_SECONDS * 1000))
        except usb.core.USBError as error:
            if error.errno == errno.ENODEV:
                self._fail(error)
            return None
        return int(answer[0]) if len(answer) else None

    def reset_storage(self) -> None:
        """Make a mass-storage device forget an unfinished command (USB mass storage bulk-only 1.0, 5.3.4).

        :raises GoneError: the device does not take it, or went away.
        """
        kind, request = _BULK_ONLY_RESET
        try:
            self._device.ctrl_transfer(kind, request, 0, self._number, None, int(_CONTROL_SECONDS * 1000))
        except usb.core.USBError as error:
            self._fail(error)
        self._clear_halt(self._in)
        self._clear_halt(self._out)

    def write(self, data: bytes, deadline: Deadline) -> None:
        """See :class:`drivers.transports.base.Transport`."""
        accepted = 0
        while accepted < len(data):
            try:
                accepted += self._device.write(self._out, data[accepted : accepted + _CHUNK], _milliseconds(deadline))
                stalled = deadline.expired and accepted < len(data)
            except usb.core.USBTimeoutError:
                stalled = deadline.expired
            except usb.core.USBError as error:
                if error.errno != errno.EPIPE:
                    self._fail(error)
                self._clear_halt(self._out)
                stalled = True
            if stalled:
                raise WriteStalledError(
                    f"The printer {self._name} stopped taking data",
                    accepted=accepted,
                    hint="Look at the printer: it may wait for somebody",
                )

    def read(self, deadline: Deadline) -> bytes:
        """See :class:`drivers.transports.base.Transport`."""
        while True:
            try:
                data = bytes(self._device.read(self._in, self._read_size, _milliseconds(deadline)))
            except usb.core.USBTimeoutError:
                data = b""
            except usb.core.USBError as error:
                if error.errno != errno.EPIPE:
                    self._fail(error)
                self._clear_halt(self._in)
                raise NoReplyError(
                    f"The printer {self._name} refused to be read from (stall)", hint="Switch it off and on"
                ) from error
            if data or deadline.expired:
                return data

    def close(self) -> None:
        """Release the interface and hand it back to the kernel's driver. See the protocol."""
        with contextlib.suppress(usb.core.USBError, NotImplementedError):
            usb.util.dispose_resources(self._device)
        if self._detached:
            self._detached = False
            with contextlib.suppress(usb.core.USBError, NotImplementedError):
                self._device.attach_kernel_driver(self._number)
            with contextlib.suppress(usb.core.USBError):
                usb.util.dispose_resources(self._device)

    def _clear_halt(self, endpoint: int) -> None:
        try:
            self._device.clear_halt(endpoint)
        except usb.core.USBError as error:
            self._fail(error)

    def _fail(self, error: usb.core.USBError) -> NoReturn:
        raise _translated(error, self._name) from error


def _translated(error: usb.core.USBError, name: str) -> DriverError:
    if error.errno in _NO_ACCESS:
        return AccessError(f"This user may not open {name}", hint="Install the udev rule, or add the user to group lp")
    if error.errno == errno.EBUSY:
        return BusyError(f"Another program uses {name}", hint="Stop that program; CUPS is one that holds printers")
    # ENODEV and ENOENT are an unplugged device; EIO, EPROTO and what else there is are a line that cannot be trusted
    # any more: what was sent may or may not have arrived, and only opening it again gives a known state.
    return GoneError(f"The USB connection to {name} broke ({error})", hint="Check cable and power of the printer")


def _printers(vendors: Mapping[int, int], backend: object | None) -> Iterator[Any]:
    def matches(device: Any) -> bool:
        spoken = vendors.get(device.idVendor)
        try:
            return spoken is not None and any(_interface(configuration, spoken) is not None for configuration in device)
        except usb.core.USBError:
            return False  # went away while we looked

    try:
        yield from usb.core.find(find_all=True, custom_match=matches, backend=backend)
    except usb.core.NoBackendError as error:
        raise NotFoundError("USB cannot be used: libusb is missing", hint="apt-get install libusb-1.0-0") from error


def _find(vendor: int, serial_number: str, backend: object | None, interface_class: int) -> Any:
    name = f"usb://{vendor:04x}/{serial_number}"
    matching, refused = [], None
    for device in _printers({vendor: interface_class}, backend):
        keep = False
        try:
            keep = _text(device, device.iSerialNumber) == serial_number
        except usb.core.USBError as error:
            if error.errno in _NO_ACCESS:
                refused = error
        finally:
            if keep:
                matching.append(device)
            else:
                usb.util.dispose_resources(device)
    if len(matching) == 1:
        return matching[0]
    for device in matching:
        usb.util.dispose_resources(device)
    if matching:
        raise AddressError(
            f"{len(matching)} devices answer to {name}; which one is meant cannot be told",
            hint="Unplug all but one, or connect them by serial line or network",
        )
    if refused is not None:
        raise _translated(refused, name) from refused
    raise NotFoundError(f"No printer {name} is plugged in and switched on", hint="Check cable, power and address")


def _text(device: Any, index: int) -> str | None:
    if not index:
        return None
    try:
        device.get_active_configuration()  # opens the device: get_string would hide that it may not be opened
    except usb.core.USBError as error:
        if error.errno is not None:
            raise
    try:
        text = usb.util.get_string(device, index)
    except ValueError:
        return None
    return None if text is None else str(text)


def _interface(configuration: Any, interface_class: int) -> Any | None:
    """Return the setting of this class with both pipes, a printer's bidirectional protocol before others."""
    usable = [
        setting
        for setting in configuration
        if setting.bInterfaceClass == interface_class
        and _bulk(setting, usb.util.ENDPOINT_OUT) is not None
        and _bulk(setting, usb.util.ENDPOINT_IN) is not None
    ]
    return min(usable, key=lambda s: (s.bInterfaceProtocol != _BIDIRECTIONAL, s.bAlternateSetting), default=None)


def _bulk(setting: Any, direction: int) -> Any:
    return usb.util.find_descriptor(
        setting,
        custom_match=lambda e: (
            usb.util.endpoint_direction(e.bEndpointAddress) == direction
            and usb.util.endpoint_type(e.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
        ),
    )


def _milliseconds(deadline: Deadline) -> int:
    # Zero means for ever to libusb.
    return max(1, math.ceil(deadline.remaining * 1000))
