"""What will end, and when: a look ahead, by month, that changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from printd.intake import purge
from printd.intake.sources import aside
from printd.shop.shop import Shop
from printd.store import erasing
from printd.words.moments import local


@dataclass
class Ending:
    """What ends.

    :param now: how much of what a purge would erase now, by noun.
    :param aside: deliveries that it would remove from the spool.
    :param months: whose keys it would destroy.
    :param later: what is over and waits for its day, by the office's month in which that is.
    :param under_way: what nobody can tell the day of: it is not over.
    :param keys: the day on which the key of a month that is still there is destroyed, by its name.
    """

    now: Counter[str] = field(default_factory=Counter)
    aside: int = 0
    months: list[str] = field(default_factory=list)
    later: dict[str, Counter[str]] = field(default_factory=dict)
    under_way: Counter[str] = field(default_factory=Counter)
    keys: dict[str, date] = field(default_factory=dict)


def ending(shop: Shop) -> Ending:
    """Return what is sealed of people and ends, from the books as they are at this moment."""
    found = Ending(aside=len(aside.due(shop.spool, purge.removes(shop))), months=purge.months_due(shop))
    retention = shop.config.retention
    with shop.store.reading() as connection:
        counted = erasing.ending(connection, *purge.limits(shop))
    for one in counted:
        noun, since = one["noun"], one["since"]
        if one["due"]:
            found.now[noun] += one["number"]
        elif not since:
            found.under_way[noun] += one["number"]
        else:
            days = retention.refused_days if noun == "quarantine" else retention.handed_over_days
            day = local(f"{since}:00", shop.zone) + timedelta(days=days)
            found.later.setdefault(f"{day:%Y-%m}", Counter())[noun] += one["number"]
    found.keys = {name: purge.ends_on(shop, name) for name in shop.months.names() if name not in found.months}
    return found
