"""Acts on the forecast: how long blanks last, and the letter that asks for more (R11)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, NotRequired, TypedDict, cast

from pydantic import Field

from printd.custody import flows, levels
from printd.custody.levels import Level
from printd.desk import owed
from printd.desk.counting import not_counting
from printd.desk.desk import Desk, plain, proved
from printd.desk.officials import Official, OfficialTold
from printd.desk.paper_making import Act
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.supplies import RequestMade
from printd.remedies import ASKED, SAME, Do
from printd.reports.document import Document
from printd.reports.office import office_of
from printd.reports.request import letter
from printd.store import blanks, figures, requests, usage
from printd.store.requests import OpenRequest
from printd.store.rows import Connection
from printd.words.moments import local, midnight, moment

if TYPE_CHECKING:
    from printd.custody.forecast import Forecast, Past

HISTORY_DAYS = 180
"""Days before today that tell what is to come."""

_RECENT = 28
_LATEST = "9"  # after every moment: what a clock that went back wrote ahead happened all the same


class DaysLeft(TypedDict):
    """Calendar days until the stock is spent: median, and what it stays above and below nine times in ten."""

    middle: int
    low: int
    high: int


class SoFar(TypedDict):
    """Blanks used and cards wished for on a day that is not over."""

    used: int
    wished: int


class _OfType(TypedDict):
    stock_type: str


class Figures(TypedDict):
    """How one stock type stands, and how long it lasts; ``None`` is unknown; days as the office writes them."""

    stock: int
    level: Level
    floor: int
    queue: int
    coming: int
    used_per_day: int | None
    wished_per_day: int | None
    days_left: DaysLeft | None
    ask_on: str | None
    ask: int | None
    surging: list[str]
    since: str | None
    open_days: int
    history_days: int
    today: SoFar


class StockTold(_OfType, Figures):
    """A stock type, its figures, and the request that is open."""

    open: OpenRequest | None


class RequestFacts(Figures):
    """The figures behind a request; ``recent``: of each of the last days the day and the blanks used."""

    prr: int
    sfe: int | None
    suket: int
    average_use: int | None
    printers: int
    recent: list[list[str | int]]
    reason: NotRequired[str]
    beside: NotRequired[str]


class YearSoFar(TypedDict):
    """What came and went of one stock type since the year began (:mod:`printd.custody.flows`)."""

    first: str
    opening: int
    received: int
    loaned_in: int
    recovered: int
    used_good: int
    spoiled: int
    loaned_out: int
    returned: int
    skipped: int
    missing: int
    closing: int


class Requested(_OfType):
    """A request that was booked, and the paths of its letter; ``None``: it is owed.

    :ivar beside: the request that was open already.
    """

    request: str
    asked: int
    facts: RequestFacts
    difference: str | None
    collector: OfficialTold | None
    year: YearSoFar
    at: str
    by: str
    day: str
    act: dict[str, str] | None
    beside: OpenRequest | None


def show(desk: Desk) -> list[StockTold]:
    """Return for each stock type how it stands and how long it lasts; not while a shift is counted.

    What is on the way is told as deliveries, never in pieces: they will be counted blind.
    """
    not_counting(desk)
    with desk.shop.store.reading() as connection:
        return [
            {
                "stock_type": one.stock_type,
                **_figures(one),
                "open": requests.open_request(connection, one.stock_type),
            }
            for one in _stocks(desk, connection).values()
        ]


def request(
    desk: Desk,
    stock_type: str,
    by: Person,
    pieces: Annotated[int, Field(ge=1, le=1_000_000)] | None = None,
    sfe: Annotated[int, Field(ge=0)] | None = None,
    suket: Annotated[int, Field(ge=0)] | None = None,
    reason: str = "",
    difference: str = "",
    collector: Official | None = None,
) -> Requested:
    """Ask the province for blanks: the request is booked with the figures behind it, and its letter is kept.

    :param pieces: how many; as many as the forecast says where nobody names a number.
    :param sfe: records sent for enrolment that have not come back, as the ministry's application shows them.
    :param suket: people who wait with a temporary certificate; from the register where it is left out.
    :param reason: why more is asked for before the stock is used up, or beside a request that nothing answered yet.
    :param difference: why another number is asked for than the forecast computes.
    :param collector: who will fetch them, where that is known.
    """
    operator = proved(desk, by)
    not_counting(desk)
    why = plain(reason, "reason") if reason else ""
    differs = plain(difference, "difference") if difference else None
    with desk.shop.store.reading() as connection:
        now = _stocks(desk, connection).get(stock_type)
        outstanding = usage.sukets_outstanding(connection) if suket is None else suket
        printers = usage.working_printers(connection)
        already = requests.open_request(connection, stock_type)
        year = _year_so_far(desk, connection, stock_type)
    if now is None:
        raise Refused(
            f"Blanks of type {stock_type[:20]!r} were never delivered nor needed here.",
            consequence="Nothing was asked for.",
            remedy=("See what there is with: ", Do("forecast.show")),
        )
    if now.stock > now.floor and not why:
        raise Refused(
            f"There are {now.stock} blanks of type {stock_type}; more is asked for at {now.floor} or fewer.",
            why="The province gives to an office that has used up what it had (stock.ask_below).",
            consequence="Nothing was asked for.",
            remedy=("Use it up, then ask again; or say why it cannot wait: ", Do(SAME, reason=ASKED)),
        )
    earlier = None if already is None or already["deliveries"] else already  # nothing answered it yet
    if earlier is not None and not why:
        raise Refused(
            f"{earlier['request']} of {moment(earlier['at'], desk.shop.zone)} asks for {earlier['asked']} blanks of "
            f"type {stock_type} already, and no delivery was announced since.",
            why="Whoever reads two letters takes them for two needs.",
            consequence="Nothing was asked for.",
            remedy=(
                "To remind the province, send the same letter again: ",
                Do("papers.again", kind="request", name=earlier["request"]),
                " writes it. To ask for more beside it, say why: ",
                Do(SAME, reason=ASKED),
            ),
        )
    asked = now.ask if pieces is None else pieces
    if not asked:
        raise Refused(
            "How many to ask for is not known." if asked is None else "No more is needed.",
            why=_why_not(now),
            consequence="Nothing was asked for.",
            remedy=("Name the number: ", Do(SAME, pieces=ASKED)),
        )
    _check_difference(now, asked, differs)
    facts = _facts(now, sfe, outstanding, printers)
    if why:
        facts["reason"] = why
    if earlier is not None:
        facts["beside"] = earlier["request"]
    who = None if collector is None else cast(OfficialTold, collector.told().data())
    with desk.booking() as booking:
        name = f"request-{booking.next_number()}"
        told: dict[str, Any] = {"request": name, "stock_type": stock_type, "asked": asked, "facts": facts, "year": year}
        told |= {"addressee": desk.shop.config.papers.addressee, "through": desk.shop.config.papers.through}
        if differs is not None:
            told["difference"] = differs
        if who is not None:
            told["collector"] = who
        entry = booking.enter(RequestMade.read(told), [operator])
    return {
        "request": name,
        "stock_type": stock_type,
        "asked": asked,
        "facts": facts,
        "difference": differs,
        "collector": who,
        "year": year,
        "at": entry.at,
        "by": operator,
        "day": desk.shop.today().isoformat(),
        "act": owed.paper(desk, Act("request", name, entry.seq), [operator], lambda: paper(desk, name)),
        "beside": already,
    }


def paper(desk: Desk, request: str) -> Document:
    """Return the letter of a request that was made: to have a lost one anew, or to remind by it.

    :raises Refused: there is none of that name.
    """
    with desk.shop.store.reading() as connection:
        row = requests.find_request(connection, request)
    if row is None:
        raise Refused(
            f"There is no request {request[:40]}.",
            remedy=("See all with: ", Do("reports.report", name="r11", first=ASKED, last=ASKED)),
        )
    made = {
        "request": row["id"],
        "facts": json.loads(row["facts"]),
        "collector": None if row["collector"] is None else json.loads(row["collector"]),
        "year": None if row["year"] is None else json.loads(row["year"]),
        "addressee": json.loads(row["addressee"]),
        "through": json.loads(row["through"]),
        "day": f"{local(row['at'], desk.shop.zone):%Y-%m-%d}",
    }
    return letter({**row, **made}, office_of(desk.shop), desk.shop.config.papers.copies_to)


def _check_difference(now: _Stock, asked: int, why: str | None) -> None:
    """Make sure that a request says why it asks for another number than was computed, where one was.

    :raises Refused: it does not, or gives a reason for a difference that there is not.
    """
    if now.ask is not None and asked != now.ask and why is None:
        raise Refused(
            f"The forecast computes {now.ask} blanks of type {now.stock_type}, and {asked} are asked for.",
            why="Whoever grants them reads both figures.",
            consequence="Nothing was asked for.",
            remedy=("Say why they differ: ", Do(SAME, difference=ASKED)),
        )
    if asked == now.ask and why is not None:
        raise Refused(
            f"{asked} blanks of type {now.stock_type} are asked for, as the forecast computes.",
            consequence="Nothing was asked for.",
            remedy="Leave out why they differ.",
        )


def _year_so_far(desk: Desk, connection: Connection, stock_type: str) -> YearSoFar:
    """Return the account of one stock type since the office's year began."""
    first = desk.shop.today().replace(month=1, day=1)
    began = midnight(first, desk.shop.zone)
    opening = flows.standing(figures.flows_before(connection, began)).get(stock_type, 0)
    none = dict.fromkeys((*flows.COMING, *flows.GOING), 0)
    moved = flows.net(figures.flows_between(connection, began, _LATEST)).get(stock_type, none)
    return {
        "first": first.isoformat(),
        "opening": opening,
        "received": moved["received"],
        "loaned_in": moved["loaned_in"],
        "recovered": moved["recovered"],
        "used_good": moved["used_good"],
        "spoiled": moved["spoiled"],
        "loaned_out": moved["loaned_out"],
        "returned": moved["returned"],
        "skipped": moved["skipped"],
        "missing": moved["missing"],
        "closing": flows.on_hand(blanks.held(connection)).get(stock_type, 0),
    }


