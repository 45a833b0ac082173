"""What is left of each delivery, at its own unit value; and what lies where nobody of the office can look.

A price is a paper's: a delivery whose manifest tells no unit value is never valued, whatever the others are worth. Good
stock is what can still be printed on or waits for the check; a spoiled blank is no asset and stays outside of the value
(PSAP 05), a good card is used.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from types import MappingProxyType

from printd.books import closings
from printd.custody import flows
from printd.events.counts import DeliveryValued, PlaceTold
from printd.store import blanks, deliveries, sites, transfers
from printd.store.rows import Connection
from printd.words import places
from printd.words.places import Kind

BY_PAPER = frozenset({Kind.TRANSIT, Kind.TRANSFER, Kind.SITE})
"""Where nobody of the office can look: papers and reports tell what is there."""

LOOKED_INTO = frozenset({*flows.ON_HAND, Kind.FINISHED, Kind.SPOILED, Kind.INVALID})
"""Where somebody of the office can look and count."""

_STANDS = MappingProxyType(
    {
        **dict.fromkeys(flows.ON_HAND, "good"),
        Kind.FINISHED: "finished",
        Kind.SPOILED: "spoiled",
        Kind.INVALID: "invalid",
        Kind.TRANSFER: "elsewhere",
        Kind.SITE: "elsewhere",
        Kind.TRANSIT: "transit",
    }
)
_FIGURES = ("good", "finished", "spoiled", "invalid", "elsewhere", "transit")


def valued(connection: Connection) -> tuple[DeliveryValued, ...]:
    """Return what is left of each delivery, oldest first; one of which nothing is left is not told."""
    left: dict[str, Counter[str]] = defaultdict(Counter)
    for row in blanks.held_by_delivery(connection):
        kind = places.kind(row["place"])
        if kind is not None and kind in _STANDS:
            left[row["delivery_id"]][_STANDS[kind]] += row["pieces"]
    told = []
    for one in deliveries.deliveries(connection):
        if one["id"] not in left:
            continue
        here, unit = left[one["id"]], one["unit_value"]
        about = {"delivery": one["id"], "document": one["bast_number"], "stock_type": one["stock_type"]}
        worth = {"unit_value": unit, "value": None if unit is None else unit * here["good"]}
        figures = {figure: here[figure] for figure in _FIGURES}
        told.append(DeliveryValued.model_validate({**about, **worth, **figures}))
    return tuple(told)


def value_of(connection: Connection, place: str) -> int | None:
    """Return what the blanks of a place are worth; ``None``: not of all is that known, or they are no good stock."""
    if places.kind(place) not in flows.ON_HAND:
        return None
    prices = {row["id"]: row["unit_value"] for row in deliveries.deliveries(connection)}
    total = 0
    for row in blanks.in_place(connection, place):
        price = prices[row.delivery_id]
        if price is None:
            return None
        total += price * len(row.serials)
    return total


def elsewhere(connection: Connection) -> tuple[PlaceTold, ...]:
    """Return every place where blanks are and nobody of the office can look, with what a paper or report says."""
    return tuple(
        _told(connection, row["place"], row["stock_type"], row["pieces"])
        for row in blanks.held(connection)
        if places.kind(row["place"]) in BY_PAPER
    )


def _told(connection: Connection, place: str, stock_type: str, book: int) -> PlaceTold:
    """Return what is told of a place; where a paper is the books' only source, it tells what they have."""
    told: int | None = book
    day = document = None
    match places.kind(place):
        case Kind.TRANSIT:
            delivery = deliveries.find_delivery(connection, places.whose(place))
            assert delivery is not None, "its blanks are in the books"
            document, day = delivery["bast_number"], delivery["bast_date"]
        case Kind.TRANSFER:
            sent = transfers.find_transfer(connection, places.whose(place))
            assert sent is not None, "its blanks are in the books"
            document, day = sent["document"], closings.days(connection).day_of(sent["sent_at"]).isoformat()
        case _:
            report = sites.last_report(connection, places.whose(place), stock_type)
            told, day = (None, None) if report is None else (report["pieces"], report["day"])
    figures = {"book": book, "told": told, "day": day, "document": document}
    return PlaceTold.model_validate({"place": place, "stock_type": stock_type, **figures})
