"""The office's clock."""

from __future__ import annotations

from typing import ClassVar

from printd.events.base import Event
from printd.events.fields import Moment


class ClockWentBack(Event):
    """The clock showed an earlier time than at the entry before; booked by itself, before what is booked then."""

    kind: ClassVar[str] = "clock.went_back"

    from_: Moment
    """Time of the entry before."""

    to: Moment
    """What the clock shows now."""
