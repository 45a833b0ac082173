"""R13, the handover record of a transfer or loan, and of what comes back (papers reference section 2, M3a and M3b)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from printd.custody.site_account import Account
from printd.events.officials import Official
from printd.language.sentences import Code, Count, Day, Listed, Said, Sentence, Serials
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Act, Column, Document, Party, Person, Signature, Signatures, Table, Value
from printd.reports.office import Office, acknowledged
from printd.reports.officials import person
from printd.words import places

if TYPE_CHECKING:
    from typing_extensions import ReadOnly

_FEW = 6
"""Ranges of serials that a sentence can name; of more there is a table."""


class Followed(TypedDict):
    """The record by which a site got what it gives back."""

    document: ReadOnly[str]
    day: ReadOnly[str]


class Difference(TypedDict):
    """What arrived too few or too many."""

    kind: ReadOnly[str]
    pieces: ReadOnly[int]


class Transferred(TypedDict):
    """What the act of a transfer says.

    ``carrier`` is a name; ``account`` and ``follows`` are of what comes back from a site.
    """

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
    acknowledged_by: ReadOnly[str | None]
    acknowledged_with: ReadOnly[str | None]
    acknowledgement: ReadOnly[str | None]
    purpose: ReadOnly[str | None]
    conditions: ReadOnly[Sequence[str]]
    givers: ReadOnly[Sequence[Any]]
    receivers: ReadOnly[Sequence[Any]]
    received_on: ReadOnly[str | None]
    arrived_seals: ReadOnly[Sequence[tuple[str, str]]]
    carrier_name: ReadOnly[str]
    differences: ReadOnly[Sequence[Difference]]
    account: ReadOnly[Account | None]
    follows: ReadOnly[Sequence[Followed]]


def transfer_act(shown: Any, office: Office) -> Document:
    """Return the act of one transfer, sent or acknowledged.

    :param shown: a transfer as the desk shows it, with what only its act says.
    """
    transfer: Transferred = shown
    back = transfer["target"] == places.STORE
    site = transfer["source"] if back else transfer["target"]
    name = office.reader.sites.get(places.whose(site), places.whose(site))
    arrived = transfer["acknowledged_at"] is not None
    ours, ours_too = _ours(transfer, back=back)
    others = [person(Official.model_validate(one), name) for one in transfer["givers" if back else "receivers"]]
    others = others or [Person(agency=name)]
    first, second = office.person(ours), others[0]
    copies = office.copies.get("transfer", 2)
    return Document(
        name=f"transfer-{transfer['id']}{'-acknowledged' if arrived else ''}",
        title=_title(name, back=back, arrived=arrived),
        given=(transfer["acknowledgement"] or "") if arrived else transfer["document"],
        act=Act(
            at=transfer["acknowledged_at"] or transfer["sent_at"],
            place=office.name,
            parties=[Party(first, "first"), Party(second, "second")],
            basis=_basis(transfer, arrived=arrived),
            deed=_deed(transfer, office, back=back, arrived=arrived),
            points=_points(transfer, office, back=back, arrived=arrived),
            copies=copies,
            keepers=Sentence("one each for {first} and {second}", first=office.first_party, second=office.second_party)
            if copies == 2
            else "",
        ),
        tables=_tables(transfer),
        signatures=[
            Signatures([Signature(office.second_party, second), Signature(office.first_party, first)]),
            Signatures(
                [
                    Signature("Second officer", office.person(ours_too)),
                    *(Signature(office.second_party, one) for one in others[1:]),
                    Signature("Carrier", Person(transfer["carrier_name"])),
                ],
                "table",
            ),
            acknowledged(office),
        ],
    )


def _ours(transfer: Transferred, *, back: bool) -> tuple[str, str]:
    """Return who of the office signs: those who received what came back, or who booked the sending."""
    if back and transfer["acknowledged_by"] and transfer["acknowledged_with"]:
        return transfer["acknowledged_by"], transfer["acknowledged_with"]
    return transfer["sent_by"], transfer["sent_with"]


def _title(name: str, *, back: bool, arrived: bool) -> Sentence:
    if back:
        if arrived:
            return Sentence("Receipt of KTP-el blanks given back by {site}", site=name)
        return Sentence("Giving back of KTP-el blanks from {site}", site=name)
    if arrived:
        return Sentence("Receipt of KTP-el blanks by {site}", site=name)
    return Sentence("Handover of KTP-el blanks to {site}", site=name)


def _basis(transfer: Transferred, *, arrived: bool) -> list[Sentence]:
    found = [
        Sentence("record number {number} of {day}", number=one["document"], day=Day(one["day"]))
        for one in transfer["follows"]
    ]
    if arrived:
        found.append(Sentence("record of the sending, number {number}", number=transfer["document"]))
    return found


def _deed(transfer: Transferred, office: Office, *, back: bool, arrived: bool) -> Sentence:
    said: dict[str, Said] = {
        "first": office.first_party,
        "second": office.second_party,
        "pieces": Count(transfer["pieces"]),
        "serials": Serials(transfer["serials"]) if len(transfer["serials"]) <= _FEW else Sentence("as the table says"),
        "pack": Sentence("in a pack with the seals {seals}", seals=Listed(transfer["seals"].split()))
        if transfer["seals"]
        else Sentence("in a pack whose seals nobody named"),
        "purpose": transfer["purpose"] or Sentence("a purpose that nobody named"),
    }
    if back and arrived:
        return Sentence(
            "{first} has received from {second} {pieces} KTP-el blanks that were given back, serials {serials}, "
            "{pack}. {second} accounts for what it got as follows:",
            **said,
        )
    if back:
        return Sentence(
            "{second} gives back to {first} {pieces} KTP-el blanks, serials {serials}, {pack}, and accounts for "
            "what it got as follows:",
            **said,
        )
    if arrived:
        return Sentence(
            "{second} has received from {first} {pieces} KTP-el blanks, serials {serials}, for {purpose}, with this "
            "finding:",
            **said,
        )
    return Sentence(
        "{first} hands over to {second} {pieces} KTP-el blanks, serials {serials}, {pack}, for {purpose}, under these "
        "conditions:",
        **said,
    )


def _points(transfer: Transferred, office: Office, *, back: bool, arrived: bool) -> list[Sentence]:
    points = [] if back or arrived else _conditions(transfer, office)
    if arrived:
        points += _arrival(transfer)
    if transfer["account"] is not None:
        points.append(
            Sentence(
                "Of the printed cards {handed_over} were handed to their holders and {waiting} were not yet.",
                handed_over=Count(transfer["account"]["handed_over"]),
                waiting=Count(transfer["account"]["waiting"]),
            )
        )
    if not arrived:
        points.append(Sentence("On the way {carrier} answers for the blanks.", carrier=transfer["carrier_name"]))
    if back:
        points.append(
            Sentence(
                "{first} and {second} are those of the record by which the blanks were handed over.",
                first=office.first_party,
                second=office.second_party,
            )
        )
    return points


def _conditions(transfer: Transferred, office: Office) -> list[Sentence]:
    """Return the conditions: the office's own, or those of the model act."""
    if transfer["conditions"]:
        return [Sentence("{condition}", condition=one) for one in transfer["conditions"]]
    parties = {"first": office.first_party, "second": office.second_party}
    return [
        Sentence("The blanks are used for that purpose alone."),
        Sentence("Spoiled blanks and cards that were taken back are given back and not destroyed there."),
        Sentence("{second} reports their use to {first} on every working day.", **parties),
        Sentence("What is left is given back until {day}.", day=Day(transfer["due_back"]))
        if transfer["due_back"]
        else Sentence("What is left is given back; no day was named."),
        Sentence("A loss is reported within 24 hours."),
    ]


