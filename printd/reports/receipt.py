"""R5, the handover record (*berita acara serah terima*) of a delivery, as the office received it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from printd.custody.receipt import ANNOUNCED_WITH, OF_CARTON
from printd.events.deliveries import Handover
from printd.language.sentences import Code, Count, Day, Listed, Rupiah, Said, Sentence, Serials
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Act, Column, Document, Party, Person, Signature, Signatures, Table, Value, summed
from printd.reports.office import Office, acknowledged
from printd.reports.officials import letter, person
from printd.words.serials import SerialRange, common, from_json, minus, parse_range, pieces

if TYPE_CHECKING:
    from typing_extensions import ReadOnly


class ReceivedCarton(TypedDict):
    """A carton of a delivery, as its act names it."""

    carton: ReadOnly[str]
    first: ReadOnly[str]
    last: ReadOnly[str]
    pieces: ReadOnly[int]


class CartonSeen(TypedDict):
    """How a carton was."""

    carton: ReadOnly[str]
    condition: ReadOnly[str]


class SealSeen(TypedDict):
    """How a seal was."""

    seal: ReadOnly[str]
    state: ReadOnly[str]


class Difference(TypedDict):
    """What was found to differ when a delivery was received."""

    id: ReadOnly[str]
    kind: ReadOnly[str]
    pieces: ReadOnly[int]
    serials: ReadOnly[Sequence[Sequence[str]]]
    note: ReadOnly[str]
    outcome: ReadOnly[str | None]


class ReceivedDelivery(TypedDict):
    """What the act of a receipt says of a delivery."""

    id: ReadOnly[str]
    bast_number: ReadOnly[str]
    bast_date: ReadOnly[str]
    sender: ReadOnly[str | None]
    stock_type: ReadOnly[str]
    generation: ReadOnly[str]
    announced: ReadOnly[int | None]
    counted: ReadOnly[int | None]
    unit_value: ReadOnly[int | None]
    due_back: ReadOnly[str | None]
    seals: ReadOnly[str | None]
    signed_by: ReadOnly[str | None]
    received_at: ReadOnly[str | None]
    received_by: ReadOnly[str | None]
    received_with: ReadOnly[str | None]
    handover: ReadOnly[Any]
    cartons: ReadOnly[Sequence[ReceivedCarton]]
    cartons_seen: ReadOnly[Sequence[CartonSeen]]
    seals_seen: ReadOnly[Sequence[SealSeen]]
    discrepancies: ReadOnly[Sequence[Difference]]


def bast(shown: Any, office: Office) -> Document:
    """Return the act of a receipt (papers reference section 2, M1).

    :param shown: a delivery as the desk shows it, received.
    """
    delivery: ReceivedDelivery = shown
    handover = Handover() if delivery["handover"] is None else Handover.model_validate(delivery["handover"])
    counters = [office.person(delivery["received_by"]), office.person(delivery["received_with"])]
    giver = person(handover.giver, delivery["sender"] or "")
    receiver = _receiver(handover, counters, office)
    rows = _goods(delivery)
    total: dict[str, Value] = {"carton": Sentence("Total")}
    keys = ("announced", "counted", "difference", "accepted")
    total |= {key: summed(rows, key) for key in (*keys, *(("value",) if delivery["unit_value"] is not None else ()))}
    tables = [Table("", _GOODS, rows, total)]
    if delivery["discrepancies"]:
        tables.append(Table("Discrepancies", _DIFFERENCES, _differences(delivery)))
    return Document(
        name=f"receipt-{delivery['id']}",
        title="Handover of KTP-el blanks",
        given=delivery["bast_number"],
        act=Act(
            at=delivery["received_at"] or "",
            place=office.name if handover.given_on or not handover.place else handover.place,
            parties=[Party(giver, "first"), Party(receiver, "second")],
            basis=_basis(delivery, handover, office),
            deed=Sentence(
                "{first} has handed over to {second}, and {second} has received from {first}, KTP-el blanks of type "
                "{stock_type}, generation {generation}, as follows:",
                first=office.first_party,
                second=office.second_party,
                stock_type=Code(Vocabulary.STOCK_TYPE, delivery["stock_type"]),
                generation=delivery["generation"],
            ),
            points=_points(delivery, handover, total, office),
            copies=office.copies.get("delivery", 2),
            keepers=Sentence("one each for {first} and {second}", first=office.first_party, second=office.second_party)
            if office.copies.get("delivery", 2) == 2
            else "",
        ),
        tables=tables,
        signatures=[
            Signatures([Signature(office.second_party, receiver), Signature(office.first_party, giver)]),
            Signatures(
                [Signature("Counter I", counters[0]), Signature("Counter II", counters[1])], "table", "Counted by:"
            ),
            acknowledged(office),
        ],
        system=[_note(delivery)],
    )


def _note(delivery: ReceivedDelivery) -> Sentence:
    """Return who signed the consignment note, which the shop has checked."""
    if delivery["signed_by"] is None:
        return Sentence("Consignment note {delivery}.", delivery=delivery["id"])
    return Sentence(
        "Consignment note {delivery}, signed by key {key}.", delivery=delivery["id"], key=delivery["signed_by"]
    )


def _receiver(handover: Handover, counters: Sequence[Person], office: Office) -> Person:
    """Return who received it for the office: whoever collected it, or the first who counted."""
    if handover.collector is None:
        return counters[0]
    told = person(handover.collector, office.name)
    known = next((one for one in office.people.values() if one.name == told.name), Person())
    return dataclasses.replace(
        told,
        nip=told.nip or known.nip,
        rank=told.rank or known.rank,
        position=told.position or known.position,
        agency="" if told.agency == office.name else told.agency,
    )


def _basis(delivery: ReceivedDelivery, handover: Handover, office: Office) -> list[Sentence]:
    found = []
    if handover.request is not None:
        found.append(
            Sentence("request of the head of {office}, {letter}", office=office.name, letter=letter(handover.request))
        )
    if handover.allocation is not None:
        found.append(Sentence("letter of allocation of KTP-el blanks, {letter}", letter=letter(handover.allocation)))
    found.append(
        Sentence(
            "handover record of the sender, number {number} of {day}",
            number=delivery["bast_number"],
            day=Day(delivery["bast_date"]),
        )
    )
    return found


_GOODS = [
    Column("no", "No.", "int", 0.4),
    Column("carton", "Carton", "text", 1.4),
    Column("serials", "Serials", "text", 2.0),
    Column("announced", "By the consignment note", "int", 0.9),
    Column("counted", "Counted", "int", 0.8),
    Column("difference", "Difference", "int", 0.75),
    Column("accepted", "Into the store", "int", 0.9),
    Column("unit_value", "Unit price (Rp)", "rupiah", 0.9),
    Column("value", "Value (Rp)", "rupiah", 1.2),
    Column("condition", "Condition", "text", 1.0),
]


def _goods(delivery: ReceivedDelivery) -> list[dict[str, Value]]:
    """Return a row for each carton, and one for what the consignment note does not name; they add up to the count."""
    conditions = {one["carton"]: one["condition"] for one in delivery["cartons_seen"]}
    short = _ranges(delivery, ("short",))
    disputed = _ranges(delivery, ("short", "damaged", "seal_broken", "wrong_stock_type"))
    price = delivery["unit_value"]
    rows: list[dict[str, Value]] = []

    def add(carton: Value, serials: Value, announced: int, counted: int, accepted: int, condition: Value) -> None:
        rows.append(
            {
                "no": len(rows) + 1,
                "carton": carton,
                "serials": serials,
                "announced": announced,
                "counted": counted,
                "difference": counted - announced,
                "accepted": accepted,
                "unit_value": price,
                "value": None if price is None else price * accepted,
                "condition": condition,
            }
        )

    for one in delivery["cartons"]:
        part = parse_range(one["first"], one["last"])
        add(
            one["carton"],
            Sentence("{serials}", serials=Serials([part.to_json()])),
            one["pieces"],
            one["pieces"] - pieces(common([part], short)),
            pieces(minus([part], disputed)),
            _state(conditions.get(one["carton"])),
        )
    beyond = sum(one["pieces"] for one in delivery["discrepancies"] if one["kind"] in ("over", "serial_elsewhere"))
    if not rows:
        announced = _announced(delivery)
        counted = (delivery["counted"] or 0) - beyond
        states = list(dict.fromkeys(conditions.values()))
        labels = ", ".join(conditions)
        add(
            labels or None,
            None,
            announced,
            counted,
            announced - pieces(disputed),
            _state(states[0]) if len(states) == 1 else _each(conditions),
        )
    if beyond:
        add(Sentence("on no consignment note"), None, 0, beyond, 0, None)
    return rows


def _state(condition: str | None) -> Value:
    return None if condition is None else Sentence("{state}", state=Code(Vocabulary.CONDITION, condition))


def _each(conditions: dict[str, str]) -> Value:
    """Return how each carton was; ``None``: nobody told."""
    said: list[Said] = [
        Sentence("{thing}: {state}", thing=label, state=Code(Vocabulary.CONDITION, state))
        for label, state in conditions.items()
    ]
    return Sentence("{states}", states=Listed(said)) if said else None


def _ranges(delivery: ReceivedDelivery, kinds: Sequence[str]) -> list[SerialRange]:
    return [part for one in delivery["discrepancies"] if one["kind"] in kinds for part in from_json(one["serials"])]


def _announced(delivery: ReceivedDelivery) -> int:
    """Return what the consignment note says; a document that says that more came made the figure in the books grow."""
    grown = sum(
        one["pieces"] for one in delivery["discrepancies"] if one["kind"] == "over" and one["outcome"] == "store"
    )
    return (delivery["announced"] or 0) - grown


def _points(delivery: ReceivedDelivery, handover: Handover, total: dict[str, Value], office: Office) -> list[Sentence]:
    points = []
    if handover.given_on is not None:
        points.append(
            Sentence(
                "The goods were handed over at {place} on {day} and counted at {office}.",
                place=handover.place,
                day=Day(handover.given_on),
                office=office.name,
            )
        )
    points += _seals(delivery)
    points += [
        Sentence("Two people counted, each alone and without knowing the figure of the consignment note."),
        _differ(delivery),
        _value(delivery, total),
    ]
    if handover.grant is not None:
        points.append(
            Sentence(
                "These goods are state goods that were granted, by {letter}, and are booked as inventory.",
                letter=letter(handover.grant),
            )
        )
    if delivery["due_back"]:
        points.append(Sentence("They are lent, and go back until {day}.", day=Day(delivery["due_back"])))
    points.append(
        Sentence("Since this record was signed, {second} answers for keeping it safe.", second=office.second_party)
    )
    return points


def _seals(delivery: ReceivedDelivery) -> list[Sentence]:
    told = (delivery["seals"] or "").split()
    read = {one["seal"]: one["state"] for one in delivery["seals_seen"]}
    if not told and not read:
        return [Sentence("The consignment note names no seals, and none was read.")]
    found = []
    if read:
        said: list[Said] = [
            Sentence("{seal} {state}", seal=seal, state=Code(Vocabulary.SEAL, state)) for seal, state in read.items()
        ]
        found.append(Sentence("Seals as they were received: {seals}.", seals=Listed(said)))
    unread = [seal for seal in told if seal not in read]
    if unread:
        found.append(Sentence("Seals of the consignment note whose state nobody told: {seals}.", seals=Listed(unread)))
    return found


def _differ(delivery: ReceivedDelivery) -> Sentence:
    if not delivery["discrepancies"]:
        return Sentence("There is no difference.")
    said: list[Said] = [
        Sentence("{kind} {pieces} pieces", kind=Code(Vocabulary.DIFFERENCE, one["kind"]), pieces=Count(one["pieces"]))
        for one in delivery["discrepancies"]
    ]
    return Sentence(
        "In dispute are: {differences}, as the table of differences says. They are not in the store, and are settled "
        "by a record of their own.",
        differences=Listed(said),
    )


def _value(delivery: ReceivedDelivery, total: dict[str, Value]) -> Sentence:
    accepted = total["accepted"]
    assert isinstance(accepted, int), "it is a sum"
    if delivery["unit_value"] is None:
        return Sentence(
            "Taken into the store: {accepted} pieces. The unit price is not known.", accepted=Count(accepted)
        )
    return Sentence(
        "Taken into the store: {accepted} pieces of a value of {value}.",
        accepted=Count(accepted),
        value=Rupiah(delivery["unit_value"] * accepted),
    )


def _said(note: str) -> Value:
    """Return what the receipt noted of a difference; the log has it in English."""
    carton = note.removeprefix(OF_CARTON)
    if carton != note:
        return Sentence("carton {carton}", carton=carton)
    where, _, state = note.partition(", ")
    elsewhere = where.removeprefix(ANNOUNCED_WITH)
    said: list[Said] = []
    if elsewhere != where:
        said.append(Sentence("announced with {delivery}", delivery=elsewhere))
    else:
        state = where
    said += [Sentence(one) for one in (state,) if one]
    return Sentence("{remarks}", remarks=Listed(said)) if said else None


_DIFFERENCES = [
    Column("id", "Number", "text", 1.5),
    Column("kind", "Kind", words=Vocabulary.DIFFERENCE, width=1.6),
    Column("pieces", "Pieces", "int", 0.7),
    Column("serials", "Serials", "text", 3),
    Column("note", "Note", "text", 1.6),
]


def _differences(delivery: ReceivedDelivery) -> list[dict[str, Value]]:
    return [
        {
            "id": one["id"],
            "kind": one["kind"],
            "pieces": one["pieces"],
            "serials": Sentence("{serials}", serials=Serials(one["serials"])) if one["serials"] else None,
            "note": _said(one["note"]),
        }
        for one in delivery["discrepancies"]
    ]
