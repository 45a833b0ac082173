"""One attempt: one job on one blank and one printer, booked before the act and again after it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, assert_never

from drivers.printer import Counters, Outcome
from printd.books.booking import Booking, Books
from printd.errors import Refused
from printd.printing.card_run import known_counters
from printd.remedies import How
from printd.store import attempts
from printd.store.tables.attempts import AttemptRow
from printd.words import places
from printd.words.states import AttemptState


def begin(books: Books, *, job: str, printer: str, operator: str, serial: str, counters: Counters, artwork: str) -> str:
    """Book the intent; return the attempt's id. Only after this may a byte leave for the printer.

    :param counters: the printer's counters, read just before.
    :param artwork: keyed digest of the bytes that will be sent.
    :raises Refused: the job, the blank or the printer is not free.
    """
    attempt = str(uuid.uuid4())
    with books.booking() as booking:
        number = len(attempts.attempts_of(booking.connection, job)) + 1
        booking.enter(
            "attempt.started",
            {
                "attempt": attempt,
                "job": job,
                "number": number,
                "printer": printer,
                "serial": serial,
                "counters": known_counters(counters),
                "artwork": artwork,
            },
            [operator],
        )
    return attempt


def end(
    booking: Booking,
    attempt: AttemptRow,
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
        data["to"] = to or _leads_to(outcome, attempt["printer"])
    if outcome is AttemptState.SPOILED:
        if not cause:
            raise Refused("A spoiled blank needs a cause.", remedy=("Name one of the causes that ", How(), " lists."))
        data["cause"] = cause
    if fed:
        data["fed"] = fed
    if evidence:
        data["evidence"] = evidence
    booking.enter(f"attempt.{outcome}", data, by)


def state_of(outcome: Outcome) -> AttemptState:
    """Return how an attempt stands once its card ended this way."""
    match outcome:
        case Outcome.PRINTED:
            return AttemptState.PRINTED
        case Outcome.UNUSED:
            return AttemptState.UNUSED
        case Outcome.SPOILED:
            return AttemptState.SPOILED
        case Outcome.IN_DOUBT:
            return AttemptState.IN_DOUBT
        case unheard_of:
            assert_never(unheard_of)


def _leads_to(outcome: AttemptState, printer: str) -> str:
    match outcome:
        case AttemptState.PRINTED:
            return places.OUTPUT
        case AttemptState.UNUSED:
            return places.hopper(printer)
        case AttemptState.SPOILED:
            return places.SPOILED
        case AttemptState.OPEN | AttemptState.IN_DOUBT:
            raise ValueError(f"a blank stays in the printer while its attempt is {outcome}")
        case unheard_of:
            assert_never(unheard_of)
