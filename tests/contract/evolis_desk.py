"""A simulated Evolis on a wire and the driver at the other end: what the contract tests of this folder share."""

from __future__ import annotations

import contextlib
import functools
import os
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from drivers import open_printer
from drivers.deadline import Deadline
from drivers.errors import NotFoundError
from drivers.evolis.job import MODELS, encode
from drivers.printer import Artwork, CardPrinter, EncodedCard, SidePicture
from hardware_mocks.pytest_wires import (
    Setup,
    SimulatedPrinter,
    pty_printer,
    tcp_printer,
    usb_inprocess_printer,
    usb_umock_printer,
)

# Seconds: enough for a simulated printer without times, and soon over where one is silent; an emulated machine is slow.
SHORT = 10 if os.environ.get("PRINTD_VM") else 0.4
MODEL_OF = {"kc": "primacy", "classic": "dualys"}


def soon() -> Deadline:
    return Deadline.after(20)


def picture() -> SidePicture:
    side = SidePicture(
        np.full((648, 1016, 3), 255, np.uint8), np.zeros((648, 1016), np.bool_), np.ones((648, 1016), np.bool_)
    )
    side.colour[50:300, 60:260] = (200, 90, 30)
    side.resin[400:420, 100:700] = True
    side.overlay[177:354, 71:283] = False
    return side


def plain() -> SidePicture:
    side = picture()
    side.colour[:] = 255
    return side


@functools.cache
def card(model: str, *, two_sided: bool = False) -> EncodedCard:
    return encode(Artwork(picture(), plain() if two_sided else None), MODELS[model])


def resin_crc() -> str:
    return f"{zlib.crc32(np.packbits(np.rot90(picture().resin, -1)).tobytes()):08x}"


@dataclass
class Desk:
    """One printer on one wire. ``sim`` is the machine with its ``hands`` and its ``truth``."""

    sim: SimulatedPrinter
    uri: Callable[[], str]
    backend: object | None
    model: str
    stack: contextlib.ExitStack

    def open(self) -> CardPrinter:
        """Open a connection that is closed at the end of the test; a printer that was just plugged in comes soon."""
        deadline = soon()
        while True:
            try:
                printer = open_printer(self.uri(), model=self.model, usb_backend=self.backend, deadline=deadline)
            except NotFoundError:
                if deadline.expired:
                    raise
                time.sleep(0.01)
            else:
                self.stack.callback(printer.close)
                return printer

    def recover(self) -> None:
        """Do what an operator does without thinking: cable, power, cover, button; wait until the printer is ready."""
        for action in (self.sim.hands.plug, self.sim.hands.power_on, self.sim.hands.close_cover, self.sim.hands.press):
            action()
        assert self.sim.wait_for(lambda: self.sim.port.alive)
        assert self.sim.idle()

    def fed(self) -> list[object]:
        """Names of the blanks that left the feeder."""
        return [line["blank"] for line in self.sim.truth.read("feed")]

    def out(self) -> list[tuple[object, object, object]]:
        """Cards that left the printer: blank, box, whether all its panels are on it."""
        assert self.sim.idle()
        return [(line["blank"], line["where"], line["complete"]) for line in self.sim.truth.read("card")]

    def laid(self) -> list[tuple[object, object]]:
        """Panels that were laid on any card, in order."""
        return [(line["side"], line["panel"]) for line in self.sim.truth.read("laid")]


@contextlib.contextmanager
def desk_on(
    wire: str, request: pytest.FixtureRequest, *, dialect: str = "kc", model: str | None = None, **settings: object
) -> Iterator[Desk]:
    """Put a printer with three blanks, A-1 to A-3, on a wire: serial, tcp, usb or usbfs."""
    setup = Setup(dialect=dialect, hopper=["A-1", "A-2", "A-3"])
    for name, value in settings.items():
        setattr(setup, name, value)
    with contextlib.ExitStack() as stack:
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
            sim, backend, uri = usb.printer, usb.backend, lambda: f"usb://0f49/{setup.serial}"
        assert sim.wait_for(lambda: sim.port.alive)
        yield Desk(sim, uri, backend, model or MODEL_OF[dialect], stack)


EVERY_WIRE = ["serial", "tcp", "usb", pytest.param("usbfs", marks=pytest.mark.usbfs)]
