"""A simulated Matica / XID printer on a wire and the driver at the other end: what the contract tests share."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from drivers import open_printer
from drivers.deadline import Deadline
from drivers.errors import NotFoundError
from drivers.matica.job import MODELS, encode
from drivers.printer import Artwork, CardPrinter, Confirmation, EncodedCard, Outcome, SidePicture
from hardware_mocks.pytest_wires import (
    Setup,
    SimulatedPrinter,
    tcp_printer,
    usb_inprocess_printer,
    usb_umock_printer,
)

DIALECT = {"xid8600": "xid8600", "xid580x": "xid580"}
EVERY_WIRE = ["tcp", "usb", pytest.param("usbfs", marks=pytest.mark.usbfs)]


def soon(seconds: float = 20) -> Deadline:
    return Deadline.after(seconds)


def picture(dpi: int = 300, *, colour: bool = True) -> SidePicture:
    """Draw a photo and a line of black at the same millimetres in each resolution."""
    fine = dpi // 300
    shape = 648 * fine, 1016 * fine
    side = SidePicture(np.full((*shape, 3), 255, np.uint8), np.zeros(shape, np.bool_), np.ones(shape, np.bool_))
    if colour:
        side.colour[50 * fine : 300 * fine, 60 * fine : 260 * fine] = (200, 90, 30)
    side.resin[400 * fine : 420 * fine, 100 * fine : 700 * fine] = True
    return side


def card(model: str = "xid580x", *, two_sided: bool = False, colour: bool = True) -> EncodedCard:
    """Return the same card for the same question."""
    return _encoded(model, two_sided, colour)


@functools.cache
def _encoded(model: str, two_sided: bool, colour: bool) -> EncodedCard:
    dpi = MODELS[model].dpi
    back = picture(dpi, colour=False) if two_sided else None
    return encode(Artwork(picture(dpi, colour=colour), back), MODELS[model])


@dataclass
class Desk:
    """One printer on one wire."""

    sim: SimulatedPrinter
    uri: str
    backend: object | None
    stack: contextlib.ExitStack
    udp: int = 0

    def open(self, model: str = "xid580x") -> CardPrinter:
        """Open a connection that is closed at the end; a printer that was just switched on comes soon."""
        deadline = soon()
        while True:
            try:
                printer = open_printer(
                    self.uri, model=model, family="matica", usb_backend=self.backend, deadline=deadline
                )
            except NotFoundError:
                if deadline.expired:
                    raise
            else:
                self.stack.callback(printer.close)
                return printer

    def cards(self) -> list[tuple[object, object, str, str, object]]:
        """Cards that are outside: blank, where, panels on the front and on the back, whether all of them are whole."""
        assert self.sim.idle()
        return [
            (line["blank"], line["where"], inks(line["front"]), inks(line["back"]), line["complete"])
            for line in self.sim.truth.read("card")
        ]

    def film(self) -> str:
        """Panels that were begun on film, in order."""
        return "".join(str(line["panel"]) for line in self.sim.truth.read("film_laid"))

    def hopper(self) -> list[str]:
        """Blanks in the hopper."""
        with self.sim.machine.cond:
            return [one.blank for one in self.sim.machine.hopper]

    def complaints(self) -> list[object]:
        """What the printer found wrong with what it was sent."""
        return [line["text"] for event in ("odd", "protocol") for line in self.sim.truth.read(event)]


def inks(laid: object) -> str:
    """Return panels in the order in which they lie on a side, with ``~`` behind one that was not finished."""
    assert isinstance(laid, list)
    return "".join(one["panel"] + ("" if one["laid"] == 1 else "~") for one in laid)


NewDesk = Callable[..., Desk]


@contextlib.contextmanager
def desks(wire: str, request: pytest.FixtureRequest) -> Iterator[NewDesk]:
    """Put printers on a wire: ``tcp``, ``usb`` in this process, ``usbfs`` under the real libusb."""
    with contextlib.ExitStack() as stack:

        def new(configured: str = "xid580x", **more: object) -> Desk:
            about = {"hopper": ["A-1", "A-2", "A-3"], "family": "matica", "dialect": DIALECT[configured], **more}
            setup = Setup(**{"ribbon": "ymck:1000", "serial": "SIM-1", **about})  # type: ignore[arg-type]
            if wire == "tcp":
                net = stack.enter_context(tcp_printer(setup))
                return Desk(net.printer, f"tcp://{net.host}:{net.port}", None, stack, net.udp)
            usb = stack.enter_context(
                usb_inprocess_printer(setup)
                if wire == "usb"
                else usb_umock_printer(request.getfixturevalue("umock_bus"), setup)
            )
            return Desk(usb.printer, f"usb://2166/{setup.serial}", usb.backend, stack)

        yield new


def agrees(at: Desk, found: Confirmation) -> None:
    """Hold an outcome against physics: what it claims of the blank is so. Being in doubt claims nothing."""
    out = at.cards()
    inside = at.sim.hands.look()["inside"]
    if found.outcome is Outcome.PRINTED:
        assert [(blank, where, whole) for blank, where, *_, whole in out if whole] == [("A-1", "output", True)]
    if found.outcome is Outcome.UNUSED:
        assert (at.hopper()[:1], out, inside) == (["A-1"], [], [])
    if found.outcome is Outcome.SPOILED:
        assert [(blank, where) for blank, where, *_ in out] == [("A-1", "reject")]
