"""Acts on deliveries: announce, count blind, receive, open a carton, look."""

from __future__ import annotations

import json
from datetime import tzinfo
from typing import NotRequired, TypedDict

from printd.custody import manifest, receipt, received
from printd.custody.receipt import Sheet
from printd.desk import owed
from printd.desk.counting import counting
from printd.desk.desk import Desk, File, proved, sent, two_people
from printd.desk.discrepancies import DifferenceShown
from printd.desk.officials import Handover, HandoverTold
from printd.desk.paper_making import Act
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.deliveries import (
    CartonOpened,
    Condition,
    DeliveryAnnounced,
    DeliveryCounted,
    DeliveryReceived,
    Discrepancy,
    ReceiptSheet,
)
from printd.events.officials import SealState
from printd.remedies import ASKED, Do
from printd.reports.office import office_of
from printd.reports.receipt import bast
from printd.store import blanks, counts, deliveries, discrepancies
from printd.store.rows import Connection
from printd.store.tables.deliveries import DeliveryRow
from printd.words import places
from printd.words.moments import moment
from printd.words.serials import SerialRange
from printd.words.states import DeliveryState
from printd.words.subjects import Subject


class DeliveryListed(TypedDict):
    """One delivery; ``announced`` pieces are not told until it is received: it will be counted blind."""

    id: str
    bast_number: str
    bast_date: str
    stock_type: str
    generation: str
    identified_by: str
    announced: int | None
    state: DeliveryState
    announced_at: str
    announced_seq: int | None
    announced_by: str
    received_at: str | None
    received_by: str | None
    received_with: str | None
    sender: str | None
    due_back: str | None
    unit_value: int | None
    seals: str | None
    signed_by: str | None
    counted: int | None
    handover: HandoverTold | None


class CartonShown(TypedDict):
    """One carton of a delivery, and who opened it."""

    carton: str
    first: str
    last: str
    pieces: int
    opened_at: str | None
    opened_by: str | None
    opened_with: str | None


class CartonSeen(TypedDict):
    """A carton as the two who received its delivery saw it."""

    carton: str
    condition: Condition


class SealSeen(TypedDict):
    """A seal as the two who received its delivery saw it."""

    seal: str
    state: SealState


class DeliveryShown(DeliveryListed):
    """One delivery with all that is in it; ``places`` says how many of its pieces are where."""

    cartons: list[CartonShown]
    cartons_seen: list[CartonSeen]
    seals_seen: list[SealSeen]
    discrepancies: list[DifferenceShown]
    places: dict[str, int]
    counting: NotRequired[str]


class DeliveryTaken(DeliveryShown):
    """A delivery that was received; ``act`` are the paths of its papers, none where they are owed."""

    act: dict[str, str] | None


class DeliveryCountedBy(TypedDict):
    """Who counted a delivery, in which entry."""

    delivery: str
    counted_by: str
    entry: int


def announce(desk: Desk, name: str, content: File, by: Person) -> DeliveryShown:
    """Book a manifest of the province; its blanks are on the way from now on.

    :param name: file name, whose ending says JSON, CSV or signed note.
    :param content: the file's bytes, base64.
    """
    operator = proved(desk, by)
    told = manifest.read(sent(content), name=name, keys=desk.shop.config.custody.sender_keys)
    announced = DeliveryAnnounced(
        delivery=told.delivery,
        bast_number=told.bast_number,
        bast_date=told.bast_date,
        stock_type=told.stock_type,
        generation=told.generation,
        identified_by=told.identified_by,
        cartons=tuple((one.label, one.serials.first_serial, one.serials.last_serial) for one in told.cartons),
        serials=told.serials,
        sender=told.sender or None,
        due_back=told.due_back or None,
        unit_value=told.unit_value or None,
        seals=told.seals,
        signed_by=told.signed_by or None,
        practice=told.practice,
    )
    desk.enter(announced, [operator])
    return show(desk, told.delivery)


def count(desk: Desk, delivery: str, sheet: Sheet, by: Person) -> DeliveryCountedBy:
    """Book what one person counted and scanned, alone; nothing is said of what was announced.

    A person who counts again replaces their own sheet.
    """
    operator = proved(desk, by)
    with desk.booking() as booking:
        _announced(booking.connection, delivery, desk.shop.zone)
        entry = booking.enter(DeliveryCounted(delivery=delivery, sheet=sheet.told()), [operator])
    return {"delivery": delivery, "counted_by": operator, "entry": entry.seq}


