"""Closings: where every blank of the shop is, told by each shift that closes and for each day on which none did."""

from __future__ import annotations

from typing import ClassVar

from printd.events.base import Event, Part
from printd.events.fields import Day, Hash, StockType, Whole


class StockTotals(Part):
    """Blanks of one stock type since the log began: `announced` is the sum of those from `transit` on.

    `received` is `announced` without `transit`. So what a closing says less what an earlier one says is what the
    entries between the two moved, whatever was before.
    """

    stock_type: StockType
    """Of which type; each is told of which a delivery was ever announced, in the order of the alphabet."""

    announced: Whole
    """Came into the books with deliveries."""

    received: Whole
    """Are no more on the way from the province: all of these from `store` on."""

    transit: Whole
    """Announced and on the way, or in dispute at a receipt."""

    store: Whole
    """In the store."""

    shift: Whole
    """Issued to the shift, not loaded."""

    hopper: Whole
    """In hoppers of printers."""

    printer: Whole
    """Inside printers, or wherever an attempt in doubt left them."""

    output: Whole
    """Printed, waiting for the quality check."""

    finished: Whole
    """Good cards, ready for hand-over."""

    holder: Whole
    """Good cards, handed over."""

    invalid: Whole
    """Cards that came back, kept for destruction."""

    spoiled: Whole
    """Spoiled, kept for destruction."""

    destroyed: Whole
    """Destroyed: spoiled ones, and cards that came back."""

    transfer: Whole
    """On the way to or from other sites."""

    site: Whole
    """At other sites."""

    returned: Whole
    """Given back to the province."""

    skipped: Whole
    """Left a hopper unprinted and were not found."""

    missing: Whole
    """Are missing."""

    in_doubt: Whole
    """Those of `printer` of which nobody knows yet what became of them."""


class DayClosed(Event):
    """A day of the office went by without the closing of a shift: the machine tells where every blank is.

    It comes before anything of a later day: soon after midnight where the shop runs, otherwise at its next start.
    The entry's own time says when. Nobody signs it but the log's key, with the checkpoint over it.
    """

    kind: ClassVar[str] = "day.closed"

    day: Day
    """Which; every day since the log's first is the day of a closing, until the one on which the log ends."""

    totals: tuple[StockTotals, ...]
    """Where every blank is, by stock type."""

    log_size: Whole
    """Entries of the log before this one."""

    log_root: Hash
    """Root of the log's tree over them."""