def _arrival(transfer: Transferred) -> list[Sentence]:
    points = [
        Sentence("They arrived on {day}.", day=Day(transfer["received_on"]))
        if transfer["received_on"]
        else Sentence("Its receipt was booked; on which day they arrived is not known.")
        if transfer["target"] != places.STORE
        else Sentence("They arrived and were counted."),
    ]
    if transfer["arrived_seals"]:
        said: list[Said] = [
            Sentence("{seal} {state}", seal=seal, state=Code(Vocabulary.SEAL, state))
            for seal, state in transfer["arrived_seals"]
        ]
        points.append(Sentence("Seals as they were received: {seals}.", seals=Listed(said)))
    elif transfer["seals"]:
        points.append(
            Sentence("Seals of the sending whose state nobody told: {seals}.", seals=Listed(transfer["seals"].split()))
        )
    if not transfer["differences"]:
        points.append(Sentence("There is no difference."))
    else:
        differences: list[Said] = [
            Sentence(
                "{kind} {pieces} pieces", kind=Code(Vocabulary.DIFFERENCE, one["kind"]), pieces=Count(one["pieces"])
            )
            for one in transfer["differences"]
        ]
        points.append(
            Sentence(
                "In dispute are: {differences}. They are settled by a record of their own.",
                differences=Listed(differences),
            )
        )
    return points


_Figure = Literal["good", "spoiled", "before", "unused", "left", "missing"]
_ACCOUNT: tuple[tuple[_Figure, str], ...] = (
    ("good", "Printed, good"),
    ("spoiled", "Spoiled blanks"),
    ("before", "Given back before"),
    ("unused", "Not used, given back now"),
    ("left", "Still there"),
    ("missing", "Not found"),
)


def _tables(transfer: Transferred) -> list[Table]:
    tables = []
    account = transfer["account"]
    if account is not None:
        rows: list[dict[str, Value]] = [
            {"no": number, "what": Sentence(title), "pieces": account[key]}
            for number, (key, title) in enumerate(_ACCOUNT, start=1)
        ]
        columns = [
            Column("no", "No.", "int", 0.4),
            Column("what", "What became of it", "text", 4),
            Column("pieces", "Pieces", "int"),
        ]
        tables.append(
            Table("", columns, rows, {"what": Sentence("Received in the first place"), "pieces": account["received"]})
        )
    if len(transfer["serials"]) > _FEW:
        columns = [
            Column("no", "No.", "int", 0.4),
            Column("first", "First serial", "code", 2),
            Column("last", "Last serial", "code", 2),
        ]
        tables.append(
            Table(
                "Serials",
                columns,
                [
                    {"no": number, "first": ends[0], "last": ends[-1]}
                    for number, ends in enumerate(transfer["serials"], start=1)
                ],
            )
        )
    return tables
