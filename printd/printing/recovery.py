"""Start-up: nothing that was under way is assumed to have ended in any way."""

from __future__ import annotations

from printd.books.booking import Books
from printd.events.evidence import Evidence
from printd.printing import test_print
from printd.printing.attempt import end
from printd.store import attempts
from printd.words.states import AttemptState


def doubt_open_attempts(books: Books) -> int:
    """Put every attempt and test print that is still open in doubt; return how many there were.

    Called before any worker starts. A person resolves them with the card in hand.
    """
    with books.booking() as booking:
        left_open = attempts.attempts_in(booking.connection, [AttemptState.OPEN])
        for attempt in left_open:
            end(
                booking,
                attempt,
                AttemptState.IN_DOUBT,
                evidence=Evidence(findings=("printd stopped between the intent and the outcome of this attempt.",)),
            )
        tests = test_print.doubt_open(booking)
    return len(left_open) + tests


def doubt_attempts_of(books: Books, printer: str) -> None:
    """Put in doubt what a worker that died left open; called before the next one begins."""
    with books.booking() as booking:
        for attempt in attempts.attempts_in(booking.connection, [AttemptState.OPEN], printer):
            finding = "The worker of this printer failed between the intent and the outcome of this attempt."
            end(booking, attempt, AttemptState.IN_DOUBT, evidence=Evidence(findings=(finding,)))
