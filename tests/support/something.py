"""An event that nobody signs and that any log can take, where a test is about the log and not about what happened."""

from __future__ import annotations

import itertools

from printd.events.configuration import Configuration, ShopConfigured
from printd.events.policy import PolicyContent
from printd.shop.config import Policy

_NUMBERS = itertools.count()


def something(number: int = 0) -> ShopConfigured:
    """Return one that is none of those before: the log takes no configuration that is the last one's.

    :param number: stands in it, as ``oldest_every`` of the policy.
    """
    policy = PolicyContent.model_validate(Policy(oldest_every=number).model_dump(mode="json"))
    told = Configuration(
        office="an office",
        timezone="Asia/Makassar",
        version=f"1.{next(_NUMBERS)}",
        layout="a layout",
        layout_digest="0" * 64,
        senders=(),
        settings="0" * 64,
        policy=policy,
    )
    return ShopConfigured(configuration=told)
