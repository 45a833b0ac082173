"""Acts on stock counts outside shifts (R12, *stock opname*): two blind sheets, and a record of every difference."""

from __future__ import annotations

import json
from typing import Any

from printd.custody.serials import SerialRange, join, pieces
from printd.desk.closing import Count
from printd.desk.desk import Desk, Person, plain, proved, two_people
from printd.errors import Refused
from printd.reports import acts
from printd.reports.stock_count import stock_count
from printd.store import blanks, deliveries, log, shifts
from printd.store.rows import Connection


def count(desk: Desk, found: dict[str, Count], by: Person) -> dict[str, Any]:
    """Book what one person counted in any places, alone. Sheets of one day belong to one count."""
    operator = proved(desk, by)
    name = desk.shop.today().isoformat()
    sheet = {place: one.to_json() for place, one in sorted(found.items())}
    desk.shop.books.enter("stock.counted", {"count": name, "places": sheet}, [operator])
    return {"count": name, "counted_by": operator, "places": sorted(sheet)}


def close(desk: Desk, by: Person, second: Person, witness_agency: str = "", reason: str = "") -> dict[str, Any]:
    """Close the day's stock count with an act that shows every difference; signed by the two who counted.

    :param witness_agency: whose official looked on, for example ``Inspektorat``.
    :param reason: why figures differ.
    """
    signed = two_people(desk, by, second)
    name = desk.shop.today().isoformat()
    with desk.shop.books.booking() as booking:
        sheets = deliveries.last_sheets(booking.connection, f"stock:{name}")
        moved = shifts.last_movement(booking.connection)
        for person in signed:
            if person not in sheets or sheets[person]["seq"] < moved:
                raise Refused(
                    f"{person} has not counted since blanks last moved.",
                    consequence="Nothing was closed.",
                    remedy=f"{person} counts alone: printd blanks count",
                )
        first, second_sheet = (json.loads(sheets[person]["sheet"]) for person in signed)
        if set(first) != set(second_sheet):
            raise Refused("The two counted different places.", consequence="Nothing was closed.")
        items = [_item(booking.connection, place, first[place], second_sheet[place]) for place in sorted(first)]
        if any(item["difference"] for item in items) and not reason:
            raise Refused(
                "What was counted is not what the books hold, or the two counts differ.",
                why="; ".join(
                    f"{one['place']}: counted {one['count_1']} and {one['count_2']}, in the books {one['book']}"
                    for one in items
                    if one["difference"]
                )
                + ".",
                consequence="Nothing was closed.",
                remedy="Count again; if it stays so, close with --reason. A missing piece is booked by its serial.",
            )
        end = log.frontier(booking.connection)
        act = {
            "count": name,
            "items": items,
            "witness": plain(witness_agency, "agency", 60) if witness_agency else "",
            "reason": plain(reason, "reason") if reason else "",
            "counters": list(signed),
            "log_size": end.size,
            "log_root": end.root().hex(),
        }
        booking.enter("stock.closed", {"count": name, "act": act}, signed)
    return {**act, "files": acts.keep(desk.shop, stock_count(act))}


def _item(connection: Connection, place: str, one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    held = join(SerialRange(*row[:4]) for row in blanks.in_place(connection, place))
    values = {row["unit_value"] for row in blanks.deliveries(connection) if row["unit_value"] is not None}
    book = pieces(held)
    agreed = one["pieces"] if one == other else None
    return {
        "place": place,
        "book": book,
        "count_1": one["pieces"],
        "count_2": other["pieces"],
        "difference": (agreed - book) if agreed is not None else max(one["pieces"], other["pieces"]) - book or 1,
        "value": book * values.pop() if len(values) == 1 else None,
    }
