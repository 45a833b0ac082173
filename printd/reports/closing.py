"""The closing act of a shift, and with it R6, the issue and return sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from printd.language.sentences import Clock, Count, Moment, Sentence
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Act, Column, Document, Party, Signature, Signatures, Table, Value
from printd.reports.office import Office, acknowledged
from printd.words.states import AttemptState

if TYPE_CHECKING:
    from typing_extensions import ReadOnly


class StockFlows(TypedDict):
    """Blanks of one stock type since the shift before was closed: what was there, came, went, and is there now."""

    stock_type: ReadOnly[str]
    opening: ReadOnly[int]
    received: ReadOnly[int]
    loaned_in: ReadOnly[int]
    recovered: ReadOnly[int]
    used_good: ReadOnly[int]
    spoiled: ReadOnly[int]
    loaned_out: ReadOnly[int]
    returned: ReadOnly[int]
    skipped: ReadOnly[int]
    missing: ReadOnly[int]
    closing: ReadOnly[int]


class PlaceCompared(TypedDict):
    """A place that was counted, beside the books; ``serials`` are those in the books, in words."""

    place: ReadOnly[str]
    book: ReadOnly[int]
    counted: ReadOnly[int]
    serials: ReadOnly[str]


class Gap(TypedDict):
    """A place where count and books differ."""

    place: ReadOnly[str]


class ClosingAct(TypedDict):
    """The figures of a closing."""

    stock: ReadOnly[Sequence[StockFlows]]
    places: ReadOnly[Sequence[PlaceCompared]]
    gaps: ReadOnly[Sequence[Gap]]
    spoiled: ReadOnly[Mapping[str, int]]
    outcomes: ReadOnly[Mapping[AttemptState, int]]
    note: ReadOnly[str]
    log_size: ReadOnly[int]


class ClosedShift(TypedDict):
    """What the act of a closed shift says."""

    id: ReadOnly[str]
    opened_at: ReadOnly[str]
    opened_by: ReadOnly[str]
    opened_with: ReadOnly[str]
    closed_at: ReadOnly[str | None]
    closed_by: ReadOnly[str | None]
    closed_with: ReadOnly[str | None]
    approved_by: ReadOnly[str | None]
    act: ReadOnly[ClosingAct | None]


_STOCK = [
    Column("stock_type", "Type", "code"),
    Column("opening", "Opening", "int"),
    Column("received", "Received", "int"),
    Column("loaned_in", "Loaned in", "int"),
    Column("recovered", "Recovered", "int"),
    Column("used_good", "Used, good", "int"),
    Column("spoiled", "Spoiled", "int"),
    Column("loaned_out", "Sent out", "int"),
    Column("returned", "Given back", "int"),
    Column("skipped", "Skipped", "int"),
    Column("missing", "Missing", "int"),
    Column("closing", "Closing", "int"),
]


def closing(shown: Any, office: Office) -> Document:
    """Return the act of a closed shift (papers reference section 2, M2).

    :param shown: a shift as the desk shows it, with its act.
    """
    shift: ClosedShift = shown
    act = shift["act"]
    assert act is not None, "it is closed"
    gaps = {one["place"] for one in act["gaps"]}
    stock: list[dict[str, Value]] = [
        {
            "stock_type": one["stock_type"],
            "opening": one["opening"],
            "received": one["received"],
            "loaned_in": one["loaned_in"],
            "recovered": one["recovered"],
            "used_good": one["used_good"],
            "spoiled": one["spoiled"],
            "loaned_out": one["loaned_out"],
            "returned": one["returned"],
            "skipped": one["skipped"],
            "missing": one["missing"],
            "closing": one["closing"],
        }
        for one in act["stock"]
    ]
    counted: list[dict[str, Value]] = [
        {
            "place": one["place"],
            "book": one["book"],
            "count_1": one["counted"],
            "count_2": one["counted"],
            "difference": one["counted"] - one["book"],
            "serials": one["serials"] or None,
        }
        for one in act["places"]
    ]
    return Document(
        name=f"shift-{shift['id']}",
        title="Closing of a working shift of KTP-el printing",
        given=shift["id"],
        act=Act(
            at=shift["closed_at"] or "",
            place=office.name,
            parties=[Party(office.person(one)) for one in (shift["closed_by"], shift["closed_with"])],
            deed=Sentence(
                "have closed working shift {shift}, opened on {opened} and closed at {closed}, with this result:",
                shift=shift["id"],
                opened=Moment(shift["opened_at"]),
                closed=Clock(shift["closed_at"] or ""),
            ),
            points=[
                Sentence("Places where count and books differ: {gaps}.", gaps=Count(len(gaps))),
                *([Sentence("Note: {note}", note=act["note"])] if act["note"] else []),
            ],
            copies=office.copies.get("shift", 2),
        ),
        tables=[
            Table("Stock", _STOCK, stock),
            Table(
                "Blind count",
                [
                    Column("place", "Place", "text", 2, Vocabulary.PLACE),
                    Column("book", "Book", "int"),
                    Column("count_1", "Count 1", "int"),
                    Column("count_2", "Count 2", "int"),
                    Column("difference", "Difference", "int"),
                    Column("serials", "Serials", "text", 4),
                ],
                counted,
            ),
            Table(
                "Spoiled by cause",
                [Column("cause", "Cause", "text", 2, Vocabulary.CAUSE), Column("pieces", "Pieces", "int")],
                [{"cause": cause, "pieces": pieces} for cause, pieces in act["spoiled"].items()],
            ),
            Table(
                "Print attempts",
                [Column("outcome", "Outcome", "text", 2, Vocabulary.ATTEMPT), Column("attempts", "Number", "int")],
                [{"outcome": outcome, "attempts": number} for outcome, number in act["outcomes"].items()],
            ),
        ],
        signatures=[
            Signatures(
                [
                    Signature("Counter I", office.person(shift["closed_by"])),
                    Signature("Counter II", office.person(shift["closed_with"])),
                ]
            ),
            acknowledged(office, office.person(shift["approved_by"]) if shift["approved_by"] else None),
        ],
    )
