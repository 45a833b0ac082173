"""What entries of attempts do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from printd.books.projection import Projection, on
from printd.custody import correction, counting, identity
from printd.custody.movements import move, place_of
from printd.errors import Refused
from printd.events.attempts import (
    AttemptCorrected,
    AttemptEvidence,
    AttemptInDoubt,
    AttemptPrinted,
    AttemptSpoiled,
    AttemptStarted,
    AttemptUnused,
)
from printd.ledger.entry import Entry
from printd.projections import spoilage
from printd.projections.jobs import step
from printd.projections.printers import known_printer
from printd.projections.test_prints import check_none_open
from printd.remedies import Do
from printd.store import attempts, blanks, deliveries, jobs, operators, printers
from printd.store.rows import Connection
from printd.store.tables.attempts import AttemptRow
from printd.words import places
from printd.words.causes import step_in_attempt
from printd.words.reasons import HeldBecause
from printd.words.serials import parse_serial
from printd.words.states import (
    AttemptState,
    JobEvent,
    check_attempt,
)

Ended: TypeAlias = AttemptPrinted | AttemptUnused | AttemptSpoiled | AttemptInDoubt


def _attempt_started(connection: Connection, event: AttemptStarted, entry: Entry) -> None:
    counting.check_printing(connection)
    operator = _check_free(connection, known_printer(connection, event.printer), event.resumed)
    step(connection, event.job, JobEvent.START)
    _check_turn(connection, event)
    _check_stock(connection, event.job, event.serial)
    attempts.add_attempt(
        connection,
        {
            "id": event.attempt,
            "job_id": event.job,
            "number": event.number,
            "serial": event.serial,
            "printer": event.printer,
            "operator": operator,
            "artwork": event.artwork,
            "state": AttemptState.OPEN,
            "cause": None,
            "quality": None,
            "counters": json.dumps(event.counters, sort_keys=True),
            "evidence": "[]",
            "opened_at": entry.at,
            "closed_at": None,
            "checked_at": None,
            "checked_by": None,
            "turn": event.turn.by if event.turn else None,
            "policy_class": event.turn.class_ if event.turn else None,
        },
    )
    move(
        connection,
        [parse_serial(event.serial)],
        places.hopper(event.printer),
        places.inside(event.printer),
        seq=entry.seq,
        at=entry.at,
        why="attempt",
        attempt=event.attempt,
    )


def _check_free(connection: Connection, printer: str, resumed: int) -> str:
    """Make sure that a printer may begin a card, and return who signed for what it prints.

    Its worker may not know yet who paused it, who resumed it since, or that whoever did works here no more.
    """
    row = printers.find_printer(connection, printer)
    assert row is not None
    if row["paused"]:
        raise Refused(
            f"{printer} is paused: {row['pause_reason']}",
            consequence="Nothing was printed.",
            remedy=("Let it go on with: ", Do("printers.resume", name=printer)),
        )
    if row["operator"] is None or row["resumed_seq"] != resumed:
        raise Refused(
            f"{printer} was let work by another entry than {resumed}.",
            consequence="Nothing was printed.",
            remedy=("Let it go on with: ", Do("printers.resume", name=printer)),
        )
    signed = operators.find_operator(connection, row["operator"])
    if signed is None or not signed["active"]:
        raise Refused(
            f"{row['operator']}, who let {printer} work, does not work here any more and signs no card.",
            consequence="Nothing was printed.",
            remedy=("Somebody who works here lets it go on: ", Do("printers.resume", name=printer)),
        )
    under_way = attempts.attempts_in(connection, [AttemptState.OPEN, AttemptState.IN_DOUBT], printer)
    if under_way:
        raise Refused(
            f"{under_way[0]['serial']} is under way in {printer}, or nobody has said yet what became of it.",
            consequence="Nothing was printed.",
            remedy=("Wait for the card, or settle the doubt: see ", Do("printers.list")),
        )
    check_none_open(connection, printer, "Nothing was printed.")
    return row["operator"]


def _check_turn(connection: Connection, event: AttemptStarted) -> None:
    """Make sure that two people let a job go first of which the attempt says so."""
    job = jobs.find_job(connection, event.job)
    if event.turn is not None and event.turn.by == "override" and (job is None or job["override_seq"] is None):
        raise Refused(f"Nobody let job {event.job[:8]} go first.", consequence="Nothing was printed.")


def _check_stock(connection: Connection, job_id: str, serial: str) -> None:
    """Make sure, before it moves, that nothing stands against the blank and that it is what the job needs."""
    job, one = jobs.find_job(connection, job_id), parse_serial(serial)
    stopped = identity.stop_reason(connection, serial)
    if stopped is not None:
        raise Refused(stopped, consequence="The blank was not moved.", remedy="Settle the incident first.")
    rows = blanks.touching(connection, one)
    delivery = deliveries.find_delivery(connection, rows[0].delivery_id) if rows else None
    if job is not None and delivery is not None and job["stock_type"] != delivery["stock_type"]:
        raise Refused(
            f"Blank {serial} is of type {delivery['stock_type']}, job {job_id[:8]} needs {job['stock_type']}.",
            consequence="The blank was not moved.",
            remedy="Load blanks of the right type into this hopper.",
        )
    if job is not None and delivery is not None and job["generation"] not in (None, delivery["generation"]):
        raise Refused(
            f"Blank {serial} is of generation {delivery['generation']}, job {job_id[:8]} needs {job['generation']}.",
            consequence="The blank was not moved.",
            remedy="Load blanks of the right generation into this hopper.",
        )


_ENDS = {
    AttemptState.PRINTED: (JobEvent.PRINT, None),
    AttemptState.UNUSED: (JobEvent.UNUSE, None),
    AttemptState.SPOILED: (JobEvent.SPOIL, HeldBecause.SPOILED),
    AttemptState.IN_DOUBT: (JobEvent.DOUBT, None),
}


def _attempt_ended(connection: Connection, event: Ended, entry: Entry) -> None:
    outcome = AttemptState(event.kind.removeprefix("attempt."))
    attempt = attempt_of(connection, event.attempt)
    check_attempt(AttemptState(attempt["state"]), outcome)
    ends, held_because = _ENDS[outcome]
    step(connection, attempt["job_id"], ends, held_because)
    if isinstance(event, AttemptUnused) and event.scanned not in (None, attempt["serial"]):
        raise Refused(f"{event.scanned} is not the blank of this attempt: it is {attempt['serial']}.")
    evidence = json.loads(attempt["evidence"])
    if event.evidence is not None:
        evidence.append(event.evidence.data())
    closed = not isinstance(event, AttemptInDoubt)
    attempts.set_attempt(
        connection,
        attempt["id"],
        state=outcome,
        cause=event.cause if isinstance(event, AttemptSpoiled) else None,
        evidence=json.dumps(evidence, sort_keys=True, ensure_ascii=False),
        closed_at=entry.at if closed else None,
    )
    if not isinstance(event, AttemptInDoubt):
        move(
            connection,
            [parse_serial(attempt["serial"])],
            places.inside(attempt["printer"]),
            event.to,
            seq=entry.seq,
            at=entry.at,
            why=outcome,
            attempt=attempt["id"],
        )
    if event.fed is not None:
        move(
            connection,
            [parse_serial(event.fed)],
            places.hopper(attempt["printer"]),
            places.SKIPPED,
            seq=entry.seq,
            part=1,
            at=entry.at,
            why="skipped",
            attempt=attempt["id"],
        )
    if isinstance(event, AttemptSpoiled):
        keep_spoil(connection, entry, attempt, event.cause, step_in_attempt(event.cause))


def keep_spoil(connection: Connection, entry: Entry, attempt: AttemptRow, cause: str, step: str) -> None:
    """Write what is kept of the blank that an attempt spoiled, at a step of the trade."""
    spoilage.keep(
        connection,
        entry,
        [parse_serial(attempt["serial"])],
        cause,
        step,
        printer=attempt["printer"],
        operator=attempt["operator"],
        attempt=attempt["id"],
    )


def _attempt_evidence(connection: Connection, event: AttemptEvidence, entry: Entry) -> None:
    attempt = attempt_of(connection, event.attempt)
    evidence = [*json.loads(attempt["evidence"]), event.evidence.data()]
    attempts.set_attempt(connection, attempt["id"], evidence=json.dumps(evidence, sort_keys=True, ensure_ascii=False))


def attempt_of(connection: Connection, attempt_id: str) -> AttemptRow:
    """Return the attempt that an entry names.

    :raises Refused: there is none.
    """
    attempt = attempts.find_attempt(connection, attempt_id)
    if attempt is None:
        raise Refused(f"There is no attempt {attempt_id}.")
    return attempt


def _attempt_corrected(connection: Connection, event: AttemptCorrected, entry: Entry) -> None:
    """Put a card on the blank that it is really on; of one in doubt, on the blank that is in hand."""
    attempt = attempt_of(connection, event.attempt)
    earlier = event.from_ is None  # an entry of an earlier version: no spoiled card, and the blank lay in the hopper
    if attempt["state"] not in _CORRECTED[earlier] or attempt["serial"] != event.booked:
        raise Refused(f"The attempt is {attempt['state']} on {attempt['serial']}.", consequence="Nothing was changed.")
    since, printer = attempt["opened_at"], attempt["printer"]
    if earlier:
        place = place_of(connection, event.booked) or ""
        correction.exchange(connection, event, entry, place, places.hopper(printer), since=since, attempt=attempt["id"])
    else:
        correction.apply(connection, event, entry, printer, since=since, attempt=attempt["id"])
    attempts.set_attempt(connection, attempt["id"], serial=event.actual)


_CORRECTED = (
    (AttemptState.PRINTED, AttemptState.IN_DOUBT, AttemptState.SPOILED),
    (AttemptState.PRINTED, AttemptState.IN_DOUBT),
)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    dict(
        (
            on(AttemptStarted, _attempt_started),
            on(AttemptPrinted, _attempt_ended),
            on(AttemptUnused, _attempt_ended),
            on(AttemptSpoiled, _attempt_ended),
            on(AttemptInDoubt, _attempt_ended),
            on(AttemptEvidence, _attempt_evidence),
            on(AttemptCorrected, _attempt_corrected),
        )
    )
)
