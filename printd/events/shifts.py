"""Shifts: working periods that blanks are issued to, counted blind at their end and closed with an act."""

from __future__ import annotations

from typing import ClassVar

from printd.events.base import Event, Part
from printd.events.closings import StockTotals
from printd.events.fields import Day, Hash, Place, SerialRanges, Signed, SpoilCause, StockType, Text, Voided, Whole
from printd.words.states import AttemptState


class ShiftOpened(Event):
    """Two people opened a shift; what is issued to it are entries `blanks.moved`."""

    kind: ClassVar[str] = "shift.opened"

    shift: str
    """Its name: the day and a number."""

    reason: Text | None = None
    """Why it gets more than the day needs, where it does."""


class ShiftCounting(Event):
    """The count at a shift's end began: nothing is printed, and no figure is shown."""

    kind: ClassVar[str] = "shift.counting"

    shift: str
    """Its name."""


class ShiftResumed(Event):
    """The count was left; the shift goes on."""

    kind: ClassVar[str] = "shift.resumed"

    shift: str
    """Its name."""


class PlaceCount(Part):
    """What one person found in a place."""

    pieces: Whole
    """How many blanks."""

    serials: SerialRanges | None = None
    """Which, where they were scanned and not only counted."""


class ShiftCounted(Event):
    """One person counted at a shift's end, alone; a later count of theirs replaces it."""

    kind: ClassVar[str] = "shift.counted"

    shift: str
    """Its name."""

    places: dict[Place, PlaceCount]
    """What they found, by place."""


class StockFlows(Part):
    """Blanks of one stock type since the shift before was closed: what was there, came, went, and is there now."""

    stock_type: StockType
    """Of which type."""

    opening: Whole
    """There when the shift before was closed."""

    received: Signed
    """Came from the province; like all flows below zero where more went the other way."""

    loaned_in: Signed
    """Came on loan."""

    recovered: Signed
    """Came back that had left the books' stock."""

    used_good: Signed
    """Became good cards."""

    spoiled: Signed
    """Were spoiled."""

    loaned_out: Signed
    """Went to other sites."""

    returned: Signed
    """Went back to the province."""

    skipped: Signed
    """Left a hopper unprinted and were not found."""

    missing: Signed
    """Are missing."""

    closing: Whole
    """There now."""


class ShiftFlows(Part):
    """Blanks of one stock type in the hands of a shift, by place: `carried_in`, `issued` and `found` are together what
    became `good`, `spoiled`, `returned`, `skipped` and `missing`, and what is `carried_over`.

    In its hands is what lies with the shift, in hoppers, in printers and in the output.
    """

    stock_type: StockType
    """Of which type."""

    carried_in: Whole
    """In printers and waiting for the check when the shift before was closed."""

    issued: Whole
    """Came out of the store."""

    found: Whole
    """Came back that were skipped or missing."""

    good: Signed
    """Became good cards; like `spoiled` less those that came back since another blank was meant."""

    spoiled: Signed
    """Were spoiled."""

    returned: Whole
    """Went back into the store, with what goes back by this entry."""

    skipped: Whole
    """Left a hopper unprinted and were not found."""

    missing: Whole
    """Are missing."""

    carried_over: Whole
    """In printers and waiting for the check now."""


class SpoiledInHand(Part):
    """Blanks that were spoiled in the hands of a shift for one cause."""

    cause: SpoilCause
    """Which."""

    serials: SerialRanges
    """The blanks."""


class PlaceCompared(Part):
    """A place that was counted, beside the books."""

    place: Place
    """Which."""

    book: Whole
    """Blanks in the books."""

    counted: Whole
    """Blanks that both people counted."""

    serials: str
    """Those in the books, in words; cut after six ranges."""


class Gap(Part):
    """A place where count and books differ."""

    place: Place
    """Which."""

    counted: Whole
    """Blanks that both people counted."""

    book: Whole
    """Blanks in the books."""


class ClosingAct(Part):
    """The figures of a closing act."""

    stock: tuple[StockFlows, ...]
    """By stock type."""

    closing: dict[StockType, Whole]
    """Blanks that are there now, by stock type."""

    places: tuple[PlaceCompared, ...]
    """Every place that was counted."""

    gaps: tuple[Gap, ...]
    """Those of them that differ, by number or by serial."""

    spoiled: dict[SpoilCause, Whole]
    """Blanks spoiled since the shift before was closed, by cause."""

    outcomes: dict[AttemptState, Whole]
    """Attempts of the shift, by outcome."""

    note: Text
    """Why there are gaps; empty where there are none."""

    work: tuple[ShiftFlows, ...] | None = None
    """What the shift itself had in hand, by stock type. Absent in entries of earlier versions, whose `stock` counts
    pieces of deliveries that never came as received, and as missing or returned."""

    spoils: tuple[SpoiledInHand, ...] = ()
    """Which were spoiled in its hands, by cause. Absent in entries of earlier versions."""

    voided: Voided | None = None
    """How the spoiled blanks were made unusable; absent where nobody told."""

    kept: Text | None = None
    """Where the spoiled blanks are kept; absent where nobody told."""

    seal: Text | None = None
    """Number of the seal under which they are; absent where nobody told."""

    stored: Text | None = None
    """The locked place that the rest went back into; absent where nobody told."""

    incident: str | None = None
    """The incident about what is missing; absent where nothing is, and in entries of earlier versions."""

    log_size: Whole
    """Entries of the log before this one."""

    log_root: Hash
    """Root of the log's tree over them."""


class ShiftClosed(Event):
    """Two people who counted alike closed a shift; a third, a supervisor, answers for gaps. The rest goes back."""

    kind: ClassVar[str] = "shift.closed"

    shift: str
    """Its name."""

    returned: tuple[tuple[Place, SerialRanges], ...]
    """Blanks that go back into the store, by the place they lay in."""

    act: ClosingAct
    """The figures."""

    day: Day
    """On which it closed: a day on which none closes has an entry `day.closed`."""

    totals: tuple[StockTotals, ...]
    """Where every blank is since the log began, by stock type, with what goes back by this entry."""
