"""Waiting for a descriptor under a deadline.

Not by ``select``, which takes no descriptor above 1023: a shop has many printers.
"""

from __future__ import annotations

import math
import select

from drivers.deadline import Deadline


def readable(descriptor: int, deadline: Deadline) -> bool:
    """Wait until a read does not block, an end or an error of the line included; return whether it came to that."""
    return _wait(descriptor, select.POLLIN, deadline)


def writable(descriptor: int, deadline: Deadline) -> bool:
    """Wait until a write does not block, an end or an error of the line included; return whether it came to that."""
    return _wait(descriptor, select.POLLOUT, deadline)


def _wait(descriptor: int, event: int, deadline: Deadline) -> bool:
    poll = select.poll()
    poll.register(descriptor, event)
    return bool(poll.poll(math.ceil(deadline.remaining * 1000)))
