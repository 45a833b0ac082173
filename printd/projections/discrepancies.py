"""What entries of discrepancies do to the tables, and how each kind of them can end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.custody.movements import create, move, whereabouts
from printd.errors import Refused
from printd.events.deliveries import DiscrepancyClosed
from printd.ledger.entry import Entry
from printd.projections import spoilage
from printd.remedies import Do
from printd.store import deliveries, discrepancies
from printd.store.rows import Connection
from printd.store.tables.discrepancies import DiscrepancyRow
from printd.words import places
from printd.words.serials import SerialRange, from_json, join, minus, pieces, say
from printd.words.states import DisputeState
from printd.words.subjects import Subject, split

# What a document can bear out. A piece of the wrong type never enters the store under a type it is not.
_OUTCOMES = {
    "short": ("store", "missing", "returned"),
    "damaged": ("spoiled", "store", "returned"),
    "seal_broken": ("store", "spoiled", "missing", "returned"),
    "wrong_stock_type": ("returned",),
    "over": ("store", "nothing"),
    "serial_elsewhere": ("nothing",),
    "unnamed": ("missing", "nothing"),  # nothing: a later report of the site names them, or they came back
}


def check_outcome(row: DiscrepancyRow, outcome: str) -> None:
    """Make sure that a discrepancy can end this way.

    :raises Refused: it cannot; the sentence says how it can.
    """
    # What came over and is damaged or of another type is given back: it never enters the books.
    ends = ("nothing",) if row["kind"] == "over" and row["note"] else _OUTCOMES[row["kind"]]
    if outcome not in ends:
        raise Refused(
            f"A discrepancy of the kind {row['kind']} cannot end as {outcome}.",
            why=f"Its pieces are {row['note']}." if row["kind"] == "over" and row["note"] else "",
            consequence="It stays open.",
            remedy=f"It can end as: {', '.join(ends)}.",
        )


def check_serials(row: DiscrepancyRow, outcome: str, serials: Sequence[SerialRange]) -> None:
    """Make sure that a closing moves exactly the pieces that the discrepancy is about.

    :raises Refused: it moves others, or pieces over of a transfer, which no document of ours brings in.
    """
    held = from_json(json.loads(row["serials"]))
    if outcome == "nothing":
        return
    if row["kind"] != "over":
        if join(serials) != join(held):
            raise Refused(
                f"Discrepancy {row['id']} is about {say(held)}, and closes whole.", consequence="It stays open."
            )
        return
    if split(row["subject"])[0] is Subject.TRANSFER:
        raise Refused("Pieces over of a transfer do not enter the store by it.", remedy="Announce them as a delivery.")
    if pieces(serials) != row["pieces"]:
        raise Refused(
            f"Discrepancy {row['id']} is about {row['pieces']} pieces over; {pieces(serials)} cannot be taken in by "
            "it.",
            consequence="Nothing was taken in.",
            remedy="Name exactly the pieces that came over; more came with no paper at all.",
        )
    if held and minus(serials, held):
        raise Refused(
            f"{say(minus(serials, held))} did not come over with {row['subject']}.",
            consequence="Nothing was taken in.",
            remedy=f"It is about {say(held)}.",
        )


def _closed(connection: Connection, event: DiscrepancyClosed, entry: Entry) -> None:
    """Close a difference by the movement that its document bears out."""
    row = discrepancies.find_discrepancy(connection, event.discrepancy)
    if row is None or row["state"] != DisputeState.OPEN:
        raise Refused(f"There is no open discrepancy {event.discrepancy}.", consequence="Nothing was changed.")
    outcome, serials = event.outcome, event.serials
    check_outcome(row, outcome)
    check_serials(row, outcome, serials)
    noun, about = split(row["subject"])
    discrepancies.set_discrepancy(
        connection,
        row["id"],
        state=DisputeState.CLOSED,
        closed_at=entry.at,
        closed_by=entry.actors[0],
        closed_with=entry.actors[1],
        document=event.document,
        outcome=outcome,
    )
    if outcome == "nothing":
        _check_named(connection, row, about)
        return
    source = _IN[noun](about)
    if row["kind"] == "over":
        create(connection, serials, source, about)
        deliveries.grow_delivery(connection, about, pieces(serials))
    _leave_transit(connection, entry, serials, source, outcome)


_IN = MappingProxyType({Subject.DELIVERY: places.transit, Subject.TRANSFER: places.transfer, Subject.SITE: places.site})
"""Where the pieces of a difference are, by what it is about."""


def _check_named(connection: Connection, row: DiscrepancyRow, site: str) -> None:
    """Make sure that blanks that a site could not name are named now, or were sent back, before that is settled.

    :raises Refused: some are in its stock still.
    """
    if row["kind"] != "unnamed":
        return
    left = [
        part
        for one in from_json(json.loads(row["serials"]))
        for part, place in whereabouts(connection, one)
        if place == places.site(site)
    ]
    if left:
        raise Refused(
            f"{say(left)} {'is' if pieces(left) == 1 else 'are'} still in the stock of {site}.",
            why="What a site used and cannot name stays a difference.",
            consequence="It stays open.",
            remedy=("Book its report that names them: ", Do("sites.used", site=site)),
        )


def _leave_transit(
    connection: Connection, entry: Entry, serials: Sequence[SerialRange], source: str, outcome: str
) -> None:
    move(connection, serials, source, outcome, seq=entry.seq, at=entry.at, why="discrepancy")
    if outcome == places.SPOILED:
        spoilage.keep(connection, entry, serials, "factory_defect", "receipt")


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(dict((on(DiscrepancyClosed, _closed),)))
