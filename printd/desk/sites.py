"""Acts on sites: other offices, sub-districts and mobile units that hold our blanks, and what they report."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

from printd.books.booking import Booking
from printd.desk import sealing
from printd.desk.counting import not_counting
from printd.desk.desk import Desk, File, plain, proved, sent, supervisor, two_people
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.blanks import BlanksMoved
from printd.events.deliveries import Discrepancy
from printd.events.jobs import JobHeld
from printd.events.transfers import SiteDiffered, SitePrinted, SiteReported, SiteSet
from printd.intake import site_report
from printd.intake.site_report import SiteCard
from printd.projections.spoilage import check_cause
from printd.projections.transfers import check_site
from printd.store import blanks, discrepancies, jobs, sites
from printd.store.rows import Connection
from printd.store.tables.sites import SiteRow
from printd.words import places
from printd.words.reasons import HeldBecause
from printd.words.serials import SerialRange, from_json, join, minus, parse_range, parse_serial, to_json
from printd.words.serials import pieces as pieces_of
from printd.words.states import DisputeState, JobState
from printd.words.subjects import Subject

Percent = Annotated[int, Field(ge=0, le=100)]
Kind = Literal["office", "subdistrict", "mobile"]


class SiteBooked(TypedDict):
    """A site as it was booked."""

    site: str
    kind: Kind
    title: str
    area: str
    key: str


class SiteTold(SiteRow):
    """One site, and how many blanks of each stock type it holds."""

    holds: dict[str, int]


class Report(TypedDict):
    """What a site says that it holds, beside the books; ``difference`` is how many more it says."""

    site: str
    day: str
    stock_type: Literal["WNI", "OA"]
    pieces: int
    book: int
    ribbon: NotRequired[int]
    film: NotRequired[int]
    difference: int


_Moved = TypedDict("_Moved", {"serials": list[list[str]], "from": str, "to": str})


class Used(TypedDict):
    """What a site used, by its report.

    :ivar cards: how many it names, and ``serials`` on which blanks; they are their holders' now.
    :ivar unnamed: blanks of which it names no card; they stay in its stock.
    :ivar discrepancy: the difference that is open because of them; ``None``: none is.
    :ivar held: jobs of this shop that wait for people who have a card of the site now; none of them prints.
    """

    site: str
    document: str
    cards: int
    serials: list[list[str]]
    unnamed: list[list[str]]
    discrepancy: str | None
    held: list[str]


class Spoiled(_Moved):
    """Blanks that a site spoiled and brought back."""

    why: Literal["site_spoiled"]
    cause: str
    step: Literal["print"]
    entry: int


def set_(
    desk: Desk,
    site: str,
    kind: Kind,
    title: str,
    by: Person,
    area: str = "",
    key: str = "",
) -> SiteBooked:
    """Book a site, or change one; a supervisor does.

    :param area: code of the sub-district, for example 53.71.01.
    :param key: verifier key with which the site signs acknowledgements.
    """
    name = supervisor(desk, by)
    booked = SiteSet(site=site, kind_=kind, title=plain(title, "title", 100), area=area[:16], key=key)
    desk.enter(booked, [name])
    return {"site": site, "kind": kind, "title": booked.title, "area": booked.area, "key": key}


def list_(desk: Desk) -> list[SiteTold]:
    """Return all sites with the blanks they hold, by stock type; not while something is counted."""
    not_counting(desk)
    with desk.shop.store.reading() as connection:
        held = blanks.held(connection)
        found = sites.sites(connection)
    return [
        {**row, "holds": {one["stock_type"]: one["pieces"] for one in held if one["place"] == places.site(row["name"])}}
        for row in found
    ]


def report(
    desk: Desk,
    site: str,
    pieces: Annotated[int, Field(ge=0)],
    by: Person,
    day: date | None = None,
    stock_type: Literal["WNI", "OA"] = "WNI",
    ribbon: Percent | None = None,
    film: Percent | None = None,
) -> Report:
    """Book what a site says it holds, beside what the books say.

    :param ribbon: per cent left, and ``film`` likewise.
    """
    operator = proved(desk, by)
    with desk.booking() as booking:
        check_site(booking.connection, site)
        held = blanks.held(booking.connection)
        here = (places.site(site), stock_type)
        book = sum(row["pieces"] for row in held if (row["place"], row["stock_type"]) == here)
        reported = SiteReported(
            site=site,
            day=(day or desk.shop.today()).isoformat(),
            stock_type=stock_type,
            pieces=pieces,
            book=book,
            ribbon=ribbon,
            film=film,
        )
        booking.enter(reported, [operator])
    told: Report = {
        "site": site,
        "day": reported.day,
        "stock_type": stock_type,
        "pieces": pieces,
        "book": book,
        "difference": pieces - book,
    }
    if ribbon is not None:
        told["ribbon"] = ribbon
    if film is not None:
        told["film"] = film
    return told


def used(desk: Desk, site: str, document: str, name: str, content: File, by: Person, second: Person) -> Used:
    """Book which cards a site printed and gave out, by its report; signed by two people.

    What of them the report does not name stays in the site's stock as an open difference. A job that waits here for a
    person who has a card of the site now is held: nobody gets two.

    :param document: number of the report.
    :param name: file name, whose ending says JSON or CSV.
    :param content: the file's bytes, base64; NIK and name are sealed, the log has a pseudonym.
    """
    number = plain(document, "document", 100)
    signed = two_people(desk, by, second)
    told = site_report.read(sent(content), name=name)
    today = desk.shop.today()
    if any(one.handed_over_on > today for one in told.cards):
        raise Refused("The report gives a card out on a day to come.", consequence="Nothing was booked.")
    with desk.booking() as booking:
        check_site(booking.connection, site)
        held = [job for one in told.cards for job in _print(desk, booking, site, number, one, signed)]
        unnamed = _new(booking.connection, site, told.unnamed)
        opened = _differ(booking, site, number, unnamed, signed) if unnamed else None
    named = join(parse_serial(one.serial) for one in told.cards)
    return {
        "site": site,
        "document": number,
        "cards": len(told.cards),
        "serials": to_json(named),
        "unnamed": to_json(told.unnamed),
        "discrepancy": opened,
        "held": held,
    }


def _print(
    desk: Desk, booking: Booking, site: str, document: str, one: SiteCard, signed: tuple[str, str]
) -> Iterator[str]:
    """Enter one card that a site printed, and hold the job that waits for its holder; yield that."""
    card = str(uuid.uuid4())
    whose: sealing.OfHolder = {"nik": one.nik, "name": one.name}
    holder, digest = sealing.keep_holder(desk, booking, f"site_card:{card}", whose)
    printed = SitePrinted.model_validate(
        {
            "card": card,
            "site": site,
            "document": document,
            "serial": one.serial,
            "job": one.job,
            "holder": holder,
            "nik_area": f"{one.nik[:2]}.{one.nik[2:4]}",
            "reason": one.reason,
            "printer": one.printer,
            "operator": one.operator,
            "checker": one.checker,
            "printed_on": one.printed_on.isoformat(),
            "handed_over_on": one.handed_over_on.isoformat(),
            "receiver": one.receiver,
            "old_card": one.old_card,
            "sealed": digest,
        }
    )
    booking.enter(printed, signed)
    waits = jobs.live_job_of(booking.connection, holder)
    if waits is not None and waits["state"] == JobState.QUEUED:
        message = f"A card of this person was printed at {site}. Look the record up, then release or cancel the job."
        booking.enter(JobHeld(job=waits["id"], why=HeldBecause.STALE, message=message), [])
        yield waits["id"]


def _new(connection: Connection, site: str, unnamed: Sequence[SerialRange]) -> list[SerialRange]:
    """Return those blanks of which no difference is open already."""
    there = discrepancies.discrepancies(connection, DisputeState.OPEN, Subject.SITE.of(site))
    return minus(unnamed, [part for one in there for part in from_json(json.loads(one["serials"]))])


def _differ(booking: Booking, site: str, document: str, unnamed: Sequence[SerialRange], signed: tuple[str, str]) -> str:
    """Open the difference of blanks that a site cannot name cards for; return its name."""
    number = len(discrepancies.discrepancies(booking.connection, subject=Subject.SITE.of(site))) + 1
    one = Discrepancy(
        id=f"{site}-{number}", kind="unnamed", pieces=pieces_of(unnamed), serials=tuple(unnamed), note=document
    )
    booking.enter(SiteDiffered(site=site, document=document, discrepancies=(one,)), signed)
    return one.id


def spoiled(desk: Desk, site: str, serials: list[list[str]], cause: str, by: Person, second: Person) -> Spoiled:
    """Book blanks that a site spoiled and brought back; signed by two people."""
    check_cause(cause)
    signed = two_people(desk, by, second)
    ranges, source = _named(serials), places.site(site)
    moved = BlanksMoved(serials=ranges, from_=source, to=places.SPOILED, why="site_spoiled", cause=cause, step="print")
    return {
        "serials": to_json(ranges),
        "from": source,
        "to": places.SPOILED,
        "why": "site_spoiled",
        "cause": cause,
        "step": "print",
        "entry": _book(desk, site, moved, signed),
    }


def _named(pairs: list[list[str]]) -> tuple[SerialRange, ...]:
    return tuple(join(parse_range(pair[0], pair[-1]) for pair in pairs))


def _book(desk: Desk, site: str, moved: BlanksMoved, signed: tuple[str, str]) -> int:
    """Enter what became of blanks at a site; return the entry's number."""
    with desk.booking() as booking:
        check_site(booking.connection, site)
        return booking.enter(moved, signed).seq
