"""R5, the handover record (*berita acara serah terima*) of a delivery, as the office received it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from printd.language.sentences import Count, Rupiah, Sentence
from printd.language.vocabularies import Vocabulary
from printd.reports.document import (
    Act,
    Column,
    Document,
    Party,
    Person,
    Signature,
    Signatures,
    Table,
    Value,
)
from printd.reports.office import Office, acknowledged
from printd.words.serials import from_json, say

if TYPE_CHECKING:
    from typing_extensions import ReadOnly


class ReceivedCarton(TypedDict):
    """A carton of a delivery, as its act names it."""

    carton: ReadOnly[str]
    first: ReadOnly[str]
    last: ReadOnly[str]
    pieces: ReadOnly[int]


class Difference(TypedDict):
    """What was found to differ when a delivery was received."""

    id: ReadOnly[str]
    kind: ReadOnly[str]
    pieces: ReadOnly[int]
    serials: ReadOnly[Sequence[Sequence[str]]]
    note: ReadOnly[str]


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
    seals: ReadOnly[str | None]
    signed_by: ReadOnly[str | None]
    received_at: ReadOnly[str | None]
    received_by: ReadOnly[str | None]
    received_with: ReadOnly[str | None]
    cartons: ReadOnly[Sequence[ReceivedCarton]]
    discrepancies: ReadOnly[Sequence[Difference]]


def bast(shown: Any, office: Office) -> Document:
    """Return the act of a receipt (papers reference section 2, M1).

    :param shown: a delivery as the desk shows it, received.
    """
    delivery: ReceivedDelivery = shown
    counted = delivery["counted"] or 0
    accepted = counted - sum(one["pieces"] for one in delivery["discrepancies"] if one["kind"] != "short")
    receivers = [office.person(delivery["received_by"]), office.person(delivery["received_with"])]
    giver = Person(agency=delivery["sender"] or "")
    value = delivery["unit_value"]
    cartons: list[dict[str, Value]] = [
        {
            "no": number,
            "carton": one["carton"],
            "first": one["first"],
            "last": one["last"],
            "pieces": one["pieces"],
        }
        for number, one in enumerate(delivery["cartons"], start=1)
    ]
    points = [
        Sentence("Seals: {seals}.", seals=delivery["seals"]),
        Sentence("Two people counted, each alone and without knowing the figure of the consignment note."),
        Sentence(
            "By the consignment note {announced} pieces, counted {counted}, taken into the store {accepted}.",
            announced=None if delivery["announced"] is None else Count(delivery["announced"]),
            counted=Count(counted),
            accepted=Count(accepted),
        ),
        Sentence("The unit price is not known.")
        if value is None
        else Sentence("Value of what was taken in: {value}.", value=Rupiah(value * accepted)),
        Sentence("Since this record was signed, {second} answers for keeping it safe.", second=office.second_party),
    ]
    return Document(
        name=f"receipt-{delivery['id']}",
        title="Handover of KTP-el blanks",
        given=delivery["bast_number"],
        act=Act(
            at=delivery["received_at"] or "",
            place=office.name,
            parties=[Party(giver, "first"), Party(receivers[0], "second")],
            deed=Sentence(
                "{first} has handed over to {second}, and {second} has received, KTP-el blanks as follows:",
                first=office.first_party,
                second=office.second_party,
            ),
            points=points,
            copies=office.copies.get("delivery", 2),
        ),
        tables=[Table("Cartons", _CARTONS, cartons), Table("Discrepancies", _DIFFERENCES, _differences(delivery))],
        signatures=[
            Signatures([Signature(office.second_party, receivers[0]), Signature(office.first_party, giver)]),
            Signatures(
                [Signature("Counter I", receivers[0]), Signature("Counter II", receivers[1])], "table", "Counted by:"
            ),
            acknowledged(office),
        ],
    )


_CARTONS = [
    Column("no", "No.", "int", 0.5),
    Column("carton", "Carton", "code", 2),
    Column("first", "First serial", "code", 2),
    Column("last", "Last serial", "code", 2),
    Column("pieces", "Pieces", "int"),
]

_DIFFERENCES = [
    Column("id", "Number", "code", 2),
    Column("kind", "Kind", words=Vocabulary.DIFFERENCE, width=2),
    Column("pieces", "Pieces", "int"),
    Column("serials", "Serials", "text", 4),
    Column("note", "Note", "text", 2),
]


def _differences(delivery: ReceivedDelivery) -> list[dict[str, Value]]:
    return [
        {
            "id": one["id"],
            "kind": one["kind"],
            "pieces": one["pieces"],
            "serials": say(from_json(one["serials"])) or None,
            "note": one["note"] or None,
        }
        for one in delivery["discrepancies"]
    ]
