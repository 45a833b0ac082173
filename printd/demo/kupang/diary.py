"""What happens when: the office's days in September and October 2018 (domain reference section 0).

Known: 10,000 blanks granted in July, 4,000 on 12 September with 20,665 records waiting; the civil-service recruitment
opened on 26 September; blanks were gone in October; 1,000 came through the province on 17 and 18 October. Everything
else is invented to fit: daily arrivals, what was left on 1 September, transfers, losses.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

FIRST, LAST = date(2018, 9, 1), date(2018, 10, 31)
HOLIDAYS = frozenset({date(2018, 9, 11)})  # Islamic New Year

SURGE_FIRST, SURGE_LAST = date(2018, 9, 26), date(2018, 10, 15)  # the recruitment
SURGE_FACTOR = 3

OPENING_STOCK = 1_800
BACKLOG = 1_400  # records pulled before the first day; the registry holds many more
ARRIVALS = 75  # records a working day that the office pulls
GRANT, GRANT_SHORT = 4_000, 3
HANDED_ON = 1_000

# Six replacements for four first cards (domain reference section 1.2).
REASONS = {
    "baru": 34,
    "pindah_datang": 6,
    "tukar_suket": 8,
    "rusak": 26,
    "hilang": 12,
    "ubah_data": 12,
    "luar_domisili": 2,
}


@dataclass(frozen=True)
class Day:
    """One working day and what is special about it."""

    on: date
    arrivals: int
    events: tuple[str, ...] = field(default=())


_EVENTS = {
    date(2018, 9, 3): ("opening_stock",),
    date(2018, 9, 10): ("request",),
    date(2018, 9, 12): ("grant",),
    date(2018, 9, 13): ("close_seal",),
    date(2018, 9, 17): ("to_subdistrict",),
    date(2018, 9, 18): ("subdistrict_acknowledges",),
    date(2018, 9, 20): ("lose_a_blank",),
    date(2018, 9, 24): ("to_mobile",),
    date(2018, 9, 25): ("mobile_acknowledges",),
    date(2018, 9, 28): ("stock_count",),
    date(2018, 10, 2): ("mobile_returns",),
    date(2018, 10, 3): ("override", "mobile_explains"),
    date(2018, 10, 18): ("handed_on",),
    date(2018, 10, 31): ("stock_count",),
}


def days(scale: int, seed: int) -> list[Day]:
    """Return the working days in order.

    :param scale: every quantity is divided by it, for a quick look; 1 is the office as it was.
    """
    chance = random.Random(seed)
    found: list[Day] = []
    day = FIRST
    while day <= LAST:
        if day.weekday() < 5 and day not in HOLIDAYS:
            usual = ARRIVALS * (SURGE_FACTOR if SURGE_FIRST <= day <= SURGE_LAST else 1)
            weekday = (1.25, 1.0, 0.95, 0.95, 0.85)[day.weekday()]
            arrivals = max(1, round(usual * weekday * chance.uniform(0.85, 1.15) / scale))
            events = _EVENTS.get(day, ())
            if day.weekday() == 4:
                events = (*events, "destruction", "sample")
            found.append(Day(day, arrivals, events))
        day += timedelta(days=1)
    return found
