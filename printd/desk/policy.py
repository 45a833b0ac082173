"""Acts on the policy: what applies, what it leaves, and who overrode it."""

from __future__ import annotations

from typing import Any

from printd.desk.desk import Desk
from printd.printing.dispatch import read_usage
from printd.printing.policy import spent_areas
from printd.store import policy


def show(desk: Desk) -> dict[str, Any]:
    """Return the policy, today's use of each class, quotas that are used up, and stock against the reserve."""
    applied = desk.shop.config.policy
    with desk.shop.store.reading() as connection:
        usage = read_usage(connection, applied, desk.shop.zone, desk.shop.books.clock)
    return {
        **applied.model_dump(mode="json"),
        "today": {one.name: sum(usage.today[reason] for reason in one.reasons) for one in applied.classes},
        "areas": {area: usage.by_area[area] for area in applied.quotas},
        "areas_used_up": list(spent_areas(applied, usage)),
        "stock": dict(usage.stock),
    }


def overrides(desk: Desk) -> list[dict[str, Any]]:
    """Return every job that two people let go first, and why."""
    with desk.shop.store.reading() as connection:
        return [{**row} for row in policy.overrides(connection)]
