"""The EPCL conversation against answers that were written down: what goes over the wire, and what ends it."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.errors import DriverError, NoReplyError, RefusedError, UnexpectedReplyError
from drivers.family import Options
from drivers.panels import Separation
from drivers.printer import Artwork, Counters, EncodedCard, Outcome, Reason, SidePicture, State, Station
from drivers.zebra.job import MODELS, Quirks, encode, moves_card
from drivers.zebra.printer import ZebraPrinter
from drivers.zebra.replies import Kind
from support.deliberate import Patch, line, notices

VERSION = b"P310 V2.06\r"
ACK = b"\x06"


@dataclass
class Clock:
    """Stands for :mod:`time`: waiting costs nothing and ends."""

    now: float = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


Pieces = Sequence[bytes | float]
"""What comes, each piece in one read; a number is the seconds until the next."""
Answer = Callable[[bytes, int], Pieces]
"""What the printer sends when a command arrived, and how many of it came before."""


@dataclass
class Wire:
    """A transport whose printer answers as a test says."""

    clock: Clock
    answer: Answer
    sent: list[bytes] = field(default_factory=list)
    pieces: list[bytes | float] = field(default_factory=list)
    forever: bytes = b""
    settle = 0.0

    def write(self, data: bytes, deadline: Deadline) -> None:
        self.pieces += self.answer(data, self.sent.count(data))
        self.sent.append(data)

    def read(self, deadline: Deadline) -> bytes:
        while self.pieces:
            piece = self.pieces.pop(0)
            if isinstance(piece, bytes):
                return piece
            if piece > deadline.remaining:  # it comes after the one who waits for it has gone
                self.pieces.insert(0, piece - deadline.remaining)
                break
            self.clock.now += piece
        self.clock.now += 0.001 if self.forever else deadline.remaining
        return self.forever

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let time pass only where somebody waits."""
    made = Clock()
    monkeypatch.setattr("drivers.deadline.time", made)
    monkeypatch.setattr("drivers.zebra.printer.time", made)
    return made


@functools.cache
def card() -> EncodedCard:
    side = SidePicture(
        np.full((648, 1016, 3), 255, np.uint8), np.zeros((648, 1016), np.bool_), np.zeros((648, 1016), np.bool_)
    )
    return encode(Artwork(side), MODELS["p310"], Options(Separation(ribbon="k")))


def counted(passes: int) -> bytes:
    return b"Cpt imp:%08d next clean Prn:00005000 nb pass:5\r" % passes


def good(command: bytes, passes: int = 7) -> Pieces:
    """Answer as the sheet says."""
    if command.startswith((b"\x1bV\r", b"\x1b%CLN\r")):
        return [VERSION if command[1:2] == b"V" else counted(passes)]
    return [ACK]


def but(changed: Mapping[bytes, Sequence[Pieces]]) -> Answer:
    """Answer well, except these commands, by their beginnings: the first time so, the second so, then well."""

    def answer(command: bytes, before: int) -> Pieces:
        for begins, answers in changed.items():
            if command.startswith(b"\x1b" + begins) and before < len(answers):
                return answers[before]
        return good(command)

    return answer


def soon() -> Deadline:
    return Deadline.after(300)


def test_a_black_card_goes_over_the_wire_as_sequence_a(clock: Clock) -> None:
    wire = Wire(clock, but({}))
    printer = ZebraPrinter(wire, MODELS["p310"])
    printer.print(card(), soon())
    version = b"\x1bV\r"
    loads, (lay, out) = list(card().commands[:5]), card().commands[5:]
    assert wire.sent == [version, b"\x1b.\r", *loads, version, lay, version, out, version]
    assert printer.confirm(Counters(panels=6), card(), soon()).outcome is Outcome.PRINTED


def test_the_length_goes_before_every_command_of_the_other_framing(clock: Clock) -> None:
    def answer(command: bytes, _: int) -> Pieces:
        return good(command[4:]) if command[:1] == b"\0" else []

    wire = Wire(clock, answer)
    printer = ZebraPrinter(wire, MODELS["p330i"])
    printer.identify(soon())
    assert wire.sent == [b"\x1bV\r", b"\0\0\0\x03\x1bV\r", b"\0\0\0\x03\x1bV\r"]
    assert clock.now < 3  # two seconds for the plain question (sheet 4.2)
    wire.sent.clear()
    with pytest.raises(RefusedError, match="is a P310, and the configured model is p330i"):
        printer.print(card(), soon())
    printer = ZebraPrinter(wire, replace(MODELS["p310"], framing=None))
    printer.print(card(), soon())
    assert bytes.fromhex("00 00 00 08 1B 2B 52 49 42 20 34 0D") in wire.sent  # sheet 10 A
    assert (len(card().commands[4])).to_bytes(4, "big") + card().commands[4] in wire.sent


