"""Operators: the people who work in the shop."""

from __future__ import annotations

from typing import ClassVar, Literal

from printd.events.base import Event
from printd.events.fields import Text, YesNo

Role = Literal["operator", "supervisor"]


class OperatorSet(Event):
    """An operator was enrolled or changed, or has a new password, which the log does not hold."""

    kind: ClassVar[str] = "operator.set"

    name: Text
    """Login name; it stands in the log for ever."""

    role: Role
    """What they may sign."""

    active: YesNo
    """Whether they work here."""
