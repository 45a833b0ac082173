"""R13, the handover record of a transfer or loan (*berita acara serah terima antar unit*)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from printd.language.sentences import Code, Count, Day, Sentence
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Act, Column, Document, Party, Person, Signature, Signatures, Table
from printd.reports.office import Office, acknowledged

if TYPE_CHECKING:
    from typing_extensions import ReadOnly


class Transferred(TypedDict):
    """What the act of a transfer says."""

    id: ReadOnly[str]
    document: ReadOnly[str]
    source: ReadOnly[str]
    target: ReadOnly[str]
    pieces: ReadOnly[int]
    serials: ReadOnly[Sequence[Sequence[str]]]
    due_back: ReadOnly[str | None]
    seals: ReadOnly[str]
    sent_at: ReadOnly[str]
    sent_by: ReadOnly[str]
    sent_with: ReadOnly[str]
    acknowledged_at: ReadOnly[str | None]
    acknowledgement: ReadOnly[str | None]


def transfer_act(shown: Any, office: Office) -> Document:
    """Return the act of one transfer, sent or acknowledged; the carrier signs by hand.

    :param shown: a transfer as the desk shows it.
    """
    transfer: Transferred = shown
    return Document(
        name=f"transfer-{transfer['id']}{'' if transfer['acknowledged_at'] is None else '-acknowledged'}",
        title=Sentence("Handover of KTP-el blanks, {target}", target=Code(Vocabulary.PLACE, transfer["target"])),
        given=transfer["document"],
        act=Act(
            at=transfer["sent_at"],
            place=office.name,
            parties=[Party(office.person(transfer["sent_by"]), "first"), Party(Person(), "second")],
            deed=Sentence(
                "{first} hands over to {second} {pieces} KTP-el blanks:",
                first=office.first_party,
                second=office.second_party,
                pieces=Count(transfer["pieces"]),
            ),
            points=[
                Sentence("Seals: {seals}.", seals=transfer["seals"] or None),
                Sentence("Due back: {day}.", day=Day(transfer["due_back"]) if transfer["due_back"] else None),
            ],
            copies=office.copies.get("transfer", 2),
        ),
        tables=[
            Table(
                "Serials",
                [Column("first", "First", "code", 2), Column("last", "Last", "code", 2)],
                [{"first": first, "last": last} for first, last in transfer["serials"]],
            )
        ],
        signatures=[
            Signatures(
                [
                    Signature(office.second_party, Person()),
                    Signature(office.first_party, office.person(transfer["sent_by"])),
                ]
            ),
            Signatures(
                [Signature("Second officer", office.person(transfer["sent_with"])), Signature("Carrier")], "table"
            ),
            acknowledged(office),
        ],
    )
