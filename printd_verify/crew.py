"""Several processes that work on parts of a log, a few ahead of whoever takes the results in order."""

from __future__ import annotations

import gc
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from types import TracebackType
from typing import Any, Final, Self

from printd_verify.people import Signature, verify_signatures
from printd_verify.sources import Source
from printd_verify.work import Done, Task, work

_AHEAD: Final = 2
"""Parts that wait for each process: more would only take memory."""


class Crew:
    """Works on parts and signatures.

    :param jobs: processes beside this one; 0: this one does all.
    """

    def __init__(self, source: Source, task: Task, jobs: int) -> None:
        self._source = source
        self._task = task
        self._jobs = jobs
        self._pool = ProcessPoolExecutor(jobs, initializer=_begin, initargs=(source, task)) if jobs else None
        self._signatures: deque[tuple[Future[list[int]], Callable[[list[int]], None]]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def parts(self, firsts: Iterable[int]) -> Iterator[Done]:
        """Yield what came of each part, in order."""
        if self._pool is None:
            for first in firsts:
                yield work(self._source, first, self._task)
            return
        waiting: deque[Future[Done]] = deque()
        for first in firsts:
            waiting.append(self._pool.submit(_work, first))
            if len(waiting) > self._jobs * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def verify(self, batch: Sequence[Signature], then: Callable[[list[int]], None]) -> None:
        """Have signatures looked at.

        :param then: is told the places of those that are not good, now or later, at the latest by :meth:`settle`.
        """
        if self._pool is None:
            then(verify_signatures(batch))
            return
        self._signatures.append((self._pool.submit(verify_signatures, batch), then))
        while self._signatures and (self._signatures[0][0].done() or len(self._signatures) > self._jobs * 8):
            future, tell = self._signatures.popleft()
            tell(future.result())

    def settle(self) -> None:
        """Wait for every signature that is not looked at yet."""
        while self._signatures:
            future, then = self._signatures.popleft()
            then(future.result())


def processes() -> int:
    """Return how many processes there is room for; 0: for no other beside this one."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return count if count > 1 else 0


_mine: dict[str, Any] = {}


def _begin(source: Source, task: Task) -> None:
    gc.disable()  # nothing here refers to itself, and most of what is made lives for one bundle
    _mine.update(source=source, task=task)


def _work(first: int) -> Done:
    return work(_mine["source"], first, _mine["task"])
