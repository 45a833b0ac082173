"""The physical run of one card: what is asked of the printer in which order, by when, and what follows from it.

Every simulator is run in the contract and crash suites; here a printer follows a script, to the order of calls.
"""

from __future__ import annotations

from collections.abc import Callable

from drivers.deadline import Deadline
from drivers.errors import DriverError, GoneError, NoReplyError
from drivers.printer import (
    CardPrinter,
    Condition,
    Confirmation,
    Counters,
    EncodedCard,
    Identity,
    Outcome,
    Position,
    Reason,
    Rung,
    Severity,
    State,
    Station,
    Status,
)
from printd.printing import machine
from printd.printing.card_run import CardRun
from printd.printing.station import Rejection, Verdict
from printd.shop.config import Printing
from printd.words import places
from support.deliberate import line, notices

CARD = EncodedCard((b"card",), ("y",), "ymcko", 1)
BEFORE = Counters(cards=7)
LIMITS = Printing(card_seconds=60, command_seconds=2)
FED, PRINT, REJECT, CLEAR = ("feed", 16.0), ("print", 60.0), ("reject", 16.0), ("clear", 16.0)
SENT, UNSENT = ("confirm what was sent", 8.0), ("confirm nothing sent", 8.0)


def found(outcome: Outcome, position: Position = Position.NONE, finding: str = "as it is") -> Confirmation:
    return Confirmation(outcome, Rung.SENT, position, BEFORE, Counters(cards=8), findings=(finding,))


PRINTED, UNUSED = found(Outcome.PRINTED), found(Outcome.UNUSED)
IN_BOX, INSIDE = found(Outcome.SPOILED), found(Outcome.IN_DOUBT, Position.PRINT, "a card is inside")


class Scripted:
    """A printer that notes what it is asked and by when, and fails and answers as the test wants.

    What the run of a card must never ask (who it is, how it is, what it counted, to close) raises an error.

    :param answers: what its confirmations say, in order, the last one again; an error is raised.
    """

    def __init__(self, *answers: Confirmation | DriverError, **fails: DriverError) -> None:
        self.did: list[tuple[str, float]] = []
        self._answers = list(answers)
        self._fails = fails

    def _do(self, what: str, deadline: Deadline) -> None:
        self.did.append((what, deadline.at))
        if what in self._fails:
            raise self._fails[what]

    def identify(self, deadline: Deadline) -> Identity:
        raise NotImplementedError

    def status(self, deadline: Deadline) -> Status:
        raise NotImplementedError

    def counters(self, deadline: Deadline) -> Counters:
        raise NotImplementedError

    def feed(self, station: Station, deadline: Deadline) -> None:
        self._do("feed", deadline)

    def print(self, card: EncodedCard, deadline: Deadline) -> None:
        assert card is CARD
        self._do("print", deadline)

    def confirm(self, before: Counters, card: EncodedCard | None, deadline: Deadline) -> Confirmation:
        assert before == BEFORE
        self._do("confirm nothing sent" if card is None else "confirm what was sent", deadline)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, DriverError):
            raise answer
        return answer

    def eject(self, deadline: Deadline) -> None:
        self._do("eject", deadline)

    def reject(self, deadline: Deadline) -> None:
        self._do("reject", deadline)

    def clear(self, deadline: Deadline) -> None:
        self._do("clear", deadline)

    def close(self) -> None:
        raise NotImplementedError


def station(printer: CardPrinter, verdict: Verdict) -> Callable[[Deadline], Verdict]:
    def look(feeding: Deadline) -> Verdict:
        printer.feed(Station.CONTACTLESS, feeding)
        return verdict

    return look


GOOD = Verdict("The chip is the one bound to BLK1.")
UNREAD = Verdict("The chip could not be read.", Rejection(Outcome.UNUSED, to=places.SKIPPED))
GONE = GoneError("The cable is out")


LOST = found(Outcome.IN_DOUBT, Position.UNKNOWN)
TROUBLE: dict[str, DriverError] = {"print": GONE}

TABLE: list[tuple[list[Confirmation], dict[str, DriverError], Verdict | None, list[tuple[str, float]], Outcome]] = [
    ([PRINTED], {}, None, [PRINT, SENT], Outcome.PRINTED),
    ([PRINTED], {}, GOOD, [FED, PRINT, SENT], Outcome.PRINTED),
    ([IN_BOX], {}, UNREAD, [FED, REJECT, UNSENT], Outcome.UNUSED),
    # The card did not come to the station: nothing is sent to the print head.
    ([UNUSED], {"feed": GONE}, GOOD, [FED, UNSENT], Outcome.UNUSED),
    # In trouble a card that is known to be inside is cleared out, once, and the printer is asked again.
    ([INSIDE, IN_BOX], TROUBLE, None, [PRINT, SENT, CLEAR, SENT], Outcome.SPOILED),
    ([INSIDE, IN_BOX], {"reject": GONE}, UNREAD, [FED, REJECT, UNSENT, CLEAR, UNSENT], Outcome.UNUSED),
    ([INSIDE, INSIDE], TROUBLE, None, [PRINT, SENT, CLEAR, SENT], Outcome.IN_DOUBT),
    # None is known to be inside, or nothing went wrong: nobody moves anything.
    ([UNUSED], TROUBLE, None, [PRINT, SENT], Outcome.UNUSED),
    ([LOST], TROUBLE, None, [PRINT, SENT], Outcome.IN_DOUBT),
    ([INSIDE], {}, None, [PRINT, SENT], Outcome.IN_DOUBT),
]
"""What the printer says when asked, what fails, what the station finds; what is done by when, how the card ends."""


