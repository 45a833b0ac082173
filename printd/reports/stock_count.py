"""The act of a stock count (*berita acara stok opname*; papers reference section 2, M5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, TypedDict

from printd.custody import flows
from printd.language.sentences import Count, Day, Listed, Rupiah, Said, Sentence
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Act, Column, Document, Party, Person, Signature, Signatures, Table, Value, summed
from printd.reports.office import Office, acknowledged
from printd.reports.told_serials import apart
from printd.words import places
from printd.words.places import Kind

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


class PlaceTold(TypedDict):
    """A place that nobody can look into, by a paper or its last report."""

    place: ReadOnly[str]
    stock_type: ReadOnly[str]
    book: ReadOnly[int]
    told: ReadOnly[int | None]
    day: ReadOnly[str | None]
    document: ReadOnly[str | None]


class DeliveryValued(TypedDict):
    """What is left of one delivery, at its own unit value."""

    delivery: ReadOnly[str]
    document: ReadOnly[str]
    stock_type: ReadOnly[str]
    unit_value: ReadOnly[int | None]
    good: ReadOnly[int]
    value: ReadOnly[int | None]
    finished: ReadOnly[int]
    spoiled: ReadOnly[int]
    invalid: ReadOnly[int]
    elsewhere: ReadOnly[int]
    transit: ReadOnly[int]


class CountAct(TypedDict):
    """What the act of a stock count says; ``deliveries`` is null in one of an earlier version."""

    count: ReadOnly[str]
    items: ReadOnly[Sequence[CountedTwice]]
    elsewhere: ReadOnly[Sequence[PlaceTold]]
    deliveries: ReadOnly[Sequence[DeliveryValued] | None]
    witness: ReadOnly[str]
    reason: ReadOnly[str]
    follow_up: ReadOnly[str]
    counters: ReadOnly[Sequence[str]]


_WAY: Final = (
    *(Kind.STORE, Kind.SHIFT, Kind.HOPPER, Kind.PRINTER),
    *(Kind.OUTPUT, Kind.FINISHED, Kind.SPOILED, Kind.INVALID),
)
_UNKNOWN: Final = Sentence("not known yet")


def stock_count(told: Any, office: Office) -> Document:
    """Return the act of one stock count.

    :param told: as its entry keeps it.
    """
    act: CountAct = told
    deliveries = act["deliveries"]
    return Document(
        name=f"stock-count-{act['count']}",
        title=Sentence(
            "Physical examination of the stock (stock count) of KTP-el blanks as of {day}", day=Day(act["count"][:10])
        ),
        given=act["count"],
        act=Act(
            at="",
            place=office.name,
            parties=[Party(office.person(one)) for one in act["counters"]],
            deed=Sentence(
                "have examined the stock of KTP-el blanks as of {day} by the stock cards and held it against the goods "
                "that are there, with this result:",
                day=Day(act["count"][:10]),
            ),
            points=_points(act),
            copies=office.copies.get("stock-count", 2),
        ),
        tables=[
            _counted(act),
            *([_elsewhere(act)] if act["elsewhere"] else []),
            *([_valued(deliveries)] if deliveries is not None else []),
        ],
        signatures=[
            Signatures(
                [
                    Signature("Counter I", office.person(act["counters"][0])),
                    Signature("Counter II", office.person(act["counters"][1])),
                    Signature("Keeper of the goods", office.keeper),
                ]
            ),
            Signatures([Signature("Witness", Person(agency=act["witness"]))], "table", "Witnesses:"),
            acknowledged(office),
        ],
    )


def condition(place: str) -> Sentence:
    """Return in which condition what lies in a place is."""
    kind = places.kind(place)
    if kind in flows.ON_HAND:
        return Sentence("good")
    if kind is Kind.SPOILED:
        return Sentence("spoiled")
    return Sentence("invalid card") if kind is Kind.INVALID else Sentence("printed")


def _order(place: str) -> int:
    """Return where in the table a place stands: as blanks go through the office."""
    kind = places.kind(place)
    return _WAY.index(kind) if kind in _WAY else len(_WAY)


def _is_unpriced(one: CountedTwice) -> bool:
    return one["value"] is None and places.kind(one["place"]) in flows.ON_HAND


def _counted(act: CountAct) -> Table:
    rows: list[dict[str, Value]] = [
        {
            "place": one["place"],
            "condition": condition(one["place"]),
            "book": one["book"],
            "count_1": one["count_1"],
            "count_2": one["count_2"],
            "difference": one["difference"],
            "value": Sentence("not valued") if _is_unpriced(one) else one["value"],
            "serials": apart(one["serials"]),
        }
        for one in sorted(act["items"], key=lambda one: (_order(one["place"]), one["place"]))
    ]
    columns = [
        Column("place", "Where they are kept", "text", 2.2, Vocabulary.PLACE),
        Column("condition", "Condition", "text", 1),
        Column("book", "By the books", "int", 0.9),
        Column("count_1", "Count I", "int", 0.9),
        Column("count_2", "Count II", "int", 0.9),
        Column("difference", "Difference", "int", 0.8),
        Column("value", "Worth (Rp)", "rupiah", 1.2),
        *([Column("serials", "Serials that differ", "text", 2)] if any(one["serials"] for one in act["items"]) else []),
    ]
    keys = ("book", "count_1", "count_2", "difference")
    total: dict[str, Value] = {"place": Sentence("Total"), **{key: summed(rows, key) for key in keys}}
    return Table("KTP-el blanks and cards at the office (pieces)", columns, rows, total)


def _elsewhere(act: CountAct) -> Table:
    rows: list[dict[str, Value]] = [
        {
            "place": one["place"],
            "stock_type": one["stock_type"],
            "book": one["book"],
            "told": one["told"],
            "difference": None if one["told"] is None else one["told"] - one["book"],
            "source": _source(one),
        }
        for one in act["elsewhere"]
    ]
    columns = [
        Column("place", "Place", "text", 2.2, Vocabulary.PLACE),
        Column("stock_type", "Type", "text", 1, Vocabulary.STOCK_TYPE),
        Column("book", "By the books", "int", 0.9),
        Column("told", "By paper or report", "int", 1),
        Column("difference", "Difference", "int", 0.8),
        Column("source", "By which", "text", 2.4),
    ]
    return Table("Outside the office, not counted by hand (pieces)", columns, rows)


def _source(one: PlaceTold) -> Sentence:
    """Return what tells how many blanks are in a place that nobody looked into."""
    if one["document"] is not None:
        day: Said = Day(one["day"]) if one["day"] else None
        return Sentence("paper {document} of {day}", document=one["document"], day=day)
    if one["day"] is not None:
        return Sentence("last report, of {day}", day=Day(one["day"]))
    return Sentence("never reported")


def _valued(deliveries: Sequence[DeliveryValued]) -> Table:
    rows: list[dict[str, Value]] = [
        {
            "document": one["document"],
            "stock_type": one["stock_type"],
            "good": one["good"],
            "unit_value": Sentence("not known yet") if one["unit_value"] is None else one["unit_value"],
            "value": Sentence("not valued") if one["value"] is None else one["value"],
            "spoiled": one["spoiled"],
            "finished": one["finished"],
            "invalid": one["invalid"],
            "elsewhere": one["elsewhere"],
            "transit": one["transit"],
        }
        for one in deliveries
    ]
    columns = [
        Column("document", "Handover record number", "text", 1.9),
        Column("stock_type", "Type", "text", 1, Vocabulary.STOCK_TYPE),
        Column("good", "Good", "int", 0.8),
        Column("unit_value", "Unit price (Rp)", "rupiah", 1),
        Column("value", "Worth (Rp)", "rupiah", 1.3),
        Column("spoiled", "Spoiled", "int", 0.7),
        Column("finished", "Finished cards", "int", 0.7),
        Column("invalid", "Invalid cards", "int", 0.7),
        Column("elsewhere", "Other units", "int", 0.7),
        Column("transit", "On the way", "int", 0.9),
    ]
    keys = ("good", "spoiled", "finished", "invalid", "elsewhere", "transit")
    worth = sum(one["value"] or 0 for one in deliveries)
    total: dict[str, Value] = {
        "document": Sentence("Total"),
        **{key: summed(rows, key) for key in keys},
        "value": worth,
    }
    return Table("Stock by delivery, each at its own unit price", columns, rows, total)


def _points(act: CountAct) -> list[Sentence]:
    points: list[Sentence] = []
    deliveries = act["deliveries"]
    if deliveries is not None:
        priced = [one for one in deliveries if one["value"] is not None]
        unpriced = [one for one in deliveries if one["value"] is None and one["good"] + one["elsewhere"]]
        good = sum(one["good"] for one in deliveries)
        points += [
            Sentence(
                "Stock in good condition: {good} pieces by the books, of which {priced} pieces are worth {value}.",
                good=Count(good),
                priced=Count(sum(one["good"] for one in priced)),
                value=Rupiah(sum(one["value"] or 0 for one in priced)),
            ),
            Sentence(
                "Spoiled or obsolete stock: {spoiled} pieces, not part of the value in number 1 and disclosed in the "
                "notes to the financial statements.",
                spoiled=Count(sum(one["spoiled"] for one in deliveries)),
            ),
        ]
    points.append(_about_differences(act))
    if deliveries is not None:
        points += [_about_elsewhere(act, deliveries), *_about_prices(unpriced)]
        points.append(
            Sentence(
                "Finished cards, {finished} pieces, and invalid cards, {invalid} pieces, are used and no stock of "
                "blanks.",
                finished=Count(sum(one["finished"] for one in deliveries)),
                invalid=Count(sum(one["invalid"] for one in deliveries)),
            )
        )
    return points


def _about_differences(act: CountAct) -> Sentence:
    less = sum(max(0, -one["difference"]) for one in act["items"])
    more = sum(max(0, one["difference"]) for one in act["items"])
    if not less and not more and not act["reason"]:
        return Sentence("There is no difference.")
    return Sentence(
        "Difference: {less} pieces fewer and {more} pieces more than in the books, because of: {reason}; followed up "
        "by: {follow_up}. It is not corrected in the value by this record.",
        less=Count(less),
        more=Count(more),
        reason=act["reason"] or _UNKNOWN,
        follow_up=act["follow_up"] or _UNKNOWN,
    )


def _about_elsewhere(act: CountAct, deliveries: Sequence[DeliveryValued]) -> Sentence:
    pieces = Count(sum(one["elsewhere"] for one in deliveries))
    reported = {one["day"] for one in act["elsewhere"] if one["day"] and places.kind(one["place"]) is Kind.SITE}
    days: list[Said] = [Day(day) for day in sorted(filter(None, reported))]
    if not days:
        return Sentence("Blanks at other units: {pieces} pieces, by the books; no unit has reported.", pieces=pieces)
    return Sentence(
        "Blanks at other units and on the way to them: {pieces} pieces, told by the last reports, of {days}; not "
        "counted by hand.",
        pieces=pieces,
        days=Listed(days),
    )


def _about_prices(unpriced: Sequence[DeliveryValued]) -> list[Sentence]:
    if not unpriced:
        return []
    papers: list[Said] = [one["document"] for one in unpriced]
    return [
        Sentence(
            "The unit price is not known yet for {pieces} pieces of: {papers}; they are not valued.",
            pieces=Count(sum(one["good"] + one["elsewhere"] for one in unpriced)),
            papers=Listed(papers),
        )
    ]
