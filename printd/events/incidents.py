"""Incidents: something about blanks is not as it must be."""

from __future__ import annotations

from typing import ClassVar, Literal

from printd.events.base import Event
from printd.events.fields import SerialRanges, Text, Whole

ReportedTo = Literal["head", "province", "ministry"]
"""Who must hear of an incident: head of office, province and ministry (domain reference section 5.2 rule 10)."""


class IncidentOpened(Event):
    """Something is not as it must be; about a chip, it keeps its blank from being printed."""

    kind: ClassVar[str] = "incident.opened"

    incident: str
    """Its name."""

    kind_: Literal["missing", "extra", "seal_broken", "unknown_uid", "uid_elsewhere", "altered", "other"]
    """What is wrong; `altered`: the machine found that something sealed is not what was taken in."""

    serials: SerialRanges
    """Blanks that it is about; may be empty."""

    pieces: Whole
    """How many they are."""

    note: Text
    """What was seen."""

    last_event: str
    """The last movement of the first blank: a JSON object, written as text; empty where it never moved."""


class IncidentNoted(Event):
    """Something was done about an incident."""

    kind: ClassVar[str] = "incident.noted"

    incident: str
    """Its name."""

    text: Text
    """What was done."""

    police_report: Text | None = None
    """Number of the police report, where there is one."""

    # Absent in entries of earlier versions.
    reported_to: tuple[ReportedTo, ...] = ()
    """To whom it was reported with this; absent: to nobody."""


class IncidentClosed(Event):
    """Two people closed an incident."""

    kind: ClassVar[str] = "incident.closed"

    incident: str
    """Its name."""

    outcome: Text
    """What came of it, in words."""
