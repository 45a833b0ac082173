"""What entries of operators, records, jobs, printers and attempts do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from printd.books import Projection
from printd.custody import counting, identity, spoilage
from printd.custody.movements import move, place_of
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.printing import calibration, correction, policy_books, restored_books, test_print
from printd.store import blanks, jobs, people, supplies, test_prints
from printd.store.rows import Connection
from printd.words import places
from printd.words.causes import step_in_attempt
from printd.words.reasons import HeldBecause
from printd.words.serials import parse_serial
from printd.words.states import AttemptState, JobEvent, JobState, Quality, check_attempt, next_job_state


def _nothing(connection: Connection, entry: Entry) -> None:
    """Stand for kinds that are facts of their own and change no table."""


def _operator(connection: Connection, entry: Entry) -> None:
    people.put_operator(connection, entry.data["name"], entry.data["role"], entry.data["active"])


def _record_accepted(connection: Connection, entry: Entry) -> None:
    data = entry.data
    warned = bool(data["warnings"])
    people.add_record(
        connection,
        {
            "id": data["record"],
            "holder": data["holder"],
            "digest": data["digest"],
            "source": data["source"],
            "remote_status": data["remote_status"],
            "reason": data["reason"],
            "stock_type": data["stock_type"],
            "warnings": " ".join(data["warnings"]),
            "received_at": entry.at,
            "area": data.get("area"),
            "nik_area": data.get("nik_area"),
        },
    )
    jobs.add_job(
        connection,
        {
            "id": data["job"],
            "record_id": data["record"],
            "holder": data["holder"],
            "stock_type": data["stock_type"],
            "state": JobState.HELD if warned else JobState.QUEUED,
            "held_because": HeldBecause.WARNINGS if warned else None,
            "place_in_queue": entry.seq,
            "created_at": entry.at,
            "reason": data["reason"],
            "area": data.get("area"),
            "generation": data.get("generation"),
        },
    )


def _record_acknowledged(connection: Connection, entry: Entry) -> None:
    if people.find_record(connection, entry.data["record"]) is None:
        raise Refused(f"There is no record {entry.data['record']}.")
    people.set_acknowledged(connection, entry.data["record"], entry.actors[0])
    job = jobs.job_of_record(connection, entry.data["record"])
    if job is not None and job["state"] == JobState.HELD and job["held_because"] == HeldBecause.WARNINGS:
        _step(connection, job["id"], JobEvent.RELEASE)


def _step(connection: Connection, job_id: str, event: JobEvent, held_because: str | None = None) -> None:
    job = jobs.find_job(connection, job_id)
    if job is None:
        raise Refused(f"There is no job {job_id}.", remedy="See all jobs with: printd jobs list")
    jobs.set_job(connection, job_id, next_job_state(JobState(job["state"]), event), held_because)


def _job_held(connection: Connection, entry: Entry) -> None:
    _step(connection, entry.data["job"], JobEvent.HOLD, HeldBecause(entry.data["why"]))


_LETS_GO = {
    "release": (HeldBecause.OPERATOR, HeldBecause.ARTWORK, HeldBecause.STALE, HeldBecause.RESTORED),
    "reprint": (HeldBecause.SPOILED,),
}


def _job_released(connection: Connection, entry: Entry) -> None:
    job = jobs.find_job(connection, entry.data["job"])
    if job is not None and job["state"] == JobState.HELD and job["held_because"] not in _LETS_GO[entry.data["act"]]:
        short, because = job["id"][:8], HeldBecause(job["held_because"])
        acts = {
            HeldBecause.WARNINGS: f"records acknowledge {job['record_id'][:8]}",
            HeldBecause.SPOILED: f"jobs reprint {short}",
        }
        raise Refused(
            f"Job {short} is held because of {because}.",
            why=f"{entry.data['act'].capitalize()} does not answer for that.",
            consequence="It stays held.",
            remedy=f"Use: printd {acts.get(because, f'jobs release {short}')}",
        )
    _step(connection, entry.data["job"], JobEvent.RELEASE)
    if entry.data.get("looked_up") and job is not None and job["held_because"] == HeldBecause.STALE:
        jobs.set_looked_up(connection, entry.data["job"], entry.at, entry.seq)


def _job_cancelled(connection: Connection, entry: Entry) -> None:
    _step(connection, entry.data["job"], JobEvent.CANCEL)
    jobs.set_cancelled(connection, entry.data["job"], entry.at)


def _printer_added(connection: Connection, entry: Entry) -> None:
    data = entry.data
    jobs.add_printer(
        connection,
        {
            "name": data["printer"],
            "uri": data["uri"],
            "family": data["family"],
            "model": data["model"],
            "serial_number": data["serial_number"],
            "paused": True,
            "pause_reason": "new",
        },
    )


def _known_printer(connection: Connection, entry: Entry) -> str:
    name: str = entry.data["printer"]
    row = jobs.find_printer(connection, name)
    if row is None:
        raise Refused(f"There is no printer {name}.", remedy="See all with: printd printers list")
    if jobs.is_retired(row):
        raise Refused(f"{name} is retired.", consequence="It never works here again; nothing was changed.")
    return name


def _printer_paused(connection: Connection, entry: Entry) -> None:
    jobs.set_printer(connection, _known_printer(connection, entry), paused=True, pause_reason=entry.data["why"])


def _printer_resumed(connection: Connection, entry: Entry) -> None:
    name = _known_printer(connection, entry)
    test_print.check_none_open(connection, name, "It stays paused.")
    jobs.set_printer(connection, name, paused=False, pause_reason="", operator=entry.actors[0])


def _printer_retired(connection: Connection, entry: Entry) -> None:
    """Let a printer go for good; its name and serial number stay taken, and its address leads nowhere."""
    name = _known_printer(connection, entry)
    row = jobs.find_printer(connection, name)
    if row is not None and not row["paused"]:
        raise Refused(
            f"{name} is not paused.",
            consequence="It was not retired.",
            remedy=f"Let it finish what it does: printd printers drain {name}",
        )
    under_way = jobs.attempts_in(connection, [AttemptState.OPEN, AttemptState.IN_DOUBT], name)
    serials = [one["serial"] for one in (*under_way, test_prints.open_on(connection, name)) if one is not None]
    if serials:
        raise Refused(
            f"{serials[0]} is under way in {name}, or nobody has said yet what became of it.",
            consequence="The printer was not retired.",
            remedy="Wait for the card, or settle the doubt: see printd printers list",
        )
    left = sum(one.last - one.first + 1 for one in blanks.in_place(connection, places.hopper(name)))
    if left:
        raise Refused(
            f"{left} blanks lie in the hopper of {name}.",
            consequence="It was not retired.",
            remedy=f"Take them out, in the books too: printd blanks unload {name}",
        )
    jobs.set_printer(connection, name, uri=jobs.RETIRED, pause_reason="retired")


def _attempt_started(connection: Connection, entry: Entry) -> None:
    data = entry.data
    counting.check_printing(connection)
    _check_free(connection, _known_printer(connection, entry))
    _step(connection, data["job"], JobEvent.START)
    _check_stock(connection, data["job"], data["serial"])
    jobs.add_attempt(
        connection,
        {
            "id": data["attempt"],
            "job_id": data["job"],
            "number": data["number"],
            "serial": data["serial"],
            "printer": data["printer"],
            "operator": entry.actors[0],
            "artwork": data["artwork"],
            "state": AttemptState.OPEN,
            "counters": json.dumps(data["counters"], sort_keys=True),
            "evidence": "[]",
            "opened_at": entry.at,
        },
    )
    move(
        connection,
        [parse_serial(data["serial"])],
        places.hopper(data["printer"]),
        places.inside(data["printer"]),
        seq=entry.seq,
        at=entry.at,
        why="attempt",
        attempt=data["attempt"],
    )


def _check_free(connection: Connection, printer: str) -> None:
    """Make sure that a printer may begin a card: its worker may not know yet who paused it."""
    row = jobs.find_printer(connection, printer)
    if row is not None and row["paused"]:
        raise Refused(
            f"{printer} is paused: {row['pause_reason']}",
            consequence="Nothing was printed.",
            remedy=f"Let it go on with: printd printers resume {printer}",
        )
    under_way = jobs.attempts_in(connection, [AttemptState.OPEN, AttemptState.IN_DOUBT], printer)
    if under_way:
        raise Refused(
            f"{under_way[0]['serial']} is under way in {printer}, or nobody has said yet what became of it.",
            consequence="Nothing was printed.",
            remedy="Wait for the card, or settle the doubt: see printd printers list",
        )
    test_print.check_none_open(connection, printer, "Nothing was printed.")


def _check_stock(connection: Connection, job_id: str, serial: str) -> None:
    """Make sure, before it moves, that nothing stands against the blank and that it is what the job needs."""
    job, one = jobs.find_job(connection, job_id), parse_serial(serial)
    stopped = identity.stop_reason(connection, serial)
    if stopped is not None:
        raise Refused(stopped, consequence="The blank was not moved.", remedy="Settle the incident first.")
    rows = blanks.touching(connection, one)
    delivery = blanks.find_delivery(connection, rows[0].delivery_id) if rows else None
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


def _attempt_ended(connection: Connection, entry: Entry) -> None:
    data = entry.data
    outcome = AttemptState(entry.kind.removeprefix("attempt."))
    attempt = _attempt(connection, data["attempt"])
    check_attempt(AttemptState(attempt["state"]), outcome)
    event, held_because = _ENDS[outcome]
    _step(connection, attempt["job_id"], event, held_because)
    evidence = json.loads(attempt["evidence"])
    if data.get("evidence"):
        evidence.append(data["evidence"])
    closed = outcome is not AttemptState.IN_DOUBT
    jobs.set_attempt(
        connection,
        attempt["id"],
        state=outcome,
        cause=data.get("cause"),
        evidence=json.dumps(evidence, sort_keys=True, ensure_ascii=False),
        closed_at=entry.at if closed else None,
    )
    if closed:
        move(
            connection,
            [parse_serial(attempt["serial"])],
            places.inside(attempt["printer"]),
            data["to"],
            seq=entry.seq,
            at=entry.at,
            why=outcome,
            attempt=attempt["id"],
        )
    if data.get("fed"):
        move(
            connection,
            [parse_serial(data["fed"])],
            places.hopper(attempt["printer"]),
            places.SKIPPED,
            seq=entry.seq,
            part=1,
            at=entry.at,
            why="skipped",
            attempt=attempt["id"],
        )
    if outcome is AttemptState.SPOILED:
        _keep_spoil(connection, entry, attempt, step_in_attempt(data["cause"]))


def _keep_spoil(connection: Connection, entry: Entry, attempt: Mapping[str, Any], step: str) -> None:
    spoilage.keep(
        connection,
        entry,
        [parse_serial(attempt["serial"])],
        entry.data["cause"],
        step,
        printer=attempt["printer"],
        operator=attempt["operator"],
        attempt=attempt["id"],
    )


def _attempt_evidence(connection: Connection, entry: Entry) -> None:
    attempt = _attempt(connection, entry.data["attempt"])
    evidence = [*json.loads(attempt["evidence"]), entry.data["evidence"]]
    jobs.set_attempt(connection, attempt["id"], evidence=json.dumps(evidence, sort_keys=True, ensure_ascii=False))


def _attempt(connection: Connection, attempt_id: str) -> Mapping[str, Any]:
    attempt = jobs.find_attempt(connection, attempt_id)
    if attempt is None:
        raise Refused(f"There is no attempt {attempt_id}.")
    return attempt


def _attempt_corrected(connection: Connection, entry: Entry) -> None:
    """Put a card on the blank that it is really on; of one in doubt, on the blank that is in hand."""
    data = entry.data
    attempt = _attempt(connection, data["attempt"])
    earlier = "from" not in data  # an entry of an earlier version: no spoiled card, and the blank lay in the hopper
    if attempt["state"] not in _CORRECTED[earlier] or attempt["serial"] != data["booked"]:
        raise Refused(f"The attempt is {attempt['state']} on {attempt['serial']}.", consequence="Nothing was changed.")
    since, printer = attempt["opened_at"], attempt["printer"]
    if earlier:
        place = place_of(connection, data["booked"]) or ""
        correction.exchange(connection, entry, place, places.hopper(printer), since=since, attempt=attempt["id"])
    else:
        correction.apply(connection, entry, printer, since=since, attempt=attempt["id"])
    jobs.set_attempt(connection, attempt["id"], serial=data["actual"])


_CORRECTED = (
    (AttemptState.PRINTED, AttemptState.IN_DOUBT, AttemptState.SPOILED),
    (AttemptState.PRINTED, AttemptState.IN_DOUBT),
)


def _card_checked(connection: Connection, entry: Entry) -> None:
    data = entry.data
    attempt = _attempt(connection, data["attempt"])
    good = data["quality"] == Quality.GOOD
    source = places.FINISHED if attempt["quality"] == Quality.GOOD else places.OUTPUT
    if good:
        _step(connection, attempt["job_id"], JobEvent.PASS)
    else:
        _step(connection, attempt["job_id"], JobEvent.SPOIL, HeldBecause.SPOILED)
    jobs.set_attempt(
        connection,
        attempt["id"],
        quality=data["quality"],
        cause=data.get("cause"),
        checked_at=entry.at,
        checked_by=entry.actors[0],
    )
    move(
        connection,
        [parse_serial(attempt["serial"])],
        source,
        places.FINISHED if good else places.SPOILED,
        seq=entry.seq,
        at=entry.at,
        why="quality_good" if good else "quality_spoiled",
        attempt=attempt["id"],
    )
    if not good:
        _keep_spoil(connection, entry, attempt, "qc")


def _card_missed(connection: Connection, entry: Entry) -> None:
    attempt = _attempt(connection, entry.data["attempt"])
    place = place_of(connection, attempt["serial"]) or ""
    if place not in (places.OUTPUT, places.FINISHED):
        raise Refused(f"{attempt['serial']} is in {place}.", consequence="Nothing was changed.")
    _step(connection, attempt["job_id"], JobEvent.SPOIL, HeldBecause.SPOILED)
    jobs.set_attempt(connection, attempt["id"], quality="missing")
    move(
        connection,
        [parse_serial(attempt["serial"])],
        place,
        places.MISSING,
        seq=entry.seq,
        at=entry.at,
        why="missing",
        attempt=attempt["id"],
    )


def _card_handed_over(connection: Connection, entry: Entry) -> None:
    attempt = _attempt(connection, entry.data["attempt"])
    _step(connection, attempt["job_id"], JobEvent.HAND_OVER)
    supplies.add_handover(
        connection,
        {
            "attempt_id": attempt["id"],
            "at": entry.at,
            "by": entry.actors[0],
            "receiver": entry.data.get("receiver", "unknown"),
            "old_card": entry.data.get("old_card", "unknown"),
        },
    )
    job = jobs.find_job(connection, attempt["job_id"])
    if job is not None:  # the card is what the certificate stood for
        supplies.convert_sukets(connection, job["holder"], entry.at, job["id"])
    move(
        connection,
        [parse_serial(attempt["serial"])],
        places.FINISHED,
        places.HOLDER,
        seq=entry.seq,
        at=entry.at,
        why="hand_over",
        attempt=attempt["id"],
    )


PROJECTIONS: Mapping[str, Projection] = {
    **calibration.PROJECTIONS,
    **policy_books.PROJECTIONS,
    **test_print.PROJECTIONS,
    **restored_books.PROJECTIONS,
    "shop.opened": _nothing,
    "operator.set": _operator,
    "record.accepted": _record_accepted,
    "record.acknowledged": _record_acknowledged,
    "record.quarantined": _nothing,
    "record.dismissed": _nothing,
    "record.restored": _nothing,
    "job.held": _job_held,
    "job.released": _job_released,
    "job.cancelled": _job_cancelled,
    "printer.added": _printer_added,
    "printer.paused": _printer_paused,
    "printer.resumed": _printer_resumed,
    "printer.retired": _printer_retired,
    "attempt.started": _attempt_started,
    "attempt.printed": _attempt_ended,
    "attempt.unused": _attempt_ended,
    "attempt.spoiled": _attempt_ended,
    "attempt.in_doubt": _attempt_ended,
    "attempt.evidence": _attempt_evidence,
    "attempt.corrected": _attempt_corrected,
    "card.checked": _card_checked,
    "card.missed": _card_missed,
    "card.handed_over": _card_handed_over,
}
