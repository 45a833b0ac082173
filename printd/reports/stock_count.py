"""R12, the act of a stock count (*berita acara stock opname*)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from printd.language.sentences import Sentence
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Act, Column, Document, Party, Person, Signature, Signatures, Table
from printd.reports.office import Office, acknowledged

if TYPE_CHECKING:
    from typing_extensions import ReadOnly


class CountedTwice(TypedDict):
    """A place that two people counted, beside the books."""

    place: ReadOnly[str]
    book: ReadOnly[int]
    count_1: ReadOnly[int]
    count_2: ReadOnly[int]
    difference: ReadOnly[int]
    serials: ReadOnly[str | None]
    value: ReadOnly[int | None]


class CountAct(TypedDict):
    """What the act of a stock count says."""

    count: ReadOnly[str]
    items: ReadOnly[Sequence[CountedTwice]]
    witness: ReadOnly[str]
    reason: ReadOnly[str]
    counters: ReadOnly[Sequence[str]]


COLUMNS = [
    Column("place", "Place", "text", 2, Vocabulary.PLACE),
    Column("book", "Book", "int"),
    Column("count_1", "Count 1", "int"),
    Column("count_2", "Count 2", "int"),
    Column("difference", "Difference", "int"),
    Column("serials", "Serials", "text", 3),
    Column("value", "Value", "int"),
]


def stock_count(told: Any, office: Office) -> Document:
    """Return the act of one stock count.

    :param told: as its entry keeps it.
    """
    act: CountAct = told
    rows = [
        {
            "place": one["place"],
            "book": one["book"],
            "count_1": one["count_1"],
            "count_2": one["count_2"],
            "difference": one["difference"],
            "serials": one["serials"],
            "value": one["value"],
        }
        for one in act["items"]
    ]
    return Document(
        name=f"stock-count-{act['count']}",
        title="Physical examination of the stock (stock count) of KTP-el blanks",
        given=act["count"],
        act=Act(
            at="",
            place=office.name,
            parties=[Party(office.person(one)) for one in act["counters"]],
            deed=Sentence("have examined the stock of KTP-el blanks and held it against the books, with this result:"),
            points=[Sentence("Reason of differences: {reason}.", reason=act["reason"] or None)],
            copies=office.copies.get("stock-count", 2),
        ),
        tables=[Table("Stock", COLUMNS, rows)],
        signatures=[
            Signatures(
                [
                    Signature("Counter I", office.person(act["counters"][0])),
                    Signature("Counter II", office.person(act["counters"][1])),
                ]
            ),
            Signatures([Signature("Witness", Person(agency=act["witness"]))], "table", "Witnesses:"),
            acknowledged(office),
        ],
    )
