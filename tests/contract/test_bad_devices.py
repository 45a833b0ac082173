"""Bad devices on every driver: noise, no end, another family's answers, refusals, another printer, the wrong ribbon.

Each ends in an error of :mod:`drivers.errors` or in doubt, in bounded memory and time, with the raw reading kept; none
in a card that is called printed and is not.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.manners import Clock, Hasty
from contract.presses import BLANKS, PRESSES, WHOLE, NewDesk, artwork, card_for, desk_on, family_named, soon, wires_of
from contract.strangers import NAME, Asked, Stranger, ask_everything, faces_of
from drivers import families
from drivers.errors import ArtworkError, DriverError, NotFoundError
from drivers.family import Family
from drivers.printer import Artwork, Counters, Outcome, SidePicture, State

NAMES = sorted(PRESSES)
FACES = [(name, face) for name in NAMES for face in faces_of(name)]
WIRES = [(name, wire) for name in NAMES for wire in wires_of(name) if wire != "usbfs"]
MOST = 256 << 10  # bytes that are read for printing a card, some 30 questions; a real printer gives some hundred


def harmless(told: Asked, stranger: Stranger, card: bytes) -> None:
    """Hold what became of a stranger: no card is printed or unused by its words, and what it said is kept."""
    for refused in told.refused:
        assert str(refused).isprintable(), "errors are for people"
        assert 10 < len(str(refused)) < 1000
    assert told.most <= MOST
    assert told.found is not None, "confirm raises nothing"
    assert told.found.outcome in (Outcome.IN_DOUBT, Outcome.UNUSED), told.found.findings
    assert told.found.outcome is Outcome.IN_DOUBT or card not in stranger.taken, "all was sent, and the blank is whole?"
    assert told.heard == stranger.given, "the raw reading is in the trace"


@pytest.mark.parametrize(("name", "face"), FACES)
@settings(max_examples=100 if WHOLE else 15, deadline=None)
@given(data=st.lists(st.binary(max_size=80), max_size=8), port=st.lists(st.none() | st.integers(0, 255), min_size=1))
def test_noise_is_no_printer(name: str, face: str, data: list[bytes], port: list[int | None]) -> None:
    with Clock(pace=0).at_work() as clock:
        noise = Stranger(clock, data, port=port)
        told = ask_everything(name, noise, usb=face == "usb")
    harmless(told, noise, card_for(name).commands[-1])
    assert told.refused


@pytest.mark.parametrize("data", [b"\x00", b"A", b"\x06", b"\x01STA", b"\xff" * 64, b"OK\x00", b"\x15", b"\xf0\x00"])
@pytest.mark.parametrize(("name", "face"), FACES)
def test_an_endless_answer_takes_neither_memory_nor_time(name: str, face: str, data: bytes) -> None:
    with Clock(pace=0).at_work() as clock:
        noise = Stranger(clock, [data * (4096 // len(data))], endless=True)
        told = ask_everything(name, noise, usb=face == "usb")
    harmless(told, noise, card_for(name).commands[-1])
    assert told.status is None or told.status.state is State.UNKNOWN


@pytest.fixture(scope="module")
def spoken() -> dict[tuple[str, str], list[bytes]]:
    """What each family's simulated printer says while it prints a card, by family and face."""
    said: dict[tuple[str, str], list[bytes]] = {}
    with Clock().at_work() as clock:
        for name, face in FACES:
            wire = "usb" if face == "usb" else next(one for one in wires_of(name) if one in ("serial", "tcp"))
            with desk_on(name, wire, clock) as desk:
                printer, heard = desk.open()
                printer.identify(soon())
                printer.status(soon())
                before = printer.counters(soon())
                printer.print(card_for(name), soon())
                assert printer.confirm(before, card_for(name), soon()).outcome is Outcome.PRINTED
                said[name, face] = heard.answers
    return said


