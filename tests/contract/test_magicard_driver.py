"""The Magicard driver against a simulated printer on USB: in process, and under the real libusb."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from drivers import open_printer
from drivers.deadline import Deadline
from drivers.errors import AddressError, DriverError, GoneError, NotFoundError, RefusedError
from drivers.magicard.job import MODELS, encode
from drivers.magicard.printer import MagicardPrinter
from drivers.printer import Artwork, CardPrinter, Counters, EncodedCard, Outcome, Position, Rung, SidePicture, State
from drivers.transports.tcp import TcpTransport
from hardware_mocks.pytest_wires import Setup, SimulatedPrinter, tcp_printer, usb_inprocess_printer, usb_umock_printer

MODEL_OF = {"enduro": "enduro-plus", "rio": "tango-2e", "aota": "opera"}
LINES = pytest.mark.parametrize("line", list(MODEL_OF))
COUNTING = pytest.mark.parametrize("line", ["enduro", "rio"])


def picture(*, colour: bool = True) -> SidePicture:
    side = SidePicture(
        np.full((648, 1016, 3), 255, np.uint8), np.zeros((648, 1016), np.bool_), np.ones((648, 1016), np.bool_)
    )
    if colour:
        side.colour[50:300, 60:260] = (200, 90, 30)
    side.resin[400:420, 100:700] = True
    side.overlay[177:354, 71:283] = False
    return side


@functools.cache
def card(line: str, *, two_sided: bool = False) -> EncodedCard:
    back = picture(colour=False) if two_sided else None
    return encode(Artwork(picture(), back), MODELS[MODEL_OF[line]])


def soon(seconds: float = 20) -> Deadline:
    return Deadline.after(seconds)


@dataclass
class Desk:
    """One printer on one wire."""

    sim: SimulatedPrinter
    line: str
    backend: object
    stack: contextlib.ExitStack

    def open(self) -> CardPrinter:
        """Open a connection that is closed at the end; a printer that was just plugged in comes soon."""
        deadline = soon()
        while True:
            try:
                printer = open_printer(
                    f"usb://0c1f/{self.sim.setup.serial}",
                    model=MODEL_OF[self.line],
                    family="magicard",
                    usb_backend=self.backend,
                    deadline=deadline,
                )
            except NotFoundError:
                if deadline.expired:
                    raise
            else:
                self.stack.callback(printer.close)
                return printer

    def out(self) -> list[dict[str, object]]:
        """Return the cards that left, first printed first."""
        return list(self.sim.finished_cards())


NewDesk = Callable[..., Desk]


@pytest.fixture(params=["process", pytest.param("libusb", marks=pytest.mark.usbfs)])
def desk(request: pytest.FixtureRequest) -> Iterator[NewDesk]:
    """Put printers on USB, on a bus in this process and under the real libusb."""
    with contextlib.ExitStack() as stack:

        def new(line: str = "enduro", **more: object) -> Desk:
            about = {
                "hopper": ["A-1", "A-2"],
                "family": "magicard",
                "dialect": line,
                "ribbon": "ymckok:10",
                "speed": 100,
            }
            setup = Setup(**{**about, **more})  # type: ignore[arg-type]
            if request.param == "process":
                wire = stack.enter_context(usb_inprocess_printer(setup))
            else:
                wire = stack.enter_context(usb_umock_printer(request.getfixturevalue("umock_bus"), setup))
            return Desk(wire.printer, line, wire.backend, stack)

        yield new


def ready(printer: CardPrinter) -> bool:
    return printer.status(soon()).state is State.IDLE


@COUNTING
@pytest.mark.parametrize("two_sided", [False, True])
@pytest.mark.parametrize("quirks", [[], ["split"]])
def test_a_card_is_printed_and_proved(desk: NewDesk, line: str, two_sided: bool, quirks: list[str]) -> None:
    at = desk(line, quirks=quirks)
    printer = at.open()
    assert ready(printer)
    before = printer.counters(soon())
    printer.print(card(line, two_sided=two_sided), soon())
    found = printer.confirm(before, card(line, two_sided=two_sided), soon())
    assert (found.outcome, found.rung, found.position) == (Outcome.PRINTED, Rung.LEFT_PRINTER, Position.NONE)
    (one,) = at.out()
    assert (one["blank"], one["complete"], one["where"]) == ("A-1", True, "output")
    assert not at.sim.truth.read("odd")


def test_a_family_that_counts_nothing_leaves_every_card_in_doubt(desk: NewDesk) -> None:
    at = desk("aota")
    printer = at.open()
    assert printer.identify(soon()).serial_number == at.sim.setup.serial
    before = printer.counters(soon())
    assert before == Counters()
    printer.print(card("aota"), soon())
    found = printer.confirm(before, card("aota"), soon())
    assert (found.outcome, found.rung) == (Outcome.IN_DOUBT, Rung.ENGINE_DONE)
    assert [one["complete"] for one in at.out()] == [True]


@LINES
def test_a_card_that_is_not_fed_is_named_and_nothing_is_sent_again(desk: NewDesk, line: str) -> None:
    at = desk(line, hopper=[])
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match="error 11:01"):
        printer.print(card(line), soon())
    assert printer.confirm(before, card(line), soon()).outcome is Outcome.IN_DOUBT  # who knows what it does next
    status = printer.status(soon())
    assert (status.state, status.blocking[0].reason) == (State.STOPPED, "media-needed")
    assert line == "enduro" or "\\xfc" in str(status.raw)  # its language and charset are its own
    with pytest.raises(RefusedError, match="button"):
        printer.clear(soon())
    at.sim.hands.load(["A-9"])
    at.sim.hands.press()
    printer.clear(soon())
    found = printer.confirm(before, card(line), soon())
    expected = Outcome.IN_DOUBT if line == "aota" else Outcome.UNUSED
    assert (found.outcome, at.out()) == (expected, [])


@COUNTING
@pytest.mark.parametrize("fault", ["jam@panel=m", "ribbon_end@panel=c", "cover@panel=k"])
def test_an_error_on_the_way_is_never_a_good_card(desk: NewDesk, line: str, fault: str) -> None:
    at = desk(line, faults=[fault])
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(RefusedError):
        printer.print(card(line), soon())
    found = printer.confirm(before, card(line), soon())
    assert (found.outcome, found.position) == (Outcome.IN_DOUBT, Position.UNKNOWN)
    assert printer.status(soon()).blocking
    assert at.out() == []


@COUNTING
def test_the_cable_out_in_a_plane_is_a_card_that_nobody_vouches_for(desk: NewDesk, line: str) -> None:
    at = desk(line, faults=["cable_out@payload=m"])
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(GoneError):
        printer.print(card(line), soon())
    printer.close()
    at.sim.hands.plug()
    again = at.open()
    assert again.status(soon()).state is State.PROCESSING  # it waits for the rest of the page
    assert again.confirm(before, None, soon()).outcome is Outcome.IN_DOUBT
    at.sim.hands.power_off()
    at.sim.hands.power_on()
    later = at.open()
    assert ready(later)
    assert later.confirm(before, None, soon()).outcome is Outcome.UNUSED
    assert at.out() == []


@COUNTING
def test_power_lost_after_the_card_left_is_found_by_the_counters(desk: NewDesk, line: str) -> None:
    at = desk(line, faults=["power_cut@step=after_eject"])
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(DriverError):
        printer.print(card(line), soon())
    printer.close()
    at.sim.hands.power_on()
    found = at.open().confirm(before, None, soon())
    assert found.outcome is Outcome.IN_DOUBT
    assert "very likely finished" in " ".join(found.findings)
    assert [one["complete"] for one in at.out()] == [True]


@pytest.mark.parametrize("fault", ["silence", "garbled_reply", "duplicate_reply"])
def test_an_answer_is_asked_for_twice_and_no_more(desk: NewDesk, fault: str) -> None:
    at = desk(faults=[f"{fault}@command=INF"])
    printer = at.open()
    status = printer.status(soon())
    if fault == "garbled_reply":
        status = printer.status(soon())
    assert status.state is State.IDLE
    at.sim.hands.fault("silence@command=INF")
    at.sim.hands.fault("silence@command=INF")
    silent = printer.status(soon())
    assert (silent.state, silent.blocking[0].reason) == (State.UNKNOWN, "unknown")
    assert ready(printer)


def test_film_for_black_alone_is_refused_before_anything_is_sent(desk: NewDesk) -> None:
    at = desk(ribbon="k:100")
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match="black alone"):
        printer.print(card("enduro"), soon())
    assert printer.confirm(before, card("enduro"), soon()).outcome is Outcome.UNUSED
    assert at.sim.truth.read("job") == []


def test_a_job_for_another_family_is_no_card(desk: NewDesk) -> None:
    at = desk("enduro")
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match="81:01"):
        printer.print(card("rio"), soon())
    at.sim.hands.press()
    assert printer.confirm(before, card("rio"), soon()).outcome is Outcome.UNUSED
    assert at.out() == []


def test_two_cards_of_one_attempt_are_found(desk: NewDesk) -> None:
    at = desk(faults=["double_feed@card=1"])
    printer = at.open()
    before = printer.counters(soon())
    printer.print(card("enduro"), soon())
    printer.confirm(before, card("enduro"), soon())
    assert {one["blank"] for one in at.out()} == {"A-1", "A-2"}  # by this printer's counter nobody can know


def test_another_connection_knows_nothing_of_the_card(desk: NewDesk) -> None:
    at = desk()
    printer = at.open()
    before = printer.counters(soon())
    printer.print(card("enduro"), soon())
    printer.close()
    assert at.open().confirm(before, None, soon()).outcome is Outcome.IN_DOUBT


def test_only_usb_tells_whether_the_printer_is_busy() -> None:
    with tcp_printer(Setup()) as sim:
        transport = TcpTransport(sim.host, sim.port, soon())
        with pytest.raises(AddressError, match="over USB alone"):
            MagicardPrinter(transport, MODELS["enduro"])
