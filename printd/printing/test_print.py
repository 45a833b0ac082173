"""One test print: the calibration card on a blank of the books, booked before the act and again after it.

Design rule 8: a test print consumes a blank. It has no job and no record; all else is as with an attempt: intent before
act, only evidence says how it ended, and where none does, people say it with the card in hand.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import assert_never

from drivers.printer import Counters, Outcome
from printd.books.booking import Booking, Books
from printd.books.signing import Keys
from printd.events.evidence import Evidence
from printd.events.test_prints import EndState, Purpose, TestPrintEnded, TestPrintStarted
from printd.printing.card_run import RanCard, known_counters
from printd.store import test_prints
from printd.store.tables.printers import PrinterRow
from printd.store.tables.test_prints import TestPrintRow
from printd.words import places
from printd.words.states import TestPrintState


def begin(
    books: Books,
    *,
    purpose: Purpose,
    printer: PrinterRow,
    operator: str,
    keys: Keys,
    serial: str,
    counters: Counters,
    artwork: str,
) -> str:
    """Book the intent; return the test print's id. Only after this may a byte of the card leave for the printer.

    :param printer: its row in the books.
    :param keys: holds that of the operator, who signs.
    :param counters: the printer's counters, read just before.
    :param artwork: keyed digest of the bytes that will be sent.
    :raises Refused: the blank or the printer is not free.
    """
    test = str(uuid.uuid4())
    started = TestPrintStarted(
        test=test,
        purpose=purpose,
        printer=printer["name"],
        serial_number=printer["serial_number"],
        serial=serial,
        counters=known_counters(counters),
        artwork=artwork,
    )
    with books.booking(keys) as booking:
        booking.enter(started, [operator])
    return test


def state_of(ran: RanCard) -> EndState:
    """Return how a test print stands once its card was run.

    A blank that the station rejected is in doubt, where a job's would be spoiled, skipped or back in the hopper: the
    entry of a test print names no other blank and no other cause, and whoever printed it stands at the printer.
    """
    match ran.confirmation.outcome:
        case Outcome.PRINTED:
            return TestPrintState.SPOILED
        case Outcome.SPOILED:
            return TestPrintState.SPOILED if ran.rejection is None else TestPrintState.IN_DOUBT
        case Outcome.UNUSED:
            return TestPrintState.UNUSED
        case Outcome.IN_DOUBT:
            return TestPrintState.IN_DOUBT
        case unheard_of:
            assert_never(unheard_of)


def end(
    booking: Booking,
    row: TestPrintRow,
    state: EndState,
    evidence: Evidence,
    *,
    to: str = "",
    by: tuple[str, ...] = (),
) -> None:
    """Book what became of a test print.

    :param to: where an unused blank is now; by default the printer's hopper.
    :param by: the people who decided; nobody where the printer's own evidence did.
    """
    target = _leads_to(state, to or places.hopper(row["printer"]))
    booking.enter(TestPrintEnded(test=row["id"], outcome=state, evidence=evidence, to=target), by)


def _leads_to(state: EndState, unused: str) -> str | None:
    """Return where the blank goes, an unused one to ``unused``; ``None``: it stays in the printer."""
    match state:
        case TestPrintState.SPOILED:
            return places.SPOILED
        case TestPrintState.UNUSED:
            return unused
        case TestPrintState.LOST:
            return places.MISSING
        case TestPrintState.IN_DOUBT:
            return None
        case unheard_of:
            assert_never(unheard_of)


def doubt_open(booking: Booking, only: Collection[str] | None = None) -> int:
    """Put test prints that are still open in doubt; return how many there were.

    :param only: ids of those that nobody makes any more; by default all: nothing is under way.
    """
    still_open = test_prints.in_(booking.connection, [TestPrintState.OPEN])
    left_open = [row for row in still_open if only is None or row["id"] in only]
    for row in left_open:
        finding = "printd stopped between the intent and the outcome of this test print."
        end(booking, row, TestPrintState.IN_DOUBT, Evidence(findings=(finding,)))
    return len(left_open)
