"""Stock counts outside shifts (*stock opname*), and samples drawn for a surprise count."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from printd.events.base import Event, Part
from printd.events.fields import Hash, Place, Serial, Signed, Text, Whole
from printd.events.shifts import PlaceCount


class StockCounted(Event):
    """One person counted stock in any places, alone; a later count of theirs replaces it."""

    kind: ClassVar[str] = "stock.counted"

    count: str
    """Name of the stock count: the day, and a number from the second on."""

    places: dict[Place, PlaceCount]
    """What they found, by place."""


class PlaceCountedTwice(Part):
    """A place that two people counted, beside the books."""

    place: Place
    """Which."""

    book: Whole
    """Blanks in the books."""

    count_1: Whole
    """Blanks that the first counted."""

    count_2: Whole
    """Blanks that the second counted."""

    difference: Signed
    """Of the count that is further from the books: blanks more than in them."""

    serials: str | None
    """Which were not there, or too many, in words; null where nobody scanned any that differ."""

    value: Whole | None
    """Rupiah that those in the books are worth; null where that is not known of all."""


class CountAct(Part):
    """The act of a stock count."""

    count: str
    """Its name."""

    items: tuple[PlaceCountedTwice, ...]
    """Every place that was counted."""

    witness: Text
    """Agency whose official looked on; may be empty."""

    reason: Text
    """Why figures differ; empty where they do not."""

    counters: tuple[str, str]
    """Login names of the two who counted."""

    log_size: Whole
    """Entries of the log before this one."""

    log_root: Hash
    """Root of the log's tree over them."""


class StockClosed(Event):
    """Two people closed a stock count with an act that shows every difference; no blank moves by it."""

    kind: ClassVar[str] = "stock.closed"

    count: str
    """Its name."""

    act: CountAct
    """The act."""


class SampleDrawn(Event):
    """Serials were drawn for a surprise count; who has the log and the number draws the same again."""

    kind: ClassVar[str] = "sample.drawn"

    sample: str
    """Its name."""

    size: Whole
    """Entries below a checkpoint that was signed before the draw."""

    root: Hash
    """Root of the log's tree over them."""

    number: Annotated[Text, StringConstraints(min_length=4, max_length=64)]
    """What whoever audits brought: the shop could not know it, as they could not choose the root."""

    seed: Hash
    """What the draw follows from: SHA-256 over size, root and number (`printd/custody/sampling.py`)."""

    population: Whole
    """Blanks among which it was drawn."""

    drawn: tuple[tuple[Serial, Place], ...]
    """The blanks, each with the place where it must be."""


class SampleCounted(Event):
    """Two people looked for the blanks of a sample."""

    kind: ClassVar[str] = "sample.counted"

    sample: str
    """Its name."""

    missing: tuple[Serial, ...]
    """Those that were not where they must be."""

    bound: Whole
    """Blanks of the whole population that are missing at most, with 95 % confidence."""
