"""Acts on spoilage: the control chart, and the age of what waits to be found, received or destroyed."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Literal, TypedDict

from printd.custody import ages, control_chart
from printd.desk.counting import not_counting
from printd.desk.desk import Desk
from printd.desk.periods import utc_bounds
from printd.store import deliveries, spoils
from printd.store.rows import Connection
from printd.store.spoils import TriedBlank
from printd.store.tables.spoils import SpoilRow
from printd.words.moments import office_day, parse

By = Literal["printer", "cause", "operator", "carton", "day"]


class Point(TypedDict):
    """One group on the chart; rates and limits in basis points; ``alarm`` is empty where there is none."""

    group: str
    tried: int
    spoiled: int
    rate: int
    lower: int
    upper: int
    alarm: control_chart.Alarm


class Chart(TypedDict):
    """The p-chart of a period; the ``rate`` of all in basis points."""

    by: By
    first: str
    last: str
    tried: int
    spoiled: int
    rate: int
    points: list[Point]


def chart(desk: Desk, first: date, last: date, by: By = "printer") -> Chart:
    """Return the p-chart of a period, office days, both included.

    By cause, every cause is held against all blanks tried; the other ways, each group against its own.
    """
    not_counting(desk)
    low, high = utc_bounds(desk.shop.zone, first, last)
    with desk.shop.store.reading() as connection:
        spoiled = spoils.spoiled_between(connection, low, high)
        tried = spoils.tried_between(connection, low, high)
        bad, all_ = Counter(_group(desk, connection, row, by) for row in spoiled), _tried(desk, connection, tried, by)
    if by == "cause":
        all_ = Counter(dict.fromkeys(bad, len(tried)))
    else:  # a blank that was spoiled before any attempt was tried too
        early = Counter(_group(desk, connection, row, by) for row in spoiled if row["attempt_id"] is None)
        all_ += early
    found = control_chart.chart((group, all_[group], bad[group]) for group in sorted(all_))
    return {
        "by": by,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "tried": found.tried,
        "spoiled": found.spoiled,
        "rate": found.rate,
        "points": [_point(one) for one in found.points],
    }


def _point(one: control_chart.Point) -> Point:
    return {
        "group": one.group,
        "tried": one.tried,
        "spoiled": one.spoiled,
        "rate": one.rate,
        "lower": one.lower,
        "upper": one.upper,
        "alarm": one.alarm,
    }


def _tried(desk: Desk, connection: Connection, rows: list[TriedBlank], by: By) -> Counter[str]:
    return Counter() if by == "cause" else Counter(_group(desk, connection, row, by) for row in rows)


def _group(desk: Desk, connection: Connection, row: SpoilRow | TriedBlank, by: By) -> str:
    if by == "day":
        return office_day(parse(row["at"]), desk.shop.zone).isoformat()
    if by == "carton" and "carton" not in row:
        return deliveries.carton_of(connection, row["serial"]) or "-"
    return str(row.get(by) or "-")


def ages_(desk: Desk) -> list[ages.Waiting]:
    """Return everything in spoiled, skipped, missing, invalid, transit and transfer with its age in days.

    Not while a shift is counted.
    """
    not_counting(desk)
    now = desk.shop.books.clock()
    with desk.shop.store.reading() as connection:
        return ages.ages(connection, now, desk.shop.config.stock.late_days)
