"""Acts on sites: other offices, sub-districts and mobile units that hold our blanks, and what they report."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

from printd.desk.counting import not_counting
from printd.desk.desk import Desk, plain, proved, supervisor, two_people
from printd.desk.proofs import Person
from printd.events.blanks import BlanksMoved
from printd.events.transfers import SiteReported, SiteSet
from printd.projections.spoilage import check_cause
from printd.projections.transfers import check_site
from printd.store import blanks, sites
from printd.store.tables.sites import SiteRow
from printd.words import places
from printd.words.serials import SerialRange, join, parse_range, to_json

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


class Used(_Moved):
    """Blanks that a site printed and handed out, by its paper."""

    why: Literal["site_used"]
    document: str
    entry: int


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


def used(desk: Desk, site: str, serials: list[list[str]], document: str, by: Person, second: Person) -> Used:
    """Book blanks that a site printed and handed out, by its paper; signed by two people."""
    number = plain(document, "document", 100)
    signed = two_people(desk, by, second)
    ranges, source = _named(serials), places.site(site)
    moved = BlanksMoved(serials=ranges, from_=source, to=places.HOLDER, why="site_used", document=number)
    return {
        "serials": to_json(ranges),
        "from": source,
        "to": places.HOLDER,
        "why": "site_used",
        "document": number,
        "entry": _book(desk, site, moved, signed),
    }


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