@dataclass(frozen=True)
class Today:
    """What happened so far on a day that is not over: blanks used, and cards wished for."""

    used: int
    wished: int


class _Stock:
    """How one stock type stands, and what is to come."""

    def __init__(
        self, desk: Desk, stock_type: str, past: Past, today: Today, pieces: int, queue: int, coming: int, bad: int
    ) -> None:
        from printd.custody.forecast import Now, forecast  # noqa: PLC0415 - what reckons loads slowly

        plan = desk.shop.config.stock
        spent = sum(past.used)
        waste = round(10_000 * bad / (spent - bad)) if spent > bad else 0
        self.stock_type, self.stock, self.queue, self.coming = stock_type, pieces, queue, coming
        self.floor = plan.ask_below
        self.forecast: Forecast = forecast(
            past, Now(pieces, queue, waste=waste), lead_days=plan.lead_days, cover_days=plan.cover_days
        )
        self.today = today
        end = past.first + timedelta(days=len(past.used))
        lived = 0 if self.forecast.since is None else min((end - self.forecast.since).days, _RECENT)
        self.recent: list[list[str | int]] = [
            [(end - timedelta(days=ago)).isoformat(), past.used[-ago]] for ago in range(lived, 0, -1)
        ]

    @property
    def ask(self) -> int | None:
        """Pieces to ask for; unknown while something of this type is on the way that nobody has counted."""
        return None if self.coming else self.forecast.ask


