"""Every driver with its simulated printer, on every wire, in every manner: what the one contract suite runs on.

A family stands here with what differs: a model that can prove its cards, and how its simulator is set up. All else is
the same for all, and a family that is missing fails the suite.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from drivers import families
from drivers.deadline import Deadline
from drivers.errors import GoneError, NotFoundError
from drivers.family import Family
from drivers.panels import Separation
from drivers.printer import Artwork, CardPrinter, EncodedCard, SidePicture
from drivers.transports import open_transport
from drivers.transports.base import Transport
from drivers.transports.usb import UsbTransport
from hardware_mocks.families import FAMILIES as SIMULATED
from hardware_mocks.pytest_wires import (
    Setup,
    SimulatedPrinter,
    pty_printer,
    tcp_printer,
    usb_inprocess_printer,
    usb_umock_printer,
)

BLANKS = ["A-1", "A-2", "A-3"]
WITHOUT_SIMULATOR = MappingProxyType(
    {
        "cups": "a real cupsd and ippeveprinter stand for its printers: test_cups_driver.py",
        "picture": "its printer is a folder: test_drivers_picture.py",
    }
)


@dataclass(frozen=True)
class Press:
    """How one family is tested.

    :param model: one that is proved by its own words.
    :param options: fields of the family's options and of its separation.
    :param setup: of the simulated printer.
    """

    model: str
    setup: Mapping[str, Any] = field(default_factory=dict)
    separation: Mapping[str, Any] = field(default_factory=dict)


PRESSES: Mapping[str, Press] = MappingProxyType(
    {
        "evolis": Press("primacy"),
        "magicard": Press("enduro-plus", {"ribbon": "ymckok:10", "speed": 100}),
        "zebra": Press("p330i", {"ribbon": "k:10"}, {"ribbon": "k"}),
    }
)


def family_named(name: str) -> Family:
    return next(family for family in families() if family.name == name)


def soon(seconds: float = 20) -> Deadline:
    return Deadline.after(seconds)


def artwork(dpi: int = 300) -> Artwork:
    scale = dpi // 300
    side = SidePicture(
        np.full((648, 1016, 3), 255, np.uint8), np.zeros((648, 1016), np.bool_), np.ones((648, 1016), np.bool_)
    )
    side.colour[50:300, 60:260] = (200, 90, 30)
    side.resin[400:420, 100:700] = True
    side.overlay[177:354, 71:283] = False

    def grown(picture: Any) -> Any:
        return picture.repeat(scale, 0).repeat(scale, 1)

    return Artwork(SidePicture(grown(side.colour), grown(side.resin), grown(side.overlay)))


@functools.cache
def card_for(name: str) -> EncodedCard:
    family, press = family_named(name), PRESSES[name]
    model = family.models[press.model]
    options = family.options(separation=Separation(**press.separation))
    return family.encode(artwork(model.abilities.dpi), model, options)


class Manner:
    """A wire between driver and transport that hands on in its own manner; of use on every wire."""

    def __init__(self, behind: Transport) -> None:
        self._behind = behind
        self.reads = self.writes = 0
        if isinstance(behind, UsbTransport):  # what only USB has; families look whether it is there
            self.serial_number = behind.serial_number
            self.port_status = behind.port_status

    @property
    def settle(self) -> float:
        return self._behind.settle

    def write(self, data: bytes, deadline: Deadline) -> None:
        self.writes += 1
        self._behind.write(data, deadline)

    def read(self, deadline: Deadline) -> bytes:
        data = self._behind.read(deadline)
        if data:
            self.reads += 1
            data = self.received(data, deadline)
        return data

    def received(self, data: bytes, deadline: Deadline) -> bytes:
        return data

    def close(self) -> None:
        self._behind.close()


class Whole(Manner):
    """As it comes."""


class Dribble(Manner):
    """One byte at a time, in both directions as far as that makes a difference: whole panels go in odd pieces."""

    def __init__(self, behind: Transport) -> None:
        super().__init__(behind)
        self._rest = b""

    def write(self, data: bytes, deadline: Deadline) -> None:
        piece = 1 if len(data) <= 64 else 4093
        for start in range(0, len(data), piece):
            super().write(data[start : start + piece], deadline)

    def read(self, deadline: Deadline) -> bytes:
        if not self._rest:
            self._rest = super().read(deadline)
        one, self._rest = self._rest[:1], self._rest[1:]
        return one


class Delayed(Manner):
    """Every answer is late, though not too late."""

    def read(self, deadline: Deadline) -> bytes:
        if self._held and not deadline.expired:
            held, self._held = self._held, b""
            return held
        data = super().read(deadline)
        if data and deadline.remaining > 0.05:
            self._held = data
            data = b""
        return data or (self.read(deadline) if self._held else b"")

    _held = b""


class Cut(Manner):
    """At one read or write, counted from the first, the cable comes out."""

    def __init__(self, behind: Transport, at: int, unplug: Callable[[], object]) -> None:
        super().__init__(behind)
        self._at, self._unplug = at, unplug

    def write(self, data: bytes, deadline: Deadline) -> None:
        self._count()
        super().write(data, deadline)

    def received(self, data: bytes, deadline: Deadline) -> bytes:
        self._count()
        return data

    def _count(self) -> None:
        self._at -= 1
        if self._at == 0:
            self._unplug()
            raise GoneError("The cable came out")


class Truncated(Manner):
    """Of one answer, counted from the first, only the first half ever comes."""

    def __init__(self, behind: Transport, at: int) -> None:
        super().__init__(behind)
        self._at = at

    def received(self, data: bytes, deadline: Deadline) -> bytes:
        if self.reads != self._at:
            return data
        return data[: len(data) // 2] or self.read(deadline)


@dataclass
class Desk:
    """One simulated printer on one wire."""

    name: str
    sim: SimulatedPrinter
    uri: Callable[[], str]
    backend: object | None
    stack: contextlib.ExitStack

    def open(self, manner: Callable[[Transport], Manner] = Whole) -> tuple[CardPrinter, Manner]:
        """Open a connection in a manner; a printer that was just plugged in comes soon."""
        family, deadline = family_named(self.name), soon()
        while True:
            try:
                transport = open_transport(
                    self.uri(), usb_class=family.usb_class, usb_backend=self.backend, deadline=deadline
                )
            except NotFoundError:
                if deadline.expired:
                    raise
                continue
            wire = manner(transport)
            self.stack.callback(wire.close)
            return family.connect(wire, family.models[PRESSES[self.name].model]), wire

    def recover(self) -> None:
        """Do what an operator does without thinking: take out what is inside, cable, power, cover, button."""
        hands = self.sim.hands
        for action in (hands.plug, hands.power_off, hands.take_card, hands.power_on, hands.close_cover, hands.press):
            action()
        assert self.sim.wait_for(lambda: self.sim.port.alive)
        assert self.sim.idle()

    def cards(self) -> list[dict[str, Any]]:
        """Cards that left the printer, by whatever way."""
        return list(self.sim.truth.read("card"))


def desk_on(name: str, wire: str, request: pytest.FixtureRequest, stack: contextlib.ExitStack, **more: Any) -> Desk:
    """Put a family's printer with three blanks on a wire."""
    press = PRESSES[name]
    setup = replace(Setup(family=name, hopper=list(BLANKS)), **{**press.setup, **more})
    face = SIMULATED[name].usb
    backend: object | None = None
    uri: Callable[[], str]
    if wire == "serial":
        serial = stack.enter_context(pty_printer(setup))
        sim, uri = serial.printer, lambda: f"serial:{serial.path}?baud=115200"
    elif wire == "tcp":
        tcp = stack.enter_context(tcp_printer(setup))
        sim, uri = tcp.printer, lambda: f"tcp://{tcp.host}:{tcp.port}"
    else:
        usb = stack.enter_context(
            usb_inprocess_printer(setup)
            if wire == "usb"
            else usb_umock_printer(request.getfixturevalue("umock_bus"), setup)
        )
        sim, backend, uri = usb.printer, usb.backend, lambda: f"usb://{face.vendor:04x}/{setup.serial}"
    assert sim.wait_for(lambda: sim.port.alive)
    return Desk(name, sim, uri, backend, stack)


def wires_of(family: Family) -> Iterator[str]:
    """Every wire on which a family is tested; USB under the real libusb as well."""
    yield from family.wires
    if "usb" in family.wires:
        yield "usbfs"
