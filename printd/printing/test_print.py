"""One test print: the calibration card on a blank of the books, booked before the act and again after it.

Design rule 8: a test print consumes a blank. It has no job and no record; all else is as with an attempt: intent before
act, only evidence says how it ended, and where none does, people say it with the card in hand.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from drivers.deadline import Deadline
from drivers.errors import DriverError
from drivers.printer import CardPrinter, Confirmation, Counters, EncodedCard, Outcome, Position
from printd.books.booking import Booking, Books
from printd.printing.attempt import evidence_of, known, nothing_known
from printd.shop.config import Printing
from printd.store import test_prints
from printd.store.tables.printers import PrinterRow
from printd.store.tables.test_prints import TestPrintRow
from printd.words import places
from printd.words.states import TestPrintState

if TYPE_CHECKING:
    from printd.printing.station import Verdict  # brings card readers with it


_ENDS = MappingProxyType(
    {
        Outcome.PRINTED: TestPrintState.SPOILED,
        Outcome.SPOILED: TestPrintState.SPOILED,
        Outcome.UNUSED: TestPrintState.UNUSED,
        Outcome.IN_DOUBT: TestPrintState.IN_DOUBT,
    }
)


def begin(
    books: Books,
    *,
    purpose: str,
    printer: PrinterRow,
    operator: str,
    serial: str,
    counters: Counters,
    artwork: str,
) -> str:
    """Book the intent; return the test print's id. Only after this may a byte of the card leave for the printer.

    :param printer: its row in the books.
    :param counters: the printer's counters, read just before.
    :param artwork: keyed digest of the bytes that will be sent.
    :raises Refused: the blank or the printer is not free.
    """
    test = str(uuid.uuid4())
    data = {
        "test": test,
        "purpose": purpose,
        "printer": printer["name"],
        "serial_number": printer["serial_number"],
        "serial": serial,
        "counters": known(counters),
        "artwork": artwork,
    }
    books.enter("test_print.started", data, [operator])
    return test


def act(
    printer: CardPrinter,
    card: EncodedCard,
    before: Counters,
    config: Printing,
    judge: Callable[[Deadline], Verdict] | None = None,
) -> tuple[TestPrintState, dict[str, Any]]:
    """Print the card and ask what became of it; return how it ended as far as the printer proves, and the evidence.

    :param judge: lets the station look at the blank first. One that must not be printed goes to the reject box, and is
        in doubt: people look which blank it is.
    """
    trouble, verdict, sent = "", None, None
    try:
        verdict = judge(Deadline.after(config.command_seconds * 8)) if judge is not None else None
        if verdict is None or verdict.rejection is None:
            sent = card
            printer.print(card, Deadline.after(config.card_seconds))
        else:
            printer.reject(Deadline.after(config.command_seconds * 8))
    except DriverError as error:
        trouble = str(error)
    confirmation = confirm(printer, before, sent, config)
    if trouble and confirmation.position not in (Position.NONE, Position.UNKNOWN):
        try:
            printer.clear(Deadline.after(config.command_seconds * 8))
        except DriverError as stuck:
            trouble = f"{trouble}; {stuck}"
        confirmation = confirm(printer, before, sent, config)
    state = _ENDS[confirmation.outcome]
    if verdict is not None:
        confirmation = replace(confirmation, findings=(verdict.sentence, *confirmation.findings))
        if verdict.rejection is not None and state is TestPrintState.SPOILED:
            state = TestPrintState.IN_DOUBT
    return state, evidence_of(confirmation, trouble)


def confirm(printer: CardPrinter, before: Counters, card: EncodedCard | None, config: Printing) -> Confirmation:
    """Ask a printer what it can prove; of one that is silent nothing is known."""
    try:
        return printer.confirm(before, card, Deadline.after(config.command_seconds * 4))
    except DriverError as silent:
        return nothing_known(before, str(silent))


def end(
    booking: Booking,
    row: TestPrintRow,
    state: TestPrintState,
    evidence: Mapping[str, Any],
    *,
    to: str = "",
    by: tuple[str, ...] = (),
) -> None:
    """Book what became of a test print.

    :param to: where an unused blank is now; by default the printer's hopper.
    :param by: the people who decided; nobody where the printer's own evidence did.
    """
    data: dict[str, Any] = {"test": row["id"], "outcome": str(state), "evidence": dict(evidence)}
    target = {
        TestPrintState.SPOILED: places.SPOILED,
        TestPrintState.UNUSED: to or places.hopper(row["printer"]),
        TestPrintState.LOST: places.MISSING,
    }.get(state)
    if target is not None:
        data["to"] = target
    booking.enter("test_print.ended", data, by)


def doubt_open(booking: Booking, only: Collection[str] | None = None) -> int:
    """Put test prints that are still open in doubt; return how many there were.

    :param only: ids of those that nobody makes any more; by default all: nothing is under way.
    """
    still_open = test_prints.in_(booking.connection, [TestPrintState.OPEN])
    left_open = [row for row in still_open if only is None or row["id"] in only]
    for row in left_open:
        finding = "printd stopped between the intent and the outcome of this test print."
        end(booking, row, TestPrintState.IN_DOUBT, {"findings": [finding]})
    return len(left_open)
