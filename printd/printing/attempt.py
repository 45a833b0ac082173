"""One attempt: one job on one blank and one printer, booked before the act and again after it."""

from __future__ import annotations

import uuid
from typing import assert_never

from drivers.printer import Counters, Outcome
from printd.books.booking import Booking, Books
from printd.errors import Refused
from printd.events.attempts import AttemptInDoubt, AttemptPrinted, AttemptSpoiled, AttemptStarted, AttemptUnused
from printd.events.base import Event
from printd.events.evidence import Evidence
from printd.events.policy import TurnTaken
from printd.printing.card_run import known_counters
from printd.remedies import How
from printd.store import attempts
from printd.store.tables.attempts import AttemptRow
from printd.words import places
from printd.words.states import AttemptState


def begin(
    books: Books,
    *,
    job: str,
    printer: str,
    resumed: int,
    serial: str,
    counters: Counters,
    artwork: str,
    turn: TurnTaken | None = None,
) -> str:
    """Book the intent; return the attempt's id. Only after this may a byte leave for the printer.

    :param resumed: number of the entry in which somebody let the printer work.
    :param counters: the printer's counters, read just before.
    :param artwork: keyed digest of the bytes that will be sent.
    :param turn: by which rule of the policy it is this job's turn; ``None``: nobody asked the policy.
    :raises Refused: the job, the blank or the printer is not free.
    """
    attempt = str(uuid.uuid4())
    with books.booking() as booking:
        number = len(attempts.attempts_of(booking.connection, job)) + 1
        started = AttemptStarted(
            attempt=attempt,
            job=job,
            number=number,
            printer=printer,
            resumed=resumed,
            serial=serial,
            counters=known_counters(counters),
            artwork=artwork,
            turn=turn,
        )
        booking.enter(started)
    return attempt


def end(
    booking: Booking,
    attempt: AttemptRow,
    outcome: AttemptState,
    *,
    evidence: Evidence | None,
    cause: str = "",
    to: str = "",
    fed: str = "",
    scanned: str = "",
    by: tuple[str, ...] = (),
) -> None:
    """Book what became of an attempt.

    :param to: where the blank is now; by default output, the printer's hopper or the spoil bin, by outcome.
    :param fed: another blank of the hopper that was fed in its place, and left the printer unprinted.
    :param scanned: what people read on a blank that is unused.
    :param by: the people who decided; nobody where the printer's own evidence did.
    """
    if outcome is AttemptState.SPOILED and not cause:
        raise Refused("A spoiled blank needs a cause.", remedy=("Name one of the causes that ", How(), " lists."))
    booking.enter(_ended(attempt, outcome, to, cause, fed or None, evidence, scanned or None), by)


def _ended(
    attempt: AttemptRow,
    outcome: AttemptState,
    to: str,
    cause: str,
    fed: str | None,
    evidence: Evidence | None,
    scanned: str | None,
) -> Event:
    name, printer = attempt["id"], attempt["printer"]
    match outcome:
        case AttemptState.PRINTED:
            return AttemptPrinted(attempt=name, to=to or places.OUTPUT, fed=fed, evidence=evidence)
        case AttemptState.UNUSED:
            back = to or places.hopper(printer)
            return AttemptUnused(attempt=name, to=back, fed=fed, evidence=evidence, scanned=scanned)
        case AttemptState.SPOILED:
            return AttemptSpoiled(attempt=name, to=to or places.SPOILED, cause=cause, fed=fed, evidence=evidence)
        case AttemptState.IN_DOUBT:
            return AttemptInDoubt(attempt=name, fed=fed, evidence=evidence)
        case AttemptState.OPEN:
            raise ValueError("an attempt does not end open")
        case unheard_of:
            assert_never(unheard_of)


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
