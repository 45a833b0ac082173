"""Decisions on jobs."""

from __future__ import annotations

from typing import ClassVar, Literal

from printd.events.base import Event
from printd.events.fields import Text, YesNo
from printd.words.reasons import HeldBecause


class JobHeld(Event):
    """A queued job waits for a person."""

    kind: ClassVar[str] = "job.held"

    job: str
    """Its id."""

    why: HeldBecause
    """And so, which act lets it go on."""

    message: Text | None = None
    """What stands against its card; absent where an operator held it."""


class JobReleased(Event):
    """A held job goes on, at its old place in the queue."""

    kind: ClassVar[str] = "job.released"

    job: str
    """Its id."""

    act: Literal["release", "reprint"]
    """`reprint`: its card was spoiled or is missing, and another is printed."""

    looked_up: YesNo = False
    """True where the record was looked up at the registry once more; absent elsewhere."""


class JobCancelled(Event):
    """A job ended without a card."""

    kind: ClassVar[str] = "job.cancelled"

    job: str
    """Its id."""


class JobOverridden(Event):
    """Two people let a queued job go first, past class, cap, quota and reserve."""

    kind: ClassVar[str] = "job.overridden"

    job: str
    """Its id."""

    why: Text
    """Why, in words."""
