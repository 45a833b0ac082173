"""Start-up: nothing that was under way is assumed to have ended in any way; the log says which policy applies."""

from __future__ import annotations

import json

from printd.books.booking import Books
from printd.events.evidence import Evidence
from printd.events.policy import PolicyContent, PolicySet
from printd.printing import test_print
from printd.printing.attempt import end
from printd.shop.config import Policy
from printd.store import attempts, policy
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


def enter_policy(books: Books, applied: Policy) -> None:
    """Enter the policy where it is not the one entered last, so that an auditor sees which one applied when."""
    content = applied.model_dump(mode="json")
    with books.booking() as booking:
        last = policy.last_policy(booking.connection)
        if last is None or json.loads(last["content"]) != content:
            booking.enter(PolicySet(content=PolicyContent.model_validate(content)))