def receive(desk: Desk, delivery: str, by: Person, second: Person, handover: Handover | None = None) -> DeliveryTaken:
    """Book what two people counted alike into the store; every difference stays open as a discrepancy.

    What is in dispute stays in transit, apart from the rest, until its discrepancy is closed.

    :param handover: who gave it and on which papers, for its act; what is left out is unknown there.
    """
    signed = two_people(desk, by, second)
    with desk.booking() as booking:
        row = _announced(booking.connection, delivery, desk.shop.zone)
        sheet = _agreed(booking.connection, delivery, signed)
        found = _compare(booking.connection, row, sheet)
        disputes = tuple(
            Discrepancy(
                # A transfer's have a hyphen there, and another office may have named its delivery like one.
                id=f"{delivery}:{number}",
                kind=one.kind,
                pieces=one.pieces,
                serials=one.serials,
                note=one.note,
            )
            for number, one in enumerate(found.disputes, start=1)
        )
        taken = DeliveryReceived(
            delivery=delivery,
            serials=found.accepted,
            counted=sheet.pieces,
            discrepancies=disputes,
            handover=None if handover is None else handover.told(),
        )
        entry = booking.enter(taken, signed)
    whole = _whole(desk, delivery)
    paper = owed.paper(desk, Act("delivery", delivery, entry.seq), signed, lambda: bast(whole, office_of(desk.shop)))
    return {**show(desk, delivery), "act": paper}


def open_(desk: Desk, delivery: str, carton: str, by: Person, second: Person) -> DeliveryShown:
    """Open a carton of the store, which two people do together; only then its blanks can be issued."""
    signed = two_people(desk, by, second)
    with desk.booking() as booking:
        row = deliveries.find_carton(booking.connection, delivery, carton)
        if row is not None and row["opened_at"] is not None:
            when = moment(row["opened_at"], desk.shop.zone)
            raise Refused(
                f"Carton {carton} was opened already, at {when} by {row['opened_by']} and {row['opened_with']}.",
                consequence="Nothing was changed.",
            )
        booking.enter(CartonOpened(delivery=delivery, carton=carton), signed)
    return show(desk, delivery)


def list_(desk: Desk) -> list[DeliveryListed]:
    """Return all deliveries; of one that is not received yet, without what was announced."""
    with desk.shop.store.reading() as connection:
        hidden = counting(desk, connection) is not None
        listed = [blind(row) for row in deliveries.deliveries(connection)]
    return [{**row, "announced": None, "counted": None} for row in listed] if hidden else listed


def show(desk: Desk, delivery: str) -> DeliveryShown:
    """Return one delivery with its cartons, differences and where its blanks are.

    Before it is received, without figures and serials: it will be counted blind. So it is while something is counted;
    ``counting`` says so.
    """
    whole = _whole(desk, delivery)
    with desk.shop.store.reading() as connection:
        count = counting(desk, connection)
    if count is None:
        return whole
    whole["announced"], whole["counted"], whole["cartons"], whole["places"] = None, None, [], {}
    whole["cartons_seen"], whole["seals_seen"] = [], []
    whole["counting"] = f"{count.says}; figures are shown after it."
    return whole


def _whole(desk: Desk, delivery: str) -> DeliveryShown:
    """Return one delivery, also while something is counted: for its own paper."""
    with desk.shop.store.reading() as connection:
        row = deliveries.find_delivery(connection, delivery)
        if row is None:
            raise Refused(f"There is no delivery {delivery}.", remedy=("See all with: ", Do("deliveries.list")))
        if row["state"] == DeliveryState.ANNOUNCED:
            return _without_count(_shown(blind(row), [], [], {}, None))
        cartons: list[CartonShown] = [
            {
                "carton": one["label"],
                "first": part.first_serial,
                "last": part.last_serial,
                "pieces": len(part),
                "opened_at": one["opened_at"],
                "opened_by": one["opened_by"],
                "opened_with": one["opened_with"],
            }
            for one in deliveries.cartons(connection, delivery)
            for part in (blanks.serials_of(one),)
        ]
        differences = discrepancies.discrepancies(connection, subject=Subject.DELIVERY.of(delivery))
        where = {place: pieces for of, place, pieces in blanks.sums(connection) if of == delivery}
        sheet = received.sheet(connection, row)
    told: list[DifferenceShown] = [{**one, "serials": json.loads(one["serials"])} for one in differences]
    return _without_count(_shown(blind(row), cartons, told, where, sheet))


