"""What the driver sends, and when answers fall out of step, against a wire that answers from a table."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest

from drivers.deadline import Deadline
from drivers.errors import DriverError, NoReplyError, RefusedError, UnexpectedReplyError
from drivers.evolis.job import MODELS
from drivers.evolis.printer import EvolisPrinter
from drivers.evolis.wires import command_name
from drivers.printer import Counters, EncodedCard, Outcome, Position, State, Station
from support.deliberate import line, notices

JOB = ("Pr;ymcko", "Pmi;B", "Ss", "Sr", "Db;y;32;", "Db;m;32;", "Db;c;32;", "Dbc;k;2;1;", "Db;o;2;", "Pneab;A;1", "Se")
CARD = EncodedCard(tuple(f"\x1b{name}\r".encode() for name in JOB), tuple("ymcko"), "ymcko", 1)
MOVES = {
    "Si",
    "Sis",
    "Sic",
    "Ss",
    "Se",
    "Ser",
    "Seb",
    "Sc",
    "Sie",
    "Db;y;32",
    "Db;m;32",
    "Db;c;32",
    "Dbc;k;2",
    "Db;o;2",
}
BEFORE = Counters(cards=7, panels=35, ribbon_left=50)
ANSWERS = {
    "Rsn": "10000123456",
    "Rlr;p": "OK",
    "Rco;c": "8",
    "Rco;p": "40",
    "Rrt;count": "49",
    "Rrt;qty": "100",
    "Rco;r": "500",
    "Rse;o": "5,00 Volts",
    "Rse;f": "5,00 Volts",
    "Rse;n": "0,17 Volts",
    "Rlr;h": "NO CARD",
}


class Table:
    """A transport that answers from a table, with exceptions by command, and remembers what it was sent."""

    settle = 0.0

    def __init__(self) -> None:
        self.answers = dict(ANSWERS)
        self.once: dict[str, str | None] = {}  # an answer for the first time only; None is silence
        self.late: dict[str, str] = {}  # before this command's answer comes one that belongs to another
        self.sent: list[str] = []
        self._pending = b""

    def write(self, data: bytes, deadline: Deadline) -> None:
        name = command_name(data)
        self.sent.append(name)
        reply = self.once.pop(name) if name in self.once else self.answers.get(name, "OK")
        late = self.late.pop(name, None)
        self._pending += b"".join(text.encode() + b"\0" for text in (late, reply) if text is not None)

    def read(self, deadline: Deadline) -> bytes:
        end = self._pending.find(b"\0") + 1
        part, self._pending = self._pending[:end], self._pending[end:]
        return part

    def close(self) -> None:
        self._pending = b""


def soon() -> Deadline:
    return Deadline.after(5)


@pytest.fixture
def wire() -> Table:
    return Table()


@pytest.fixture
def printer(wire: Table) -> EvolisPrinter:
    return EvolisPrinter(wire, MODELS["primacy"])


def test_a_job_sends_its_commands_in_order_and_once(wire: Table, printer: EvolisPrinter) -> None:
    printer.print(CARD, soon())
    start = wire.sent.index("Pr;ymcko")
    assert wire.sent[:start] == ["Pem;2", "Rsn", "Rsn", "Rlr;p"]
    assert wire.sent[start:] == [name.rstrip(";").removesuffix(";1") for name in JOB[:-2]] + ["Pneab;A;1", "Se"]
    assert printer.confirm(BEFORE, CARD, soon()).outcome is Outcome.PRINTED


def test_a_card_that_this_connection_did_not_send_is_never_called_printed(wire: Table, printer: EvolisPrinter) -> None:
    printer.print(CARD, soon())
    assert printer.confirm(BEFORE, replace(CARD), soon()).outcome is Outcome.IN_DOUBT
    assert printer.confirm(BEFORE, None, soon()).outcome is Outcome.IN_DOUBT
    assert EvolisPrinter(wire, MODELS["primacy"]).confirm(BEFORE, CARD, soon()).outcome is Outcome.IN_DOUBT


@pytest.mark.parametrize("trouble", [None, "ERR RIBBON", "NONSENSE"])
@pytest.mark.parametrize("step", JOB)
def test_nothing_that_moves_a_card_is_ever_sent_twice(
    wire: Table, printer: EvolisPrinter, step: str, trouble: str | None
) -> None:
    name = command_name(f"\x1b{step}\r".encode())
    wire.once[name] = trouble
    with pytest.raises(DriverError):
        printer.print(CARD, Deadline.after(0.05))
    assert wire.sent[-1] == name
    printer.confirm(BEFORE, CARD, soon())
    printer.status(soon())
    with contextlib.suppress(DriverError):
        printer.clear(soon())
    for move in MOVES:
        assert wire.sent.count(move) <= 1
    assert "Ser" not in wire.sent
    assert printer.confirm(BEFORE, CARD, soon()).outcome is not Outcome.PRINTED


def test_an_acceptance_that_came_twice_is_no_harm(wire: Table, printer: EvolisPrinter) -> None:
    printer.print(CARD, soon())
    wire.late["Rsn"] = "OK"
    proof = printer.confirm(BEFORE, CARD, soon())
    assert proof.outcome is Outcome.PRINTED
    assert proof.raw["Rlr;p"] == "OK"


@pytest.mark.parametrize("victim", ["Db;m;32", "Dbc;k;2", "Se"])
def test_an_error_that_came_late_undoes_the_acceptance_it_followed(
    wire: Table, printer: EvolisPrinter, victim: str
) -> None:
    wire.late[victim] = "OK"  # so that the true answer of this command is read as the next one's
    wire.once[victim] = "ERROR RIBBON"
    stopped = pytest.raises(UnexpectedReplyError, match="came late") if victim != "Se" else contextlib.nullcontext()
    with stopped:
        printer.print(CARD, soon())
    assert len(wire.sent) - wire.sent.index(victim) <= 2  # one more command brought the truth to light
    proof = printer.confirm(BEFORE, CARD, soon())
    assert proof.outcome is Outcome.IN_DOUBT
    assert wire.sent.count("Se") <= 1


FORGETS = "            self._conversation.unasked.clear()\n"


@notices({"what came late speaks against every later card": line(EvolisPrinter._current_attempt, FORGETS, "")})
def test_what_came_late_for_one_card_says_nothing_of_the_next(wire: Table, printer: EvolisPrinter) -> None:
    wire.late["Se"], wire.once["Se"] = "OK", "ERROR RIBBON"
    printer.print(CARD, soon())
    assert printer.confirm(BEFORE, CARD, soon()).outcome is Outcome.IN_DOUBT
    with contextlib.suppress(DriverError):
        printer.print(CARD, soon())
    found = printer.confirm(BEFORE, CARD, soon())
    assert (found.outcome, found.findings) == (Outcome.PRINTED, ())


@notices(
    {
        "what came late while a card is held is forgotten when it is printed": line(
            EvolisPrinter._current_attempt, FORGETS, FORGETS[4:]
        ),
        "what came late is believed": line(
            EvolisPrinter._unasked_errors, "return [reply", "return [reply for reply in ()] and [reply"
        ),
    }
)
def test_what_came_late_while_a_card_is_held_speaks_against_it(wire: Table, printer: EvolisPrinter) -> None:
    wire.once["Rlr;p"] = "OK"
    wire.answers["Rlr;p"] = "CONTACTLESS CARD"
    wire.late["Sic"] = "OK"  # its true answer comes at the next question
    wire.once["Sic"] = "ERROR FEED"
    with contextlib.suppress(DriverError):
        printer.feed(Station.CONTACTLESS, soon())
    with contextlib.suppress(DriverError):
        printer.print(CARD, soon())
    wire.answers["Rlr;p"] = "OK"
    found = printer.confirm(BEFORE, CARD, soon())
    assert found.outcome is Outcome.IN_DOUBT
    assert found.findings[-1].startswith("Replies came that nobody had asked for")
    assert "Se" not in wire.sent, "its card went on as if nothing had come"


def test_another_printer_on_the_line_is_noticed(wire: Table, printer: EvolisPrinter) -> None:
    printer.identify(soon())
    wire.answers["Rsn"] = "10000999999"
    with pytest.raises(UnexpectedReplyError, match="another printer"):
        printer.counters(soon())
    assert printer.status(soon()).state is State.UNKNOWN
    with pytest.raises(UnexpectedReplyError):
        printer.feed(Station.CONTACTLESS, soon())
    assert not MOVES & set(wire.sent)
    assert printer.confirm(BEFORE, None, soon()).outcome is Outcome.IN_DOUBT


def test_one_wrong_answer_does_not_make_a_probe_unsupported(wire: Table, printer: EvolisPrinter) -> None:
    wire.once["Rlr;p"] = "ERROR CDE"
    assert printer.status(soon()).raw["Rlr;p"] == "OK"
    wire.answers["Rlr;p"] = "CARD"
    assert printer.status(soon()).position is Position.PRINT
    wire.answers["Rrt;qty"] = "ERROR CDE"
    assert printer.status(soon()).state is State.IDLE
    asked = wire.sent.count("Rrt;qty")
    assert printer.status(soon()).raw["Rrt;qty"] == "ERROR CDE"
    assert wire.sent.count("Rrt;qty") == asked


def test_a_ribbon_tag_that_only_says_ok_is_asked_again_and_then_unknown(wire: Table, printer: EvolisPrinter) -> None:
    wire.once["Rrt;count"] = "OK"
    assert printer.counters(soon()).ribbon_left == 49
    wire.answers["Rrt;count"] = "OK"
    asked = wire.sent.count("Rrt;count")
    assert printer.counters(soon()).ribbon_left is None
    assert wire.sent.count("Rrt;count") - asked == 4
    assert printer.status(soon()).state is State.UNKNOWN


def test_host_mode_is_asked_for_once_a_connection_and_again_after_silence(wire: Table, printer: EvolisPrinter) -> None:
    printer.status(soon())
    printer.counters(soon())
    assert wire.sent.count("Pem;2") == 1
    wire.once["Rco;c"] = None
    with pytest.raises(NoReplyError):
        printer.counters(Deadline.after(0.05))
    printer.counters(soon())
    assert wire.sent.count("Pem;2") == 2


@pytest.mark.parametrize("position", ["ERROR CDE", "NONSENSE"])
def test_where_the_card_is_has_to_be_known_before_anything_moves(
    wire: Table, printer: EvolisPrinter, position: str
) -> None:
    wire.answers["Rlr;p"] = position
    with pytest.raises(UnexpectedReplyError):
        printer.print(CARD, soon())
    with pytest.raises(UnexpectedReplyError):
        printer.feed(Station.PRINT, soon())
    for send_out in (printer.eject, printer.reject, printer.clear):
        with pytest.raises(UnexpectedReplyError):
            send_out(soon())
    assert not MOVES & set(wire.sent)


@pytest.mark.parametrize(("sensor", "reading"), [("Rse;o", "0,00 Volts"), ("Rse;o", "NONSENSE"), ("Rlr;h", "CARD")])
def test_the_sensors_are_read_before_a_card_is_rejected(
    wire: Table, printer: EvolisPrinter, sensor: str, reading: str
) -> None:
    wire.answers |= {"Rlr;p": "CARD", sensor: reading}
    with pytest.raises(RefusedError, match="cannot be cleared") as caught:
        printer.clear(soon())
    assert (caught.value.command, caught.value.reply) == (sensor, reading)
    assert caught.value.hint
    assert not MOVES & set(wire.sent)


def test_a_card_that_does_not_reach_its_station_is_not_worked_on(wire: Table, printer: EvolisPrinter) -> None:
    with pytest.raises(UnexpectedReplyError, match="not seen there"):
        printer.feed(Station.CONTACT, soon())
    assert wire.sent.count("Sis") == 1


def test_a_card_that_stays_inside_was_not_sent_out(wire: Table, printer: EvolisPrinter) -> None:
    wire.answers["Rlr;p"] = "CARD"
    for send_out, command in ((printer.eject, "Se"), (printer.reject, "Ser")):
        with pytest.raises(RefusedError, match="still inside"):
            send_out(soon())
        assert wire.sent.count(command) == 1
    assert printer.confirm(BEFORE, None, soon()).outcome is Outcome.IN_DOUBT
