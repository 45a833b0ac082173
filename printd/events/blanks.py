"""Blanks: moved by people, and bound to their chips."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

from printd.events.base import Event
from printd.events.fields import Place, Serial, SerialRanges, SpoilCause, Text, Told, Uid, one_of
from printd.words.causes import SPOIL_CAUSES

WAYS = (
    "issue",
    "load",
    "unload",
    "return",
    "skipped",
    "found",
    "missing",
    "give_back",
    "site_spoiled",
)
"""Reasons to move blanks, beside the spoil causes."""

Way = Annotated[
    str, AfterValidator(one_of((*WAYS, *SPOIL_CAUSES))), Told(f"one of {', '.join(WAYS)}, or a spoil cause")
]


class BlanksMoved(Event):
    """Blanks went from one place to another, and no entry of another kind says so."""

    kind: ClassVar[str] = "blanks.moved"

    serials: SerialRanges
    """Which."""

    from_: Place
    """Where they were."""

    to: Place
    """Where they are."""

    why: Way
    """For which reason; for a spoil cause they go to the spoil bin."""

    reason: Text | None = None
    """Of an issue: why the shift gets more than the day needs."""

    document: Text | None = None
    """Number of the paper: of what is given back to the province."""

    cause: SpoilCause | None = None
    """Of what a site spoiled: why; elsewhere `why` says it."""

    step: Literal["receipt", "store", "encode", "print", "qc"] | None = None
    """Of what a site spoiled: at which step; elsewhere the place says it."""


class ChipBound(Event):
    """A chip was read in a blank for the first time: they belong together from now on."""

    kind: ClassVar[str] = "chip.bound"

    uid: Uid
    """Of the chip."""

    serial: Serial
    """The blank."""
