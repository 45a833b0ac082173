"""pyusb backends over the USB model: descriptors and errors as the real libusb gives them.

``ModelBackend`` serves any ``BusDevice``; ``InProcessBackend`` holds printers of this process.
"""

import errno
import os
import struct
from array import array
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Protocol, TypeVar

import usb.backend
import usb.core

from hardware_mocks.wires.usb_model import UsbDevice, UsbError

_CODES = {
    errno.EIO: -1, errno.EINVAL: -2, errno.EACCES: -3, errno.ENODEV: -4, errno.ENOENT: -5, errno.EBUSY: -6,
    errno.ETIMEDOUT: -7, errno.EOVERFLOW: -8, errno.EPIPE: -9, errno.EINTR: -10, errno.ENOMEM: -11,
}  # fmt: skip
_T = TypeVar("_T")


class Handle(Protocol):
    """An opened device. Every method may raise UsbError; timeouts in ms, 0 = for ever."""

    def claim(self) -> None:
        """Claim interface 0."""

    def release(self) -> None:
        """Release interface 0."""

    def configure(self, value: int) -> None:
        """Set the configuration."""

    def configuration(self) -> int:
        """Return the current configuration."""

    def write(self, data: bytes | memoryview, timeout: int) -> int:
        """Bulk OUT; return the count."""

    def read(self, size: int, timeout: int) -> bytes:
        """Bulk IN."""

    def control(self, request_type: int, request: int, value: int, index: int, length: int) -> bytes:
        """Control request."""

    def clear_halt(self, endpoint: int | None = None) -> None:
        """End the stall of an endpoint, or of both."""

    def reset(self) -> None:
        """Reset the device."""

    def kernel_driver_active(self) -> bool:
        """Whether a kernel driver is bound."""

    def detach_kernel_driver(self) -> None:
        """Unbind it."""

    def attach_kernel_driver(self) -> None:
        """Bind it again."""

    def close(self) -> None:
        """Let go of the device."""


class BusDevice(Protocol):
    """A device found on the bus, not opened."""

    bus: int
    address: int

    def device_descriptor(self) -> bytes:
        """18 bytes."""

    def configuration_descriptor(self) -> bytes:
        """Configuration with everything in it."""

    def open(self) -> Handle:
        """Open the device; UsbError EACCES without rights."""


def _call(function: Callable[..., _T], *arguments: object) -> _T:
    try:
        return function(*arguments)
    except UsbError as error:
        number = errno.ENOENT if error.errno == errno.ENODATA else error.errno
        kind = usb.core.USBTimeoutError if number == errno.ETIMEDOUT else usb.core.USBError
        raise kind(os.strerror(number), _CODES.get(number, -99), number) from error


_DEVICE = ("bLength", "bDescriptorType", "bcdUSB", "bDeviceClass", "bDeviceSubClass", "bDeviceProtocol",
           "bMaxPacketSize0", "idVendor", "idProduct", "bcdDevice", "iManufacturer", "iProduct", "iSerialNumber",
           "bNumConfigurations")  # fmt: skip
_CONFIGURATION = ("bLength", "bDescriptorType", "wTotalLength", "bNumInterfaces", "bConfigurationValue",
                  "iConfiguration", "bmAttributes", "bMaxPower")  # fmt: skip
_INTERFACE = ("bLength", "bDescriptorType", "bInterfaceNumber", "bAlternateSetting", "bNumEndpoints",
              "bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol", "iInterface")  # fmt: skip
_ENDPOINT = ("bLength", "bDescriptorType", "bEndpointAddress", "bmAttributes", "wMaxPacketSize", "bInterval")


def _describe(names: tuple[str, ...], form: str, data: bytes, **more: object) -> SimpleNamespace:
    return SimpleNamespace(**dict(zip(names, struct.unpack(form, data), strict=True)), extra_descriptors=[], **more)