def _shown(
    row: DeliveryListed,
    cartons: list[CartonShown],
    differences: list[DifferenceShown],
    where: dict[str, int],
    sheet: ReceiptSheet | None,
) -> DeliveryShown:
    seen: list[CartonSeen] = []
    seals: list[SealSeen] = []
    if sheet is not None:
        seen = [{"carton": label, "condition": condition} for label, condition in sheet.cartons]
        seals = [{"seal": number, "state": state} for number, state in sheet.seals]
    return {
        **row,
        "cartons": cartons,
        "cartons_seen": seen,
        "seals_seen": seals,
        "discrepancies": differences,
        "places": where,
        "counting": "",
    }


def _without_count(shown: DeliveryShown) -> DeliveryShown:
    del shown["counting"]
    return shown


def blind(row: DeliveryRow) -> DeliveryListed:
    """Return a delivery as it may be shown: until it is received, without what was announced."""
    handover: HandoverTold | None = None if row["handover"] is None else json.loads(row["handover"])
    announced = None if row["state"] == DeliveryState.ANNOUNCED else row["announced"]
    return {**row, "announced": announced, "handover": handover}


def _announced(connection: Connection, delivery: str, zone: tzinfo) -> DeliveryRow:
    """Return a delivery that is still to be received.

    :raises Refused: it was never announced, or is received already.
    """
    row = deliveries.find_delivery(connection, delivery)
    if row is None:
        raise Refused(
            f"No delivery {delivery} was announced.",
            consequence="Nothing was received.",
            remedy=("Announce its manifest first: ", Do("deliveries.announce", content=ASKED)),
        )
    if row["state"] != DeliveryState.ANNOUNCED:
        raise Refused(
            f"Delivery {delivery} was received already, at {moment(row['received_at'] or '-', zone)} "
            f"by {row['received_by']} and {row['received_with']}.",
            consequence="Nothing was received twice.",
            remedy=("More pieces of it come in only by its discrepancy, with a document: ", Do("discrepancies.list")),
        )
    return row


def _agreed(connection: Connection, delivery: str, signed: tuple[str, str]) -> ReceiptSheet:
    """Return the sheet on which two people agree.

    :raises Refused: one has not counted, or they differ; what was announced is not told.
    """
    sheets = counts.last_sheets(connection, Subject.DELIVERY.of(delivery))
    for name in signed:
        if name not in sheets:
            raise Refused(
                f"{name} has not counted delivery {delivery} yet.",
                why="Receipt is blind: two people count, each alone.",
                consequence="Nothing was received.",
                remedy=(f"{name} counts with: ", Do("deliveries.count", delivery=delivery, sheet=ASKED)),
            )
    first, second = (ReceiptSheet.model_validate_json(sheets[name]["sheet"]) for name in signed)
    if first != second:
        differ = [key for key in sorted(ReceiptSheet.model_fields) if getattr(first, key) != getattr(second, key)]
        raise Refused(
            "The two counts differ.",
            why=f"The sheets of {signed[0]} and {signed[1]} do not agree on: {', '.join(differ)}.",
            consequence="Nothing was received.",
            remedy="Both count again, each alone.",
        )
    return first


def _compare(connection: Connection, row: DeliveryRow, sheet: ReceiptSheet) -> receipt.Receipt:
    announced = [
        SerialRange(one.prefix, one.width, one.first, one.last)
        for one in blanks.in_place(connection, places.transit(row["id"]))
    ]
    cartons = {one["label"]: blanks.serials_of(one) for one in deliveries.cartons(connection, row["id"])}

    def whose(part: SerialRange) -> list[tuple[SerialRange, str | None]]:
        held = blanks.touching(connection, part)
        found: list[tuple[SerialRange, str | None]] = []
        number = part.first
        for one in held:
            low, high = max(one.first, part.first), min(one.last, part.last)
            if low > number:
                found.append((SerialRange(part.prefix, part.width, number, low - 1), None))
            found.append((SerialRange(part.prefix, part.width, low, high), one.delivery_id))
            number = high + 1
        if number <= part.last:
            found.append((SerialRange(part.prefix, part.width, number, part.last), None))
        return found

    return receipt.compare(announced, cartons, sheet, by_count=row["identified_by"] == "count", whose=whose)
