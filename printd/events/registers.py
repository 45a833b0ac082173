"""Looks at what is sealed: names, and what should be on a card."""

from __future__ import annotations

from typing import ClassVar

from printd.events.base import Event
from printd.events.fields import Whole


class RegisterRead(Event):
    """Somebody looked at names, or at what should be on a card; the looks alone are booked, not what they showed."""

    kind: ClassVar[str] = "register.read"

    what: str
    """The report; or, with an id behind a colon, what else: `invalid_cards`, `transfer:`, `card_in_doubt:`,
    `opening:` (a record's, for whoever has its files), `destruction:` (its list of cards, by two people as `r8`)."""

    rows: Whole
    """People that were shown."""