def test_an_answer_that_only_came_late_does_not_change_the_framing(clock: Clock) -> None:
    answers = {b"\x1bV\r": [], b"\0\0\0\x03\x1bV\r": [VERSION, VERSION]}  # both, when the second was asked
    wire = Wire(clock, lambda data, before: good(data) if before else answers[data])
    printer = ZebraPrinter(wire, replace(MODELS["p310"], framing=None))
    printer.identify(soon())
    assert wire.sent[-1] == b"\x1bV\r"


def test_a_question_that_nobody_answers_ends(clock: Clock) -> None:
    wire = Wire(clock, lambda *_: [])
    printer = ZebraPrinter(wire, MODELS["p330i"])
    with pytest.raises(NoReplyError):
        printer.identify(soon())
    assert clock.now < 5
    assert printer.status(soon()).blocking[0].reason is Reason.UNKNOWN
    assert printer.confirm(Counters(panels=1), None, soon()).outcome is Outcome.IN_DOUBT


@pytest.mark.parametrize(
    "stream", [ACK, b"a", b"\x15", b"\x1505\x04", b"\r\0", b"\x07", bytes(range(256)), b"\x15\x06"]
)
def test_a_printer_that_never_ends_is_left_alone(clock: Clock, stream: bytes) -> None:
    wire = Wire(clock, lambda *_: [], forever=stream * 16)
    printer = ZebraPrinter(wire, MODELS["p310"])
    assert printer.status(Deadline.after(30)).state is not State.IDLE
    with pytest.raises(DriverError):
        printer.print(card(), Deadline.after(30))
    assert not any(map(moves_card, wire.sent))
    assert printer.confirm(Counters(panels=1), card(), Deadline.after(30)).outcome is Outcome.IN_DOUBT
    assert clock.now < 200


NOISE = [b"\x07?#"]
RESENT = [
    ({b"Z": [[b"\x1522\x04"]]}, b"G", b"Z"),
    ({b"Z": [[b"\x1534\x04"], [b"\x1533\x04"]]}, b"G", b"Z"),
    ({b"Z": [NOISE]}, b"G", b"Z"),
    ({b"F": [NOISE, [b"OK\0"]]}, b"F", b"F"),
    ({b"G": [[b"\x15"], [b"\x15"]]}, b"G", b"G"),
]


@pytest.mark.parametrize(("changed", "first", "last"), RESENT)
def test_data_that_were_hurt_are_sent_again(
    clock: Clock, changed: Mapping[bytes, Sequence[Pieces]], first: bytes, last: bytes
) -> None:
    wire = Wire(clock, but(changed))
    printer = ZebraPrinter(wire, MODELS["p310"])
    printer.print(card(), soon())
    times = len(next(iter(changed.values()))) + 1
    sent = [one[1:2] for one in wire.sent]
    assert (sent.count(first), sent.count(last)) == (times, times)
    assert [one for one in wire.sent if moves_card(one)] == list(card().commands[5:])
    assert printer.confirm(Counters(panels=6), card(), soon()).outcome is Outcome.PRINTED


def test_data_that_stay_hurt_are_given_up(clock: Clock) -> None:
    wire = Wire(clock, but({b"Z": [[b"\x1522\x04"]] * 9}))
    with pytest.raises(RefusedError, match="NACK 22"):
        ZebraPrinter(wire, MODELS["p310"]).print(card(), soon())
    assert sum(one.startswith(b"\x1bZ") for one in wire.sent) == 3


@pytest.mark.parametrize(
    ("lay", "again", "kind"),
    [
        (NOISE, [VERSION], NoReplyError),  # the last answer is that to the question before: it never came
        ([], [VERSION], NoReplyError),
        ([], [], NoReplyError),
        (NOISE, NOISE, UnexpectedReplyError),
        (NOISE, [b"\x1501\x04"], RefusedError),
        (NOISE, [b"\x1514\x04"], RefusedError),  # which may be said of the repetition
        *(([b"\x15" + code + b"\x04"], [], RefusedError) for code in (b"01", b"03", b"08", b"48", b"99")),
        ([b"\x15"], [], RefusedError),
        ([b"OK\0"], [b"OK\0"], DriverError),
        ([b"\x1504"], [b"\x1504"], UnexpectedReplyError),
    ],
)
def test_a_move_is_made_once_whatever_is_answered(
    clock: Clock, lay: list[bytes], again: list[bytes], kind: type[DriverError]
) -> None:
    wire = Wire(clock, but({b"I 10": [lay], b"E": [again] * 9}))
    printer = ZebraPrinter(wire, MODELS["p310"])
    with pytest.raises(kind):
        printer.print(card(), soon())
    assert [one for one in wire.sent if moves_card(one)] == [card().commands[5]]
    for passes in (7, 6):
        found = printer.confirm(Counters(panels=passes), card(), soon())
        assert found.outcome is Outcome.IN_DOUBT


