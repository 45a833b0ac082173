"""An event that nobody signs and that any log can take, where a test is about the log and not about what happened."""

from __future__ import annotations

from printd.events.configuration import Configuration, ShopConfigured
from printd.events.policy import PolicyContent
from printd.shop.config import Policy


def something(number: int = 0) -> ShopConfigured:
    """Return one; each number gives another."""
    policy = PolicyContent.model_validate(Policy(oldest_every=number).model_dump(mode="json"))
    told = Configuration(
        office="an office",
        timezone="Asia/Makassar",
        version="1",
        layout="a layout",
        layout_digest="0" * 64,
        senders=(),
        settings="0" * 64,
        policy=policy,
    )
    return ShopConfigured(configuration=told)
