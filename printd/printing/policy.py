"""Who gets scarce blanks: classes, daily caps, quotas by sub-district, a reserve (domain reference 1.3). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
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


@dataclass(frozen=True)
class Turn:
    """Jobs that may be taken now, the longest waiting first.

    :param reasons: reasons they must have; ``None``: any but ``not_reasons``.
    """

    reasons: tuple[str, ...] | None
    not_reasons: tuple[str, ...]
    not_areas: tuple[str, ...]


@dataclass(frozen=True)
class Waits:
    """Why a job waits: a keyword for machines, a sentence for people."""

    code: str
    sentence: str


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


def turns(policy: Policy, usage: Usage, stock_type: str) -> list[Turn]:
    """Return the classes that may print now, in order; where the longest wait counts, all together before them."""
    below = _below_floor(policy, usage, stock_type)
    areas = spent_areas(policy, usage)
    capped = [one for one in policy.classes if _capped(one, usage)]
    classes = [one for one in policy.classes if one not in capped and (one.below_floor or not below)]
    allowed = [Turn(tuple(one.reasons), (), areas) for one in classes]
    if below:
        anybody = Turn(_named(classes), (), areas)
    else:
        allowed.append(Turn(None, _named(policy.classes), areas))
        anybody = Turn(None, _named(capped), areas)
    return [anybody, *allowed] if _longest_wait_counts(policy, usage) else allowed


def _longest_wait_counts(policy: Policy, usage: Usage) -> bool:
    """Tell whether the next card goes to whoever waits longest: the first of a day, so that few cards a day suffice."""
    return bool(policy.classes and policy.oldest_every) and usage.today.total() % policy.oldest_every == 0


def _named(classes: Iterable[PriorityClass]) -> tuple[str, ...]:
    return tuple(reason for one in classes for reason in one.reasons)


def why_waits(
    policy: Policy,
    usage: Usage,
    job: Mapping[str, Any],
    *,
    waiting: Iterable[str],
    loaded: Mapping[str, set[str]],
    still: str = "",
) -> Waits:
    """Return why a queued job is not being printed.

    :param waiting: reasons of all queued jobs.
    :param loaded: generations of the blanks in the hoppers, by stock type.
    :param still: why no printer prints that has a blank for it; empty: one does, or would.
    """
    stock = loaded.get(job["stock_type"], set())
    if not stock:
        return Waits("no_blank", f"no blank of type {job['stock_type']} is in a hopper")
    if job["generation"] is not None and job["generation"] not in stock:
        return Waits("wrong_generation", f"no blank of generation {job['generation']} is in a hopper")
    if job["override_seq"] is not None:
        return Waits("no_printer", still) if still else Waits("next", "goes first: two people said so")
    own = class_of(policy, job["reason"])
    if own is not None and _capped(own, usage):
        return Waits("cap", f"class {own.name} has had its {own.daily_cap} cards of today")
    if job["area"] in spent_areas(policy, usage):
        return Waits("quota", f"sub-district {job['area']} has had its {policy.quotas[job['area']]} cards")
    if _below_floor(policy, usage, job["stock_type"]) and not (own is not None and own.below_floor):
        left = usage.stock.get(job["stock_type"], 0)
        return Waits("floor", f"{left} blanks are left, kept for classes that print below {policy.reserve_floor}")
    if still:
        return Waits("no_printer", still)
    rank = _rank(policy, job["reason"])
    higher = next(
        (
            one.name
            for one in policy.classes[:rank]
            if not _capped(one, usage) and any(reason in one.reasons for reason in waiting)
        ),
        None,
    )
    if higher is not None:
        share = f", but for one card in {policy.oldest_every}: the longest wait" if policy.oldest_every else ""
        return Waits("class", f"class {higher} goes first{share}")
    return Waits("next", "its turn comes in the order of the queue")


def _rank(policy: Policy, reason: str | None) -> int:
    own = class_of(policy, reason)
    return len(policy.classes) if own is None else policy.classes.index(own)


def _capped(one: PriorityClass, usage: Usage) -> bool:
    return one.daily_cap is not None and sum(usage.today[reason] for reason in one.reasons) >= one.daily_cap


def _below_floor(policy: Policy, usage: Usage, stock_type: str) -> bool:
    return bool(policy.reserve_floor) and usage.stock.get(stock_type, 0) <= policy.reserve_floor