def _why_not(now: _Stock) -> str:
    if now.coming:
        return "A delivery is on the way, and nobody knows what it holds before it is counted."
    from printd.custody.forecast import LOT  # noqa: PLC0415 - what reckons loads slowly

    if now.forecast.ask is None:
        days = f"Less than 1 working day is known of the last {HISTORY_DAYS} days"
        return f"{days}; today, which is not over, is none: {now.today.used} used."
    return f"Stock covers what is expected, to the next {LOT}."


def _facts(one: _Stock, sfe: int | None, suket: int, printers: int) -> RequestFacts:
    known = _figures(one)
    return {
        "stock": known["stock"],
        "level": known["level"],
        "floor": known["floor"],
        "queue": known["queue"],
        "coming": known["coming"],
        "used_per_day": known["used_per_day"],
        "wished_per_day": known["wished_per_day"],
        "days_left": known["days_left"],
        "ask_on": known["ask_on"],
        "ask": known["ask"],
        "surging": known["surging"],
        "since": known["since"],
        "open_days": known["open_days"],
        "history_days": known["history_days"],
        "today": known["today"],
        "prr": known["queue"],
        "sfe": sfe,
        "suket": suket,
        "average_use": known["used_per_day"],
        "printers": printers,
        "recent": one.recent,
    }


