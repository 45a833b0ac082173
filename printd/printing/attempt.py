"""One attempt: one job on one blank and one printer, booked before the act and again after it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from drivers.printer import Confirmation, Counters, Outcome, Position, Rung
from printd.books.booking import Booking, Books
from printd.errors import Refused
from printd.store import jobs
from printd.words import places
from printd.words.states import AttemptState

_MAX_TEXT = 300

ENDS = {
    Outcome.PRINTED: AttemptState.PRINTED,
    Outcome.UNUSED: AttemptState.UNUSED,
    Outcome.SPOILED: AttemptState.SPOILED,
    Outcome.IN_DOUBT: AttemptState.IN_DOUBT,
}


def begin(books: Books, *, job: str, printer: str, operator: str, serial: str, counters: Counters, artwork: str) -> str:
    """Book the intent; return the attempt's id. Only after this may a byte leave for the printer.

    :param counters: the printer's counters, read just before.
    :param artwork: keyed digest of the bytes that will be sent.
    :raises Refused: the job, the blank or the printer is not free.
    """
    attempt = str(uuid.uuid4())
    with books.booking() as booking:
        number = len(jobs.attempts_of(booking.connection, job)) + 1
        booking.enter(
            "attempt.started",
            {
                "attempt": attempt,
                "job": job,
                "number": number,
                "printer": printer,
                "serial": serial,
                "counters": known(counters),
                "artwork": artwork,
            },
            [operator],
        )
    return attempt


def end(
    booking: Booking,
    attempt: Mapping[str, Any],
    outcome: AttemptState,
    *,
    evidence: Mapping[str, Any] | None,
    cause: str = "",
    to: str = "",
    fed: str = "",
    by: tuple[str, ...] = (),
) -> None:
    """Book what became of an attempt.

    :param to: where the blank is now; by default output, the printer's hopper or the spoil bin, by outcome.
    :param fed: another blank of the hopper that was fed in its place, and left the printer unprinted.
    :param by: the people who decided; nobody where the printer's own evidence did.
    """
    data: dict[str, Any] = {"attempt": attempt["id"]}
    if outcome is not AttemptState.IN_DOUBT:
        data["to"] = (
            to
            or {
                AttemptState.PRINTED: places.OUTPUT,
                AttemptState.UNUSED: places.hopper(attempt["printer"]),
                AttemptState.SPOILED: places.SPOILED,
            }[outcome]
        )
    if outcome is AttemptState.SPOILED:
        if not cause:
            raise Refused("A spoiled blank needs a cause.", remedy="Name one of the causes that --help lists.")
        data["cause"] = cause
    if fed:
        data["fed"] = fed
    if evidence:
        data["evidence"] = evidence
    booking.enter(f"attempt.{outcome}", data, by)


def known(counters: Counters) -> dict[str, int]:
    """Return the counters that are known; an absent one is unknown, not zero."""
    return {name: value for name, value in asdict(counters).items() if value is not None}


def evidence_of(confirmation: Confirmation, trouble: str = "") -> dict[str, Any]:
    """Return what a driver could prove, as the log carries it."""
    findings = [trouble, *confirmation.findings] if trouble else list(confirmation.findings)
    return {
        "rung": str(confirmation.rung),
        "position": str(confirmation.position),
        "after": known(confirmation.after),
        "findings": [text[:_MAX_TEXT] for text in findings[:20]],
        "raw": {key[:40]: value[:_MAX_TEXT] for key, value in list(confirmation.raw.items())[:40]},
    }


def nothing_known(before: Counters, finding: str) -> Confirmation:
    """Return what can be proved where the printer does not answer: nothing; ``finding`` says why."""
    return Confirmation(
        outcome=Outcome.IN_DOUBT,
        rung=Rung.SENT,
        position=Position.UNKNOWN,
        before=before,
        after=Counters(),
        findings=(finding,),
    )
