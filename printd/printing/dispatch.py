"""Which waiting job a free printer takes: the first that the policy allows and nobody else has taken up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from printd.books.booking import Clock
from printd.custody.clock import presently
from printd.events.policy import TurnTaken
from printd.printing import policy as rules
from printd.printing.policy import Usage
from printd.printing.waiting import turns
from printd.shop.config import Policy
from printd.store import attempts, blanks, jobs
from printd.store.engine import Store
from printd.store.jobs import NextJob
from printd.store.rows import Connection
from printd.words.moments import stamp

By = Literal["override", "longest_wait", "class", "order"]
"""By which rule a job is the next, as its attempt's entry says."""


@dataclass(frozen=True)
class Waiting:
    """A job that waits in the queue, and why it is the next."""

    job: str
    record: str
    turn: TurnTaken


class Dispatcher:
    """Hands queued jobs to workers. What is taken up here lives in memory only: the books know attempts, not plans."""

    def __init__(self, store: Store, policy: Policy, zone: ZoneInfo, clock: Clock) -> None:
        self._store = store
        self._policy = policy
        self._zone = zone
        self._clock = clock
        self._lock = threading.Lock()
        self._taken: dict[str, NextJob] = {}
        self._taken_by: dict[str, str] = {}
        self._listeners: dict[str, Callable[[], None]] = {}

    def listen(self, printer: str, wake: Callable[[], None]) -> None:
        """Have a printer's worker woken when a job that was taken up may be taken by another."""
        self._listeners[printer] = wake

    def wake_all(self) -> None:
        """Wake every printer's worker: there may be a job for it."""
        for wake in list(self._listeners.values()):
            wake()

    def waits(self, stock_type: str, generation: str) -> bool:
        """Tell whether a job for this kind of blank could be taken up now."""
        with self._lock, self._store.reading() as connection:
            return any(row["id"] not in self._taken for row, _ in self._in_order(connection, stock_type, generation))

    def take(self, stock_type: str, generation: str, printer: str) -> Waiting | None:
        """Return the first job for this kind of blank that may be printed now, and keep it from other printers."""
        with self._lock:
            with self._store.reading() as connection:
                for row, by in self._in_order(connection, stock_type, generation):
                    if row["id"] not in self._taken:
                        self._taken[row["id"]], self._taken_by[row["id"]] = row, printer
                        own = rules.class_of(self._policy, row["reason"])
                        turn = TurnTaken(by=by, class_=None if own is None else own.name)
                        return Waiting(row["id"], row["record_id"], turn)
            return None

    def give_back(self, job: str) -> None:
        """Let others take the job again."""
        with self._lock:
            self._taken.pop(job, None)
            self._taken_by.pop(job, None)

    def free(self, printer: str) -> None:
        """Let others take what a printer took up: its worker died or hangs."""
        for job in [job for job, by in list(self._taken_by.items()) if by == printer]:
            self.give_back(job)

    def _in_order(self, connection: Connection, stock_type: str, generation: str) -> Iterator[tuple[NextJob, By]]:
        most = len(self._taken) + 1
        for row in jobs.next_jobs(connection, most, stock_type, generation, overridden=True):
            yield row, "override"
        plain = rules.is_plain(self._policy)
        usage = Usage() if plain else read_usage(connection, self._policy, self._zone, self._clock)
        for row in self._taken.values():  # drawn, not begun: they count as printed already
            usage.today[row["reason"]] += 1
            usage.by_area[row["area"]] += 1
        for turn in turns(self._policy, usage, stock_type):
            found = jobs.next_jobs(
                connection,
                most,
                stock_type,
                generation,
                reasons=turn.reasons,
                other_than=turn.not_reasons,
                not_areas=turn.not_areas,
            )
            for row in found:
                yield row, turn.by


def read_usage(connection: Connection, policy: Policy, zone: ZoneInfo, clock: Clock) -> Usage:
    """Return what the policy counts, from the books."""
    now = clock()
    today, period = rules.starts(policy, now, zone)
    usage = Usage(stock=blanks.unprinted(connection))
    for row in attempts.printed_since(connection, today):
        usage.today[row["reason"]] += row["cards"]
    for row in attempts.printed_since(connection, period) if policy.quotas else ():
        usage.by_area[row["area"]] += row["cards"]
    for card in attempts.printed_ahead(connection, stamp(now)):  # by a clock that was ahead: counted where they belong
        (at,) = presently(connection, [card["opened_at"]], now)
        usage.today[card["reason"]] -= at < today
        if policy.quotas:
            usage.by_area[card["area"]] -= at < period
    return usage
