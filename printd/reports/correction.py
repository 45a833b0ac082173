"""The record that settles a difference: what was booked first stands, and a new act says what came of the rest.

An auditor expects corrections by an act of their own (papers reference section 5, item 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from printd.language.sentences import Code, Count, Day, Rupiah, Sentence, Serials
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Act, Column, Document, Party, Signature, Signatures, Table, Value
from printd.reports.office import Office, acknowledged

if TYPE_CHECKING:
    from typing_extensions import ReadOnly


class SettledDifference(TypedDict):
    """What the act says of a difference.

    ``about`` is the delivery or transfer; ``record`` and ``record_day`` are of the act by which it was found.
    """

    id: ReadOnly[str]
    kind: ReadOnly[str]
    pieces: ReadOnly[int]
    serials: ReadOnly[Sequence[Sequence[str]]]
    opened_at: ReadOnly[str]
    closed_at: ReadOnly[str | None]
    closed_by: ReadOnly[str | None]
    closed_with: ReadOnly[str | None]
    document: ReadOnly[str | None]
    outcome: ReadOnly[str | None]
    about: ReadOnly[str]
    record: ReadOnly[str | None]
    record_day: ReadOnly[str]
    unit_value: ReadOnly[int | None]


def correction(shown: Any, office: Office) -> Document:
    """Return the act that settles a difference.

    :param shown: a closed difference, with what its delivery or transfer says.
    """
    one: SettledDifference = shown
    officers = [office.person(one["closed_by"]), office.person(one["closed_with"])]
    outcome = one["outcome"] or ""
    price = one["unit_value"] if outcome == "store" else None
    columns = [
        Column("kind", "Kind", words=Vocabulary.DIFFERENCE, width=1.4),
        Column("pieces", "Pieces", "int", 0.7),
        Column("serials", "Serials", width=3),
        Column("outcome", "Outcome", words=Vocabulary.OUTCOME, width=1.6),
        Column("unit_value", "Unit price (Rp)", "rupiah", 0.9),
        Column("value", "Value (Rp)", "rupiah", 1.1),
    ]
    row: dict[str, Value] = {
        "kind": one["kind"],
        "pieces": one["pieces"],
        "serials": Sentence("{serials}", serials=Serials(one["serials"])) if one["serials"] else None,
        "outcome": outcome,
        "unit_value": price,
        "value": None if price is None else price * one["pieces"],
    }
    return Document(
        name=f"correction-{one['id'].replace(':', '_')}",
        title="Settlement of a difference of KTP-el blanks",
        given=one["document"] or "",
        act=Act(
            at=one["closed_at"] or "",
            place=office.name,
            parties=[Party(officers[0]), Party(officers[1])],
            basis=_basis(one),
            deed=Sentence(
                "have settled difference {difference} of {about}, which was found on {day}, as follows:",
                difference=one["id"],
                about=office.reader.sites.get(one["about"], one["about"]),
                day=Day(office.day(one["opened_at"])),
            ),
            points=_points(one, outcome, price),
            copies=office.copies.get("correction", 2),
        ),
        tables=[Table("", columns, [row])],
        signatures=[
            Signatures([Signature("Officer I", officers[0]), Signature("Officer II", officers[1])]),
            acknowledged(office),
        ],
    )


def _basis(one: SettledDifference) -> list[Sentence]:
    document = Sentence("document number {number}", number=one["document"])
    if one["record"] is None:
        return [document]
    return [Sentence("record number {number} of {day}", number=one["record"], day=Day(one["record_day"])), document]


def _points(one: SettledDifference, outcome: str, price: int | None) -> list[Sentence]:
    said = Sentence(
        "{pieces} pieces were {outcome}.",
        pieces=Count(one["pieces"]),
        outcome=Code(Vocabulary.OUTCOME, outcome),
    )
    points = [said]
    if price is not None:
        points.append(Sentence("Value of what was taken in: {value}.", value=Rupiah(price * one["pieces"])))
    elif outcome == "store":
        points.append(Sentence("The unit price is not known."))
    points.append(Sentence("What the earlier record says stands unchanged; this one is added to it."))
    return points
