"""Acts on sites: other offices, sub-districts and mobile units that hold our blanks, and what they report."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from printd.desk.desk import Desk, Person, known, plain, supervisor, two_people
from printd.projections.spoilage import check_cause
from printd.projections.transfers import check_site
from printd.store import blanks, sites
from printd.words import places
from printd.words.serials import join, parse_range, to_json

Percent = Annotated[int, Field(ge=0, le=100)]


def set_(
    desk: Desk,
    site: str,
    kind: Literal["office", "subdistrict", "mobile"],
    title: str,
    by: Person,
    area: str = "",
    key: str = "",
) -> dict[str, Any]:
    """Book a site, or change one; a supervisor does.

    :param area: code of the sub-district, for example 53.71.01.
    :param key: verifier key with which the site signs acknowledgements.
    """
    name = supervisor(desk, by)
    data = {"site": site, "kind": kind, "title": plain(title, "title", 100), "area": area[:16], "key": key}
    desk.shop.books.enter("site.set", data, [name])
    return data


def list_(desk: Desk) -> list[dict[str, Any]]:
    """Return all sites with the blanks they hold, by stock type."""
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
    by: str,
    day: date | None = None,
    stock_type: Literal["WNI", "OA"] = "WNI",
    ribbon: Percent | None = None,
    film: Percent | None = None,
) -> dict[str, Any]:
    """Book what a site says it holds, beside what the books say.

    :param ribbon: per cent left, and ``film`` likewise.
    """
    operator = known(desk, by)
    with desk.shop.books.booking() as booking:
        check_site(booking.connection, site)
        held = blanks.held(booking.connection)
        here = (places.site(site), stock_type)
        book = sum(row["pieces"] for row in held if (row["place"], row["stock_type"]) == here)
        data: dict[str, Any] = {
            "site": site,
            "day": (day or desk.shop.today()).isoformat(),
            "stock_type": stock_type,
            "pieces": pieces,
            "book": book,
        }
        data |= {key: value for key, value in (("ribbon", ribbon), ("film", film)) if value is not None}
        booking.enter("site.reported", data, [operator])
    return {**data, "difference": pieces - book}


def used(desk: Desk, site: str, serials: list[list[str]], document: str, by: Person, second: Person) -> dict[str, Any]:
    """Book blanks that a site printed and handed out, by its paper; signed by two people."""
    return _book(
        desk, site, serials, places.HOLDER, "site_used", {"document": plain(document, "document", 100)}, by, second
    )


def spoiled(desk: Desk, site: str, serials: list[list[str]], cause: str, by: Person, second: Person) -> dict[str, Any]:
    """Book blanks that a site spoiled and brought back; signed by two people."""
    check_cause(cause)
    return _book(desk, site, serials, places.SPOILED, "site_spoiled", {"cause": cause, "step": "print"}, by, second)


def _book(
    desk: Desk,
    site: str,
    serials: list[list[str]],
    target: str,
    why: str,
    more: dict[str, str],
    by: Person,
    second: Person,
) -> dict[str, Any]:
    signed = two_people(desk, by, second)
    ranges = to_json(join(parse_range(pair[0], pair[-1]) for pair in serials))
    data = {"serials": ranges, "from": places.site(site), "to": target, "why": why, **more}
    with desk.shop.books.booking() as booking:
        check_site(booking.connection, site)
        entry = booking.enter("blanks.moved", data, signed)
    return {**data, "entry": entry.seq}
