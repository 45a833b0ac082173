"""Acts on discrepancies: what was in dispute at a receipt, until a document and two people close it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Literal, TypedDict

from printd.custody.clock import age_days
from printd.custody.incidents import open_incident
from printd.custody.movements import whereabouts
from printd.custody.receipt import Ends
from printd.desk import owed
from printd.desk.desk import Desk, plain, two_people, worded
from printd.desk.paper_making import Act
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.deliveries import DiscrepancyClosed
from printd.projections.discrepancies import check_outcome, check_serials
from printd.remedies import Do
from printd.reports.correction import correction
from printd.reports.document import Document
from printd.reports.office import office_of
from printd.store import deliveries, discrepancies, transfers
from printd.store.rows import Connection
from printd.store.tables.discrepancies import DiscrepancyRow
from printd.words import places
from printd.words.moments import office_day, parse
from printd.words.serials import SerialRange, from_json, join
from printd.words.states import DisputeState
from printd.words.subjects import Subject, split

Outcome = Literal["store", "spoiled", "missing", "returned", "nothing"]


class DifferenceShown(TypedDict):
    """A difference that the receipt of a delivery left open, and what closed it where something did."""

    id: str
    subject: str
    kind: str
    pieces: int
    serials: list[list[str]]
    note: str
    state: DisputeState
    opened_at: str
    opened_by: str
    opened_with: str
    closed_at: str | None
    closed_by: str | None
    closed_with: str | None
    document: str | None
    outcome: str | None


class DiscrepancyShown(DifferenceShown):
    """A difference, and how old it is."""

    age_days: int
    late: bool


class DifferenceClosed(DiscrepancyShown):
    """A difference that was closed, and the paths of its act; ``None``: it is owed."""

    files: dict[str, str] | None


def list_(desk: Desk, state: Literal["open", "closed"] | None = "open") -> list[DiscrepancyShown]:
    """Return discrepancies, oldest first, with their age in days and whether they are late."""
    now, late = desk.shop.books.clock(), desk.shop.config.stock.late_days
    with desk.shop.store.reading() as connection:
        found = discrepancies.discrepancies(connection, state)
    return [_shown(desk, row, now, late) for row in found]


def close(
    desk: Desk,
    discrepancy: str,
    outcome: Outcome,
    document: str,
    by: Person,
    second: Person,
    serials: list[Ends] | None = None,
) -> DifferenceClosed:
    """Close a discrepancy by the movement that its document bears out, signed by two people.

    :param outcome: where the pieces go; ``nothing`` for pieces that were given back and never entered the books.
    :param document: number of the paper: a corrected handover record, a police report, a letter of the sender.
    :param serials: of pieces over that enter the store; elsewhere the whole discrepancy is closed.
    """
    signed = two_people(desk, by, second)
    number = plain(document, "document", 100)
    with desk.booking() as booking:
        row = discrepancies.find_discrepancy(booking.connection, discrepancy)
        if row is None or row["state"] != DisputeState.OPEN:
            raise Refused(
                f"There is no open discrepancy {discrepancy}.",
                consequence="Nothing was changed.",
                remedy=("See all with: ", Do("discrepancies.list")),
            )
        moved = _serials(booking.connection, row, outcome, serials)
        ended = DiscrepancyClosed(discrepancy=discrepancy, outcome=outcome, document=number, serials=tuple(moved))
        entry = booking.enter(ended, signed)
        if outcome == places.MISSING:
            text = worded(desk, "difference {number} was closed as not found", number=discrepancy)
            open_incident(booking, "missing", moved, text, signed)
        closed = discrepancies.find_discrepancy(booking.connection, discrepancy)
    assert closed is not None
    act = Act("correction", discrepancy, entry.seq)
    files = owed.paper(desk, act, signed, lambda: paper(desk, discrepancy))
    return {**_shown(desk, closed, desk.shop.books.clock(), desk.shop.config.stock.late_days), "files": files}


def paper(desk: Desk, discrepancy: str) -> Document:
    """Return the act that settled a difference.

    :raises Refused: there is no such difference, or it is still open.
    """
    with desk.shop.store.reading() as connection:
        row = discrepancies.find_discrepancy(connection, discrepancy)
        if row is None or row["state"] != DisputeState.CLOSED:
            raise Refused(
                f"No discrepancy {discrepancy[:60]} is closed.",
                why="Its act is written when that is done.",
                consequence="Nothing was written.",
                remedy=("See all with: ", Do("discrepancies.list")),
            )
        noun, about = split(row["subject"])
        delivery = deliveries.find_delivery(connection, about) if noun is Subject.DELIVERY else None
        transfer = transfers.find_transfer(connection, about) if noun is Subject.TRANSFER else None
    record: str | None
    if delivery is not None:
        record, day, price = delivery["bast_number"], delivery["bast_date"], delivery["unit_value"]
    else:
        at = row["opened_at"] if transfer is None else transfer["sent_at"]
        day, price = office_day(parse(at), desk.shop.zone).isoformat(), None
        record = None if transfer is None else transfer["document"]
    told = {"about": about, "record": record, "record_day": day, "unit_value": price}
    return correction({**row, "serials": json.loads(row["serials"]), **told}, office_of(desk.shop))


def _serials(
    connection: Connection, row: DiscrepancyRow, outcome: Outcome, serials: list[list[str]] | None
) -> list[SerialRange]:
    """Return what the closing moves.

    :raises Refused: the outcome does not fit, serials are named where none are asked for, or one is in the books.
    """
    held = from_json(json.loads(row["serials"]))
    check_outcome(row, outcome)
    if serials is not None and (row["kind"], outcome) != ("over", "store"):
        raise Refused("Serials are named only for pieces over that enter the store.", consequence="It stays open.")
    if outcome == "nothing":
        return []
    if row["kind"] != "over":
        return held
    named = join(from_json((pair[0], pair[-1]) for pair in serials)) if serials else held or _next(connection, row)
    check_serials(row, outcome, named)
    for part in named:
        for piece, place in whereabouts(connection, part):
            if place is not None:
                raise Refused(
                    f"{piece} {'is' if len(piece) == 1 else 'are'} in the books already, in {place}.",
                    consequence="Nothing was taken in.",
                    remedy=(
                        "If it lies in your hand, two pieces carry this serial: ",
                        Do("incidents.open", kind="extra"),
                    ),
                )
    return named


def _next(connection: Connection, row: DiscrepancyRow) -> list[SerialRange]:
    """Return the serials the office assigns to pieces over of a delivery that came as a count."""
    delivery = deliveries.find_delivery(connection, split(row["subject"])[1])
    assert delivery is not None
    if delivery["identified_by"] != "count":
        raise Refused("Name the serials of the pieces that came over.", consequence="Nothing was taken in.")
    first, last = delivery["announced"] + 1, delivery["announced"] + row["pieces"]
    return [SerialRange(f"{delivery['id']}/", max(6, len(str(last))), first, last)]


def _shown(desk: Desk, row: DiscrepancyRow, now: datetime, late_days: int) -> DiscrepancyShown:
    age = age_days(desk.shop.store, row["opened_at"], now)
    late = row["state"] == DisputeState.OPEN and age > late_days
    return {**row, "serials": json.loads(row["serials"]), "age_days": age, "late": late}
