"""Simulated printers for tests: context managers that put a printer on a wire, in this process, and take it away again.

Each gives an object with ``printer`` (a ``SimulatedPrinter``) and the address of its wire::

    with pty_printer(Setup(hopper=["A-1", "A-2"], cards=tmp_path)) as sim:
        port = serial.Serial(sim.path, timeout=1)

    with tcp_printer(Setup(faults=["jam@panel=m,card=2"])) as sim:
        socket.create_connection((sim.host, sim.port))

    with usb_inprocess_printer(Setup(dialect="classic")) as sim:
        usb.core.find(backend=sim.backend, ...)          # sim.device: stall, rights, kernel driver

    with usb_umock_printer(umock_bus, Setup()) as sim:   # real libusb; fixture umock_bus of tests/contract/conftest.py

``Setup`` names everything about the printer (serial, model, dialect, ribbon, speed, hopper, faults, quirks, folder for
pictures); ``speed`` is 0 unless given: nothing takes time. The operator is ``sim.printer.hands`` (load, open_cover,
power_off, unplug, take_output, look, ...), what physically happened is ``sim.printer.truth.read()`` or
``sim.printer.truth.read("card")``; ``sim.printer.wait_for(condition)`` and ``sim.printer.idle()`` wait for the printer.
Without any wire ``ask(printer, "Rlr;p")`` sends one command to a ``SimulatedPrinter`` and returns its reply.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import usb.backend

from hardware_mocks.printer import Setup, SimulatedPrinter
from hardware_mocks.wires.ibackend import InProcessBackend
from hardware_mocks.wires.pty import PtyWire
from hardware_mocks.wires.tcp import TcpWire
from hardware_mocks.wires.udp import UdpWire
from hardware_mocks.wires.umock import UmockBus
from hardware_mocks.wires.usb_model import UsbDevice
from hardware_mocks.wires.usb_socket import UsbSocketServer, backend
from hardware_mocks.wires.vhci import VhciBus

__all__ = [
    "PlugUsb", "PtyPrinter", "Setup", "SimulatedPrinter", "TcpPrinter", "UsbPrinter", "ask", "pty_printer",
    "tcp_printer", "usb_inprocess_printer", "usb_socket_printer", "usb_umock_printer",
]  # fmt: skip


@dataclass(frozen=True)
class PtyPrinter:
    """A serial printer; ``path`` is the device to open."""

    printer: SimulatedPrinter
    path: str


@dataclass(frozen=True)
class TcpPrinter:
    """A networked printer; ``udp`` is the port for datagrams, 0 where it hears none."""

    printer: SimulatedPrinter
    host: str
    port: int
    udp: int = 0


@dataclass(frozen=True)
class UsbPrinter:
    """A USB printer; ``backend`` is the pyusb backend that finds it, ``device`` its USB side."""

    printer: SimulatedPrinter
    device: UsbDevice
    backend: usb.backend.IBackend


class PlugUsb(Protocol):
    """What the fixture ``plug_usb`` gives: plug a printer in, to be taken away at the end of the test."""

    def __call__(self, setup: Setup | None = None, *, bind_usblp: bool = True) -> UsbPrinter:
        """Plug in."""


def ask(printer: SimulatedPrinter, command: str, payload: bytes | None = None, timeout: float = 10.0) -> str | None:
    """Send one command past any wire and return the text of its reply; None when the printer is done and sent none."""
    data = b"\x1b" + command.encode() + (b"" if payload is None else b";" + payload) + b"\r"
    machine, port = printer.machine, printer.port
    with machine.cond:
        port.replies.clear()
        while data and port.alive:
            data = data[port.offer(data) :]
            machine.cond.wait_for(lambda: port.room() > 0 or not port.alive, timeout)
        machine.cond.wait_for(lambda: port.replies or not (port.received or port.busy) or not port.alive, timeout)
        return b"".join(port.replies).rstrip(b"\x00").decode("latin-1") if port.replies else None


@contextmanager
def pty_printer(setup: Setup | None = None, link: Path | None = None) -> Iterator[PtyPrinter]:
    """Put a printer on a pseudo-terminal; the path is a link, ``link`` or one of its own.

    It stays the same after unplug and plug, when the terminal is another one and the old number may be another
    printer's.
    """
    with SimulatedPrinter(setup) as printer, TemporaryDirectory() as folder:
        wire = PtyWire(printer, link or Path(folder) / "printer")
        try:
            yield PtyPrinter(printer, wire.path)
        finally:
            wire.close()


@contextmanager
def tcp_printer(setup: Setup | None = None) -> Iterator[TcpPrinter]:
    """Put a printer on a loopback TCP port."""
    with SimulatedPrinter(setup) as printer:
        wire = TcpWire(printer)
        datagrams = UdpWire(printer, near=wire.port + 1) if printer.family.datagrams else None
        try:
            yield TcpPrinter(printer, wire.host, wire.port, datagrams.port if datagrams else 0)
        finally:
            wire.close()
            if datagrams is not None:
                datagrams.close()


@contextmanager
def usb_inprocess_printer(setup: Setup | None = None, *, bind_usblp: bool = True) -> Iterator[UsbPrinter]:
    """Put a printer on a bus of its own that pyusb reaches without any library."""
    with SimulatedPrinter(setup) as printer:
        device = UsbDevice(printer, bind_usblp=bind_usblp)
        yield UsbPrinter(printer, device, InProcessBackend([device]))


@contextmanager
def usb_socket_printer(folder: Path, setup: Setup | None = None, *, bind_usblp: bool = True) -> Iterator[UsbPrinter]:
    """Put a printer on the bus folder, as simulator processes do."""
    with SimulatedPrinter(setup) as printer:
        server = UsbSocketServer(printer, folder, bind_usblp=bind_usblp)
        try:
            yield UsbPrinter(printer, server.device, backend(folder))
        finally:
            server.close()


@contextmanager
def usb_umock_printer(
    bus: UmockBus | VhciBus, setup: Setup | None = None, *, bind_usblp: bool = True
) -> Iterator[UsbPrinter]:
    """Put a printer under the real libusb; libusb has seen it when this begins and has seen it go when it ends."""
    with SimulatedPrinter(setup) as printer:
        device = UsbDevice(printer, bind_usblp=bind_usblp)
        port = bus.attach(device)
        try:
            yield UsbPrinter(printer, device, bus.backend)
        finally:
            port.close()
