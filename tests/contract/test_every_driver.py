"""One contract suite on every driver: with its simulated printer, over every wire, in every manner.

Whatever the wire does, a driver may say *printed* only of a card that is whole, and *unused* only where no blank left
the hopper; everything else is in doubt. ``PRINTD_EVERY=whole`` tries every point of every dialogue.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from contract.golden import book
from contract.manners import Clock, Cut, Deaf, Delayed, Dribble, Late, Manner, Moment, Truncated
from contract.presses import (
    BLANKS,
    PRESSES,
    WHOLE,
    WITHOUT_SIMULATOR,
    Counted,
    Desk,
    NewDesk,
    ample,
    card_for,
    family_named,
    soon,
    wires_of,
)
from drivers import FAMILIES
from drivers.errors import DriverError
from drivers.family import STORAGE_CLASS, Family
from drivers.printer import Counters, Outcome, State
from drivers.transports.base import Transport

NAMES = sorted(PRESSES)
PLACES = [
    pytest.param(name, wire, marks=pytest.mark.usbfs if wire == "usbfs" else ())
    for name in NAMES
    for wire in wires_of(name)
]
STREAMS = [(name, wire) for name in NAMES for wire in wires_of(name) if wire != "usbfs"]


def manners(name: str) -> dict[str, Callable[[Transport, Clock], Manner]]:
    packets = family_named(name).usb_class == STORAGE_CLASS
    return {
        "whole": Manner,
        "bytes": functools.partial(Dribble, packets=packets),
        "delayed": Delayed,
    }


@pytest.mark.parametrize("manner", ["whole", "bytes", "delayed"])
@pytest.mark.parametrize(("name", "wire"), PLACES)
def test_a_card_is_printed_and_proved(new_desk: NewDesk, name: str, wire: str, manner: str) -> None:
    press = PRESSES[name]
    with new_desk(name, wire) as desk:
        printer, _ = desk.open(manners(name)[manner])
        identity = printer.identify(soon())
        says = press.named is None or wire.removesuffix("fs") in press.named
        assert not says or identity.serial_number == desk.sim.setup.serial
        assert printer.status(soon()).state is State.IDLE
        found = desk.print_one(printer)
        assert found.rung is family_named(name).models[press.model].abilities.proves
        assert found.outcome is Outcome.PRINTED, found.findings
        assert found.raw, "the readings behind it are kept"
        desk.hold(found)
        assert desk.blanks() == ["A-2", "A-3"]
        assert printer.status(soon()).state is State.IDLE
        assert not list(desk.sim.truth.read("odd")), "the printer understood everything"


def some(points: int, wire: str) -> list[int]:
    """Choose some 5 among the points of a dialogue, counted from 1, others on each wire; one in the middle on usbfs."""
    if WHOLE or (points < 6 and wire != "usbfs"):
        return list(range(1, points + 1))
    if wire == "usbfs":
        return [points // 2 + 1]
    return list(range(1 + ("serial", "tcp", "usb").index(wire), points + 1, max(3, points // 4)))


def dialogue(desk: Desk) -> Manner:
    """Print one card and return what went over the wire."""
    printer, wire = desk.open()
    found = desk.print_one(printer)
    assert found.outcome is Outcome.PRINTED, found.findings
    return wire


@pytest.mark.parametrize("moment", list(Moment))
@pytest.mark.parametrize(("name", "wire"), PLACES)
def test_the_cable_out_at_any_moment_proves_nothing_that_is_not_so(
    new_desk: NewDesk, name: str, wire: str, moment: Moment, record_property: Counted
) -> None:
    """What comes after it is asked on the same connection, and on a new one when the operator has been there."""
    with new_desk(name, wire) as desk:
        whole = dialogue(desk)
    points = some(len(whole.answers if moment is Moment.ANSWER else whole.writes), wire)
    record_property("points", len(points))
    for at in points:
        with new_desk(name, wire) as desk:
            printer, _ = desk.open(functools.partial(Cut, moment=moment, at=at, unplug=desk.sim.hands.unplug))
            before = Counters()
            with contextlib.suppress(DriverError):
                before = printer.counters(soon())
                with contextlib.suppress(DriverError):
                    printer.print(card_for(name), soon())
                desk.hold(printer.confirm(before, card_for(name), soon()))
            assert not desk.sim.machine.cable, f"the cable came not out at {moment} {at}"
            printer.close()
            desk.recover()
            again, _ = desk.open()
            found = again.confirm(before, None, soon())
            assert found.outcome is not Outcome.PRINTED
            desk.hold(found)


def spoil_answers(new_desk: NewDesk, name: str, wire: str, loss: type[Truncated | Late]) -> int:
    """Print a card with one answer by half or late, at some points in turn; return at how many.

    Who cannot read the counters prints nothing, as a worker does; whatever is claimed is held against the card.
    """
    with new_desk(name, wire) as desk:
        points = some(len(dialogue(desk).answers), wire)
    for at in points:
        with new_desk(name, wire) as desk:
            printer, line = desk.open(functools.partial(loss, at=at))
            before, asked, trouble = Counters(), False, ""
            try:
                before, asked = printer.counters(soon()), True
                printer.print(card_for(name), ample())
            except DriverError as error:
                trouble = str(error)
            found = printer.confirm(before, card_for(name), ample())
            assert line.lost, f"answer {at} came whole and in time"
            desk.hold(found)
            assert not trouble or found.outcome is not Outcome.PRINTED, f"answer {at}: {trouble}"
            assert asked or desk.blanks() == BLANKS, "a card was moved that nobody asked for"
    return len(points)


@pytest.mark.parametrize("loss", [Truncated, Late])
@pytest.mark.parametrize(("name", "wire"), STREAMS)
def test_an_answer_that_comes_by_half_or_too_late_proves_nothing(
    new_desk: NewDesk, name: str, wire: str, loss: type[Truncated | Late], record_property: Counted
) -> None:
    record_property("points", spoil_answers(new_desk, name, wire, loss))


@pytest.mark.parametrize(("name", "wire"), STREAMS)
def test_what_was_sent_and_never_arrived_is_noticed(
    new_desk: NewDesk, name: str, wire: str, record_property: Counted
) -> None:
    """Printing fails, or what was lost moves no card and was sent again, and the card is whole."""
    with new_desk(name, wire) as desk:
        points = some(len(dialogue(desk).writes), wire)
    record_property("points", len(points))
    for at in points:
        with new_desk(name, wire) as desk:
            printer, line = desk.open(functools.partial(Deaf, at=at))
            before, refused, begun = Counters(), None, 0
            with contextlib.suppress(DriverError):
                before = printer.counters(soon())
            try:
                begun = len(line.writes)
                printer.print(card_for(name), ample())
            except DriverError as error:
                refused = error
            ended = len(line.writes)
            found = printer.confirm(before, card_for(name), ample())
            desk.hold(found)
            assert refused is None or found.outcome is not Outcome.PRINTED
            if begun < at <= ended and refused is None:
                assert found.outcome is Outcome.PRINTED, found.findings


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_driver_comes_with_a_simulator_golden_streams_and_protocol_notes(family: Family) -> None:
    if family.name in WITHOUT_SIMULATOR:
        assert Path(__file__).with_name(WITHOUT_SIMULATOR[family.name]).is_file()
    else:
        assert family.name in PRESSES, f"{family.name} is in no test of this suite"
        assert set(family.wires) <= set(wires_of(family.name)), "it has a wire on which its simulator hangs not"
    assert set(book().get(family.name, {})) == set(family.models), "golden streams of every model"
    source = inspect.getsource(sys.modules[f"drivers.{family.name}.printer"])
    notes = source.partition("\n# Protocol notes\n")[2]
    for heading in ("Known", "Seen but unknown", "Open questions"):
        said = re.search(rf"^# {heading}\b.*\n((?:# [- ] .*\n)+)", notes, re.MULTILINE)
        assert said, f"the protocol notes of {family.name} say nothing under {heading!r}"
