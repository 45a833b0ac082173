"""The kernel of this machine over the USB model: its virtual host controller, usbfs, usblp, udev, and the real libusb.

It changes what the kernel sees, so it is for a machine of its own, as root, with the module vhci-hcd: see tests/vm.
"""

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import usb.backend
import usb.core
from usb.backend import libusb1

from hardware_mocks.wires.usb_model import UsbDevice
from hardware_mocks.wires.usbip import UsbipLink, vhci_line

_CONTROLLER = Path("/sys/devices/platform/vhci_hcd.0")
_DEVICES, _DRIVERS = Path("/sys/bus/usb/devices"), Path("/sys/bus/usb/drivers")
_FREE, _USED = "004", "006"  # states of a port (drivers/usb/usbip/usbip_common.h of Linux: null, used)
_PATIENCE = 20.0


class VhciBus:
    """The USB bus of this machine's kernel."""

    def __init__(self) -> None:
        if not _CONTROLLER.is_dir():
            msg = "the kernel has no virtual host controller: modprobe vhci-hcd"
            raise RuntimeError(msg)
        found = libusb1.get_backend()
        if found is None:
            msg = "libusb-1.0 not found: apt-get install libusb-1.0-0"
            raise RuntimeError(msg)
        self.backend: usb.backend.IBackend = found

    def attach(self, device: UsbDevice) -> "VhciPort":
        """Plug a device in; kernel and libusb have seen it when this returns."""
        return VhciPort(self, device)


class VhciPort:
    """One socket of the controller, whose device comes and goes as the printer's power and cable say."""

    def __init__(self, bus: VhciBus, device: UsbDevice) -> None:
        self._bus, self._device, self._closing = bus, device, False
        self._link: UsbipLink | None = None
        self._thread = threading.Thread(target=self._follow, name="vhci", daemon=True)
        with device.machine.cond:
            present = device.present
        if present:
            self._plug()
        self._thread.start()

    def close(self) -> None:
        """Unplug for good; kernel and libusb have seen it go when this returns."""
        with self._device.machine.cond:
            self._closing = True
            self._device.machine.cond.notify_all()
        link = self._link
        if link is not None:
            link.close()
        self._thread.join(_PATIENCE)

    def _follow(self) -> None:
        cond = self._device.machine.cond
        while True:
            if self._link is not None:
                self._link.ended.wait()
                self._link = None
                _until(lambda: self._rows(_USED, self._port) == [], "the device went")
                self._wait_seen(there=False)
            with cond:
                cond.wait_for(lambda: self._closing or self._device.present)
                if self._closing:
                    return
            self._plug()

    def _plug(self) -> None:
        ours, theirs = socket.socketpair()
        self._port = int(self._rows(_FREE)[0][1])
        self._link = UsbipLink(self._device, ours)
        with theirs:
            (_CONTROLLER / "attach").write_text(vhci_line(self._port, theirs.fileno()))
        _until(lambda: self._rows(_USED, self._port) != [], "the device came")
        self._name = self._rows(_USED, self._port)[0][6]
        _until((_DEVICES / f"{self._name}:1.0").exists, "the kernel configured the device")
        driver = _DEVICES / f"{self._name}:1.0" / "driver"
        _until(driver.exists, "the kernel's driver has the interface")
        if not self._device.bind_usblp:
            (driver / "unbind").write_text(f"{self._name}:1.0")
        self._address = int((_DEVICES / self._name / "devnum").read_text())
        self._number = int((_DEVICES / self._name / "busnum").read_text())
        self._wait_seen(there=True)

    def _wait_seen(self, *, there: bool) -> None:
        def seen() -> bool:
            found = usb.core.find(backend=self._bus.backend, bus=self._number, address=self._address)
            return (found is not None) == there

        _until(seen, f"libusb saw the device {'come' if there else 'go'}")

    @staticmethod
    def _rows(state: str, port: int | None = None) -> list[list[str]]:
        """Rows of the controller's table: hub, port, state, speed, device, socket, name."""
        rows = [line.split() for line in (_CONTROLLER / "status").read_text().splitlines()[1:]]
        return [row for row in rows if row[0] == "hs" and row[2] == state and port in (None, int(row[1]))]


def _until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > end:
            msg = f"not seen in {_PATIENCE} s: {what}"
            raise TimeoutError(msg)
        time.sleep(0.01)
