"""The EPCL driver against a simulated printer: on a pseudo-terminal, on USB in process, and under the real libusb."""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest

from drivers.deadline import Deadline
from drivers.errors import DriverError, GoneError, NoReplyError, NotFoundError, RefusedError, UnexpectedReplyError
from drivers.family import Options
from drivers.panels import Separation
from drivers.printer import Artwork, Counters, EncodedCard, Outcome, Reason, Rung, SidePicture, State, Station
from drivers.transports import open_transport
from drivers.zebra import printer as zebra
from drivers.zebra.job import MODELS, Model, Quirks, encode
from drivers.zebra.printer import ZebraPrinter
from hardware_mocks.pytest_wires import (
    Setup,
    SimulatedPrinter,
    pty_printer,
    usb_inprocess_printer,
    usb_umock_printer,
)

P330I = MODELS["p330i"]
SETTLED = Quirks(ribbons={"k": "4", "ymcko": "2", "ymckok": "5"}, overlay="", flip="MF", stations={Station.PRINT: "MI"})
COLOUR = replace(P330I, quirks=SETTLED)
CODES = ["ribbon_code=2:ymcko", "ribbon_code=5:ymckok", "knows=MF", "knows=MI"]


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
def black() -> EncodedCard:
    return encode(Artwork(picture(colour=False)), P330I, Options(Separation(ribbon="k")))


@functools.cache
def colour(*, two_sided: bool = False) -> EncodedCard:
    return encode(Artwork(picture(), picture(colour=False) if two_sided else None), COLOUR)


def soon(seconds: float = 20) -> Deadline:
    return Deadline.after(seconds)


@dataclass
class Desk:
    """One printer on one wire."""

    sim: SimulatedPrinter
    uri: Callable[[], str]
    backend: object | None
    stack: contextlib.ExitStack

    def open(self, model: Model = P330I) -> ZebraPrinter:
        """Open a connection that is closed at the end; a printer that was just plugged in comes soon."""
        deadline = soon()
        while True:
            try:
                transport = open_transport(self.uri(), usb_backend=self.backend, deadline=deadline)
            except NotFoundError:
                if deadline.expired:
                    raise
            else:
                self.stack.callback(transport.close)
                return ZebraPrinter(transport, model)

    def out(self) -> list[tuple[object, object, object]]:
        """Cards that left the printer: blank, box, whether all its panels are on it."""
        assert self.sim.idle()
        return [(line["blank"], line["where"], line["complete"]) for line in self.sim.truth.read("card")]

    def laid(self) -> str:
        """Panels that were begun on any card, in order."""
        return "".join(str(line["panel"]) for line in self.sim.truth.read("laid"))


NewDesk = Callable[..., Desk]
EVERY_WIRE = ["serial", "usb", pytest.param("usbfs", marks=pytest.mark.usbfs)]


@contextlib.contextmanager
def desks(wire: str, request: pytest.FixtureRequest) -> Iterator[NewDesk]:
    with contextlib.ExitStack() as stack:

        def new(*, quirks: list[str] | None = None, **more: object) -> Desk:
            about = {"hopper": ["A-1", "A-2"], "family": "zebra", "ribbon": "k:10", "quirks": quirks or [], **more}
            setup = Setup(**about)  # type: ignore[arg-type]
            if wire == "serial":
                serial = stack.enter_context(pty_printer(setup))
                return Desk(serial.printer, lambda: f"serial:{serial.path}?baud=9600", None, stack)
            usb = stack.enter_context(
                usb_inprocess_printer(setup)
                if wire == "usb"
                else usb_umock_printer(request.getfixturevalue("umock_bus"), setup)
            )
            vendor = 0x0A5F if setup.family == "zebra" else 0x0F49
            return Desk(usb.printer, lambda: f"usb://{vendor:04x}/{setup.serial}", usb.backend, stack)

        yield new


@pytest.fixture(params=EVERY_WIRE)
def desk(request: pytest.FixtureRequest) -> Iterator[NewDesk]:
    """Put printers on each wire in turn."""
    with desks(request.param, request) as new:
        yield new