def _figures(one: _Stock) -> Figures:
    """Return a stock as plain data; dates as the office writes them in files."""
    told, left = one.forecast, one.forecast.left
    return {
        "stock": one.stock,
        "level": levels.of_stock(one.stock, one.floor),
        "floor": one.floor,
        "queue": one.queue,
        "coming": one.coming,
        "used_per_day": told.used_per_day,
        "wished_per_day": told.wished_per_day,
        "days_left": None if left is None else {"middle": left.middle, "low": left.low, "high": left.high},
        "ask_on": None if told.ask_on is None else told.ask_on.isoformat(),
        "ask": one.ask,
        "surging": list(told.surging),
        "since": None if told.since is None else told.since.isoformat(),
        "open_days": told.open_days,
        "history_days": HISTORY_DAYS,
        "today": {"used": one.today.used, "wished": one.today.wished},
    }


def _stocks(desk: Desk, connection: Connection) -> Mapping[str, _Stock]:
    """Return all stock types; today's own use and wishes stand by themselves, for today is not over."""
    from printd.custody.forecast import Past  # noqa: PLC0415 - what reckons loads slowly

    today = desk.shop.today()
    first = today - timedelta(days=HISTORY_DAYS)
    bounds = [midnight(first + timedelta(days=day), desk.shop.zone) for day in range(HISTORY_DAYS + 2)]
    wished, spent = usage.wished(connection, bounds), usage.spent(connection, bounds)
    stock, queue, coming = blanks.unprinted(connection), usage.waiting(connection), usage.coming(connection)
    found: dict[str, _Stock] = {}
    for stock_type in usage.stock_types(connection):
        used = [row for row in spent if row["stock_type"] == stock_type]
        came = [row for row in wished if row["stock_type"] == stock_type]
        reasons = sorted({row["reason"] for row in came}) or ["-"]
        past = Past(
            first,
            _series((row["day"], row["blanks"]) for row in used)[:HISTORY_DAYS],
            {
                reason: _series((row["day"], row["cards"]) for row in came if row["reason"] == reason)[:HISTORY_DAYS]
                for reason in reasons
            },
        )
        found[stock_type] = _Stock(
            desk,
            stock_type,
            past,
            Today(
                sum(_series((row["day"], row["blanks"]) for row in used)[HISTORY_DAYS:]),
                sum(_series((row["day"], row["cards"]) for row in came)[HISTORY_DAYS:]),
            ),
            stock.get(stock_type, 0),
            queue.get(stock_type, 0),
            coming.get(stock_type, 0),
            sum(row["bad"] for row in used if row["day"] < HISTORY_DAYS),
        )
    return found


def _series(found: Iterable[tuple[int, int]]) -> list[int]:
    counts = [0] * (HISTORY_DAYS + 1)
    for day, amount in found:
        counts[day] += amount
    return counts
