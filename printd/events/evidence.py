"""What is known of a card: as far as a printer can prove it, or as people saw it with the card in hand."""

from __future__ import annotations

from typing import Literal

from printd.events.base import Part
from printd.events.fields import Counters

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
