"""The daemon's parts: one that ends unasked is told, one that was told to end is not."""

from __future__ import annotations

import threading

from drivers.deadline import Deadline
from printd.daemon.parts import Parts
from printd.shop.health import Health


def test_a_part_that_ends_is_told_unless_all_were_told_to_end() -> None:
    stop = threading.Event()
    health = Health(lambda: "2026-11-02T08:00:00Z")
    parts = Parts(health, stop.is_set)
    parts.start("spool", lambda: None)
    assert parts.wait(Deadline.after(10)) == []
    stop.set()
    parts.look()
    assert health.problems() == []
    stop.clear()
    parts.look()
    assert [(one.part, one.code) for one in health.problems()] == [("spool", "died")]
    assert parts.died["spool"] == 1
