"""R11, the letter that asks for blanks (*surat permohonan*): from the office through the province."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from printd.language.nip import nip
from printd.language.sentences import Code, Count, Day, Figure, Moment, Sentence
from printd.language.vocabularies import Vocabulary
from printd.reports.document import (
    Annex,
    Chart,
    Column,
    Document,
    Label,
    Letter,
    Line,
    Signature,
    Signatures,
    Table,
    Value,
)
from printd.reports.office import Office

if TYPE_CHECKING:
    from typing_extensions import ReadOnly


class DaysLeft(TypedDict):
    """Calendar days until the stock is spent, by estimate."""

    middle: ReadOnly[int]
    low: ReadOnly[int]
    high: ReadOnly[int]


class UsedToday(TypedDict):
    """What was used on the day of the request, which was not over."""

    used: ReadOnly[int]


class RequestFacts(TypedDict):
    """The figures behind a request; ``None`` is unknown. Earlier versions did not tell the day itself."""

    stock: ReadOnly[int]
    floor: ReadOnly[int]
    coming: ReadOnly[int]
    days_left: ReadOnly[DaysLeft | None]
    ask: ReadOnly[int | None]
    prr: ReadOnly[int]
    sfe: ReadOnly[int | None]
    suket: ReadOnly[int]
    average_use: ReadOnly[int | None]
    printers: ReadOnly[int]
    recent: ReadOnly[Sequence[Sequence[str | int]]]
    today: NotRequired[ReadOnly[UsedToday]]
    reason: NotRequired[ReadOnly[str]]
    beside: NotRequired[ReadOnly[str]]


class Assignment(TypedDict):
    """The letter that sends somebody."""

    number: ReadOnly[str]
    day: ReadOnly[str]


class Collector(TypedDict):
    """Who fetches the blanks."""

    name: ReadOnly[str]
    nip: NotRequired[ReadOnly[str]]
    rank: NotRequired[ReadOnly[str]]
    position: NotRequired[ReadOnly[str]]
    assignment: NotRequired[ReadOnly[Assignment]]


class Requested(TypedDict):
    """What the letter of a request says; ``day`` is the office's. Earlier versions told neither year nor addressee."""

    request: ReadOnly[str]
    stock_type: ReadOnly[str]
    asked: ReadOnly[int]
    at: ReadOnly[str]
    day: ReadOnly[str]
    by: ReadOnly[str]
    facts: ReadOnly[RequestFacts]
    difference: NotRequired[ReadOnly[str | None]]
    collector: NotRequired[ReadOnly[Collector | None]]
    year: NotRequired[ReadOnly[Mapping[str, str | int] | None]]
    addressee: NotRequired[ReadOnly[Sequence[str]]]
    through: NotRequired[ReadOnly[Sequence[str]]]


_YEAR: Sequence[tuple[str, str]] = (
    ("opening", "Opening balance"),
    ("received", "Received"),
    ("loaned_in", "Borrowed, or back from units"),
    ("recovered", "Found again"),
    ("used_good", "Printed as good cards"),
    ("spoiled", "Spoiled"),
    ("loaned_out", "Handed to units or lent"),
    ("returned", "Given back to the province"),
    ("skipped", "Serials skipped"),
    ("missing", "Not found"),
    ("closing", "Closing balance by the books"),
)


def letter(made: Any, office: Office, copies_to: Sequence[str] = ()) -> Document:
    """Return the letter of one request, from its entry alone.

    :param made: data of the entry ``request.made`` with ``at``, ``by`` and the office's ``day``.
    :param copies_to: who gets a copy.
    """
    request: Requested = made
    facts = request["facts"]
    low = facts["stock"] <= facts["floor"]
    opening = (
        "As the stock of KTP-el blanks of {office} runs low, we respectfully report as follows:"
        if low
        else "As {office} needs KTP-el blanks, we respectfully report as follows:"
    )
    return Document(
        name=request["request"],
        title="Request for more KTP-el blanks",
        given=request["request"],
        letter=Letter(
            day=request["day"],
            nature="urgent",
            enclosed="1 (one) bundle",
            subject="Request for more KTP-el blanks",
            addressee=request.get("addressee") or (),
            through=request.get("through") or (),
            opening=Sentence(opening, office=office.name),
            points=_points(request),
            closing="Thus we write; for your attention and approval we thank you.",
            copies_to=copies_to,
            annexes=[Annex("Account of the year, and use of the last weeks", _tables(request), charts=[_chart(facts)])],
        ),
        signatures=[Signatures([Signature(office.head.position or "Head of office", office.head)])],
        data={"recent": [list(one) for one in facts["recent"]]},
    )


