"""The Matica driver against a simulated retransfer printer: over TCP, on USB in process, and under the real libusb."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest

from contract.matica_desk import EVERY_WIRE, NewDesk, card, desks, soon
from drivers.matica_job import MODELS
from drivers.printer import Counters, Outcome, Position, Rung, State


@pytest.fixture(params=EVERY_WIRE)
def desk(request: pytest.FixtureRequest) -> Iterator[NewDesk]:
    """Put printers on each wire in turn."""
    with desks(request.param, request) as new:
        yield new


@pytest.fixture
def net(request: pytest.FixtureRequest) -> Iterator[NewDesk]:
    """Put printers on TCP, for what does not depend on the wire."""
    with desks("tcp", request) as new:
        yield new


@pytest.mark.parametrize("model", list(MODELS))
def test_both_sides_are_printed_and_proved_and_then_another_card(desk: NewDesk, model: str) -> None:
    at = desk(model)
    printer = at.open(model)
    assert printer.status(soon()).state is State.IDLE
    before = printer.counters(soon())
    printer.print(card(model, two_sided=True), soon())
    found = printer.confirm(before, card(model, two_sided=True), soon())
    assert (found.outcome, found.rung, found.position) == (Outcome.PRINTED, Rung.LEFT_PRINTER, Position.NONE)
    assert (before, found.after) == (Counters(cards=0, panels=0), Counters(cards=1, panels=5))
    again = printer.counters(soon())
    black = card(model, colour=False)
    printer.print(black, soon())
    second = printer.confirm(again, black, soon())
    assert (second.outcome, second.after) == (Outcome.PRINTED, Counters(cards=2, panels=6))
    assert at.cards() == [("A-1", "output", "ymck", "k", True), ("A-2", "output", "k", "", True)]
    assert at.hopper() == ["A-3"]
    assert at.sim.truth.read("transfer")[-1]["film_left"] == 997, "a section a side"
    assert at.complaints() == []


def test_the_counters_are_those_that_the_printer_tells_others_meanwhile(net: NewDesk) -> None:
    at = net()
    printer = at.open()
    printer.status(soon())
    printer.print(card(), soon())
    question = struct.pack(">4I", 0xF0000600, 4, 0, 7) + bytes.fromhex("1F00000020000000")  # sheet 9, by UDP
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.settimeout(10)
        other.sendto(question, ("127.0.0.1", at.udp))
        answer = other.recv(1000)
    total, head = (int.from_bytes(answer[16 + 8 * number + 3 :][:4], "big") for number in range(2))
    assert answer[:4] == bytes.fromhex("F1000600")
    assert printer.counters(soon()) == Counters(cards=total, panels=head) == Counters(cards=1, panels=4)
