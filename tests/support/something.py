"""An event that nobody signs and that any log can take, where a test is about the log and not about what happened."""

from __future__ import annotations

from printd.events.policy import PolicyContent, PolicySet
from printd.shop.config import Policy


def something(number: int = 0) -> PolicySet:
    """Return one; each number gives another."""
    return PolicySet(content=PolicyContent.model_validate(Policy(oldest_every=number).model_dump(mode="json")))
