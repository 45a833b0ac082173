"""Acts on spoilage: the control chart, and the age of what waits to be found, received or destroyed."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import date
from typing import Any, Literal

from printd.custody import ages, control_chart
from printd.desk.desk import Desk
from printd.desk.periods import utc_bounds
from printd.desk.shifts import not_counting
from printd.store import deliveries, spoils
from printd.store.rows import Connection
from printd.store.spoils import TriedBlank
from printd.store.tables.spoils import SpoilRow
from printd.words.moments import office_day, parse

By = Literal["printer", "cause", "operator", "carton", "day"]


def chart(desk: Desk, first: date, last: date, by: By = "printer") -> dict[str, Any]:
    """Return the p-chart of a period, office days, both included.

    By cause, every cause is held against all blanks tried; the other ways, each group against its own.
    """
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
    return {"by": by, "first": first.isoformat(), "last": last.isoformat(), **asdict(found)}


def _tried(desk: Desk, connection: Connection, rows: list[TriedBlank], by: By) -> Counter[str]:
    return Counter() if by == "cause" else Counter(_group(desk, connection, row, by) for row in rows)


def _group(desk: Desk, connection: Connection, row: SpoilRow | TriedBlank, by: By) -> str:
    if by == "day":
        return office_day(parse(row["at"]), desk.shop.zone).isoformat()
    if by == "carton" and "carton" not in row:
        return deliveries.carton_of(connection, row["serial"]) or "-"
    return str(row.get(by) or "-")


def ages_(desk: Desk) -> list[dict[str, Any]]:
    """Return everything in spoiled, skipped, missing, invalid, transit and transfer with its age in days.

    Not while a shift is counted.
    """
    not_counting(desk)
    now = desk.shop.books.clock()
    with desk.shop.store.reading() as connection:
        return ages.ages(connection, now, desk.shop.config.stock.late_days)
