"""What one printer may do in a day, and when it must cool down (domain reference section 2.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from printd.shop.config import Duty
from printd.words.moments import parse


def why_it_rests(duty: Duty, cards: Sequence[str], now: datetime, zone: ZoneInfo) -> str:
    """Return why a printer may print no card now, or an empty string.

    :param cards: when each of today's attempts that moved a card began, oldest first, as the log writes time.
    """
    if duty.cards_per_day and len(cards) >= duty.cards_per_day:
        return f"It has printed {len(cards)} cards today, which is its limit (duty.cards_per_day)."
    if not duty.cards_in_a_row or not duty.cool_down_minutes or not cards:
        return ""
    pause = timedelta(minutes=duty.cool_down_minutes)
    row, last = 0, None
    for at in cards:
        moment = parse(at)
        row = 1 if (last is not None and moment - last >= pause) or row >= duty.cards_in_a_row else row + 1
        last = moment
    if last is None or row < duty.cards_in_a_row or now - last >= pause:
        return ""
    until = (last + pause).astimezone(zone)
    return f"It has printed {row} cards in a row and cools down until {until:%H:%M}."
