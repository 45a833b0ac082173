"""One contract suite on every driver: with its simulated printer, over every wire, in every manner.

Whatever the wire does, a driver may say *printed* only of a card that is whole, and *unused* only where no blank was
touched; everything else is in doubt. Adding a driver without simulator, golden streams or protocol notes fails here.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.presses import (
    PRESSES,
    WITHOUT_SIMULATOR,
    Cut,
    Delayed,
    Desk,
    Dribble,
    Truncated,
    Whole,
    artwork,
    card_for,
    desk_on,
    family_named,
    soon,
    wires_of,
)
from drivers import families
from drivers.deadline import Deadline
from drivers.errors import ArtworkError, DriverError
from drivers.printer import Artwork, Confirmation, Counters, Outcome, Rung, SidePicture, State
from hardware_mocks.families import FAMILIES as SIMULATED

NAMES = sorted(PRESSES)
PLACES = [
    pytest.param(name, wire, marks=pytest.mark.usbfs if wire == "usbfs" else ())
    for name in NAMES
    for wire in wires_of(family_named(name))
]
QUICK = [(name, next(iter(family_named(name).wires))) for name in NAMES]
NewDesk = Callable[..., Desk]


@pytest.fixture
def new_desk(request: pytest.FixtureRequest) -> Iterator[NewDesk]:
    with contextlib.ExitStack() as stack:
        yield lambda name, wire, **more: desk_on(name, wire, request, stack, **more)


def lawful(found: Confirmation, desk: Desk) -> None:
    """Hold what a driver says against what physically happened to the first blank."""
    assert desk.sim.idle()
    cards = desk.cards()
    touched = {str(line["blank"]) for line in desk.sim.truth.read("feed")}
    if found.outcome is Outcome.PRINTED:
        assert [(one["blank"], one["complete"]) for one in cards] == [("A-1", True)], "printed, and it is not"
    if found.outcome is Outcome.UNUSED:
        assert not cards or not (cards[0]["front"] or cards[0]["back"]), "unused, and there is ink on it"
        assert not touched or cards, "unused, and a blank is on its way"


def print_one(desk: Desk, printer: Any, deadline: Deadline | None = None) -> Confirmation:
    """Print as a worker does: counters, print, confirm; where even that fails, nothing is known."""
    card = card_for(desk.name)
    before = printer.counters(soon())
    with contextlib.suppress(DriverError):
        printer.print(card, deadline or soon())
    found: Confirmation = printer.confirm(before, card, soon())
    return found


@pytest.mark.parametrize("manner", [Whole, Dribble, Delayed])
@pytest.mark.parametrize(("name", "wire"), PLACES)
def test_a_card_is_printed_and_proved(new_desk: NewDesk, name: str, wire: str, manner: type[Whole]) -> None:
    desk = new_desk(name, wire)
    printer, _ = desk.open(manner)
    identity = printer.identify(soon())
    assert identity.serial_number in (desk.sim.setup.serial, None)
    assert identity.serial_number is not None or wire in ("serial", "tcp")
    assert printer.status(soon()).state is State.IDLE
    found = print_one(desk, printer)
    abilities = family_named(name).models[PRESSES[name].model].abilities
    assert found.rung is abilities.proves
    assert found.outcome is (Outcome.PRINTED if abilities.proves is Rung.LEFT_PRINTER else Outcome.IN_DOUBT)
    assert [(one["blank"], one["where"], one["complete"]) for one in desk.cards()] == [("A-1", "output", True)]
    assert printer.status(soon()).state is State.IDLE
    assert not desk.sim.truth.read("odd")


@pytest.mark.parametrize(("name", "wire"), PLACES)
def test_the_cable_out_at_any_moment_proves_nothing_that_is_not_so(
    request: pytest.FixtureRequest, name: str, wire: str
) -> None:
    """At many reads and writes of the dialogue, each of the first among them; then a new connection is asked."""
    at, over = 1, False
    while not over:
        with contextlib.ExitStack() as stack:
            desk = desk_on(name, wire, request, stack)
            printer, _ = desk.open(functools.partial(Cut, at=at, unplug=desk.sim.hands.unplug))
            before = Counters()
            with contextlib.suppress(DriverError):
                before = printer.counters(soon())
                with contextlib.suppress(DriverError):
                    printer.print(card_for(name), soon())
                found = printer.confirm(before, card_for(name), soon())
                over = desk.sim.machine.cable
                lawful(found, desk)
            printer.close()
            if not over:
                desk.recover()
                again, _ = desk.open()
                lawful(again.confirm(before, None, soon()), desk)
        at += max(1, at // 2)
    assert at > 5


@pytest.mark.parametrize(("name", "wire"), QUICK)
@pytest.mark.parametrize("at", [1, 2, 3, 4, 5, 7, 9, 12])
def test_an_answer_of_which_half_is_missing_proves_nothing(new_desk: NewDesk, name: str, wire: str, at: int) -> None:
    desk = new_desk(name, wire)
    printer, _ = desk.open(functools.partial(Truncated, at=at))
    with contextlib.suppress(DriverError):
        lawful(print_one(desk, printer, Deadline.after(6)), desk)


class Noise:
    """A device that answers what it likes, without end or with."""

    settle = 0.0
    serial_number = "N-1"

    def __init__(self, data: bytes, *, endless: bool = False) -> None:
        self._data, self._endless = data, endless
        self.written = 0

    def write(self, data: bytes, deadline: Deadline) -> None:
        self.written += len(data)

    def read(self, deadline: Deadline) -> bytes:
        piece, rest = self._data[:4096], self._data[4096:]
        self._data = self._data if self._endless else rest
        return piece

    def port_status(self) -> int | None:
        return self._data[0] if self._data else None

    def close(self) -> None:
        pass


def ask_everything(name: str, noise: Noise) -> None:
    """Ask a printer that is none everything; no answer may be taken for a printed or an untouched card."""
    family = family_named(name)
    with contextlib.suppress(DriverError):
        printer = family.connect(noise, family.models[PRESSES[name].model])
        for ask in (printer.identify, printer.status, printer.counters):
            with contextlib.suppress(DriverError):
                ask(Deadline.after(0.05))
        card = card_for(name)
        with contextlib.suppress(DriverError):
            printer.print(card, Deadline.after(0.05))
        found = printer.confirm(Counters(cards=1, panels=1), card, Deadline.after(0.05))
        assert found.outcome is not Outcome.PRINTED
        assert found.outcome is not Outcome.UNUSED or noise.written < len(card.commands[-1])


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(data=st.binary(max_size=300))
def test_noise_is_no_printer(name: str, data: bytes) -> None:
    ask_everything(name, Noise(data))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("data", [b"\x00", b"A", b"\x06", b"\x01STA", b"\xff" * 64, b"OK\x00", b"\x15"])
def test_an_endless_answer_takes_neither_memory_nor_time(name: str, data: bytes) -> None:
    noise = Noise(data * (4096 // len(data)), endless=True)
    card_for(name)
    tracemalloc.start()
    try:
        ask_everything(name, noise)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("other", NAMES)
@pytest.mark.parametrize("name", NAMES)
def test_another_family_s_printer_is_not_taken_for_ours(new_desk: NewDesk, name: str, other: str) -> None:
    wire = next((one for one in family_named(name).wires if one in family_named(other).wires and one != "usb"), None)
    if name == other or wire is None:
        return  # on USB another family's printer has another vendor id and is never opened
    desk = new_desk(other, wire)
    family = family_named(name)
    stranger = Desk(name, desk.sim, desk.uri, desk.backend, desk.stack)
    printer, _ = stranger.open()
    card, before = card_for(name), Counters(cards=0, panels=0)
    told = []
    for ask in (printer.identify, printer.status):
        with contextlib.suppress(DriverError):
            told.append(ask(Deadline.after(3)))
    assert not any(getattr(one, "serial_number", None) for one in told)
    assert not any(getattr(one, "state", None) is State.IDLE for one in told), told
    with contextlib.suppress(DriverError):
        printer.print(card, Deadline.after(3))
    found = printer.confirm(before, card, Deadline.after(3))
    assert found.outcome is not Outcome.PRINTED
    assert not [one for one in desk.cards() if one["front"]], family.name


@pytest.mark.parametrize("family", families(), ids=lambda family: family.name)
def test_a_picture_of_the_wrong_size_or_kind_is_refused_before_anything_is_sent(family: Any) -> None:
    for model in family.models.values():
        good = artwork(model.abilities.dpi).front
        wrong = [
            SidePicture(good.colour[:-1], good.resin, good.overlay),
            SidePicture(good.colour[:, :, 0], good.resin, good.overlay),
            SidePicture(good.colour.astype(np.float32), good.resin, good.overlay),
            SidePicture(good.colour, good.resin.astype(np.uint8), good.overlay),
            SidePicture(good.colour, good.resin, good.overlay[:, :-8]),
        ]
        for side in wrong:
            with pytest.raises(ArtworkError):
                family.encode(Artwork(side), model, None)


@pytest.mark.parametrize("family", families(), ids=lambda family: family.name)
def test_a_driver_comes_with_a_simulator_and_protocol_notes(family: Any) -> None:
    assert family.name in SIMULATED or family.name in WITHOUT_SIMULATOR
    assert family.name in PRESSES or family.name in WITHOUT_SIMULATOR, "it is not in this suite"
    source = inspect.getsource(sys.modules[f"drivers.{family.name}"])
    notes = source.rpartition("# Protocol notes")[2]
    for heading in ("# Known", "# Seen but unknown", "# Open"):
        assert heading in notes, f"{family.name} has no {heading[2:]!r} in its protocol notes"
    for model in family.models.values():
        assert model.abilities.sides in (1, 2)
        assert model.abilities.dpi in (300, 600)
