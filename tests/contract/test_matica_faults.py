"""Every fault that the simulated retransfer printer knows, and what the driver makes of it, held against physics.

Up to the transfer a blank stays a blank, whatever happens to film and ribbon; from then on it is spoiled or in doubt.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest

from contract.matica_desk import Desk, NewDesk, agrees, card, desks, soon
from crash.points import Points
from crash.wire import Clock, Line
from drivers import deadline as deadline_module
from drivers.deadline import Deadline
from drivers.errors import DriverError, GoneError, NoReplyError, UnexpectedReplyError
from drivers.matica import printer as matica
from drivers.matica.job import MODELS
from drivers.matica.printer import MaticaPrinter
from drivers.printer import CardPrinter, Confirmation, Counters, EncodedCard, Outcome, Position, State
from hardware_mocks.families import FAMILIES
from hardware_mocks.pytest_wires import Setup, SimulatedPrinter

UNUSED, PRINTED, SPOILED, DOUBT = Outcome.UNUSED, Outcome.PRINTED, Outcome.SPOILED, Outcome.IN_DOUBT

BEFORE = [
    ("feeder_empty", "no cards in the hopper", UNUSED),
    ("error@command=status,code=0002C100", "cam error", UNUSED),
    ("error@command=status,code=00099900", "an error that is not known", UNUSED),
    ("error@command=load,code=0003B200", "ribbon is finished", DOUBT),
    ("feed_jam", "jammed at the hopper", DOUBT),
    ("cover@step=before_feed", "door is open", DOUBT),
    ("cover@step=feed", "door is open", DOUBT),
    ("cover@step=after_feed", "door is open", DOUBT),
    ("jam@step=after_feed", "jammed at the transfer", DOUBT),
    ("warming@command=load", "warming up", DOUBT),
    ("error@command=upload,code=0002F000", "transfer roller is too hot", DOUBT),
    ("starting@command=print", "initialising", DOUBT),
    ("cold@command=print", "too cold", DOUBT),
    ("film_mark", "mark of the transfer film was not found", DOUBT),
    ("ribbon_search@panel=k", "ribbon's panel was not found", DOUBT),
    ("ribbon_end@step=before_panel,panel=y", "ribbon is finished", DOUBT),
    ("ribbon_end@panel=c", "ribbon is finished", DOUBT),
    ("ribbon_cut@panel=k", "ribbon error", DOUBT),
    ("head_hot@panel=m", "print head is too hot", DOUBT),
    ("head_open@panel=m", "hardware error", DOUBT),
    ("cover@panel=m", "door is open", DOUBT),
    ("jam@panel=m", "jammed at the transfer", DOUBT),
]
"""Fault, what the error says, how the attempt ends before anybody does anything."""

FROM_THE_TRANSFER_ON = [
    ("cover@step=before_transfer", "door is open", SPOILED, ""),
    ("roller_hot@command=transfer", "heat roller is too hot", SPOILED, ""),
    ("transfer_jam", "jammed at the transfer", DOUBT, ""),
    ("jam@step=transfer,at=0.25", "jammed at the transfer", DOUBT, "y~m~c~k~"),
    ("cover@step=transfer", "door is open", SPOILED, "y~m~c~k~"),
    ("retransfer_jam", "jammed at the retransfer", DOUBT, "ymck"),
    ("cover@step=after_transfer", "door is open", SPOILED, "ymck"),
    ("hopper_full", "jammed at the exit", SPOILED, "ymck"),
    ("eject_jam", "jammed at the exit", DOUBT, "ymck"),
    ("cover@step=eject", "door is open", SPOILED, "ymck"),
    ("cover@step=after_eject", "door is open", DOUBT, "ymck"),
    ("flip_jam", "jammed at the turn-over", DOUBT, "ymck"),
    ("rotation", "jammed at the turn-over", SPOILED, "ymck"),
    ("film_mark@side=back", "mark of the transfer film", SPOILED, "ymck"),
    ("transfer_jam@side=back", "jammed at the transfer", DOUBT, "ymck"),
]
"""Fault, what the error says, how it ends once the printer was cleared, what lies on the front of the blank."""

NO_TROUBLE = [
    ("warming@command=status", PRINTED),
    ("starting@command=status", PRINTED),
    ("cold@command=upload", PRINTED),
    ("duplicate_reply@command=load", PRINTED),
    ("duplicate_reply@command=transfer", PRINTED),
    ("pass_counted_twice@panel=m", PRINTED),
    ("double_feed", PRINTED),  # no counter of this printer tells: the second blank lies beside the card
    ("defect", PRINTED),  # seen at the check
    ("pass_uncounted@panel=m", DOUBT),
    ("card_uncounted", DOUBT),
    ("card_counted_twice", DOUBT),
]
"""No command fails."""

BROKEN = [
    ("power_cut@step=before_feed", ""),
    ("power_cut@step=feed", ""),
    ("power_cut@reply=load", ""),
    ("power_cut@payload=m", ""),
    ("power_cut@panel=m", ""),
    ("power_cut@reply=print", ""),
    ("power_cut@step=before_transfer", ""),
    ("power_cut@step=transfer,at=0.4", "y~m~c~k~"),
    ("power_cut@step=after_transfer", "ymck"),
    ("power_cut@step=eject", "ymck"),
    ("power_cut@step=after_eject", "ymck"),
    ("cable_out@payload=m", ""),
    ("cable_out@command=transfer", ""),
    ("cable_out@reply=transfer", "ymck"),
    ("reset@payload=m", ""),
    ("reset@command=print", ""),
    ("reset@reply=transfer", "ymck"),
]
"""The connection ends; what lies on the blank."""

LOST = [
    ("silence@command=load", NoReplyError, DOUBT, ""),
    ("reply_lost@command=load", NoReplyError, DOUBT, ""),
    ("reply_late@command=upload;c", NoReplyError, DOUBT, ""),
    ("reply_lost_undone@command=print", NoReplyError, DOUBT, ""),
    ("reply_lost@command=print", NoReplyError, DOUBT, ""),
    ("silence@command=transfer", NoReplyError, SPOILED, ""),
    ("reply_late@command=transfer", NoReplyError, DOUBT, "ymck"),
    ("garbled_reply@command=load", UnexpectedReplyError, DOUBT, ""),
    ("garbled_reply@command=transfer", UnexpectedReplyError, DOUBT, "ymck"),
    ("wrong_sequence@command=print", UnexpectedReplyError, DOUBT, ""),
    ("wrong_sequence@command=transfer", UnexpectedReplyError, DOUBT, "ymck"),
    ("silence@command=status", None, PRINTED, "ymck"),
    ("reply_late@command=position", None, PRINTED, "ymck"),
    ("reply_lost@command=information", None, PRINTED, "ymck"),
]
"""An answer is lost, late or noise: the error, how it ends, what lies on the blank."""

NOT_OF_THIS_DRIVER = {
    "magnetic_jam": "no card goes to the magnetic station",
    "write_failed": "no stripe is written",
}


@pytest.fixture
def net(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[NewDesk]:
    """Put printers on TCP; nothing there takes time, so that waits are asked after often."""
    monkeypatch.setattr(matica, "_POLL_SECONDS", 0.01)
    with desks("tcp", request) as new:
        yield new


def failed(printer: CardPrinter, *, two_sided: bool) -> tuple[Counters, DriverError]:
    """Print a card that cannot be; return the counters before it, and the error."""
    before = printer.counters(soon())
    with pytest.raises(DriverError) as caught:
        printer.print(card(two_sided=two_sided), soon())
    return before, caught.value


def seen_to(at: Desk, printer: CardPrinter) -> None:
    """Do at the printer what a person does, and clear it."""
    hands = at.sim.hands
    hands.close_cover()
    if hands.look()["jammed"]:
        hands.take_card()
    ribbon = hands.look()["ribbon"]
    if not isinstance(ribbon, dict) or not ribbon["left"]:
        hands.new_ribbon()
    printer.clear(soon())


def next_card_is_good(at: Desk) -> None:
    """Print another one over a new connection: nothing of the failed one is on it."""
    printer = at.open()
    assert printer.status(soon()).state is State.IDLE
    before = printer.counters(soon())
    printer.print(card(), soon())
    assert printer.confirm(before, card(), soon()).outcome is PRINTED
    assert at.cards()[-1][1:] == ("output", "ymck", "", True)
    assert at.complaints() == []


@pytest.mark.parametrize(("fault", "says", "first"), BEFORE)
def test_up_to_the_transfer_the_blank_stays_a_blank(net: NewDesk, fault: str, says: str, first: Outcome) -> None:
    at = net(faults=[fault])
    printer = at.open()
    before, error = failed(printer, two_sided=False)
    assert says in str(error)
    found = printer.confirm(before, card(), soon())
    assert found.outcome is first, found.findings
    agrees(at, found)
    seen_to(at, printer)
    later = printer.confirm(before, card(), soon())
    agrees(at, later)
    assert later.outcome is first
    out = at.cards()
    assert [(front, back) for _, _, front, back, _ in out] == [("", "")] * len(out), "something lies on a blank"
    if out and first is DOUBT:
        told = " ".join(later.findings)
        assert any(word in told for word in ("Take it back, unused", "has a blank", "may stick there"))
    assert at.sim.truth.read("transfer") == []
    printer.close()
    next_card_is_good(at)


@pytest.mark.parametrize(("fault", "says", "ending", "ink"), FROM_THE_TRANSFER_ON)
def test_from_the_transfer_on_it_is_spoiled_or_in_doubt(
    net: NewDesk, fault: str, says: str, ending: Outcome, ink: str
) -> None:
    two_sided = fault in ("flip_jam", "rotation") or "back" in fault
    at = net(faults=[fault])
    printer = at.open()
    before, error = failed(printer, two_sided=two_sided)
    assert says in str(error)
    this = card(two_sided=two_sided)
    assert printer.confirm(before, this, soon()).outcome is DOUBT
    seen_to(at, printer)
    found = printer.confirm(before, this, soon())
    assert found.outcome is ending, found.findings
    agrees(at, found)
    ((blank, _, front, back, _),) = at.cards()
    assert (blank, front, back) == ("A-1", ink, "")
    printer.close()
    next_card_is_good(at)


@pytest.mark.parametrize(("fault", "outcome"), NO_TROUBLE)
def test_what_fails_no_command_is_told_by_the_counters_or_not_at_all(
    net: NewDesk, fault: str, outcome: Outcome
) -> None:
    at = net(faults=[fault])
    printer = at.open()
    before = printer.counters(soon())
    printer.print(card(), soon())
    found = printer.confirm(before, card(), soon())
    assert found.outcome is outcome, found.findings
    agrees(at, found)
    assert at.cards()[0] == ("A-1", "output", "ymck", "", True)
    printer.close()
    next_card_is_good(at)


@pytest.mark.parametrize(("fault", "ink"), BROKEN)
def test_a_connection_that_broke_leaves_a_card_for_a_person(net: NewDesk, fault: str, ink: str) -> None:
    at = net(faults=[fault])
    printer = at.open()
    before, error = failed(printer, two_sided=False)
    assert isinstance(error, GoneError)
    assert printer.confirm(before, card(), soon()).outcome is DOUBT
    printer.close()
    at.sim.hands.power_on()
    at.sim.hands.plug()
    assert at.sim.wait_for(lambda: at.sim.port.alive)
    later = at.open()
    found = later.confirm(before, None, soon())
    assert found.outcome is DOUBT
    counted = found.after.cards != before.cards
    assert counted == ("very likely printed" in found.findings[0]) or found.position is not Position.NONE
    later.clear(soon())
    out = at.cards()
    assert [(front, back) for _, _, front, back, _ in out] == [(ink, "")] * len(out)
    assert ink == "" or out
    later.close()
    next_card_is_good(at)


@pytest.mark.parametrize(("fault", "wrong", "ending", "ink"), LOST)
def test_a_lost_answer_is_asked_for_again_where_nothing_moves_and_nowhere_else(
    clockwork: Callable[[str], tuple[Desk, CardPrinter]],
    fault: str,
    wrong: type[DriverError] | None,
    ending: Outcome,
    ink: str,
) -> None:
    at, printer = clockwork(fault)
    printer.status(soon())
    before = printer.counters(soon(60))
    with pytest.raises(wrong) if wrong is not None else contextlib.nullcontext():
        printer.print(card(), soon(600))
    found = printer.confirm(before, card(), soon(60))
    agrees(at, found)
    if found.outcome is DOUBT:
        with contextlib.suppress(NoReplyError):
            printer.clear(soon(60))
        found = printer.confirm(before, card(), soon(60))
        agrees(at, found)
    assert found.outcome is ending, found.findings
    out = at.cards()
    assert [front for _, _, front, _, _ in out] in ([ink], [] if not ink else [ink])
    assert len(at.sim.truth.read("feed")) <= 1
    assert len(at.sim.truth.read("transfer")) == (1 if ink else 0)
    assert len(at.film()) in (0, 4), "a panel was printed twice"


@pytest.fixture
def clockwork(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], tuple[Desk, CardPrinter]]]:
    """Put a printer on a wire without a kernel, on a clock that jumps: silence costs no time."""
    clock = Clock()
    for module in (deadline_module, matica):
        monkeypatch.setattr(module, "time", clock)
    with contextlib.ExitStack() as stack:

        def new(fault: str) -> tuple[Desk, CardPrinter]:
            setup = Setup(family="matica", dialect="xid580", hopper=["A-1", "A-2", "A-3"], faults=[fault])
            sim = stack.enter_context(SimulatedPrinter(setup))
            wire = Line("p", sim, clock).connect(Points({}, lambda action, printer: None))
            return Desk(sim, "", None, stack), MaticaPrinter(wire, MODELS["xid580x"])

        yield new


WIRED = [
    ("ribbon_end@panel=c", DOUBT, ""),
    ("transfer_jam", DOUBT, ""),
    ("cover@step=transfer", SPOILED, "y~m~c~k~"),
    ("power_cut@step=before_transfer", DOUBT, ""),
    ("power_cut@step=after_transfer", DOUBT, "ymck"),
    ("cable_out@payload=m", DOUBT, ""),
]


@pytest.mark.parametrize("wire", ["usb", pytest.param("usbfs", marks=pytest.mark.usbfs)])
@pytest.mark.parametrize(("fault", "ending", "ink"), WIRED)
def test_the_same_on_usb(request: pytest.FixtureRequest, wire: str, fault: str, ending: Outcome, ink: str) -> None:
    with desks(wire, request) as new:
        at = new(faults=[fault])
        printer = at.open()
        before, _ = failed(printer, two_sided=False)
        assert printer.confirm(before, card(), soon(4)).outcome is DOUBT
        this: EncodedCard | None = card()
        if not at.sim.hands.look()["power"] or not at.sim.hands.look()["cable"]:
            printer.close()
            at.sim.hands.power_on()
            at.sim.hands.plug()
            printer, this = at.open(), None
        found: Confirmation = printer.confirm(before, this, soon())
        assert found.outcome is DOUBT
        seen_to(at, printer)
        found = printer.confirm(before, this, soon())
        assert found.outcome is ending, found.findings
        agrees(at, found)
        ((blank, _, front, back, _),) = at.cards()
        assert (blank, front, back) == ("A-1", ink, "")
        printer.close()
        next_card_is_good(at)


def test_every_fault_of_this_family_is_met_here() -> None:
    rows = [*BEFORE, *FROM_THE_TRANSFER_ON, *NO_TROUBLE, *BROKEN, *LOST]
    met = {str(row[0]).partition("@")[0] for row in rows} | set(NOT_OF_THIS_DRIVER)
    common = (
        "feeder_empty double_feed feed_jam defect ribbon_end ribbon_cut jam cover head_hot head_open pass_uncounted "
        "pass_counted_twice hopper_full flip_jam rotation silence reply_lost reply_lost_undone reply_late "
        "duplicate_reply garbled_reply power_cut cable_out"
    )
    known = {*common.split(), *FAMILIES["matica"].faults}
    assert known <= met, known - met


def test_a_deadline_that_is_over_sends_nothing(net: NewDesk) -> None:
    at = net()
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(NoReplyError):
        printer.print(card(), Deadline.after(0))
    found = printer.confirm(before, card(), soon())
    agrees(at, found)
    assert (found.outcome, at.cards()) == (UNUSED, [])
