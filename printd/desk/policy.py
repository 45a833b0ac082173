"""Acts on the policy: what applies, what it leaves, and who overrode it."""

from __future__ import annotations

from typing import Literal, TypedDict

from printd.desk.counting import not_counting
from printd.desk.desk import Desk
from printd.printing.dispatch import read_usage
from printd.printing.policy import spent_areas
from printd.store import policy
from printd.store.tables.policy import OverrideRow


class ClassTold(TypedDict):
    """A class of jobs by their reasons; ``daily_cap`` ``None``: no limit."""

    name: str
    reasons: list[str]
    daily_cap: int | None
    below_floor: bool


class PolicyTold(TypedDict):
    """The policy as it is configured, and what was printed under it: ``today`` by class, ``areas`` by sub-district."""

    classes: list[ClassTold]
    oldest_every: int
    reserve_floor: int
    quota_period: Literal["day", "month"]
    quotas: dict[str, int]
    doubts_by_two: bool
    today: dict[str, int]
    areas: dict[str, int]
    areas_used_up: list[str]
    stock: dict[str, int]


def show(desk: Desk) -> PolicyTold:
    """Return the policy, today's use of each class, quotas that are used up, and stock against the reserve.

    Not while something is counted.
    """
    not_counting(desk)
    applied = desk.shop.config.policy
    with desk.shop.store.reading() as connection:
        usage = read_usage(connection, applied, desk.shop.zone, desk.shop.books.clock)
    return {
        "classes": [
            {
                "name": one.name,
                "reasons": one.reasons,
                "daily_cap": one.daily_cap,
                "below_floor": one.below_floor,
            }
            for one in applied.classes
        ],
        "oldest_every": applied.oldest_every,
        "reserve_floor": applied.reserve_floor,
        "quota_period": applied.quota_period,
        "quotas": dict(applied.quotas),
        "doubts_by_two": applied.doubts_by_two,
        "today": {one.name: sum(usage.today[reason] for reason in one.reasons) for one in applied.classes},
        "areas": {area: usage.by_area[area] for area in applied.quotas},
        "areas_used_up": list(spent_areas(applied, usage)),
        "stock": dict(usage.stock),
    }


def overrides(desk: Desk) -> list[OverrideRow]:
    """Return every job that two people let go first, and why."""
    with desk.shop.store.reading() as connection:
        return policy.overrides(connection)