@notices(
    {
        "a card that must not be printed is sent": line(
            CardRun.run, "if verdict is None or verdict.rejection is None:", "if True:"
        ),
        "a card inside is cleared out without any trouble": line(
            CardRun.run, "if trouble and confirmation", "if confirmation"
        ),
        "nobody knows where the card is, and it is cleared out": line(
            CardRun.run, "if trouble and confirmation.position.is_inside", "if trouble"
        ),
        "a card is cleared out again": line(
            CardRun._clear, "again = self._confirm(", "self._printer.clear(self._by(_MOTION)); again = self._confirm("
        ),
        "a card that was never sent is asked about as sent": line(
            CardRun.run, 'trouble, verdict, sent = "", None, None', 'trouble, verdict, sent = "", None, card'
        ),
    }
)
def test_what_is_asked_of_a_printer_in_which_order_and_by_when() -> None:
    for answers, fails, verdict, did, outcome in TABLE:
        printer = Scripted(*answers, **fails)
        run = CardRun(printer, LIMITS, Deadline)
        ran = run.run(CARD, BEFORE, None if verdict is None else station(printer, verdict))
        assert (printer.did, ran.ending.outcome, run.silent) == (did, outcome, False)


def test_what_the_station_found_stands_before_what_the_printer_proves_and_trouble_before_both() -> None:
    printer = Scripted(INSIDE, IN_BOX, reject=GONE)
    ran = CardRun(printer, LIMITS, Deadline).run(CARD, BEFORE, station(printer, UNREAD))
    assert ran.evidence.findings == (str(GONE), UNREAD.sentence, "as it is")
    assert (ran.ending.to, ran.rejection) == (places.SKIPPED, UNREAD.rejection)
    assert ran.evidence.after == {"cards": 8}, "a counter that is not told is unknown, not zero"


@notices(
    {
        "after a clearing that failed the printer is asked once more": line(
            CardRun._clear, "return replace(found, findings=(*found.findings, str(stuck)))", "pass"
        )
    }
)
def test_after_a_clearing_that_failed_what_was_found_before_it_stands() -> None:
    """Its reply was lost, and the card lies in the reject box; a counter that is written late knows of no card."""
    printer = Scripted(INSIDE, UNUSED, print=GONE, clear=NoReplyError("No reply"))
    ran = CardRun(printer, LIMITS, Deadline).run(CARD, BEFORE)
    assert ran.ending.outcome is Outcome.IN_DOUBT, "the blank would go back to the hopper in the books"
    assert printer.did == [PRINT, SENT, CLEAR]
    assert ran.evidence.findings == (str(GONE), "a card is inside", "No reply")


@notices(
    {
        "silence is no reason to connect anew": line(CardRun._confirm, "self.silent = True", "pass"),
        "what was found before the silence is lost": line(CardRun._clear, "if self.silent else again", "and again"),
    }
)
def test_of_a_printer_that_falls_silent_nothing_is_known_but_what_it_said_before() -> None:
    run = CardRun(Scripted(NoReplyError("No reply")), LIMITS, Deadline)
    ran = run.run(CARD, BEFORE)
    assert (ran.ending.outcome, run.silent) == (Outcome.IN_DOUBT, True)
    assert (ran.evidence.position, ran.evidence.after) == ("unknown", {})
    assert ran.evidence.rung == "sent"
    assert run.ask_again('{"cards": 7}').rung == "nothing", (
        "what was sent in another connection is not known in this one"
    )
    run = CardRun(Scripted(INSIDE, NoReplyError("No reply"), print=GONE), LIMITS, Deadline)
    ran = run.run(CARD, BEFORE)
    assert (ran.ending.outcome, run.silent) == (Outcome.IN_DOUBT, True)
    assert ran.evidence.position == "unknown", "it may have moved since"
    assert ran.evidence.findings == (str(GONE), "a card is inside", "No reply")


def test_of_a_card_in_doubt_a_printer_is_asked_without_moving_it() -> None:
    printer = Scripted(INSIDE)
    run = CardRun(printer, LIMITS, Deadline)
    assert run.ask_again('{"cards": 7}').findings == ("a card is inside",)
    assert (printer.did, run.silent) == ([UNSENT], False)


def test_when_a_card_may_be_begun_and_where_one_is_inside() -> None:
    unknown = Condition(Reason.UNKNOWN, Severity.WARNING)
    low = Condition(Reason.MARKER_SUPPLY_LOW, Severity.WARNING)
    assert {state for state in State if machine.is_ready(Status(state))} == {State.IDLE, State.PROCESSING}
    assert not machine.is_ready(Status(State.IDLE, (unknown,)))
    assert machine.is_ready(Status(State.IDLE, (low,)))
    assert {one for one in Position if not one.is_inside} == {Position.NONE, Position.UNKNOWN}
