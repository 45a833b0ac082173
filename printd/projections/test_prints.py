"""What entries of test prints do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import assert_never

from printd.books.projection import Projection, on
from printd.custody import correction, counting, identity
from printd.custody.movements import move
from printd.errors import Refused
from printd.events.evidence import Evidence
from printd.events.test_prints import TestPrintCorrected, TestPrintEnded, TestPrintEvidence, TestPrintStarted
from printd.ledger.entry import Entry
from printd.projections import spoilage
from printd.remedies import Do
from printd.store import attempts, printers, test_prints
from printd.store.rows import Connection
from printd.store.tables.printers import PrinterRow
from printd.store.tables.test_prints import TestPrintRow
from printd.words import places
from printd.words.serials import parse_serial
from printd.words.states import (
    UNSETTLED,
    TestPrintState,
)

CAUSE = "test_print"
"""Why its blank is spoiled, whatever else the card shows: that was the purpose."""


def check_free(connection: Connection, printer: str) -> PrinterRow:
    """Return the row of a printer on which a test print may begin.

    :raises Refused: there is none of this name, it is not paused, a count is under way, or something on it is not over.
    """
    row = printers.find_printer(connection, printer)
    if row is None:
        raise Refused(f"There is no printer {printer}.", remedy=("See all with: ", Do("printers.list")))
    if printers.is_retired(row):
        raise Refused(f"{printer} is retired.", consequence="It never prints again.")
    if not row["paused"]:
        raise Refused(
            f"{printer} is not paused.",
            why="Its worker speaks with it, and two cannot.",
            consequence="Nothing was printed.",
            remedy=("Pause it first: ", Do("printers.pause", name=printer)),
        )
    counting.check_printing(connection)
    for attempt in attempts.attempts_in(connection, UNSETTLED, printer):
        raise Refused(
            f"Nobody knows yet what became of {attempt['serial']} in {printer}.",
            consequence="Nothing was printed.",
            remedy=("Settle it with the card in hand: ", Do("jobs.resolve", job=attempt["job_id"][:8])),
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
            else ("Two people settle it with the card in hand: ", Do("test_prints.settle", name=printer)),
        )


def _started(connection: Connection, event: TestPrintStarted, entry: Entry) -> None:
    check_free(connection, event.printer)
    stopped = identity.stop_reason(connection, event.serial)
    if stopped is not None:
        raise Refused(stopped, consequence="The blank was not moved.", remedy="Settle the incident first.")
    test_prints.add(
        connection,
        {
            "id": event.test,
            "purpose": event.purpose,
            "serial": event.serial,
            "printer": event.printer,
            "serial_number": event.serial_number,
            "operator": entry.actors[0],
            "artwork": event.artwork,
            "state": TestPrintState.OPEN,
            "counters": json.dumps(event.counters, sort_keys=True),
            "evidence": "[]",
            "opened_at": entry.at,
            "closed_at": None,
            "settled_by": None,
            "settled_with": None,
        },
    )
    _move(connection, entry, event.serial, places.hopper(event.printer), places.inside(event.printer), CAUSE)
    _say(connection, event.printer, f"A test print on {event.serial} is under way.")


def _ended(connection: Connection, event: TestPrintEnded, entry: Entry) -> None:
    state = event.outcome
    row = _of(connection, event.test)
    if row["state"] not in (TestPrintState.OPEN, TestPrintState.IN_DOUBT):
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
        evidence=_more(row, event.evidence),
        closed_at=entry.at if closed else None,
        settled_by=entry.actors[0] if entry.actors else None,
        settled_with=entry.actors[1] if len(entry.actors) > 1 else None,
    )
    if not closed:
        _say(connection, row["printer"], f"A test print on {row['serial']} is in doubt: settle it.")
        return
    _move(connection, entry, row["serial"], places.inside(row["printer"]), event.to or "", _why_moved(state))
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


def _evidence(connection: Connection, event: TestPrintEvidence, entry: Entry) -> None:
    row = _of(connection, event.test)
    test_prints.set_(connection, row["id"], evidence=_more(row, event.evidence))


def _corrected(connection: Connection, event: TestPrintCorrected, entry: Entry) -> None:
    row = _of(connection, event.test)
    if row["state"] not in (TestPrintState.IN_DOUBT, TestPrintState.SPOILED) or row["serial"] != event.booked:
        raise Refused(
            f"The test print is {row['state'].replace('_', ' ')} on {row['serial']}.",
            consequence="Nothing was changed.",
            remedy=("See all with: ", Do("test_prints.list")),
        )
    correction.apply(connection, event, entry, row["printer"], since=row["opened_at"])
    test_prints.set_(connection, row["id"], serial=event.actual)


def _of(connection: Connection, test: str) -> TestPrintRow:
    row = test_prints.find(connection, test)
    if row is None:
        raise Refused(f"There is no test print {test}.")
    return row


def _more(row: TestPrintRow, evidence: Evidence) -> str:
    return json.dumps([*json.loads(row["evidence"]), evidence.data()], sort_keys=True, ensure_ascii=False)


def _move(connection: Connection, entry: Entry, serial: str, source: str, target: str, why: str) -> None:
    move(connection, [parse_serial(serial)], source, target, seq=entry.seq, at=entry.at, why=why)


def _say(connection: Connection, printer: str, why: str) -> None:
    """Let the list of printers say why it stays paused."""
    printers.set_printer(connection, printer, paused=True, pause_reason=why)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    dict(
        (
            on(TestPrintStarted, _started),
            on(TestPrintEnded, _ended),
            on(TestPrintEvidence, _evidence),
            on(TestPrintCorrected, _corrected),
        )
    )
)
