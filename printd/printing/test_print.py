"""One test print: the calibration card on a blank of the books, booked before the act and again after it.

Design rule 8: a test print consumes a blank. It has no job and no record; all else is as with an attempt: intent before
act, only evidence says how it ended, and where none does, people say it with the card in hand.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, assert_never

from drivers.printer import Counters, Outcome
from printd.books import Booking, Books, Projection
from printd.custody import counting, identity, spoilage
from printd.custody.movements import move
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.printing import correction
from printd.printing.card_run import RanCard, known_counters
from printd.store import jobs, test_prints
from printd.store.rows import Connection, Row
from printd.words import places
from printd.words.serials import parse_serial
from printd.words.states import UNSETTLED, TestPrintState

CAUSE = "test_print"
"""Why its blank is spoiled, whatever else the card shows: that was the purpose."""


def begin(
    books: Books,
    *,
    purpose: str,
    printer: Row,
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
        "counters": known_counters(counters),
        "artwork": artwork,
    }
    books.enter("test_print.started", data, [operator])
    return test


def state_of(ran: RanCard) -> TestPrintState:
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
    row: Mapping[str, Any],
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
    target = _leads_to(state, to or places.hopper(row["printer"]))
    if target is not None:
        data["to"] = target
    booking.enter("test_print.ended", data, by)


def _leads_to(state: TestPrintState, unused: str) -> str | None:
    """Return where the blank goes, an unused one to ``unused``; ``None``: it stays in the printer."""
    match state:
        case TestPrintState.SPOILED:
            return places.SPOILED
        case TestPrintState.UNUSED:
            return unused
        case TestPrintState.LOST:
            return places.MISSING
        case TestPrintState.OPEN | TestPrintState.IN_DOUBT:
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
        end(booking, row, TestPrintState.IN_DOUBT, {"findings": [finding]})
    return len(left_open)


def check_free(connection: Connection, printer: str) -> Row:
    """Return the row of a printer on which a test print may begin.

    :raises Refused: there is none of this name, it is not paused, a count is under way, or something on it is not over.
    """
    row = jobs.find_printer(connection, printer)
    if row is None:
        raise Refused(f"There is no printer {printer}.", remedy="See all with: printd printers list")
    if jobs.is_retired(row):
        raise Refused(f"{printer} is retired.", consequence="It never prints again.")
    if not row["paused"]:
        raise Refused(
            f"{printer} is not paused.",
            why="Its worker speaks with it, and two cannot.",
            consequence="Nothing was printed.",
            remedy=f"Pause it first: printd printers pause {printer}",
        )
    counting.check_printing(connection)
    for attempt in jobs.attempts_in(connection, UNSETTLED, printer):
        raise Refused(
            f"Nobody knows yet what became of {attempt['serial']} in {printer}.",
            consequence="Nothing was printed.",
            remedy=f"Settle it with the card in hand: printd jobs resolve {attempt['job_id'][:8]}",
        )
    check_none_open(connection, printer, "Nothing was printed.")
    return row


def check_none_open(connection: Connection, printer: str, consequence: str) -> None:
    """Make sure that no test print of a printer is under way or in doubt.

    :raises Refused: one is; the sentence names its blank.
    """
    row = test_prints.open_on(connection, printer)
    if row is not None:
        under_way = row["state"] == TestPrintState.OPEN
        raise Refused(
            f"A test print of {printer} on {row['serial']} is {'under way' if under_way else 'in doubt'}.",
            why="" if under_way else "Nobody knows yet what became of that blank.",
            consequence=consequence,
            remedy="Wait for its end."
            if under_way
            else f"Two people settle it with the card in hand: printd printers settle-test {printer}",
        )


def _started(connection: Connection, entry: Entry) -> None:
    data = entry.data
    check_free(connection, data["printer"])
    stopped = identity.stop_reason(connection, data["serial"])
    if stopped is not None:
        raise Refused(stopped, consequence="The blank was not moved.", remedy="Settle the incident first.")
    test_prints.add(
        connection,
        {
            "id": data["test"],
            "purpose": data["purpose"],
            "serial": data["serial"],
            "printer": data["printer"],
            "serial_number": data["serial_number"],
            "operator": entry.actors[0],
            "artwork": data["artwork"],
            "state": TestPrintState.OPEN,
            "counters": json.dumps(data["counters"], sort_keys=True),
            "evidence": "[]",
            "opened_at": entry.at,
        },
    )
    _move(connection, entry, data, places.hopper(data["printer"]), places.inside(data["printer"]), CAUSE)
    _say(connection, data["printer"], f"A test print on {data['serial']} is under way.")


def _ended(connection: Connection, entry: Entry) -> None:
    data, state = entry.data, TestPrintState(entry.data["outcome"])
    row = _of(connection, data["test"])
    if state == TestPrintState.OPEN or row["state"] not in (TestPrintState.OPEN, TestPrintState.IN_DOUBT):
        raise Refused(
            f"The test print on {row['serial']} is {row['state']} and cannot become {state}.",
            consequence="Nothing was changed.",
            remedy="An outcome is booked once.",
        )
    closed = state != TestPrintState.IN_DOUBT
    test_prints.set_(
        connection,
        row["id"],
        state=state,
        evidence=_more(row, data["evidence"]),
        closed_at=entry.at if closed else None,
        settled_by=entry.actors[0] if entry.actors else None,
        settled_with=entry.actors[1] if len(entry.actors) > 1 else None,
    )
    if not closed:
        _say(connection, row["printer"], f"A test print on {row['serial']} is in doubt: settle it.")
        return
    _move(connection, entry, row, places.inside(row["printer"]), data["to"], _why_moved(state))
    if state == TestPrintState.SPOILED:
        blank = parse_serial(row["serial"])
        spoilage.keep(connection, entry, [blank], CAUSE, "print", printer=row["printer"], operator=row["operator"])
    _say(connection, row["printer"], f"A test print on {row['serial']} ended: {state}.")


def _why_moved(state: TestPrintState) -> str:
    match state:
        case TestPrintState.SPOILED:
            return CAUSE
        case TestPrintState.LOST:
            return "missing"
        case TestPrintState.UNUSED | TestPrintState.OPEN | TestPrintState.IN_DOUBT:
            return str(state)
        case unheard_of:
            assert_never(unheard_of)


def _evidence(connection: Connection, entry: Entry) -> None:
    row = _of(connection, entry.data["test"])
    test_prints.set_(connection, row["id"], evidence=_more(row, entry.data["evidence"]))


def _corrected(connection: Connection, entry: Entry) -> None:
    data = entry.data
    row = _of(connection, data["test"])
    if row["state"] not in (TestPrintState.IN_DOUBT, TestPrintState.SPOILED) or row["serial"] != data["booked"]:
        raise Refused(
            f"The test print is {row['state'].replace('_', ' ')} on {row['serial']}.",
            consequence="Nothing was changed.",
            remedy="See all with: printd printers test-prints",
        )
    correction.apply(connection, entry, row["printer"], since=row["opened_at"])
    test_prints.set_(connection, row["id"], serial=data["actual"])


def _of(connection: Connection, test: str) -> Row:
    row = test_prints.find(connection, test)
    if row is None:
        raise Refused(f"There is no test print {test}.")
    return row


def _more(row: Row, evidence: Mapping[str, Any]) -> str:
    return json.dumps([*json.loads(row["evidence"]), dict(evidence)], sort_keys=True, ensure_ascii=False)


def _move(connection: Connection, entry: Entry, about: Mapping[str, Any], source: str, target: str, why: str) -> None:
    move(connection, [parse_serial(about["serial"])], source, target, seq=entry.seq, at=entry.at, why=why)


def _say(connection: Connection, printer: str, why: str) -> None:
    """Let the list of printers say why it stays paused."""
    jobs.set_printer(connection, printer, paused=True, pause_reason=why)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "test_print.started": _started,
        "test_print.ended": _ended,
        "test_print.evidence": _evidence,
        "test_print.corrected": _corrected,
    }
)
