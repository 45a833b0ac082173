"""Life of a job and of an attempt: every change there is, in two tables."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeGuard, TypeVar

from printd.errors import Refused


class JobState(StrEnum):
    """Where the wish to print one record stands."""

    HELD = "held"  # waits for a person; ``held_because`` says why
    QUEUED = "queued"
    PRINTING = "printing"
    IN_DOUBT = "in_doubt"
    PRINTED = "printed"  # in the output, waits for the quality check
    FINISHED = "finished"  # a good card, waits for its holder
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"


class JobEvent(StrEnum):
    """What can happen to a job."""

    HOLD = "hold"
    RELEASE = "release"
    CANCEL = "cancel"
    START = "start"
    PRINT = "print"
    UNUSE = "unuse"
    SPOIL = "spoil"
    DOUBT = "doubt"
    PASS = "pass"  # noqa: S105 - of the quality check
    HAND_OVER = "hand_over"


class AttemptState(StrEnum):
    """How one try on one blank stands; all but the first two are outcomes for good."""

    OPEN = "open"
    IN_DOUBT = "in_doubt"
    PRINTED = "printed"
    UNUSED = "unused"
    SPOILED = "spoiled"


class Quality(StrEnum):
    """What became of a printed card at the quality check, or after it."""

    GOOD = "good"
    SPOILED = "spoiled"
    MISSING = "missing"


class TestPrintState(StrEnum):
    """How a test print stands; all but the first two are for good."""

    OPEN = "open"
    IN_DOUBT = "in_doubt"
    SPOILED = "spoiled"  # something is on the blank: well printed or not
    UNUSED = "unused"
    LOST = "lost"  # nobody finds the blank


UNSETTLED = (AttemptState.OPEN, AttemptState.IN_DOUBT)
"""Of attempts and test prints alike: nobody knows yet how it ends."""


class ShiftState(StrEnum):
    """How a shift stands."""

    OPEN = "open"
    COUNTING = "counting"  # nothing is printed, and no figure is shown
    CLOSED = "closed"


class DeliveryState(StrEnum):
    """How a delivery stands."""

    ANNOUNCED = "announced"  # it will be counted blind: nothing that it announced is shown
    RECEIVED = "received"


class TransferState(StrEnum):
    """How a transfer between two sites stands."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"


class DisputeState(StrEnum):
    """How an incident or a discrepancy stands."""

    OPEN = "open"
    CLOSED = "closed"


class SuketState(StrEnum):
    """How a temporary certificate stands."""

    OPEN = "open"
    EXPIRED = "expired"
    CONVERTED = "converted"


class PrinterState(StrEnum):
    """What a printer does."""

    STARTING = "starting"
    IDLE = "idle"
    PRINTING = "printing"
    WAITING = "waiting"
    DRAINING = "draining"
    PAUSED = "paused"
    STOPPED = "stopped"
    OFFLINE = "offline"
    UNABLE = "unable"
    IN_DOUBT = "in_doubt"
    DIED = "died"  # its worker did; a new one begins by itself
    HANGS = "hangs"  # its worker waits for the machine longer than any act may last
    RETIRED = "retired"
    NOT_RUNNING = "not running"  # the daemon is not


Shift = TypeVar("Shift", bound=Mapping[str, object])


def is_counting(shift: Shift | None) -> TypeGuard[Shift]:
    """Tell whether a count is under way.

    :param shift: the one that is not closed, if there is one.
    """
    return shift is not None and shift["state"] == ShiftState.COUNTING


JOB_TRANSITIONS = MappingProxyType(
    {
        (JobState.HELD, JobEvent.RELEASE): JobState.QUEUED,
        (JobState.HELD, JobEvent.CANCEL): JobState.CANCELLED,
        (JobState.QUEUED, JobEvent.HOLD): JobState.HELD,
        (JobState.QUEUED, JobEvent.CANCEL): JobState.CANCELLED,
        (JobState.QUEUED, JobEvent.START): JobState.PRINTING,
        (JobState.PRINTING, JobEvent.PRINT): JobState.PRINTED,
        (JobState.PRINTING, JobEvent.UNUSE): JobState.QUEUED,
        (JobState.PRINTING, JobEvent.SPOIL): JobState.HELD,
        (JobState.PRINTING, JobEvent.DOUBT): JobState.IN_DOUBT,
        (JobState.IN_DOUBT, JobEvent.PRINT): JobState.PRINTED,
        (JobState.IN_DOUBT, JobEvent.UNUSE): JobState.QUEUED,
        (JobState.IN_DOUBT, JobEvent.SPOIL): JobState.HELD,
        (JobState.PRINTED, JobEvent.PASS): JobState.FINISHED,
        (JobState.PRINTED, JobEvent.SPOIL): JobState.HELD,
        (JobState.FINISHED, JobEvent.HAND_OVER): JobState.HANDED_OVER,
        (JobState.FINISHED, JobEvent.SPOIL): JobState.HELD,
    }
)

ATTEMPT_TRANSITIONS = MappingProxyType(
    {
        AttemptState.OPEN: frozenset(
            {AttemptState.IN_DOUBT, AttemptState.PRINTED, AttemptState.UNUSED, AttemptState.SPOILED}
        ),
        AttemptState.IN_DOUBT: frozenset({AttemptState.PRINTED, AttemptState.UNUSED, AttemptState.SPOILED}),
        AttemptState.PRINTED: frozenset(),
        AttemptState.UNUSED: frozenset(),
        AttemptState.SPOILED: frozenset(),
    }
)


_DONE = MappingProxyType(
    {
        JobEvent.HOLD: "held",
        JobEvent.RELEASE: "released",
        JobEvent.CANCEL: "cancelled",
        JobEvent.START: "printed",
        JobEvent.PRINT: "booked as printed",
        JobEvent.UNUSE: "booked as not printed",
        JobEvent.SPOIL: "booked as spoiled",
        JobEvent.DOUBT: "put in doubt",
        JobEvent.PASS: "passed by the quality check",
        JobEvent.HAND_OVER: "handed over",
    }
)


def next_job_state(state: JobState, event: JobEvent) -> JobState:
    """Return where an event takes a job.

    :raises Refused: the event cannot happen in this state.
    """
    try:
        return JOB_TRANSITIONS[state, event]
    except KeyError:
        from printd.remedies import Do  # noqa: PLC0415 - whoever only reads states goes without

        raise Refused(
            f"A job that is {state.replace('_', ' ')} cannot be {_DONE[event]}.",
            consequence="Nothing was changed.",
            remedy=("Settle the doubt first: ", Do("jobs.resolve"))
            if state is JobState.IN_DOUBT
            else ("See its state with: ", Do("jobs.list")),
        ) from None


def check_attempt(state: AttemptState, outcome: AttemptState) -> None:
    """Make sure that an attempt can end this way.

    :raises Refused: it ended before.
    """
    if outcome not in ATTEMPT_TRANSITIONS[state]:
        raise Refused(
            f"The attempt is {state} and cannot become {outcome}.",
            consequence="Nothing was changed.",
            remedy="An outcome is booked once; what went wrong later is booked by the quality check.",
        )
