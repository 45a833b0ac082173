"""Start-up: nothing that was under way is assumed to have ended in any way."""

from __future__ import annotations

from printd.books import Books
from printd.printing.attempt import end
from printd.printing.states import AttemptState
from printd.store import jobs


def doubt_open_attempts(books: Books) -> int:
    """Put every attempt that is still open in doubt; return how many there were.

    Called before any worker starts. A person resolves them with the card in hand.
    """
    with books.booking() as booking:
        left_open = jobs.attempts_in(booking.connection, [AttemptState.OPEN])
        for attempt in left_open:
            end(
                booking,
                attempt,
                AttemptState.IN_DOUBT,
                evidence={"findings": ["printd stopped between the intent and the outcome of this attempt."]},
            )
    return len(left_open)
