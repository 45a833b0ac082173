"""R9, the act of a destruction (*berita acara pemusnahan*)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from printd.language.sentences import Code, Count, Sentence, Serials
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Act, Column, Document, Party, Person, Signature, Signatures, Table, Value
from printd.reports.office import Office, acknowledged

if TYPE_CHECKING:
    from typing_extensions import ReadOnly


class Witness(TypedDict):
    """Whose official saw it."""

    agency: ReadOnly[str]


class Destroyed(TypedDict):
    """What the act of a destruction says; ``causes`` has pieces by cause."""

    id: ReadOnly[str]
    ba_number: ReadOnly[str]
    at: ReadOnly[str]
    by: ReadOnly[str]
    second: ReadOnly[str]
    method: ReadOnly[str]
    place: ReadOnly[str]
    witnesses: ReadOnly[Sequence[Witness]]
    serials: ReadOnly[Sequence[Sequence[str]]]
    blanks: ReadOnly[int]
    cards: ReadOnly[int]
    causes: ReadOnly[Mapping[str, int]]
    card_causes: ReadOnly[Mapping[str, int]]


def destruction_act(shown: Any, office: Office) -> Document:
    """Return the act of one destruction; witnesses sign beside their agency, names are written by hand.

    :param shown: a destruction as the desk shows it.
    """
    act: Destroyed = shown
    rows: list[dict[str, Value]] = [
        {"kind": kind, "cause": cause, "pieces": pieces}
        for kind, causes in (("blangko", act["causes"]), ("kartu", act["card_causes"]))
        for cause, pieces in causes.items()
    ]
    return Document(
        name=act["id"],
        title="Destruction of spoiled KTP-el blanks and of damaged or invalid KTP-el",
        given=act["ba_number"],
        act=Act(
            at=act["at"],
            place=act["place"],
            parties=[Party(office.person(one)) for one in (act["by"], act["second"])],
            deed=Sentence(
                "have destroyed, {method}, before the witnesses below:", method=Code(Vocabulary.METHOD, act["method"])
            ),
            points=[
                Sentence("Pieces in all: {pieces}.", pieces=Count(act["blanks"] + act["cards"])),
                Sentence("Serials: {serials}.", serials=Serials(act["serials"], 40)),
            ],
            copies=office.copies.get("destruction", 3),
        ),
        tables=[
            Table(
                "Pieces by cause",
                [
                    Column("kind", "Kind", "text", 2),
                    Column("cause", "Cause", "code", 2),
                    Column("pieces", "Pieces", "int"),
                ],
                rows,
                {"kind": Sentence("Total"), "cause": None, "pieces": act["blanks"] + act["cards"]},
            ),
        ],
        signatures=[
            Signatures(
                [
                    Signature("Officer I", office.person(act["by"])),
                    Signature("Officer II", office.person(act["second"])),
                ]
            ),
            Signatures(
                [Signature("Witness", Person(agency=one["agency"])) for one in act["witnesses"]], "table", "Witnesses:"
            ),
            acknowledged(office),
        ],
    )