@pytest.fixture
def line(request: pytest.FixtureRequest) -> Iterator[NewDesk]:
    """Put printers on a serial line, where answers are hurt."""
    with desks("serial", request) as new:
        yield new


@pytest.fixture
def usb(request: pytest.FixtureRequest) -> Iterator[NewDesk]:
    """Put printers on USB in process, for what does not depend on the wire."""
    with desks("usb", request) as new:
        yield new


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less long for answers that will not come; long enough for a printer without times on a loaded machine."""
    for name, seconds in (("_READ_SECONDS", 0.7), ("_LOAD_SECONDS", 0.7), ("_MOVE_SECONDS", 0.7), ("_FULL_SECONDS", 0)):
        monkeypatch.setattr(zebra, name, seconds)
    monkeypatch.setattr(zebra, "_FULL_TRIES", 3)


def colour_desk(new: NewDesk, **more: object) -> Desk:
    return new(**{"ribbon": "ymcko:10", "quirks": CODES, **more})


@pytest.mark.parametrize("quirks", [[], ["split", "ack_early", "count_at_start"]], ids=["", "quirks"])
def test_a_black_card_is_printed_and_proved_as_the_models_come(desk: NewDesk, quirks: list[str]) -> None:
    print_two(desk(quirks=quirks))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("quirk", ["plain_only", "len32_only", "text_end=none", "text_end=eot"])
def test_framing_is_found_and_a_text_may_end_in_any_way(line: NewDesk, quirk: str) -> None:
    print_two(line(quirks=[quirk]))


def print_two(at: Desk) -> None:
    printer = at.open()
    assert printer.status(soon()).state is State.IDLE
    before = printer.counters(soon())
    printer.print(black(), soon())
    found = printer.confirm(before, black(), soon())
    assert (found.outcome, found.rung) == (Outcome.PRINTED, Rung.ENGINE_DONE)
    assert (before.panels, found.after) == (0, Counters(panels=1))
    assert at.out() == [("A-1", "output", True)]
    assert not at.sim.truth.read("odd")
    again = printer.counters(soon())
    printer.print(black(), soon())
    assert printer.confirm(again, black(), soon()).outcome is Outcome.PRINTED


@pytest.mark.parametrize(("two_sided", "quirk"), [(True, "split"), (False, "raw_panels")])
def test_a_settled_model_prints_in_colour(desk: NewDesk, two_sided: bool, quirk: str) -> None:
    at = desk(ribbon="ymckok:10" if two_sided else "ymcko:10", quirks=[*CODES, quirk])
    printer = at.open(COLOUR)
    before, card = printer.counters(soon()), colour(two_sided=two_sided)
    printer.print(card, soon())
    found = printer.confirm(before, card, soon())
    assert (found.outcome, found.after.panels) == (Outcome.PRINTED, 6 if two_sided else 5)
    assert at.out() == [("A-1", "output", True)]


def test_who_the_printer_is(desk: NewDesk) -> None:
    at = desk(serial="20077")
    told = at.open().identify(soon())
    assert (told.family, told.model, told.firmware) == ("zebra", "P330i", "4.02")
    assert told.serial_number == (None if at.backend is None else "20077")  # the language has no word for it
    assert told.raw == {"V": "P330i V4.02"}


def test_an_empty_feeder_leaves_the_blank_unused_and_nothing_is_sent_again(desk: NewDesk) -> None:
    at = desk(hopper=[])
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match=r"media-empty.*'NACK 04'.*Load cards"):
        printer.print(black(), soon())
    assert printer.confirm(before, black(), soon()).outcome is Outcome.UNUSED
    at.sim.hands.load(["B-1"])
    assert (at.out(), at.laid()) == ([], "")
    printer.print(black(), soon())
    assert printer.confirm(before, black(), soon()).outcome is Outcome.PRINTED
    assert at.out() == [("B-1", "output", True)]


@pytest.mark.parametrize("panel", list("ymcko"))
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("ribbon_end", Reason.MARKER_SUPPLY_EMPTY),
        ("ribbon_cut", Reason.MARKER_SUPPLY_MISSING),
        ("jam", Reason.MEDIA_JAM),
        ("cover", Reason.COVER_OPEN),
        ("head_open", Reason.COVER_OPEN),
    ],
)
def test_an_error_in_a_panel_is_never_a_good_card(usb: NewDesk, fault: str, panel: str, reason: Reason) -> None:
    at = colour_desk(usb, faults=[f"{fault}@panel={panel}"])
    printer = at.open(COLOUR)
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match=reason):
        printer.print(colour(), soon())
    found = printer.confirm(before, colour(), soon())
    assert found.outcome is Outcome.IN_DOUBT
    assert at.laid() in ("ymcko"[: "ymcko".index(panel) + 1], "ymcko"[: "ymcko".index(panel)])
    assert all(not complete for _, _, complete in at.out())


def test_a_jam_on_the_way_out_is_a_printed_card_that_somebody_has_to_find(line: NewDesk) -> None:
    at = line(faults=["jam@step=before_eject"])
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match="media-jam"):
        printer.print(black(), soon())
    found = printer.confirm(before, black(), soon())
    assert found.outcome is Outcome.IN_DOUBT
    assert "printed, perhaps not ejected" in " ".join(found.findings)
    assert at.out() == []


@pytest.mark.parametrize("counting", ["count_at_start", ""])
@pytest.mark.parametrize(
    "cut",
    [f"{step}{panel}" for step, panel in itertools.product(["step=before_panel,panel=", "panel="], "yko")]
    + ["step=after_panel,panel=o", "step=before_eject", "step=after_eject", "payload=m"],
)
def test_power_lost_anywhere_is_a_card_for_a_person(usb: NewDesk, cut: str, counting: str) -> None:
    at = colour_desk(usb, faults=[f"power_cut@{cut}"], quirks=[*CODES, *filter(None, [counting])])
    printer = at.open(COLOUR)
    before = printer.counters(soon())
    with pytest.raises(DriverError):
        printer.print(colour(), soon())
    assert printer.confirm(before, colour(), soon(1)).outcome is Outcome.IN_DOUBT
    printer.close()
    at.sim.hands.power_on()
    assert at.sim.wait_for(lambda: at.sim.port.alive)
    later = at.open(COLOUR)
    assert later.status(soon()).state is State.IDLE
    found = later.confirm(before, None, soon())
    assert (found.outcome, found.rung) == (Outcome.IN_DOUBT, Rung.NOTHING)
    assert found.after.panels is not None
    assert ("No panel" in found.findings[0]) == (found.after.panels == before.panels)


def test_the_cable_out_in_a_picture(desk: NewDesk) -> None:
    at = desk(faults=["cable_out@payload=k"])
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(DriverError):
        printer.print(black(), soon(3))
    assert printer.confirm(before, black(), soon(1)).outcome is Outcome.IN_DOUBT
    printer.close()
    at.sim.hands.plug()
    later = at.open()
    assert later.confirm(before, None, soon()).outcome is Outcome.IN_DOUBT
    assert (at.out(), at.laid()) == ([], "")


RECOVERED = [
    ("garbled_reply", "I;10"),
    ("garbled_reply", "MO"),
    ("garbled_reply", "Z"),
    ("garbled_reply", "V"),
    ("garbled_reply", "%CLN"),
    ("duplicate_reply", "V"),
    ("duplicate_reply", "Z"),
    ("duplicate_reply", "I;10"),
    ("duplicate_reply", "MO"),
    ("duplicate_reply", "%CLN"),
    ("reply_lost", "I;10"),
    ("reply_lost", "MO"),
    ("buffer_full", "Z"),
    ("buffer_full", "G"),
]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("fault", "command"), RECOVERED)
def test_a_hurt_answer_costs_no_card_and_moves_none_twice(line: NewDesk, fault: str, command: str) -> None:
    at = line(faults=[f"{fault}@command={command}"])
    printer = at.open()
    before = printer.counters(soon())
    printer.print(black(), soon())
    found = printer.confirm(before, black(), soon())
    assert found.outcome is Outcome.PRINTED, found.findings
    assert (at.out(), at.laid()) == ([("A-1", "output", True)], "k")
    assert at.sim.truth.read("fault")


LOST = [
    ("reply_lost_undone", "I;10", NoReplyError, "never answered", Outcome.IN_DOUBT),
    ("silence", "MO", NoReplyError, "never answered", Outcome.IN_DOUBT),
    ("buffer_full", "I;10", RefusedError, "buffer is full", Outcome.IN_DOUBT),
    ("silence", "Z", NoReplyError, "did not answer in time", Outcome.UNUSED),
    ("reply_lost", "F", NoReplyError, "did not answer in time", Outcome.UNUSED),
    ("silence", ".", NoReplyError, "did not answer in time", Outcome.UNUSED),
]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("fault", "command", "kind", "why", "outcome"), LOST)
def test_what_stays_unanswered_is_not_sent_again(
    line: NewDesk, fault: str, command: str, kind: type[DriverError], why: str, outcome: Outcome
) -> None:
    at = line(faults=[f"{fault}@command={command}"])
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(kind, match=why):
        printer.print(black(), soon())
    assert printer.confirm(before, black(), soon()).outcome is outcome
    assert at.out() == []
    assert at.laid() == ("k" if command == "MO" else "")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("fault", "command"), [("garbled_reply", "I;10"), ("duplicate_reply", "Z")])
def test_the_same_on_every_wire(desk: NewDesk, fault: str, command: str) -> None:
    test_a_hurt_answer_costs_no_card_and_moves_none_twice(desk, fault, command)


@pytest.mark.usefixtures("impatient")
def test_a_late_answer_is_not_taken_for_another(desk: NewDesk) -> None:
    at = desk(faults=["reply_late@command=Z"])
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(NoReplyError):
        printer.print(black(), soon())
    assert printer.confirm(before, black(), soon()).outcome is Outcome.UNUSED
    printer.print(black(), soon())
    assert printer.confirm(before, black(), soon()).outcome is Outcome.PRINTED


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", ["pass_uncounted", "pass_counted_twice"])
def test_a_counter_that_is_off_by_one_proves_nothing(usb: NewDesk, fault: str) -> None:
    at = usb(faults=[f"{fault}@panel=k"])
    printer = at.open()
    before = printer.counters(soon())
    printer.print(black(), soon())
    assert printer.confirm(before, black(), soon()).outcome is Outcome.IN_DOUBT


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("lacked", ["+RIB", "+C", "G", "Z", "I", "V", "."])
def test_a_command_that_the_firmware_refuses_stops_before_a_card_moves(usb: NewDesk, lacked: str) -> None:
    at = usb(quirks=[f"lacks={lacked}"])
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match="configured model"):
        printer.print(black(), soon())
    assert printer.confirm(before, black(), soon()).outcome is Outcome.UNUSED
    assert (at.out(), at.laid()) == ([], "")


@pytest.mark.usefixtures("impatient")
def test_without_a_counter_every_card_is_in_doubt(usb: NewDesk) -> None:
    at = usb(quirks=["lacks=%CLN"])
    printer = at.open()
    before = printer.counters(soon())
    assert before == Counters()
    printer.print(black(), soon())
    found = printer.confirm(before, black(), soon())
    assert (found.outcome, found.rung) == (Outcome.IN_DOUBT, Rung.ENGINE_DONE)


@pytest.mark.usefixtures("impatient")
def test_a_refused_repetition_is_not_the_refusal_of_the_move(usb: NewDesk) -> None:
    at = usb(quirks=["lacks=E"], faults=["garbled_reply@command=I;10"])
    printer = at.open()
    before = printer.counters(soon())
    with contextlib.suppress(DriverError):
        printer.print(black(), soon())
    assert printer.confirm(before, black(), soon()).outcome is not Outcome.UNUSED


@pytest.mark.usefixtures("impatient")
def test_a_buffer_that_stays_full_ends(usb: NewDesk) -> None:
    at = usb(quirks=["input_limit=200"])
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match="buffer is full"):
        printer.print(black(), soon())
    assert printer.confirm(before, black(), soon()).outcome is Outcome.UNUSED


def test_another_model_is_refused_before_anything_is_sent(line: NewDesk) -> None:
    at = line(model="P420i")
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match="says that it is a P420i, and the configured model is p330i"):
        printer.print(black(), soon())
    assert printer.confirm(before, black(), soon()).outcome is Outcome.UNUSED
    assert at.out() == []


@pytest.mark.usefixtures("impatient")
def test_another_family_s_printer_is_no_printer(desk: NewDesk) -> None:
    at = desk(family="evolis", ribbon="ymcko:10")
    printer = at.open()
    assert printer.counters(soon()) == Counters()
    with pytest.raises((UnexpectedReplyError, NoReplyError)):
        printer.print(black(), soon())
    assert printer.confirm(Counters(), black(), soon()).outcome is Outcome.IN_DOUBT
    assert (at.out(), at.laid()) == ([], "")


def test_a_wrong_ribbon_is_named_and_the_blank_is_not_touched(line: NewDesk) -> None:
    at = line(ribbon="ymcko:10")
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match="NACK 35"):
        printer.print(black(), soon())
    assert printer.confirm(before, black(), soon()).outcome is Outcome.IN_DOUBT  # who knows whether a card was fed
    assert at.laid() == ""


def test_the_flip_that_fails_leaves_a_card_inside(usb: NewDesk) -> None:
    at = usb(ribbon="ymckok:10", quirks=CODES, faults=["rotation@step=flip"])
    printer = at.open(COLOUR)
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match="NACK 47"):
        printer.print(colour(two_sided=True), soon())
    found = printer.confirm(before, colour(two_sided=True), soon())
    assert found.outcome is Outcome.IN_DOUBT
    assert any("5 of 6 panels are counted: the card is spoilt" in one for one in found.findings)


def test_a_card_that_was_fed_is_never_called_untouched(usb: NewDesk) -> None:
    at = colour_desk(usb, faults=["feeder_empty"])
    printer = at.open(COLOUR)
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match="media-empty"):
        printer.feed(Station.PRINT, soon())
    printer.feed(Station.PRINT, soon())
    printer.eject(soon())
    assert printer.confirm(before, None, soon()).outcome is Outcome.IN_DOUBT
    assert at.out() == [("A-1", "output", False)]


def test_what_the_language_cannot_do_is_refused(usb: NewDesk) -> None:
    printer = usb().open()
    for station in Station:
        with pytest.raises(RefusedError, match="No confirmed command brings a card"):
            printer.feed(station, soon())
    with pytest.raises(RefusedError, match="reject box"):
        printer.reject(soon())
    printer.clear(soon())


def test_another_connection_knows_nothing_of_the_card(desk: NewDesk) -> None:
    at = desk()
    printer = at.open()
    before = printer.counters(soon())
    printer.print(black(), soon())
    printer.close()
    found = at.open().confirm(before, None, soon())
    assert (found.outcome, found.after.panels) == (Outcome.IN_DOUBT, 1)


@pytest.mark.usefixtures("impatient")
def test_silence_is_a_status_and_a_cable_that_is_out_an_error(desk: NewDesk) -> None:
    at = desk()
    printer = at.open()
    printer.identify(soon())
    at.sim.hands.fault("silence@command=V")
    silent = printer.status(soon())
    assert (silent.state, silent.blocking[0].reason) == (State.UNKNOWN, Reason.UNKNOWN)
    assert printer.status(soon()).state is State.IDLE
    at.sim.hands.unplug()
    if at.backend is not None:
        with pytest.raises(GoneError):
            printer.status(soon())
