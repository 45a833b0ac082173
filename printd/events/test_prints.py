"""Test prints: the calibration card on a blank, from the intent to the outcome."""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from printd.events.base import Event
from printd.events.evidence import Evidence
from printd.events.fields import Counters, Digest, Place, Serial
from printd.words.states import TestPrintState

Purpose: TypeAlias = Literal["calibration", "test"]
EndState: TypeAlias = Literal[
    TestPrintState.IN_DOUBT, TestPrintState.SPOILED, TestPrintState.UNUSED, TestPrintState.LOST
]
"""How it can end."""


class TestPrintStarted(Event):
    """The intent, booked before the first byte leaves for the printer; the blank goes from the hopper into it."""

    kind: ClassVar[str] = "test_print.started"

    test: str
    """Its id, a random UUID."""

    purpose: Purpose
    """What it is for."""

    printer: str
    """Name of the printer."""

    serial_number: str
    """The printer's own, as it is in the books."""

    serial: Serial
    """The blank."""

    counters: Counters
    """The printer's counters just before."""

    artwork: Digest
    """Of the bytes that will be sent."""


class TestPrintEnded(Event):
    """What became of it; the printer proves it, or two people saw it and are named."""

    kind: ClassVar[str] = "test_print.ended"

    test: str
    """Id of the test print."""

    outcome: Literal[TestPrintState.IN_DOUBT, TestPrintState.SPOILED, TestPrintState.UNUSED, TestPrintState.LOST]
    """`spoiled`: something is on the blank, well printed or not; `lost`: nobody finds it."""

    evidence: Evidence
    """What is known of the card."""

    to: Place | None = None
    """Where the blank is now; absent in doubt: it stays where it is booked."""


class TestPrintEvidence(Event):
    """What a printer could still tell of a test print in doubt."""

    kind: ClassVar[str] = "test_print.evidence"

    test: str
    """Id of the test print."""

    evidence: Evidence
    """What is known of the card now."""


class TestPrintCorrected(Event):
    """Another blank than the booked one carries the test print, or is in hand where it is in doubt.

    Two people sign; each of the two blanks goes where the other was.
    """

    kind: ClassVar[str] = "test_print.corrected"

    test: str
    """Id of the test print."""

    booked: Serial
    """The blank that was booked."""

    actual: Serial
    """The blank that is in hand."""

    from_: Place
    """Where the card was in the books."""

    to: Place
    """Where the blank in hand was in the books."""
