"""Every driver with its simulated printer on every wire: what the one contract suite runs on.

A family stands here with what differs from one to the next: a model that can prove its cards, and how its simulator is
set up. All else is the same for all, and a family that is missing fails the suite.
"""

from __future__ import annotations

import contextlib
import functools
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from contract.manners import Clock, Manner
from drivers import families
from drivers.deadline import Deadline
from drivers.errors import DriverError, NotFoundError
from drivers.family import Family
from drivers.panels import Separation
from drivers.printer import Artwork, CardPrinter, Confirmation, EncodedCard, Outcome, SidePicture
from drivers.transports import open_transport
from drivers.transports.base import Transport
from hardware_mocks.families import FAMILIES as SIMULATED
from hardware_mocks.pytest_wires import (
    Setup,
    SimulatedPrinter,
    pty_printer,
    tcp_printer,
    usb_inprocess_printer,
    usb_umock_printer,
)
from hardware_mocks.wires.umock import UmockBus

WHOLE = os.environ.get("PRINTD_EVERY") == "whole"
"""Whether every point of every dialogue is tried; a few of each otherwise."""
Counted = Callable[[str, object], None]
"""pytest's ``record_property``: ``points`` is how many runs a test made, for the table."""
BLANKS = ["A-1", "A-2", "A-3"]
WITHOUT_SIMULATOR = MappingProxyType(
    {
        "cups": "test_every_queue_and_folder.py",  # on a real cupsd
        "picture": "test_every_queue_and_folder.py",  # whose printer is a folder
    }
)
"""Families that have another outside truth than a simulator, and the tests in which they have it."""


@dataclass(frozen=True)
class Press:
    """How one family is tested.

    :param model: one that is proved by its own words, as far as the family has any.
    :param setup: of the simulated printer.
    :param ribbon: panels of the card that is printed.
    :param named: wires on which the printer says its own serial number; ``None`` stands for all.
    :param lacking: commands that a firmware may refuse, by the simulator's word for it, ``quirks`` or ``faults``.
    :param wrong: a ribbon on which the card cannot be printed.
    """

    model: str
    setup: Mapping[str, Any] = field(default_factory=dict)
    ribbon: str = "ymcko"
    named: tuple[str, ...] | None = None
    lacking: tuple[str, ...] = ()
    wrong: str = "k:10"

    def refusals(self) -> list[str]:
        """Return what the simulator is told so that it refuses one command."""
        return [one if "@" in one else f"lacks={one}" for one in self.lacking]


PRESSES: Mapping[str, Press] = MappingProxyType(
    {
        "evolis": Press("primacy", lacking=("Rsn", "Rlr", "Rco", "Pr", "Ss", "Db", "Se")),
        "magicard": Press("enduro-plus", {"ribbon": "ymckok:10", "speed": 100}, lacking=("INF",)),
        "matica": Press(
            "xid580x",
            {"dialect": "xid580"},
            named=("usb",),  # on Ethernet it says its MAC address
            lacking=tuple(
                f"error@command={command},code=52000"
                for command in ("status", "position", "information", "load", "upload;y", "print", "transfer")
            ),
        ),
        "zebra": Press(
            "p330i",
            {"ribbon": "k:10"},
            "k",
            named=("usb",),
            lacking=("V", "%CLN", ".", "+RIB", "G", "Z", "I", "MO"),
            wrong="ymcko:10",
        ),
    }
)


def family_named(name: str) -> Family:
    return next(family for family in families() if family.name == name)


def soon(seconds: float = 20) -> Deadline:
    return Deadline.after(seconds)


def ample() -> Deadline:
    """More time than a driver gives any command: it gives up by itself, and does what it then does."""
    return soon(600)


