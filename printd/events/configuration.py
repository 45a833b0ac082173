"""What the shop runs under: found by the machine at each start, and answered for by two people."""

from __future__ import annotations

from typing import ClassVar

from printd.events.base import Event, Part
from printd.events.fields import Hash, Whole
from printd.events.policy import PolicyContent


class Configuration(Part):
    """What a shop runs under. The policy is told whole, for an auditor reads it; all else by digests."""

    office: str
    """Name of the office."""

    timezone: str
    """Its time zone."""

    version: str
    """Version of printd."""

    layout: str
    """Name of the layout of the cards."""

    layout_digest: Hash
    """Of the layout's file."""

    senders: tuple[Hash, ...]
    """Of each verifier key of a sender, as text; in order."""

    settings: Hash
    """Of the whole configuration, but for the log's name and where the database is."""

    policy: PolicyContent
    """Who gets scarce blanks first."""

    # Absent in entries of earlier versions.
    report_hours: Whole | None = None
    """Hours within which an incident is reported to the head of the office, the province and the ministry."""


class ShopConfigured(Event):
    """A start found that the shop runs under something else than before: its printers pause until two answer for it."""

    kind: ClassVar[str] = "shop.configured"

    configuration: Configuration
    """What it runs under from now on, whole."""


class ConfigurationAccepted(Event):
    """Two people, one of them a supervisor, answer for what a start found."""

    kind: ClassVar[str] = "configuration.accepted"

    entry: Whole
    """Number of the entry that says what was found."""
