"""The Evolis driver against the simulated printer, over every wire. Both were written from the protocol sheet alone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Protocol

import pytest

from contract.evolis_desk import EVERY_WIRE, MODEL_OF, SHORT, Desk, card, desk_on, resin_crc, soon
from drivers.__main__ import main
from drivers.deadline import Deadline
from drivers.errors import DriverError, GoneError, NoReplyError, RefusedError, UnexpectedReplyError
from drivers.printer import Counters, Outcome, Position, Reason, Rung, Severity, State, Station

YMCKO = [("front", panel) for panel in "ymcko"]


class Put(Protocol):
    def __call__(self, *, dialect: str = "kc", model: str | None = None, **settings: object) -> Desk: ...


@pytest.fixture(params=EVERY_WIRE)
def put(request: pytest.FixtureRequest) -> Iterator[Put]:
    """Put a printer on each of the wires."""
    with contextlib.ExitStack() as stack:

        def place(*, dialect: str = "kc", model: str | None = None, **settings: object) -> Desk:
            return stack.enter_context(desk_on(request.param, request, dialect=dialect, model=model, **settings))

        yield place


@pytest.fixture
def put_tcp(request: pytest.FixtureRequest) -> Iterator[Put]:
    """Put a printer on one wire, for what no wire has a say in."""
    with contextlib.ExitStack() as stack:

        def place(*, dialect: str = "kc", model: str | None = None, **settings: object) -> Desk:
            return stack.enter_context(desk_on("tcp", request, dialect=dialect, model=model, **settings))

        yield place


DIALECTS = pytest.mark.parametrize("dialect", ["kc", "classic"])


@DIALECTS
def test_who_it_is_and_how_it_is(put: Put, dialect: str) -> None:
    printer = put(dialect=dialect, serial="10000777001", ribbon="ymcko:40", hopper=[f"A-{n}" for n in range(60)]).open()
    identity = printer.identify(soon())
    assert (identity.family, identity.serial_number) == ("evolis", "10000777001")
    assert identity.raw["Rsn"] == "10000777001"
    status = printer.status(soon())
    assert (status.state, status.conditions, status.position) == (State.IDLE, (), Position.NONE)
    tag = 40 if dialect == "kc" else None
    assert printer.counters(soon()) == Counters(0, 0, tag, tag, until_cleaning=1000)


@DIALECTS
def test_one_side(put: Put, dialect: str) -> None:
    desk = put(dialect=dialect)
    printer, job = desk.open(), card(desk.model)
    before = printer.counters(soon())
    printer.print(job, soon())
    proof = printer.confirm(before, job, soon())
    assert (proof.outcome, proof.rung, proof.position) == (Outcome.PRINTED, Rung.LEFT_PRINTER, Position.NONE)
    assert (proof.findings, proof.cause) == ((), "")
    assert proof.after.cards == 1
    assert proof.after.panels == 5
    assert desk.out() == [("A-1", "output", True)]
    assert desk.laid() == YMCKO
    assert {line["crc32"] for line in desk.sim.truth.read("laid") if line["panel"] == "k"} == {resin_crc()}


def test_two_sides(put: Put) -> None:
    desk = put(ribbon="ymckok:50")
    printer, job = desk.open(), card(desk.model, two_sided=True)
    before = printer.counters(soon())
    printer.print(job, soon())
    assert printer.confirm(before, job, soon()).outcome is Outcome.PRINTED
    assert desk.out() == [("A-1", "output", True)]
    assert desk.laid() == [*YMCKO, ("back", "k")]


@pytest.mark.parametrize(
    ("station", "seen"),
    [(Station.CONTACTLESS, Position.CONTACTLESS), (Station.CONTACT, Position.CONTACT), (Station.PRINT, Position.PRINT)],
)
@DIALECTS
def test_a_card_is_held_at_a_station_and_then_printed(
    put_tcp: Put, dialect: str, station: Station, seen: Position
) -> None:
    desk = put_tcp(dialect=dialect)
    printer, job = desk.open(), card(desk.model)
    before = printer.counters(soon())
    printer.feed(station, soon())
    assert printer.status(soon()).position is (seen if dialect == "kc" else Position.INSIDE)
    assert desk.laid() == []
    printer.print(job, soon())
    assert printer.confirm(before, job, soon()).outcome is Outcome.PRINTED
    assert desk.fed() == ["A-1"]
    assert desk.out() == [("A-1", "output", True)]


@DIALECTS
def test_a_card_whose_chip_failed_goes_to_the_reject_box(put: Put, dialect: str) -> None:
    desk = put(dialect=dialect)
    printer = desk.open()
    before = printer.counters(soon())
    printer.feed(Station.CONTACTLESS, soon())
    printer.reject(soon())
    proof = printer.confirm(before, None, soon())
    assert (proof.outcome, proof.cause) == (Outcome.SPOILED, "")
    assert desk.out() == [("A-1", "reject", False)]
    with pytest.raises(RefusedError, match="No card is inside"):
        printer.reject(soon())
    assert desk.fed() == ["A-1"]


def test_a_card_is_given_back_unprinted(put_tcp: Put) -> None:
    desk = put_tcp()
    printer = desk.open()
    before = printer.counters(soon())
    printer.feed(Station.PRINT, soon())
    printer.eject(soon())
    assert printer.confirm(before, None, soon()).outcome is Outcome.IN_DOUBT
    assert desk.out() == [("A-1", "output", False)]


def cover(desk: Desk) -> None:
    desk.sim.hands.open_cover()


def no_blanks(desk: Desk) -> None:
    desk.sim.hands.unload()


def short_ribbon(desk: Desk) -> None:
    desk.sim.hands.new_ribbon(count=3)


def cleaning(desk: Desk) -> None:
    desk.sim.machine.counters.until_cleaning = 0


def no_ribbon(desk: Desk) -> None:
    desk.sim.machine.ribbon = None


def cut_ribbon(desk: Desk) -> None:
    assert desk.sim.machine.ribbon is not None
    desk.sim.machine.ribbon.cut = True


@pytest.mark.parametrize(
    ("act", "reason", "severity"),
    [
        (cover, Reason.COVER_OPEN, Severity.ERROR),
        (no_blanks, Reason.MEDIA_EMPTY, Severity.ERROR),
        (short_ribbon, Reason.MARKER_SUPPLY_LOW, Severity.WARNING),
        (cleaning, Reason.CLEANER_LIFE_OVER, Severity.WARNING),
        (no_ribbon, Reason.MARKER_SUPPLY_MISSING, Severity.ERROR),
        (cut_ribbon, Reason.MARKER_SUPPLY_EMPTY, Severity.ERROR),
    ],
)
def test_each_condition_is_told_with_its_raw_reading_and_ends(
    put_tcp: Put, act: Callable[[Desk], None], reason: Reason, severity: Severity
) -> None:
    desk = put_tcp(hopper=[f"A-{n}" for n in range(60)])
    printer = desk.open()
    assert printer.status(soon()).state is State.IDLE
    act(desk)
    status = printer.status(soon())
    condition = next(c for c in status.conditions if c.reason is reason)
    assert condition.severity is severity
    assert any(f"{probe}: {reply}" == condition.raw for probe, reply in status.raw.items())
    assert status.state is (State.STOPPED if severity is Severity.ERROR else State.IDLE)
    assert bool(status.blocking) == (severity is Severity.ERROR)
    desk.sim.machine.counters.until_cleaning = 500
    desk.sim.hands.close_cover()
    desk.sim.hands.new_ribbon("ymcko", 100)
    desk.sim.hands.load([f"B-{n}" for n in range(60)])
    assert printer.status(soon()).conditions == ()


@pytest.mark.parametrize("fault", ["silence@command=Rse;o", "garbled_reply@command=Rlr;p", "garbled_reply@command=Rcr"])
def test_a_reading_that_fails_is_unknown_and_never_idle(put_tcp: Put, fault: str) -> None:
    desk = put_tcp()
    printer = desk.open()
    printer.identify(soon())
    desk.sim.hands.fault(fault)
    status = printer.status(Deadline.after(SHORT))
    assert status.state is State.UNKNOWN
    assert Reason.UNKNOWN in {c.reason for c in status.blocking}


@DIALECTS
def test_the_ribbon_ends_in_the_middle(put: Put, dialect: str) -> None:
    desk = put(dialect=dialect, faults=["ribbon_end@panel=m"])
    printer, job = desk.open(), card(desk.model)
    before = printer.counters(soon())
    with pytest.raises(RefusedError) as caught:
        printer.print(job, soon())
    assert caught.value.reply in ("ERR RIBBON", "ERROR RIBBON")
    assert caught.value.command.startswith("Db;")
    held = printer.confirm(before, job, soon())
    assert held.outcome is Outcome.IN_DOUBT
    assert held.position in (Position.PRINT, Position.INSIDE)
    assert any("Clear the printer" in finding for finding in held.findings)
    printer.clear(soon())
    proof = printer.confirm(before, job, soon())
    assert (proof.outcome, proof.cause, proof.position) == (Outcome.SPOILED, "ribbon_break", Position.NONE)
    assert desk.out() == [("A-1", "reject", False)]
    assert printer.status(soon()).state is State.STOPPED
    desk.sim.hands.new_ribbon("ymcko", 100)
    before = printer.counters(soon())
    printer.print(job, soon())
    assert printer.confirm(before, job, soon()).outcome is Outcome.PRINTED
    assert desk.out()[1:] == [("A-2", "output", True)]


@DIALECTS
def test_a_jam_stays_in_doubt_until_a_person_has_the_card(put_tcp: Put, dialect: str) -> None:
    desk = put_tcp(dialect=dialect, faults=["jam@panel=c"])
    printer, job = desk.open(), card(desk.model)
    before = printer.counters(soon())
    with pytest.raises(RefusedError):
        printer.print(job, soon())
    proof = printer.confirm(before, job, soon())
    assert proof.outcome is Outcome.IN_DOUBT
    assert proof.position in (Position.PRINT, Position.INSIDE)
    assert Reason.MEDIA_JAM in {c.reason for c in printer.status(soon()).blocking}
    with pytest.raises(RefusedError):
        printer.clear(soon())
    assert desk.laid() == YMCKO[:3]
    desk.sim.hands.take_card()
    assert Reason.MEDIA_JAM in {c.reason for c in printer.status(soon()).blocking}
    printer.clear(soon())
    assert printer.status(soon()).blocking == ()
    assert printer.confirm(before, job, soon()).outcome is Outcome.IN_DOUBT


@DIALECTS
def test_an_empty_feeder_leaves_the_blank_unused(put: Put, dialect: str) -> None:
    desk = put(dialect=dialect, hopper=[])
    printer, job = desk.open(), card(desk.model)
    before = printer.counters(soon())
    with pytest.raises(RefusedError) as caught:
        printer.print(job, soon())
    assert (caught.value.reply, caught.value.hint) == ("FEEDER EMPTY", "Load cards")
    assert printer.confirm(before, job, soon()).outcome is Outcome.UNUSED
    desk.sim.hands.load(["B-1"])
    printer.print(job, soon())
    assert printer.confirm(before, job, soon()).outcome is Outcome.PRINTED
    assert desk.out() == [("B-1", "output", True)]


def test_a_double_feed_that_the_counter_sees_is_in_doubt(put_tcp: Put) -> None:
    desk = put_tcp()
    printer, job = desk.open(), card(desk.model)
    before = printer.counters(soon())
    printer.print(job, soon())
    desk.sim.machine.counters.cards += 1  # the sensor told the two apart
    proof = printer.confirm(before, job, soon())
    assert proof.outcome is Outcome.IN_DOUBT
    assert proof.findings[0].startswith("double feed: 2 cards")


def test_silence_in_the_middle_is_in_doubt(put: Put) -> None:
    desk = put(faults=["silence@command=Db,panel=c"])
    printer, job = desk.open(), card(desk.model)
    before = printer.counters(soon())
    with pytest.raises(NoReplyError) as caught:
        printer.print(job, Deadline.after(SHORT))
    assert caught.value.command == "Db;c;128"
    assert printer.confirm(before, job, soon()).outcome is Outcome.IN_DOUBT
    assert printer.status(soon()).state is State.UNKNOWN
    assert desk.out() == []


def test_the_last_answer_lost_is_in_doubt_although_all_counters_agree(put_tcp: Put) -> None:
    """The missing answer may have been an error (a full hopper); only a person may count what nobody has confirmed."""
    desk = put_tcp(faults=["reply_lost@command=Se"])
    printer, job = desk.open(), card(desk.model)
    before = printer.counters(soon())
    with pytest.raises(NoReplyError):
        printer.print(job, Deadline.after(SHORT))
    proof = printer.confirm(before, job, soon())
    assert (proof.outcome, proof.rung, proof.position) == (Outcome.IN_DOUBT, Rung.SENT, Position.NONE)
    assert (proof.after.cards, proof.after.panels) == (1, 5)
    assert any("very likely finished" in finding for finding in proof.findings)
    assert desk.out() == [("A-1", "output", True)]


def test_power_fails_in_the_middle(put: Put) -> None:
    desk = put(faults=["power_cut@panel=c"])
    printer, job = desk.open(), card(desk.model)
    before = printer.counters(soon())
    with pytest.raises((GoneError, NoReplyError)):  # a serial line does not tell that the other end is dark
        printer.print(job, Deadline.after(SHORT))
    dark = printer.confirm(before, job, Deadline.after(SHORT))
    assert (dark.outcome, dark.position) == (Outcome.IN_DOUBT, Position.UNKNOWN)
    printer.close()
    desk.recover()
    printer = desk.open()
    proof = printer.confirm(before, None, soon())
    assert (proof.outcome, proof.position) == (Outcome.IN_DOUBT, Position.PRINT)
    with pytest.raises(RefusedError, match="from before is inside"):
        printer.print(job, soon())
    printer.clear(soon())
    assert printer.confirm(before, None, soon()).outcome is Outcome.SPOILED
    assert desk.out() == [("A-1", "reject", False)]
    assert desk.laid() == YMCKO[:3]


@pytest.mark.parametrize(
    ("dialect", "fault", "quirks", "outcome"),
    [
        ("kc", "power_cut@step=before_feed", [], Outcome.UNUSED),
        ("classic", "power_cut@step=before_feed", [], Outcome.IN_DOUBT),
        ("kc", "power_cut@reply=Se", [], Outcome.IN_DOUBT),
        ("kc", "power_cut@reply=Se", ["counters_late"], Outcome.IN_DOUBT),
        ("classic", "power_cut@reply=Se", ["counters_late"], Outcome.IN_DOUBT),
        ("kc", "power_cut@panel=m", ["eject_on_boot"], Outcome.IN_DOUBT),
    ],
)
def test_what_is_known_after_a_restart(
    put_tcp: Put, dialect: str, fault: str, quirks: list[str], outcome: Outcome
) -> None:
    desk = put_tcp(dialect=dialect, faults=[fault], quirks=quirks)
    printer, job = desk.open(), card(desk.model)
    before = printer.counters(soon())
    with pytest.raises(GoneError):
        printer.print(job, soon())
    printer.close()
    desk.recover()
    assert desk.open().confirm(before, None, soon()).outcome is outcome


def test_the_cable_comes_out_in_the_middle_of_a_picture(put: Put) -> None:
    desk = put(faults=["cable_out@payload=c"])
    printer, job = desk.open(), card(desk.model)
    before = printer.counters(soon())
    with pytest.raises(GoneError) as caught:
        printer.print(job, soon())
    assert caught.value.command == "Db;c;128"
    with pytest.raises(GoneError):
        printer.status(soon())
    assert printer.confirm(before, job, soon()).outcome is Outcome.IN_DOUBT


def test_nothing_is_printed_on_a_card_that_another_job_left_inside(put_tcp: Put) -> None:
    desk = put_tcp(faults=["head_hot@panel=c"])
    printer, job = desk.open(), card(desk.model)
    with pytest.raises(RefusedError):
        printer.print(job, soon())
    laid = desk.laid()
    for _ in range(2):
        with pytest.raises(RefusedError, match="from before is inside"):
            printer.print(job, soon())
        with pytest.raises(RefusedError, match="from before is inside"):
            printer.feed(Station.CONTACTLESS, soon())
    assert desk.laid() == laid
    assert desk.fed() == ["A-1"]


def test_a_card_that_was_taken_from_the_station_is_not_replaced_by_another(put_tcp: Put) -> None:
    desk = put_tcp()
    printer, job = desk.open(), card(desk.model)
    before = printer.counters(soon())
    printer.feed(Station.CONTACT, soon())
    desk.sim.hands.take_card()
    with pytest.raises(RefusedError, match="no longer inside"):
        printer.print(job, soon())
    assert printer.confirm(before, job, soon()).outcome is Outcome.IN_DOUBT
    assert desk.fed() == ["A-1"]


def test_an_open_cover_is_not_cleared_by_software(put_tcp: Put) -> None:
    desk = put_tcp(faults=["cover@panel=k"])
    printer, job = desk.open(), card(desk.model)
    before = printer.counters(soon())
    with pytest.raises(RefusedError):
        printer.print(job, soon())
    with pytest.raises(RefusedError) as caught:
        printer.clear(soon())
    assert caught.value.hint == "Close the cover"
    assert desk.out() == []
    desk.sim.hands.close_cover()
    printer.clear(soon())
    assert printer.confirm(before, job, soon()).outcome is Outcome.SPOILED


def test_a_printer_that_restarted_between_jobs_is_told_again_who_owns_errors(put_tcp: Put) -> None:
    desk = put_tcp(quirks=["silent_pem0"])
    printer, job = desk.open(), card(desk.model)
    desk.sim.language.restart()
    before = printer.counters(soon())
    desk.sim.language.restart()  # as after power-on, unseen on the wire: Pem is 0 again
    printer.print(job, soon())
    assert printer.confirm(before, job, soon()).outcome is Outcome.PRINTED


@pytest.mark.parametrize(
    ("quirks", "outcome"),
    [
        (["no_nul"], Outcome.PRINTED),
        (["split"], Outcome.PRINTED),
        (["spurious_ok"], Outcome.PRINTED),
        (["silent_pem0"], Outcome.PRINTED),
        (["feed_at_panel"], Outcome.PRINTED),
        (["lacks=Sr", "lacks=Pneab", "lacks=Rrt", "lacks=Rlr;h"], Outcome.PRINTED),
        (["lacks=Rco;p"], Outcome.PRINTED),
        (["lacks=Rsn"], Outcome.PRINTED),
        (["lacks=Rco;c"], Outcome.IN_DOUBT),
        (["count_cards"], Outcome.IN_DOUBT),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else "",
)
def test_printers_that_do_it_their_own_way(put_tcp: Put, quirks: list[str], outcome: Outcome) -> None:
    desk = put_tcp(quirks=quirks)
    printer, job = desk.open(), card(desk.model)
    assert printer.status(soon()).state is State.IDLE
    before = printer.counters(soon())
    printer.print(job, Deadline.after(60))
    assert printer.confirm(before, job, soon()).outcome is outcome
    assert desk.out() == [("A-1", "output", True)]


def test_a_command_that_the_model_does_not_know_ends_the_job_before_a_card_is_fed(put_tcp: Put) -> None:
    desk = put_tcp(quirks=["lacks=Pmi"])
    printer, job = desk.open(), card(desk.model)
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match="check the configured model"):
        printer.print(job, soon())
    assert printer.confirm(before, job, soon()).outcome is Outcome.UNUSED
    assert desk.fed() == []


def test_a_printer_that_cannot_tell_sides_apart_prints_no_second_side(put_tcp: Put) -> None:
    desk = put_tcp(quirks=["lacks=Sr"], ribbon="ymckok:50")
    printer, job = desk.open(), card(desk.model, two_sided=True)
    with pytest.raises(RefusedError) as caught:
        printer.print(job, soon())
    assert (caught.value.command, desk.laid()) == ("Sr", [])


def test_noise_in_place_of_an_answer_is_unexpected(put_tcp: Put) -> None:
    desk = put_tcp(faults=["garbled_reply@command=Db"])
    printer, job = desk.open(), card(desk.model)
    with pytest.raises(UnexpectedReplyError):
        printer.print(job, soon())


FAULTS = [
    "feeder_empty", "double_feed", "feed_jam", "defect", "wrong_ribbon", "ribbon_end@panel=y", "ribbon_cut@panel=o",
    "tag_unreadable@command=Rrt", "jam@step=after_feed", "jam@step=eject", "cover@step=before_feed", "cover@step=eject",
    "head_hot@panel=c", "hopper_full", "silence@command=Se", "silence@command=Ss", "reply_lost@command=Ss",
    "reply_lost@command=Db,panel=m", "reply_lost_undone@command=Se", "duplicate_reply@command=Ss",
    "duplicate_reply@command=Db", "duplicate_reply@command=Se", "duplicate_reply@command=Rlr;p",
    "garbled_reply@command=Se", "garbled_reply@command=Rco;c", "busy@command=Db", "busy@command=Se",
    "power_cut@step=after_feed", "power_cut@step=after_panel,panel=o", "power_cut@step=eject",
    "power_cut@step=after_eject", "power_cut@payload=m", "cable_out@payload=y", "cable_out@reply=Se",
    "cable_out@reply=Ss",
]  # fmt: skip
STATION_FAULTS = [
    "feeder_empty", "feed_jam", "station_timeout", "jam@step=station", "cover@step=before_station",
    "silence@command=Sic", "reply_lost@command=Sic", "duplicate_reply@command=Sic", "garbled_reply@command=Sic",
    "power_cut@step=station", "power_cut@step=after_station", "cable_out@reply=Sic", "ribbon_end@panel=c",
]  # fmt: skip
FLIP_FAULTS = [
    "flip_jam", "power_cut@step=flip", "cover@step=after_flip", "ribbon_end@panel=k,side=back", "reply_lost@command=Sv",
    "silence@command=Sv",
]  # fmt: skip
CASES = [
    *(("print", fault) for fault in FAULTS),
    *(("station", fault) for fault in STATION_FAULTS),
    *(("flip", fault) for fault in FLIP_FAULTS),
]


@pytest.mark.parametrize(("flow", "fault"), CASES, ids=[f"{flow}-{fault}" for flow, fault in CASES])
@DIALECTS
def test_no_claim_contradicts_what_physically_happened(put_tcp: Put, dialect: str, flow: str, fault: str) -> None:
    desk = put_tcp(dialect=dialect, faults=[fault], ribbon="ymckok:50" if flow == "flip" else "ymcko:50")
    printer, job = desk.open(), card(MODEL_OF[dialect], two_sided=flow == "flip")
    before = printer.counters(soon())
    sent = None
    with contextlib.suppress(DriverError):
        if flow == "station":
            printer.feed(Station.CONTACTLESS, Deadline.after(SHORT))
        sent = job
        printer.print(job, Deadline.after(SHORT))
    claims = [printer.confirm(before, sent, Deadline.after(SHORT))]
    if claims[0].outcome is Outcome.IN_DOUBT:
        if not desk.sim.port.alive:
            desk.recover()
            printer.close()
            printer, sent = desk.open(), None
        desk.recover()
        claims.append(printer.confirm(before, sent, soon()))
        with contextlib.suppress(DriverError):
            printer.clear(soon())
        claims.append(printer.confirm(before, sent, soon()))
    for claim in claims:
        if claim.outcome is Outcome.PRINTED:
            assert ("A-1", "output", True) in desk.out()
        elif claim.outcome is Outcome.UNUSED:
            assert desk.fed() == []
        elif claim.outcome is Outcome.SPOILED:
            assert desk.fed() == ["A-1"]
            assert [(blank, box) for blank, box, _ in desk.out()] == [("A-1", "reject")]
    assert len(desk.fed()) <= 1
    assert len(desk.laid()) == len(set(desk.laid()))


def test_a_full_reject_box_keeps_the_card_inside_and_the_attempt_in_doubt(put_tcp: Put) -> None:
    desk = put_tcp(faults=["ribbon_end@panel=m", "reject_full"])
    printer, job = desk.open(), card(desk.model)
    before = printer.counters(soon())
    with pytest.raises(RefusedError):
        printer.print(job, soon())
    with pytest.raises(RefusedError):
        printer.clear(soon())
    assert printer.confirm(before, job, soon()).outcome is Outcome.IN_DOUBT
    assert desk.out() == []
    desk.sim.hands.take_reject()
    printer.clear(soon())
    assert printer.confirm(before, job, soon()).outcome is Outcome.SPOILED


def test_the_command_line_tells_the_status(put_tcp: Put, capsys: pytest.CaptureFixture[str]) -> None:
    desk = put_tcp(serial="10000777009")
    desk.sim.hands.open_cover()
    assert main(["status", desk.uri(), "--model", "primacy"]) == 0
    told = capsys.readouterr().out
    assert "10000777009" in told
    assert "stopped" in told
    assert "cover-open" in told