class ModelBackend(usb.backend.IBackend):  # type: ignore[misc]  # pyusb has no types
    """A pyusb backend for devices with one configuration, one interface, no alternate settings."""

    def __init__(self, find: Callable[[], Iterable[BusDevice]]) -> None:
        super().__init__()
        self._find = find

    def enumerate_devices(self) -> Iterator[BusDevice]:
        """Give the devices on the bus now."""
        yield from self._find()

    def get_parent(self, dev: BusDevice) -> None:
        """Devices hang on no hub."""

    def get_device_descriptor(self, dev: BusDevice) -> SimpleNamespace:
        """Device descriptor with bus and address."""
        place = {"bus": dev.bus, "address": dev.address, "port_number": dev.address, "port_numbers": (dev.address,)}
        return _describe(_DEVICE, "<BBHBBBBHHHBBBB", _call(dev.device_descriptor), speed=3, **place)

    def get_configuration_descriptor(self, dev: BusDevice, config: int) -> SimpleNamespace:
        """Configuration descriptor; IndexError past the only one."""
        _only(config)
        return _describe(_CONFIGURATION, "<BBHBBBBB", _call(dev.configuration_descriptor)[:9])

    def get_interface_descriptor(self, dev: BusDevice, intf: int, alt: int, config: int) -> SimpleNamespace:
        """Interface descriptor; IndexError past the only one."""
        _only(config, intf, alt)
        return _describe(_INTERFACE, "<BBBBBBBBB", _call(dev.configuration_descriptor)[9:18])

    def get_endpoint_descriptor(self, dev: BusDevice, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        """Endpoint descriptor."""
        _only(config, intf, alt)
        data = _call(dev.configuration_descriptor)[18 + 7 * ep : 25 + 7 * ep]
        if len(data) < 7:
            raise IndexError(ep)
        return _describe(_ENDPOINT, "<BBBBHB", data, bRefresh=0, bSynchAddress=0)

    def open_device(self, dev: BusDevice) -> Handle:
        """Open."""
        return _call(dev.open)

    def close_device(self, dev_handle: Handle) -> None:
        """Close."""
        dev_handle.close()

    def set_configuration(self, dev_handle: Handle, config_value: int) -> None:
        """Set the configuration."""
        _call(dev_handle.configure, config_value)

    def get_configuration(self, dev_handle: Handle) -> int:
        """Return the configuration."""
        return _call(dev_handle.configuration)

    def set_interface_altsetting(self, dev_handle: Handle, intf: int, altsetting: int) -> None:
        """There is one setting only."""
        _call(dev_handle.configuration)

    def claim_interface(self, dev_handle: Handle, intf: int) -> None:
        """Claim."""
        _call(dev_handle.claim)

    def release_interface(self, dev_handle: Handle, intf: int) -> None:
        """Release."""
        _call(dev_handle.release)

    def bulk_write(self, dev_handle: Handle, ep: int, intf: int, data: "array[int]", timeout: int) -> int:
        """Write; return the count."""
        return _call(dev_handle.write, memoryview(data).cast("B"), timeout)

    def bulk_read(self, dev_handle: Handle, ep: int, intf: int, buff: "array[int]", timeout: int) -> int:
        """Read into the array; return the count."""
        data = _call(dev_handle.read, len(buff), timeout)
        memoryview(buff)[: len(data)] = data
        return len(data)

    def ctrl_transfer(
        self, dev_handle: Handle, bm_request_type: int, request: int, value: int, index: int,
        data: "array[int]", timeout: int,
    ) -> int:  # fmt: skip
        """Control transfer by direction; return the count."""
        answer = _call(dev_handle.control, bm_request_type, request, value, index, len(data))
        if bm_request_type & 0x80:
            memoryview(data)[: len(answer)] = answer
            return len(answer)
        return len(data)

    def clear_halt(self, dev_handle: Handle, ep: int) -> None:
        """End a stall."""
        _call(dev_handle.clear_halt, ep)

    def reset_device(self, dev_handle: Handle) -> None:
        """Reset the device."""
        _call(dev_handle.reset)

    def is_kernel_driver_active(self, dev_handle: Handle, intf: int) -> bool:
        """Whether a kernel driver is bound."""
        return _call(dev_handle.kernel_driver_active)

    def detach_kernel_driver(self, dev_handle: Handle, intf: int) -> None:
        """Unbind it."""
        _call(dev_handle.detach_kernel_driver)

    def attach_kernel_driver(self, dev_handle: Handle, intf: int) -> None:
        """Bind it."""
        _call(dev_handle.attach_kernel_driver)


def _only(*indexes: int) -> None:
    if any(indexes):
        raise IndexError(max(indexes))


class LocalHandle:
    """An opened device of this process."""

    def __init__(self, device: UsbDevice) -> None:
        self._device = device
        with device.machine.cond:
            device.check_present()
            if not device.permitted:
                raise UsbError(errno.EACCES)
            self._generation = device.generation

    def _locked(self, act: Callable[[], _T]) -> _T:
        with self._device.machine.cond:
            self._device.check_present(self._generation)
            return act()

    def claim(self) -> None:
        """Claim interface 0."""
        self._locked(lambda: self._device.claim(self))

    def release(self) -> None:
        """Release interface 0."""
        self._locked(lambda: self._device.release(self))

    def configure(self, value: int) -> None:
        """Set the configuration."""
        self._locked(lambda: self._device.configure(value, self))

    def configuration(self) -> int:
        """Return the current configuration."""
        return self._locked(lambda: self._device.configuration)

    def write(self, data: bytes | memoryview, timeout: int) -> int:
        """Bulk OUT."""
        return self._device.write(data, timeout, self, self._generation)

    def read(self, size: int, timeout: int) -> bytes:
        """Bulk IN."""
        return self._device.read(size, timeout, self, self._generation)

    def control(self, request_type: int, request: int, value: int, index: int, length: int) -> bytes:
        """Control request."""
        return self._locked(lambda: self._device.control(request_type, request, value, index, length))

    def clear_halt(self, endpoint: int | None = None) -> None:
        """End the stall of an endpoint, or of both."""
        self._locked(lambda: self._device.clear_halt(endpoint))

    def reset(self) -> None:
        """Reset the device."""
        self._locked(self._device.reset)

    def kernel_driver_active(self) -> bool:
        """Whether a kernel driver is bound."""
        return self._locked(lambda: self._device.kernel_driver is not None)

    def detach_kernel_driver(self) -> None:
        """Unbind it."""
        self._locked(self._device.detach_kernel_driver)

    def attach_kernel_driver(self) -> None:
        """Bind it again."""
        self._locked(self._device.attach_kernel_driver)

    def close(self) -> None:
        """Let go of the device, and of its interface."""
        with self._device.machine.cond:
            self._device.release(self)


class _LocalDevice:
    def __init__(self, device: UsbDevice) -> None:
        self.device, self.bus, self.address = device, 1, device.address
        self.device_descriptor = device.device_descriptor
        self.configuration_descriptor = device.configuration_descriptor

    def open(self) -> LocalHandle:
        return LocalHandle(self.device)


class InProcessBackend(ModelBackend):
    """A bus whose printers live in this process."""

    def __init__(self, devices: Iterable[UsbDevice]) -> None:
        self._devices = list(devices)
        super().__init__(lambda: [_LocalDevice(device) for device in self._devices if device.present])