@pytest.mark.parametrize(("name", "face"), FACES)
def test_answers_that_its_own_printer_gave_once_given_without_end_prove_no_card(
    spoken: dict[tuple[str, str], list[bytes]], name: str, face: str
) -> None:
    for answer in dict.fromkeys(spoken[name, face]):
        with Clock(pace=0).at_work() as clock:
            echo = Stranger(clock, [answer * (1 + 200 // len(answer))], endless=True)
            told = ask_everything(name, echo, usb=face == "usb")
        assert told.most <= MOST
        assert told.found is not None
        assert told.found.outcome is not Outcome.PRINTED, answer
        assert told.heard == echo.given


@pytest.mark.parametrize(("name", "face"), FACES)
def test_another_family_s_answers_prove_nothing(
    spoken: dict[tuple[str, str], list[bytes]], name: str, face: str
) -> None:
    """In the order in which the other printer gave them, one for each question, and some of them alone to all."""
    for (other, _), answers in spoken.items():
        if other == name:
            continue
        alone = list(dict.fromkeys(answers))
        for given_ in (answers, *([one] * 60 for one in (alone if WHOLE else alone[::5]))):
            with Clock(pace=0).at_work() as clock:
                stranger = Stranger(clock, given_, asked=True)
                told = ask_everything(name, stranger, usb=face == "usb")
            harmless(told, stranger, card_for(name).commands[-1])
            assert told.refused, (other, given_)
            assert told.status is None or told.status.state is not State.IDLE, (other, given_)
            assert told.identity is None or told.identity.serial_number in (None, NAME), (other, given_)


PAIRS = [
    (name, other, wire)
    for name in NAMES
    for other in NAMES
    for wire in ("serial", "tcp")
    if name != other and wire in family_named(name).wires and wire in wires_of(other)
]


@pytest.mark.parametrize(("name", "other", "wire"), PAIRS)
def test_another_family_s_printer_takes_no_card_for_us(new_desk: NewDesk, name: str, other: str, wire: str) -> None:
    """On USB it is never opened, since it has another vendor's number."""
    with new_desk(other, wire) as desk:
        printer, _ = replace(desk, name=name).open(Hasty)
        with contextlib.suppress(DriverError):
            assert printer.identify(soon()).serial_number is None
        with contextlib.suppress(DriverError):
            assert printer.status(soon()).state is not State.IDLE
        before = Counters(cards=0, panels=0)
        with pytest.raises(DriverError):
            printer.print(card_for(name), soon(3))
        assert printer.confirm(before, card_for(name), soon(3)).outcome in (Outcome.IN_DOUBT, Outcome.UNUSED)
        assert desk.sim.idle()
        assert desk.blanks() == BLANKS


REFUSED = [(name, wire, one) for name, wire in WIRES for one in PRESSES[name].refusals()]


@pytest.mark.parametrize(("name", "wire", "one"), REFUSED)
def test_a_firmware_that_refuses_a_command_is_told_and_proves_nothing_else(
    new_desk: NewDesk, name: str, wire: str, one: str
) -> None:
    with new_desk(name, wire, **{"faults" if "@" in one else "quirks": [one]}) as desk:
        printer, _ = desk.open(Hasty)
        before, refused = Counters(), None
        with contextlib.suppress(DriverError):
            before = printer.counters(soon())
        try:
            printer.print(card_for(name), soon())
        except DriverError as error:
            refused = error
        found = printer.confirm(before, card_for(name), soon())
        desk.hold(found)
        if refused is not None:
            assert found.outcome in (Outcome.IN_DOUBT, Outcome.UNUSED)
            assert str(refused) in " ".join(found.findings), "whoever resolves it reads why"
            assert refused.hint or refused.reply, "what to do, or what it said"


@pytest.mark.parametrize(("name", "wire"), WIRES)
def test_a_printer_swapped_for_another_of_the_same_model_is_seen_or_proves_nothing(
    new_desk: NewDesk, name: str, wire: str
) -> None:
    with new_desk(name, wire) as desk:
        printer, line = desk.open()
        named, before = printer.identify(soon()).serial_number, printer.counters(soon())
        line.lost = True
        desk.sim.hands.fault("power_cut@step=panel")
        with pytest.raises(DriverError):
            printer.print(card_for(name), soon(2))
    with new_desk(name, wire, serial="10000999999") as other:
        if wire == "usb":
            with pytest.raises(NotFoundError):
                replace(other, uri=desk.uri).open(patience=0)
        another, _ = other.open()
        assert another.identify(soon()).serial_number != named or named is None
        found = another.confirm(before, None, soon())
        assert found.outcome is not Outcome.PRINTED
        assert found.outcome is not Outcome.UNUSED or named is not None


@pytest.mark.parametrize(("name", "wire"), WIRES)
def test_a_wrong_ribbon_spoils_no_card_that_is_called_good(new_desk: NewDesk, name: str, wire: str) -> None:
    with new_desk(name, wire, ribbon=PRESSES[name].wrong) as desk:
        printer, _ = desk.open()
        before = printer.counters(soon())
        with pytest.raises(DriverError) as refused:
            printer.print(card_for(name), soon())
        assert refused.value.hint or refused.value.reply
        found = printer.confirm(before, card_for(name), soon())
        assert found.outcome in (Outcome.IN_DOUBT, Outcome.UNUSED)
        desk.hold(found)


@pytest.mark.parametrize("family", families(), ids=lambda family: family.name)
def test_a_picture_of_the_wrong_size_or_kind_is_refused_before_anything_is_sent(family: Family) -> None:
    for model in family.models.values():
        good = artwork(model.abilities.dpi).front
        wrong = {
            "a line short": SidePicture(good.colour[:-1], good.resin, good.overlay),
            "grey": SidePicture(good.colour[:, :, 0], good.resin, good.overlay),
            "floating": SidePicture(good.colour.astype(np.float32), good.resin, good.overlay),
            "no mask": SidePicture(good.colour, good.resin.astype(np.uint8), good.overlay),
            "narrow": SidePicture(good.colour, good.resin, good.overlay[:, :-8]),
            "other resolution": artwork(900 - model.abilities.dpi).front,
            "empty": SidePicture(good.colour[:0], good.resin[:0], good.overlay[:0]),
        }
        for what, side in wrong.items():
            with pytest.raises(ArtworkError):
                print(what, family.encode(Artwork(side), model, None).panels)
