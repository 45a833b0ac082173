"""The daemon's parts, a thread each: one that dies begins anew after a while, one that hangs is reported."""

from __future__ import annotations

import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from drivers.deadline import Deadline
from printd.errors import IntegrityError, PrintdError, StorageError
from printd.log import logger
from printd.shop.health import Health, Stops
from printd.store.trouble import of_files

GRACE_SECONDS = 45.0
"""Seconds that a part may need beyond its own deadline: a writer waits up to thirty for the database alone."""

STEADY_SECONDS = 5.0
"""Seconds after which a part that began anew has no problem any more; after one of storage, a tenth of that."""

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
_STORAGE_WAIT = 0.5  # until disk, folder or database are tried again: nothing of them is worn out by it


@dataclass
class _Part:
    """One part.

    :param lacks_storage: whether it died since disk, folder or database failed.
    :param deaths: in a row.
    :param again: when it begins anew; ``None``: it works, or nobody has seen yet that it died.
    """

    work: Callable[[], None]
    due: Callable[[], Deadline | None]
    stops: Stops
    thread: threading.Thread
    error: BaseException | None = None
    told: str = ""
    lacks_storage: bool = False
    began: float = 0.0
    deaths: int = 0
    again: float | None = None


class Parts:
    """Starts the parts, restarts those that die and reports those that hang.

    :param health: told of parts that died or hang.
    :param ending: whether parts have been told to end, so that one without an error did what it was told.
    """

    def __init__(self, health: Health, ending: Callable[[], bool]) -> None:
        self.died: Counter[str] = Counter()
        self._health = health
        self._ending = ending
        self._lock = threading.Lock()
        self._parts: dict[str, _Part] = {}
        self._log = logger()

    def start(
        self,
        name: str,
        work: Callable[[], None],
        *,
        due: Callable[[], Deadline | None] = lambda: None,
        stops: Stops = "nothing",
    ) -> None:
        """Begin a part.

        :param work: begun again after an error; it returns when the daemon stops.
        :param due: by when what it does now must be over; ``None``: it waits for something.
        :param stops: what stands still while it is dead or hangs.
        """
        part = _Part(work, due, stops, threading.Thread())
        self._begin(name, part)
        with self._lock:
            self._parts[name] = part

    def drop(self, name: str) -> None:
        """Forget a part that was told to end, and its problem."""
        with self._lock:
            self._parts.pop(name, None)
        self._health.clear(name)

    def look(self) -> None:
        """Check every part once.

        :raises BaseException: books that do not prove themselves, or what is no error of a part alone.
        """
        with self._lock:
            parts = dict(self._parts)
        for name, part in parts.items():
            if part.thread.is_alive():
                self._look_at(name, part)
            elif part.again is None:
                if part.error is not None or not self._ending():
                    self._restart_later(name, part)
            elif time.monotonic() >= part.again:
                self._begin(name, part)

    def wait(self, deadline: Deadline) -> list[str]:
        """Wait for all parts to end; return the names of those that did not."""
        with self._lock:
            parts = dict(self._parts)
        for part in parts.values():
            part.thread.join(deadline.remaining)
        return [name for name, part in parts.items() if part.thread.is_alive()]

    def _begin(self, name: str, part: _Part) -> None:
        def run() -> None:
            try:
                part.work()
            except BaseException as error:  # noqa: BLE001 - looked at by whoever looks after the parts
                part.error = error

        # A daemon thread: one that hangs does not keep the process from ending.
        part.thread = threading.Thread(target=run, name=name, daemon=True)
        part.error, part.again, part.began = None, None, time.monotonic()
        part.thread.start()

    def _look_at(self, name: str, part: _Part) -> None:
        due = part.due()
        late = 0.0 if due is None else time.monotonic() - due.at
        if late > GRACE_SECONDS:
            self._health.report(
                name,
                "hangs",
                f"What {name} does should have been over {late:.0f} s ago. {_MEANS[part.stops]} Look at the machine "
                "it waits for; if it stays so, stop the daemon and start it again: a card under way is in doubt then.",
                part.stops,
            )
        elif time.monotonic() - part.began >= (STEADY_SECONDS / 10 if part.lacks_storage else STEADY_SECONDS):
            part.deaths, part.told = 0, ""
            self._health.clear(name)

    def _restart_later(self, name: str, part: _Part) -> None:
        """Report a part that died, and say when it begins anew.

        :raises BaseException: it died of books that do not prove themselves, or of what is no error of a part alone.
        """
        error = part.error or RuntimeError("it ended without being told to")
        why = _why(error)
        if why != part.told:  # what is tried again twice a second is told once
            self._log.error("daemon.part_died", part=name, why=why, at=_where(error))
        part.told = why
        self.died[name] += 1
        if isinstance(error, IntegrityError) or not isinstance(error, Exception):
            raise error
        part.deaths += 1
        part.lacks_storage = isinstance(error, StorageError) or (
            isinstance(error, OSError) and of_files(error, name) is not None
        )
        wait = _STORAGE_WAIT if part.lacks_storage else min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(part.deaths - 1, 10))
        part.again = time.monotonic() + wait
        self._health.report(
            name,
            "died",
            f"{name} failed: {why}. {_MEANS[part.stops]} It begins anew by itself, now every {wait:g} s.",
            part.stops,
        )


_MEANS: dict[Stops, str] = {
    "nothing": "The rest of the shop goes on.",
    "printer": "This printer begins no card meanwhile; the others go on.",
    "shop": "No printer begins a card meanwhile.",
}


def _why(error: BaseException) -> str:
    """Return what an error was, without what it quotes: that may be a person's name or number."""
    if isinstance(error, PrintdError):
        return str(error).rstrip(".")
    if isinstance(error, OSError) and (known := of_files(error, "", named=False)) is not None:
        return known.why.rstrip(".")
    said = error.strerror if isinstance(error, OSError) else getattr(error, "orig", None)  # of the database
    return f"{type(error).__name__}: {str(said).splitlines()[0]}" if said else type(error).__name__


def _where(error: BaseException) -> list[str]:
    """Return the lines of code that an error came through, innermost last."""
    return [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-8:]]