@functools.cache
def artwork(dpi: int = 300, *, colour: bool = True) -> Artwork:
    """Draw a small picture, a line and a window: most of the card stays white, so that simulators read it fast."""
    side = SidePicture(
        np.full((648, 1016, 3), 255, np.uint8), np.zeros((648, 1016), np.bool_), np.ones((648, 1016), np.bool_)
    )
    if colour:
        side.colour[50:300, 60:260] = (200, 90, 30)
    side.resin[400:420, 100:700] = True
    side.overlay[177:354, 71:283] = False

    def grown(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return picture.repeat(dpi // 300, 0).repeat(dpi // 300, 1)

    return Artwork(SidePicture(grown(side.colour), grown(side.resin), grown(side.overlay)))


@functools.cache
def card_for(name: str) -> EncodedCard:
    """One card in a family's language, on the ribbon of its press."""
    family, press = family_named(name), PRESSES[name]
    model = family.models[press.model]
    drawn = artwork(model.abilities.dpi, colour="y" in press.ribbon)
    return family.encode(drawn, model, family.options(separation=Separation(ribbon=press.ribbon)))


@dataclass
class Desk:
    """One simulated printer on one wire."""

    name: str
    sim: SimulatedPrinter
    uri: Callable[[], str]
    backend: object | None
    stack: contextlib.ExitStack
    clock: Clock

    def open(
        self, manner: Callable[[Transport, Clock], Manner] = Manner, patience: float = 20
    ) -> tuple[CardPrinter, Manner]:
        """Open a connection in a manner; a printer that was just plugged in comes soon."""
        family, deadline = family_named(self.name), soon(patience)
        while True:
            try:
                transport = open_transport(
                    self.uri(), usb_class=family.usb_class, usb_backend=self.backend, deadline=deadline
                )
            except NotFoundError:
                if deadline.expired:
                    raise
                time.sleep(0.005)
                continue
            wire = manner(transport, self.clock)
            self.stack.callback(wire.close)
            return family.connect(wire, family.models[PRESSES[self.name].model]), wire

    def print_one(self, printer: CardPrinter) -> Confirmation:
        """Print as a worker does: counters, print, confirm; where even that fails, nothing is known."""
        card = card_for(self.name)
        before = printer.counters(soon())
        with contextlib.suppress(DriverError):
            printer.print(card, ample())
        return printer.confirm(before, card, ample())

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

    def blanks(self) -> list[str]:
        """Blanks that lie in the hopper, next one first."""
        lying: Any = self.sim.hands.hopper()["blanks"]
        return list(lying)

    def hold(self, found: Confirmation) -> None:
        """Hold what a driver says against what physically happened."""
        assert self.sim.idle()
        assert self.blanks() in (BLANKS, BLANKS[1:]), "one blank for one card"
        laid = [(one["blank"], one["side"], one["panel"]) for one in self.sim.truth.read("laid")]
        assert len(laid) == len(set(laid)), "a panel was laid twice: something that moves a card was sent again"
        if found.outcome is Outcome.PRINTED:
            left = [(one["blank"], one["where"], one["complete"]) for one in self.cards()]
            assert left == [("A-1", "output", True)], "printed, and it is not"
        if found.outcome is Outcome.UNUSED:
            assert self.blanks() == BLANKS, "unused, and a blank left the hopper"
        assert found.outcome is not Outcome.SPOILED or self.blanks() != BLANKS, "spoiled, and nothing was touched"
        assert found.findings or found.outcome is Outcome.PRINTED, "nobody can resolve what nobody explains"


@contextlib.contextmanager
def desk_on(name: str, wire: str, clock: Clock, bus: UmockBus | None = None, **more: Any) -> Iterator[Desk]:
    """Put a family's printer with three blanks on a wire, and take it away at the end.

    :param bus: what the wire ``usbfs`` is on.
    """
    setup = Setup(**{"family": name, "hopper": list(BLANKS), **PRESSES[name].setup, **more})
    face = SIMULATED[name].usb
    backend: object | None = None
    uri: Callable[[], str]
    with contextlib.ExitStack() as stack:
        if wire == "serial":
            serial = stack.enter_context(pty_printer(setup))
            sim, uri = serial.printer, lambda: f"serial:{serial.path}?baud=115200"
        elif wire == "tcp":
            tcp = stack.enter_context(tcp_printer(setup))
            sim, uri = tcp.printer, lambda: f"tcp://{tcp.host}:{tcp.port}"
        else:
            on = usb_inprocess_printer(setup) if bus is None else usb_umock_printer(bus, setup)
            usb = stack.enter_context(on)
            sim, backend, uri = usb.printer, usb.backend, lambda: f"usb://{face.vendor:04x}/{setup.serial}"
        assert sim.wait_for(lambda: sim.port.alive)
        yield Desk(name, sim, uri, backend, stack, clock)


class NewDesk(Protocol):
    """What the fixture ``new_desk`` gives: see :func:`desk_on`."""

    def __call__(self, name: str, wire: str, **more: Any) -> contextlib.AbstractContextManager[Desk]:
        """Put a printer on a wire."""


def wires_of(name: str) -> Iterator[str]:
    """Every wire on which a family's simulated printer hangs; USB under the real libusb as well."""
    for wire in SIMULATED[name].wires:
        yield "serial" if wire == "pty" else wire
    if "usb" in SIMULATED[name].wires:
        yield "usbfs"
