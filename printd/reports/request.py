"""R11, the letter that asks for blanks (*usulan penambahan blangko*): from the office through the province."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from printd.reports.document import Chart, Column, Document, Fact, Line, Signature, Signatures, Table, Value
from printd.reports.office import Office, acknowledged

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
    wished_per_day: ReadOnly[int | None]
    days_left: ReadOnly[DaysLeft | None]
    prr: ReadOnly[int]
    sfe: ReadOnly[int | None]
    suket: ReadOnly[int]
    average_use: ReadOnly[int | None]
    printers: ReadOnly[int]
    recent: ReadOnly[Sequence[Sequence[str | int]]]
    today: NotRequired[ReadOnly[UsedToday]]
    reason: NotRequired[ReadOnly[str]]
    beside: NotRequired[ReadOnly[str]]


class Requested(TypedDict):
    """What the letter of a request says; ``day`` is the office's."""

    request: ReadOnly[str]
    stock_type: ReadOnly[str]
    asked: ReadOnly[int]
    day: ReadOnly[str]
    by: ReadOnly[str]
    facts: ReadOnly[RequestFacts]


def letter(made: Any, office: Office) -> Document:
    """Return the letter of one request, from its entry alone.

    :param made: data of the entry ``request.made`` with ``at``, ``by`` and the office's ``day``.
    """
    request: Requested = made
    facts = request["facts"]
    left, today = facts["days_left"], facts.get("today")
    middle, low, high = (left["middle"], left["low"], left["high"]) if left else (None, None, None)
    so_far = today["used"] if today else None
    recent = [(str(day), int(count)) for day, count in facts["recent"]]
    weeks = [recent[start : start + 7] for start in range(0, len(recent), 7)]
    rows: list[Mapping[str, Value]] = [
        {"first": days[0][0], "last": days[-1][0], "used": sum(count for _, count in days)} for days in weeks
    ]
    return Document(
        name=request["request"],
        title="Request for more card blanks",
        given=request["request"],
        facts=[
            Fact("date", "Date", request["day"]),
            Fact("to", "To", "Ditjen Dukcapil Kemendagri melalui Dinas Dukcapil Provinsi"),
            Fact("stock_type", "Stock type", request["stock_type"]),
            Fact("asked", "Pieces asked for", request["asked"], "int"),
            Fact("prr", "PRR waiting", facts["prr"], "int"),
            Fact("sfe", "SFE", facts["sfe"], "int"),
            Fact("suket", "Temporary certificates outstanding", facts["suket"], "int"),
            Fact("stock", "Stock", facts["stock"], "int"),
            Fact("floor", "Asked for at or below", facts["floor"], "int"),
            Fact("coming", "Deliveries on the way", facts["coming"], "int"),
            Fact("average_use", "Average use a day", facts["average_use"], "int"),
            Fact("wished", "Wished for a day", facts["wished_per_day"], "int"),
            Fact("printers", "Printers working", facts["printers"], "int"),
            Fact("days_left", "Days left, estimate", middle, "int"),
            Fact("days_low", "Days left, at least", low, "int"),
            Fact("days_high", "Days left, at most", high, "int"),
            Fact(
                "used_today",
                "Used today so far",
                so_far,
                "int",
            ),
            Fact("beside", "Beside the request", facts.get("beside")),
            Fact("reason", "Reason", facts.get("reason")),
        ],
        tables=[
            Table(
                "Use of the last weeks",
                [
                    Column("first", "From", "code", 2),
                    Column("last", "To", "code", 2),
                    Column("used", "Used", "int"),
                ],
                rows,
            )
        ],
        charts=[
            Chart(
                "Blanks used a day",
                [day[5:] for day, _ in recent],
                [Line("Used", [float(count) for _, count in recent], "bars")],
            )
        ],
        signatures=[
            Signatures([Signature("Prepared by", office.person(request["by"])), Signature("Collector")]),
            acknowledged(office),
        ],
        data={"recent": [list(one) for one in recent]},
    )
