"""Which waiting job a free printer takes: the first in the queue that nobody else has taken up."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from printd.store import jobs
from printd.store.engine import Store


@dataclass(frozen=True)
class Waiting:
    """A job that waits in the queue."""

    job: str
    record: str


class Dispatcher:
    """Hands queued jobs to workers. What is taken up here lives in memory only: the books know attempts, not plans."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._taken: set[str] = set()

    def take(self, stock_type: str) -> Waiting | None:
        """Return the first queued job for this stock type and keep it from other workers, or ``None``."""
        with self._lock:
            with self._store.reading() as connection:
                waiting = jobs.queued(connection, len(self._taken) + 1, stock_type)
            for row in waiting:
                if row["id"] not in self._taken:
                    self._taken.add(row["id"])
                    return Waiting(row["id"], row["record_id"])
            return None

    def give_back(self, job: str) -> None:
        """Let others take the job again."""
        with self._lock:
            self._taken.discard(job)
