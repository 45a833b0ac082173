"""What is known of a card: as far as a printer can prove it, or as people saw it with the card in hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from printd.events.base import Part
from printd.events.fields import CounterName, Counters

Rung = Literal["nothing", "sent", "engine_done", "left_printer", "read_back"]
Position = Literal["none", "print", "contact", "contactless", "flipper", "inside", "unknown"]


class Evidence(Part):
    """What is known of a card. Where people saw it, or nobody asked the printer, only `findings` are told."""

    findings: tuple[str, ...]
    """Sentences for whoever settles a doubt, one fact each."""

    rung: Rung | None = None
    """How far up the ladder of evidence the card came; people reach `read_back` by the serial they read on it."""

    position: Position | None = None
    """Where a card was inside the printer."""

    after: Counters | None = None
    """The printer's counters after it."""

    raw: dict[str, str] | None = None
    """What the printer answered to each question, word by word."""


PRINTED_SAYS: Final[Mapping[Rung, str]] = {
    "engine_done": "the printer said that it had printed",
    "left_printer": "a printed card left the printer",
}
"""Rungs of a printer that say that something is on the card, and what that is called."""


def says_printed(before: Mapping[CounterName, int], evidence: Iterable[Evidence]) -> bool:
    """Tell whether a printer's evidence says that something was printed on a card.

    :param before: the printer's counters just before it.
    :param evidence: everything that was known of it, oldest first.
    """
    every = list(evidence)
    after = next((one.after for one in reversed(every) if one.after), {})
    panels = "panels" in before and "panels" in after and after["panels"] != before["panels"]
    return panels or any(one.rung in PRINTED_SAYS for one in every)
