"""The named, numbered points of an attempt, and what a schedule lets happen at them.

No line of the product knows of them: commits are seen at the dialect of the database, bytes at the wire. A schedule is
``{number of a point: (actions, ...)}``; points are counted from the start of a run over all lives of the daemon.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from printd.store import log

KILL = "kill"
HANDS = ("power", "unplug", "cover", "jam")
"""Done to a printer by the world, at any point."""
OTHERS = ("people", "turn")
"""What goes on beside the worker: people at the desk, the worker of another printer."""
REPLY_FAULTS = ("lost", "late", "stale", "twice", "nonsense", "half")
WRITE_FAULTS = ("stalled", "torn", "swallowed", "untrue")

Schedule = Mapping[int, tuple[str, ...]]


class Killed(BaseException):
    """The daemon is dead: raised at the point of the kill and at every later one of that life."""


class Points:
    """Counts points, keeps their names, lets happen what the schedule says.

    :param schedule: by number of a point.
    :param happen: performs an action that is neither a kill nor a fault of the wire.
    """

    def __init__(self, schedule: Schedule, happen: Callable[[str, str], None]) -> None:
        self.names: list[str] = []
        self.dead = False
        self.counting = True
        self._schedule = schedule
        self._happen = happen

    @property
    def pending(self) -> bool:
        """Whether something is still to come."""
        return any(number > len(self.names) for number in self._schedule)

    def reach(self, name: str, printer: str = "", *, alone: bool = False) -> str:
        """Pass a point; return the fault of the wire that shall happen here, if any.

        :param alone: the books are held by whoever comes here: nobody else can act at the desk now.
        :raises Killed: the daemon is killed here, or was before.
        """
        if self.dead:
            raise Killed
        if not self.counting:
            return ""
        self.names.append(f"{printer} {name}".strip())
        fault = ""
        for action in self._schedule.get(len(self.names), ()):
            if action == KILL:
                self.dead = True
                raise Killed
            if action in REPLY_FAULTS or action in WRITE_FAULTS:
                fault = action
            elif not (alone and action in OTHERS):
                self._happen(action, printer)
                if self.dead:
                    raise Killed
        return fault


@contextmanager
def commits(engine: sa.Engine, reach: Callable[[str], None]) -> Iterator[None]:
    """Call ``reach`` before and after every commit that enters something, by the kinds of its entries.

    The commit is wrapped at the dialect: before it nothing of the transaction is durable, after it all.
    """
    kinds: dict[int, list[str]] = {}
    add_entry, dialect = log.add_entry, engine.dialect
    commit = dialect.do_commit

    def noting(connection: sa.Connection, seq: int, body: bytes, leaf_hash: bytes) -> None:
        add_entry(connection, seq, body, leaf_hash)
        key = id(connection.connection.dbapi_connection)
        kinds.setdefault(key, []).append(str(json.loads(body)["kind"]))

    def committing(connection: Any) -> None:
        entered = kinds.pop(id(getattr(connection, "dbapi_connection", connection)), None)
        if entered is None:
            commit(connection)
            return
        name = "+".join(entered)
        reach(f"before commit {name}")
        commit(connection)
        reach(f"after commit {name}")

    rollback = dialect.do_rollback

    def rolling_back(connection: Any) -> None:
        kinds.pop(id(getattr(connection, "dbapi_connection", connection)), None)
        rollback(connection)

    log.add_entry = noting
    vars(dialect).update(do_commit=committing, do_rollback=rolling_back)
    try:
        yield
    finally:
        log.add_entry = add_entry
        del vars(dialect)["do_commit"], vars(dialect)["do_rollback"]


def read_schedule(text: str) -> dict[int, tuple[str, ...]]:
    """Read ``17:kill,30:power+people``."""
    found: dict[int, tuple[str, ...]] = {}
    for part in filter(None, text.split(",")):
        number, _, actions = part.partition(":")
        found[int(number)] = tuple(actions.split("+"))
    return found


def write_schedule(schedule: Schedule) -> str:
    """Return a schedule as text; see :func:`read_schedule`."""
    return ",".join(f"{number}:{'+'.join(schedule[number])}" for number in sorted(schedule))
