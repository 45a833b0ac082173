"""Personal data ends: what was sealed of people is erased, and the keys of months are destroyed."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from printd.events.base import Event
from printd.events.fields import Told, Whole

Noun = Literal["record", "card", "suket", "site_card", "quarantine"]
Ended = Annotated[
    dict[Noun, Whole],
    Told(
        "counts of what ended",
        "whole numbers by noun: `record`, `card` (invalid), `suket`, `site_card` (of a site), `quarantine` (refused)",
    ),
]


class RecordsPurged(Event):
    """What was sealed of people and over for the time that the configuration sets was erased, keys and content.

    The machine does it by schedule. What is under way, in doubt or not handed over is none of it: the books refuse it.
    """

    kind: ClassVar[str] = "records.purged"

    erased: tuple[Whole, ...]
    """Numbers of the entries that brought what was erased."""

    counts: Ended
    """How much of what that is."""

    aside: Whole
    """Deliveries that lay in the spool, in clear and not taken in, and are removed."""

    handed_over_days: Whole
    """So many days after it was over: `retention.handed_over_days` then."""

    refused_days: Whole
    """So many days after a record was refused: `retention.refused_days` then."""


class RecordsErased(Event):
    """Everything that was kept of one person was erased because they asked for it; nothing of theirs is under way."""

    kind: ClassVar[str] = "records.erased"

    erased: tuple[Whole, ...]
    """Numbers of the entries that brought what was erased."""

    counts: Ended
    """How much of what that is."""

    aside: Whole
    """Deliveries of theirs that lay in the spool, in clear and not taken in, and are removed."""


class MonthEnded(Event):
    """The key of a month was destroyed, on schedule or for a person's erasure.

    What is erased of it opens in no copy of the database any more. The keys of what is still needed were kept apart
    before, each by itself.
    """

    kind: ClassVar[str] = "month.ended"

    month: str
    """Name of its key: the month and a random part, `2026-11.3f9a2c1d`."""

    kept: Whole
    """Of how many sealed things the keys were kept apart."""
