"""A clock that went back: recorded in the log, and kept from what counts days and ages.

A stamp later than now was written before the clock went back. It is moved back by as much as the clock went since, and
so is as far from now as it really is. What must not be too young (a record's freshness) counts every step back as time
that passed: which of the two readings of the clock was wrong, the log cannot know.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from printd.store import clock_jumps
from printd.store.engine import Store
from printd.store.rows import Connection
from printd.store.tables.clock_jumps import ClockJumpRow
from printd.words.moments import parse, stamp


def presently(connection: Connection, stamps: Sequence[str], now: datetime) -> list[str]:
    """Return stamps as the present clock would have written them, in their order."""
    present = stamp(now)
    if all(at <= present for at in stamps):
        return list(stamps)
    jumps = clock_jumps.jumps(connection)
    return [_moved(at, jumps, present) for at in stamps]


def age_days(store: Store, at: str, now: datetime) -> int:
    """Return the age of one stamp in whole days."""
    if at <= stamp(now):
        return (now - parse(at)).days
    with store.reading() as connection:
        (moved,) = presently(connection, [at], now)
    return (now - parse(moved)).days


def _moved(at: str, jumps: Sequence[ClockJumpRow], present: str) -> str:
    upper, back = present, timedelta()
    for jump in reversed(jumps):
        if at <= upper:
            break
        back += _size(jump)
        upper = jump["before"]
    return min(stamp(parse(at) - back), present)


def back_since(connection: Connection, seq: int) -> timedelta:
    """Return by how much the clock went back, all in all, after an entry."""
    return sum((_size(jump) for jump in clock_jumps.jumps(connection, seq)), timedelta())


def _size(jump: ClockJumpRow) -> timedelta:
    return parse(jump["before"]) - parse(jump["after"])