@pytest.mark.parametrize("code", [b"04", b"10", b"11", b"14"])
def test_only_words_that_a_card_never_moved_leave_it_unused(clock: Clock, code: bytes) -> None:
    for first in (b"I 10", b"MO"):
        wire = Wire(clock, but({first: [[b"\x15" + code + b"\x04"]]}))
        printer = ZebraPrinter(wire, MODELS["p310"])
        with pytest.raises(RefusedError):
            printer.print(card(), soon())
        outcome = printer.confirm(Counters(panels=7), card(), soon()).outcome
        assert outcome is (Outcome.UNUSED if first == b"I 10" else Outcome.IN_DOUBT)
        assert printer.confirm(Counters(panels=6), card(), soon()).outcome is Outcome.IN_DOUBT


@pytest.mark.parametrize("command", [b"+C", b"MO"])
def test_an_error_that_came_late_is_not_overlooked(clock: Clock, command: bytes) -> None:
    wire = Wire(clock, but({command: [[ACK, b"\x1503\x04"]]}))
    printer = ZebraPrinter(wire, MODELS["p310"])
    with pytest.raises(UnexpectedReplyError, match="came late"):
        printer.print(card(), soon())
    assert printer.confirm(Counters(panels=6), card(), soon()).outcome is Outcome.IN_DOUBT


ALARMS = "if reply.kind not in (Kind.ACK, Kind.TEXT)"


def _believed(kind: Kind) -> Patch:
    return line(ZebraPrinter._unasked_errors, ALARMS, f"if reply.kind not in (Kind.ACK, Kind.TEXT, Kind.{kind.name})")


@pytest.mark.parametrize("command", [b"+C", b"MO"])
@notices({f"{kind.value}, come late, is believed": _believed(kind) for kind in (Kind.NACK, Kind.FULL, Kind.NOISE)})
def test_nothing_but_an_acceptance_or_a_text_may_come_unasked(clock: Clock, command: bytes) -> None:
    for stray in (b"\x1503\x04", b"\x15\x06", b"\x07?#\x00\r"):
        wire = Wire(clock, but({command: [[ACK, stray]]}))
        printer = ZebraPrinter(wire, MODELS["p310"])
        with contextlib.suppress(DriverError):
            printer.print(card(), soon())
        found = printer.confirm(Counters(panels=6), card(), soon())
        assert found.outcome is Outcome.IN_DOUBT, stray
        assert "nobody had asked" in found.findings[-1]


FORGETS = "            self._conversation.unasked.clear()\n"


@notices({"what came late speaks against every later card": line(ZebraPrinter._current_attempt, FORGETS, "")})
def test_what_came_late_for_one_card_says_nothing_of_the_next(clock: Clock) -> None:
    wire = Wire(clock, but({b"MO": [[ACK, b"\x1503\x04"]]}))
    printer = ZebraPrinter(wire, MODELS["p310"])
    with pytest.raises(UnexpectedReplyError, match="came late"):
        printer.print(card(), soon())
    assert printer.confirm(Counters(panels=6), card(), soon()).outcome is Outcome.IN_DOUBT
    with contextlib.suppress(DriverError):
        printer.print(card(), soon())
    assert printer.confirm(Counters(panels=6), card(), soon()).outcome is Outcome.PRINTED


@notices(
    {
        "what came late while a card is held is forgotten when it is printed": line(
            ZebraPrinter._current_attempt, FORGETS, FORGETS[4:]
        )
    }
)
def test_what_came_late_while_a_card_is_held_speaks_against_it(clock: Clock) -> None:
    wire = Wire(clock, but({b"MS 1": [[ACK, b"\x1503\x04"]]}))
    printer = ZebraPrinter(wire, replace(MODELS["p310"], quirks=Quirks(stations={Station.CONTACTLESS: "MS 1"})))
    printer.feed(Station.CONTACTLESS, soon())
    printer.status(soon())  # an answer that is read meanwhile brings it to light
    with contextlib.suppress(DriverError):
        printer.print(card(), soon())
    assert printer.confirm(Counters(panels=6), card(), soon()).outcome is Outcome.IN_DOUBT


def test_what_comes_after_the_end_still_speaks_against_a_card(clock: Clock) -> None:
    wire = Wire(clock, but({}))
    printer = ZebraPrinter(wire, MODELS["p310"])
    printer.print(card(), soon())
    wire.pieces.append(b"\x1503\x04")
    found = printer.confirm(Counters(panels=6), card(), soon())
    assert found.outcome is Outcome.IN_DOUBT
    assert "nobody had asked" in found.findings[-1]


