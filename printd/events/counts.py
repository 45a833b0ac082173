"""Stock counts outside shifts (*stock opname*), and samples drawn for a surprise count."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from printd.events.base import Event, Part
from printd.events.fields import Day, Hash, Place, Serial, Signed, StockType, Text, Whole
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
    """Rupiah that those in the books are worth, each at its own delivery's unit value; null where that is not known of
    all, and where they are no good stock. Entries of earlier versions took any delivery's value for all."""


class PlaceTold(Part):
    """A place that nobody can look into: blanks of one stock type by what a paper or a report says."""

    place: Place
    """On the way from the province, on the way between sites, or a site."""

    stock_type: StockType
    """Of which type."""

    book: Whole
    """Blanks in the books."""

    told: Whole | None
    """Blanks by the paper; of a site by its last report, null where it never reported."""

    day: Day | None
    """Of the paper or the report."""

    document: Text | None
    """Number of the paper; null for a report."""


class DeliveryValued(Part):
    """What is left of one delivery, at its own unit value."""

    delivery: Text
    """Which."""

    document: Text
    """Number of its handover record."""

    stock_type: StockType
    """Of which type."""

    unit_value: Whole | None
    """Rupiah for a blank; null where no paper says."""

    good: Whole
    """Good stock: in the store, with the shift, in hoppers and printers, and waiting for the check."""

    value: Whole | None
    """Rupiah that the good stock is worth; null where the unit value is not known."""

    finished: Whole
    """Good cards that nobody has taken; used, and no stock."""

    spoiled: Whole
    """Spoiled, kept for destruction; outside the value."""

    invalid: Whole
    """Cards that came back, kept for destruction; no stock."""

    elsewhere: Whole
    """At other sites and on the way to or from them."""

    transit: Whole
    """On the way from the province, or in dispute at the receipt."""


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

    elsewhere: tuple[PlaceTold, ...] = ()
    """Every place that holds blanks and that nobody can look into. Absent in entries of earlier versions."""

    deliveries: tuple[DeliveryValued, ...] | None = None
    """What is left of each delivery. Absent in entries of earlier versions."""

    follow_up: Text = ""
    """What is done about the differences; empty where there are none, and in entries of earlier versions."""

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
