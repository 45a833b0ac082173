"""The policy: who gets scarce blanks first."""

from __future__ import annotations

from typing import Literal

from printd.events.base import Part
from printd.events.fields import Text, Whole, YesNo


class TurnTaken(Part):
    """By which rule of the policy a job was the next that a printer took."""

    by: Literal["override", "longest_wait", "class", "order"]
    """Two people let it go first; it had waited longest of all; its class was served; no class names its reason."""

    class_: Text | None = None
    """Name of the class that its reason is in; absent where no class names it."""


class PolicyClass(Part):
    """A class of jobs, by the reasons for which they are printed."""

    name: Text
    """Its name."""

    reasons: tuple[Text, ...]
    """Print reasons of its jobs, as the configuration writes them."""

    daily_cap: Whole | None
    """Cards of it a day at most; null: no limit."""

    below_floor: YesNo
    """Whether it is printed when only the reserve is left."""


class PolicyContent(Part):
    """A whole policy, as the configuration gives it (section `policy`)."""

    classes: tuple[PolicyClass, ...]
    """Classes, the first goes first."""

    reserve_floor: Whole
    """Unprinted blanks of a type at or below which only some classes are printed; 0: none are kept."""

    quota_period: Literal["day", "month"]
    """In which time the quotas count."""

    quotas: dict[Text, Whole]
    """Cards at most, by code of the sub-district."""

    # Absent in entries of earlier versions.
    oldest_every: Whole | None = None
    """One card in so many goes to whoever waits longest; 0: none. Absent in early entries: none."""

    doubts_by_two: YesNo | None = None
    """Whether two people settle every doubt; absent in early entries: one does."""