def test_of_another_card_nothing_is_known(clock: Clock) -> None:
    printer = ZebraPrinter(Wire(clock, but({})), MODELS["p310"])
    printer.print(card(), soon())
    for other in (None, replace(card())):
        assert printer.confirm(Counters(panels=6), other, soon()).outcome is Outcome.IN_DOUBT
    assert printer.confirm(Counters(panels=6), card(), soon()).outcome is Outcome.PRINTED


@pytest.mark.parametrize(("code", "cleared"), [(b"03", False), (b"-1", False), (b"47", False), (b"04", True)])
def test_an_error_without_a_card_is_cleared_to_see_whether_it_is_over(clock: Clock, code: bytes, cleared: bool) -> None:
    wire = Wire(clock, but({b"V\r": [[b"\x15" + code + b"\x04"]]}))
    status = ZebraPrinter(wire, MODELS["p310"]).status(soon())
    assert (b"\x1b.\r" in wire.sent) == cleared
    assert status.state is (State.IDLE if cleared else State.STOPPED)
    assert not any(map(moves_card, wire.sent))


@pytest.mark.parametrize("early", [True, False])
def test_a_printer_may_accept_a_move_before_or_after_it_is_made(clock: Clock, early: bool) -> None:
    waiting = 0.0

    def answer(command: bytes, _: int) -> Pieces:
        nonlocal waiting
        if moves_card(command):
            waiting = 12.0 if early else 0.0
            return [ACK] if early else [12.0, ACK]
        pause, waiting = waiting, 0.0
        return [pause, *good(command)]

    printer = ZebraPrinter(Wire(clock, answer), MODELS["p310"])
    printer.print(card(), soon())
    assert printer.confirm(Counters(panels=6), card(), soon()).outcome is Outcome.PRINTED
    assert 24 < clock.now < 30


def test_an_error_that_is_held_speaks_against_a_good_card(clock: Clock) -> None:
    wire = Wire(clock, but({b"%CLN": [[b"\x1548\x04"]]}))
    printer = ZebraPrinter(wire, MODELS["p310"])
    printer.print(card(), soon())
    found = printer.confirm(Counters(panels=6), card(), soon())
    assert found.outcome is Outcome.IN_DOUBT
    assert found.after.panels == 7
    assert any("NACK 48 (cover-open)" in one for one in found.findings)
    with pytest.raises(RefusedError, match="cover-open"):
        ZebraPrinter(Wire(clock, lambda *_: [b"\x1548\x04"]), MODELS["p310"]).counters(soon())


def test_a_quirk_names_the_command_that_feeds(clock: Clock) -> None:
    wire = Wire(clock, but({}))
    printer = ZebraPrinter(wire, replace(MODELS["p420"], quirks=Quirks(stations={Station.CONTACTLESS: "MS 1"})))
    with pytest.raises(RefusedError, match="is a P310"):
        printer.feed(Station.CONTACTLESS, soon())
    wire.answer = lambda command, _: [b"P420 V2\r"] if command == b"\x1bV\r" else good(command)
    printer.feed(Station.CONTACTLESS, soon())
    assert wire.sent[-1] == b"\x1bMS 1\r"
    with pytest.raises(RefusedError, match="print station of the model p420"):
        printer.feed(Station.PRINT, soon())


# Bytes that mean something to a receiver, so that noise is not only noise.
SPEECH = st.lists(
    st.one_of(
        st.sampled_from([ACK, b"\x15", b"\x1504\x04", b"\x15-1\x04", VERSION, counted(7)]),
        st.binary(),
        st.sampled_from([0.5, 3.0, 90.0]),
    ),
    max_size=3,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.lists(st.one_of(st.none(), SPEECH), min_size=1, max_size=16))
def test_whatever_is_answered_a_card_moves_once_and_every_call_ends(
    clock: Clock, answers: list[list[bytes | float] | None]
) -> None:
    turns = iter(answers)

    def answer(command: bytes, _: int) -> Pieces:
        turn = next(turns, None)
        return good(command) if turn is None else list(turn)

    wire = Wire(clock, answer)
    printer = ZebraPrinter(wire, MODELS["p310"])
    failure = None
    try:
        printer.print(card(), soon())
    except DriverError as error:
        failure = error
    moved = [one for one in wire.sent if moves_card(one)]
    assert moved == list(card().commands[5 : 5 + len(moved)])
    for passes in (6, 7, 8):
        found = printer.confirm(Counters(panels=passes), card(), soon())
        if found.outcome is Outcome.PRINTED:
            assert failure is None
            assert len(moved) == 2
        if found.outcome is Outcome.UNUSED:
            assert len(moved) <= 1
        assert found.outcome is not Outcome.SPOILED
    printer.status(soon())