def _points(request: Requested) -> list[Sentence]:
    facts = request["facts"]
    points = [
        Sentence(
            "Position on {at}: {stock} blanks left (more is asked for at {floor}); {prr} PRR wait to be printed; SFE "
            "{sfe}; {suket} certificates (suket) not exchanged yet; average use {use} pieces a working day; {printers} "
            "printers work.",
            at=Moment(request["at"]),
            stock=Figure(facts["stock"]),
            floor=Figure(facts["floor"]),
            prr=Figure(facts["prr"]),
            sfe=_known(facts["sfe"]),
            suket=Figure(facts["suket"]),
            use=_known(facts["average_use"]),
            printers=Figure(facts["printers"]),
        ),
        _lasts(facts),
        _asked(request),
        *_year(request),
        _collector(request.get("collector")),
    ]
    if "reason" in facts:
        points.append(Sentence("This cannot wait, because: {reason}.", reason=facts["reason"].rstrip(".")))
    if "beside" in facts:
        points.append(Sentence("This request stands beside request {request}.", request=facts["beside"]))
    return points


def _known(number: int | None) -> Figure | Sentence:
    return Sentence("not known") if number is None else Figure(number)


def _lasts(facts: RequestFacts) -> Sentence:
    left = facts["days_left"]
    if left is None:
        return Sentence("How long this lasts is not known: no whole day was seen yet.")
    if left["low"] == left["high"]:
        return Sentence(
            "At this use the stock is expected to be spent in {middle} days.", middle=Figure(left["middle"])
        )
    return Sentence(
        "At this use the stock is expected to be spent in {middle} days (between {low} and {high} days).",
        middle=Figure(left["middle"]),
        low=Figure(left["low"]),
        high=Figure(left["high"]),
    )


def _asked(request: Requested) -> Sentence:
    """Return the point with the figure that was computed, the one that is asked for, and why they differ."""
    computed, why = request["facts"]["ask"], request.get("difference")
    asked = Count(request["asked"])
    of_type = Code(Vocabulary.STOCK_TYPE, request["stock_type"])
    if computed is None:
        return Sentence(
            "The need could not be computed; we ask for {asked} KTP-el blanks of type {type}.",
            asked=asked,
            type=of_type,
        )
    if why is None:
        return Sentence(
            "The computed need is {computed} pieces; we ask for {asked} KTP-el blanks of type {type}.",
            computed=Figure(computed),
            asked=asked,
            type=of_type,
        )
    return Sentence(
        "The computed need is {computed} pieces; we ask for {asked} KTP-el blanks of type {type}, because {why}.",
        computed=Figure(computed),
        asked=asked,
        type=of_type,
        why=why.rstrip("."),
    )


def _year(request: Requested) -> list[Sentence]:
    year = request.get("year")
    if not year:
        return []
    return [
        Sentence(
            "From {first} on: {received} pieces received, {good} printed good, {spoiled} spoiled, {closing} left (the "
            "whole account is enclosed).",
            first=Day(str(year["first"])),
            received=Figure(int(year["received"])),
            good=Figure(int(year["used_good"])),
            spoiled=Figure(int(year["spoiled"])),
            closing=Figure(int(year["closing"])),
        )
    ]


def _collector(who: Collector | None) -> Sentence:
    if who is None:
        return Sentence("Who collects them will be named by a letter of its own.")
    return Sentence("Appointed to collect them: {collector}.", collector=named(who))


def named(who: Collector) -> Sentence:
    """Return who fetches blanks, with what is known of them, on one line."""
    told = [who["name"]]
    if "nip" in who:
        told.append(f"NIP {nip(who['nip'])}")
    told += [who[key] for key in ("rank", "position") if key in who]
    if "assignment" not in who:
        return Sentence("{person}", person=", ".join(told))
    return Sentence(
        "{person}, assignment letter {number} of {day}",
        person=", ".join(told),
        number=who["assignment"]["number"],
        day=Day(who["assignment"]["day"]),
    )


def _tables(request: Requested) -> list[Table]:
    facts = request["facts"]
    recent = [(str(day), int(count)) for day, count in facts["recent"]]
    weeks = [recent[start : start + 7] for start in range(0, len(recent), 7)]
    rows: list[Mapping[str, Value]] = [
        {"first": days[0][0], "last": days[-1][0], "used": sum(count for _, count in days)} for days in weeks
    ]
    used = Table(
        "Use of the last weeks",
        [Column("first", "First day", "day", 2), Column("last", "Last day", "day", 2), Column("used", "Used", "int")],
        rows,
        {"first": Sentence("Total"), "used": sum(count for _, count in recent)} if rows else None,
    )
    year = request.get("year")
    if not year:
        return [used]
    title: Label = Sentence("Account of the year from {first} on (pieces)", first=Day(str(year["first"])))
    account: list[Mapping[str, Value]] = [
        {"item": Sentence(words), "key": key, "pieces": int(year[key])} for key, words in _YEAR
    ]
    return [Table(title, [Column("item", "Item", "text", 3), Column("pieces", "Pieces", "int")], account), used]


def _chart(facts: RequestFacts) -> Chart:
    return Chart(
        "Blanks used a day",
        [f"{str(day)[8:]}/{str(day)[5:7]}" for day, _ in facts["recent"]],
        [Line("Used", [float(count) for _, count in facts["recent"]], "bars")],
    )
