"""Bad devices on every driver: noise, no end, another family's answers, refusals, another printer, the wrong ribbon.

Each ends in an error of :mod:`drivers.errors` or in doubt, in bounded memory and time, with the raw reading kept; none
in a card that is called printed and is not.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.manners import Clock, Cut, Hasty, Moment
from contract.presses import BLANKS, PRESSES, Desk, artwork, card_for, desk_on, family_named, soon, wires_of
from contract.strangers import NAME, Asked, Stranger, ask_everything, faces_of
from drivers import families
from drivers.errors import ArtworkError, DriverError, NotFoundError
from drivers.printer import Artwork, Counters, Outcome, SidePicture, State

NAMES = sorted(PRESSES)
FACES = [(name, face) for name in NAMES for face in faces_of(name)]
WIRES = [(name, wire) for name in NAMES for wire in wires_of(name) if wire != "usbfs"]
MOST = 256 << 10  # bytes that are read for printing a card, some 30 questions; a real printer gives some hundred
NewDesk = Callable[..., Desk]


@pytest.fixture
def new_desk(request: pytest.FixtureRequest, clock: Clock) -> Iterator[NewDesk]:
    with contextlib.ExitStack() as stack:
        yield lambda name, wire, **more: desk_on(name, wire, request, stack, **more)


def told_in_words(told: Asked) -> None:
    """Errors are for people: what happened and the answer behind it, in a line that can be printed."""
    for refused in told.refused:
        assert str(refused).isprintable()
        assert 10 < len(str(refused)) < 1000


def nothing_printed(told: Asked, stranger: Stranger, card: bytes) -> None:
    assert told.found is not None, "confirm raises nothing"
    assert told.found.outcome is not Outcome.PRINTED, told.found.findings
    if told.found.outcome is Outcome.UNUSED:
        assert card not in stranger.taken, "the whole card was sent, and nothing vouches for the blank"
    assert told.heard == stranger.given, "the raw reading is in the trace"


@pytest.mark.parametrize(("name", "face"), FACES)
@settings(max_examples=25, deadline=None)
@given(data=st.lists(st.binary(max_size=80), max_size=8), port=st.lists(st.none() | st.integers(0, 255), min_size=1))
def test_noise_is_no_printer(name: str, face: str, data: list[bytes], port: list[int | None]) -> None:
    with Clock(pace=0).at_work() as clock:
        noise = Stranger(clock, data, port=port)
        told = ask_everything(name, noise, usb=face == "usb")
    told_in_words(told)
    nothing_printed(told, noise, card_for(name).commands[-1])
    assert not told.printed


@pytest.mark.parametrize("data", [b"\x00", b"A", b"\x06", b"\x01STA", b"\xff" * 64, b"OK\x00", b"\x15", b"\xf0\x00"])
@pytest.mark.parametrize(("name", "face"), FACES)
def test_an_endless_answer_takes_neither_memory_nor_time(name: str, face: str, data: bytes) -> None:
    with Clock(pace=0).at_work() as clock:
        noise = Stranger(clock, [data * (4096 // len(data))], endless=True)
        told = ask_everything(name, noise, usb=face == "usb")
    told_in_words(told)
    assert told.most <= MOST
    nothing_printed(told, noise, card_for(name).commands[-1])
    assert State.IDLE not in told.states
