"""Who gets scarce blanks: classes, daily caps, quotas by sub-district, a reserve (domain reference 1.3). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from printd.shop.config import Policy, PriorityClass
from printd.words.moments import midnight, office_day


@dataclass
class Usage:
    """What was printed in the period that counts, and what is left to print on.

    :param today: cards by reason since the office's midnight.
    :param by_area: cards by sub-district in the quota's period.
    :param stock: unprinted blanks by stock type.
    """

    today: Counter[str | None] = field(default_factory=Counter)
    by_area: Counter[str | None] = field(default_factory=Counter)
    stock: Mapping[str, int] = field(default_factory=dict)


def starts(policy: Policy, now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Return when the office's day began, and when the period of the quotas did, as the log writes time."""
    today = office_day(now, zone)
    first = today if policy.quota_period == "day" else today.replace(day=1)
    return midnight(today, zone), midnight(first, zone)


def is_plain(policy: Policy) -> bool:
    """Tell whether the policy asks for nothing: first come, first served."""
    return not policy.classes and not policy.quotas and not policy.reserve_floor


def class_of(policy: Policy, reason: str | None) -> PriorityClass | None:
    """Return the class that names a reason."""
    return next((one for one in policy.classes if reason in one.reasons), None)


def spent_areas(policy: Policy, usage: Usage) -> tuple[str, ...]:
    """Return the sub-districts whose quota is used up."""
    return tuple(sorted(area for area, most in policy.quotas.items() if usage.by_area[area] >= most))


def longest_wait_counts(policy: Policy, usage: Usage) -> bool:
    """Tell whether the next card goes to whoever waits longest: the first of a day, so that few cards a day suffice."""
    return bool(policy.classes and policy.oldest_every) and usage.today.total() % policy.oldest_every == 0


def rank(policy: Policy, reason: str | None) -> int:
    """Return the place of a reason's class in the order of the classes; what no class names comes last."""
    own = class_of(policy, reason)
    return len(policy.classes) if own is None else policy.classes.index(own)


def is_capped(one: PriorityClass, usage: Usage) -> bool:
    """Tell whether a class has had its cards of today."""
    return one.daily_cap is not None and sum(usage.today[reason] for reason in one.reasons) >= one.daily_cap


def is_below_floor(policy: Policy, usage: Usage, stock_type: str) -> bool:
    """Tell whether so few blanks of a type are left that they are kept for classes that print below the floor."""
    return bool(policy.reserve_floor) and usage.stock.get(stock_type, 0) <= policy.reserve_floor
