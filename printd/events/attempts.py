"""Attempts: one job on one blank and one printer, from the intent to the outcome."""

from __future__ import annotations

from typing import ClassVar

from printd.events.base import Event
from printd.events.evidence import Evidence
from printd.events.fields import Counters, Digest, Place, Serial, SpoilCause, Whole
from printd.events.policy import TurnTaken


class AttemptStarted(Event):
    """The intent, booked before the first byte leaves for the printer; the blank goes from the hopper into it."""

    kind: ClassVar[str] = "attempt.started"

    attempt: str
    """Its id, a random UUID."""

    job: str
    """Id of the job."""

    number: Whole
    """Which attempt of the job it is, from 1."""

    printer: str
    """Name of the printer."""

    resumed: Whole
    """Number of the entry in which somebody let the printer work, and so signed for what it prints."""

    serial: Serial
    """The blank."""

    counters: Counters
    """The printer's counters just before."""

    artwork: Digest
    """Of the bytes that will be sent."""

    # Absent in entries of earlier versions.
    turn: TurnTaken | None = None
    """By which rule of the policy it was this job's turn."""


class _Ended(Event):
    attempt: str
    """Id of the attempt."""

    fed: Serial | None = None
    """Another blank of the hopper that was fed in its place and left the printer unprinted: it is skipped."""

    evidence: Evidence | None = None
    """What is known of the card."""


class AttemptPrinted(_Ended):
    """The card is printed; the printer proves it, or people saw it and are named."""

    kind: ClassVar[str] = "attempt.printed"

    to: Place
    """Where the card is: the output."""


class AttemptUnused(_Ended):
    """Nothing is on the blank; the printer proves it, or people saw it and are named."""

    kind: ClassVar[str] = "attempt.unused"

    to: Place
    """Where the blank is: the hopper, with the shift, in the store, or skipped where nobody can read which it is."""

    scanned: Serial | None = None
    """What people read on the blank; against evidence that a card was printed nobody says so without it."""


class AttemptSpoiled(_Ended):
    """The blank is spoiled; the printer proves it, or people saw it and are named."""

    kind: ClassVar[str] = "attempt.spoiled"

    to: Place
    """Where the card is: the spoil bin."""

    cause: SpoilCause
    """Why."""


class AttemptInDoubt(_Ended):
    """Nobody knows what became of the blank: the printer stops until people look. It stays where it is booked."""

    kind: ClassVar[str] = "attempt.in_doubt"


class AttemptEvidence(Event):
    """What a printer could still tell of an attempt in doubt."""

    kind: ClassVar[str] = "attempt.evidence"

    attempt: str
    """Id of the attempt."""

    evidence: Evidence
    """What is known of the card now."""


class AttemptCorrected(Event):
    """Another blank than the booked one carries the card, good or spoiled, or is in hand where it is in doubt.

    Two people sign; each of the two blanks goes where the other was.
    """

    kind: ClassVar[str] = "attempt.corrected"

    attempt: str
    """Id of the attempt."""

    booked: Serial
    """The blank that was booked."""

    actual: Serial
    """The blank that is in hand."""

    # Absent in entries of earlier versions: the other blank lay in the hopper, and no card was spoiled.
    from_: Place | None = None
    """Where the card was in the books. Absent, with `to`, in early entries: the blank in hand lay in the hopper."""

    to: Place | None = None
    """Where the blank in hand was in the books."""
