"""Guesses at a secret are slowed down, by name and by terminal, and counted for the log.

After three failures one second passes before the next try, then two, four, and so on up to five minutes; a failure is
forgotten every ten minutes without another. Names that are nobody's are slowed down alike, so that waiting tells
nothing; they are counted as one and kept nowhere: what is typed for a name may be a passphrase.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Final

from printd.people.sealed_key import WrongSecretError

FREE_TRIES: Final = 3
"""Failures before the first wait."""

LONGEST_SECONDS: Final = 300.0
"""The longest wait: one guess in five minutes, 288 a day."""

FORGOTTEN_SECONDS: Final = 600.0
"""After so long without another, one failure is forgotten; longer than any wait, so that patience gains nothing."""

OTHER_TERMINALS: Final = "(other)"
"""Under this the failures of further terminals are counted, where a batch has too many for one entry."""

_MOST_FAILURES: Final = 12
"""Counted no further: 2 to the 9th seconds are beyond the longest wait, and all is forgotten within two hours."""

_KEPT: Final = 10_000
_TOLD_TERMINALS: Final = 100


class TooSoonError(Exception):
    """Too many failures for this name or at this terminal: no secret was tried. `seconds` are still to pass."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


@dataclass(frozen=True)
class Failures:
    """Failed tries since the last batch: by the name of a person who exists, of names that are nobody's, by terminal.

    Each failure is counted once among the names and once among the terminals.
    """

    people: dict[str, int]
    unknown: int
    terminals: dict[str, int]


class Guessing:
    """Slows down and counts; threads may share it.

    :param clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._lock = Lock()
        self._names = _Tries(clock)
        self._strangers = _Tries(clock)  # apart, so that a flood of invented names makes no person's failures forgotten
        self._terminals = _Tries(clock)
        self._stranger_key = secrets.token_bytes(32)
        self._failed_people: dict[str, int] = {}
        self._failed_unknown = 0
        self._failed_terminals: dict[str, int] = {}

    @contextmanager
    def guess(self, name: str, terminal: str, *, known: bool) -> Iterator[None]:
        """Try a secret of a person inside this; WrongSecretError leaves it as a failure, and nothing else does.

        A try counts like a failure while it lasts: a hundred at once wait as a hundred one after the other do. A right
        secret has the name's failures forgotten, and not the terminal's: whoever guesses at a colleague's secret would
        log in under their own name in between.

        :param known: somebody of this name is enrolled.
        :raises TooSoonError: it has to wait; nothing was tried, and nothing counted.
        """
        names, whose = (self._names, name) if known else (self._strangers, self._pseudonym(name))
        with self._lock:
            wait = max(names.wait(whose), self._terminals.wait(terminal))
            if wait > 0:
                raise TooSoonError(wait)
            names.begin(whose)
            self._terminals.begin(terminal)
        failed = right = False
        try:
            yield
            right = True
        except WrongSecretError:
            failed = True
            raise
        finally:
            with self._lock:
                names.end(whose, failed)
                self._terminals.end(terminal, failed)
                if right:
                    names.forget(whose)
                if failed:
                    self._count(name if known else None, terminal)

    def drain(self) -> Failures | None:
        """Return what failed since it was last asked, for one entry of the log; None where nothing did."""
        with self._lock:
            if not self._failed_terminals:
                return None
            failures = Failures(self._failed_people, self._failed_unknown, self._failed_terminals)
            self._failed_people, self._failed_unknown, self._failed_terminals = {}, 0, {}
            return failures

    def _count(self, person: str | None, terminal: str) -> None:
        if person is None:
            self._failed_unknown += 1
        else:
            self._failed_people[person] = self._failed_people.get(person, 0) + 1
        if terminal not in self._failed_terminals and len(self._failed_terminals) >= _TOLD_TERMINALS:
            terminal = OTHER_TERMINALS
        self._failed_terminals[terminal] = self._failed_terminals.get(terminal, 0) + 1

    def _pseudonym(self, name: str) -> str:
        return hmac.digest(self._stranger_key, name.encode("utf-8", "surrogatepass"), "sha256").hex()


@dataclass
class _Tried:
    """Failures, when the latest was; tries that last, when the latest began."""

    failures: int = 0
    at: float = 0.0
    lasting: int = 0
    began: float = 0.0


class _Tries:
    """What was tried by each of many; where there are too many, those that tried longest ago are forgotten."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tried: dict[str, _Tried] = {}

    def wait(self, whose: str) -> float:
        """Return the seconds before the next try."""
        tried = self._tried.get(whose)
        if tried is None:
            return 0.0
        failures = min(self._remembered(tried) + tried.lasting, _MOST_FAILURES)
        if failures < FREE_TRIES:
            return 0.0
        latest = max(tried.at, tried.began) if tried.lasting else tried.at
        return max(0.0, latest + min(2.0 ** (failures - FREE_TRIES), LONGEST_SECONDS) - self._clock())

    def begin(self, whose: str) -> None:
        """Count a try that lasts."""
        tried = self._tried.pop(whose, None) or _Tried()
        tried.lasting, tried.began = tried.lasting + 1, self._clock()
        self._tried[whose] = tried  # the latest stands last
        if len(self._tried) > _KEPT:
            del self._tried[next(iter(self._tried))]

    def end(self, whose: str, failed: bool) -> None:
        """Count a try as ended."""
        tried = self._tried.setdefault(whose, _Tried())
        tried.lasting = max(0, tried.lasting - 1)  # it may have been forgotten meanwhile
        if failed:
            tried.failures, tried.at = min(self._remembered(tried) + 1, _MOST_FAILURES), self._clock()
        if not tried.failures and not tried.lasting:
            del self._tried[whose]

    def forget(self, whose: str) -> None:
        """Count no failures."""
        tried = self._tried.get(whose)
        if tried is not None:
            tried.failures = 0
            if not tried.lasting:
                del self._tried[whose]

    def _remembered(self, tried: _Tried) -> int:
        return max(0, tried.failures - int((self._clock() - tried.at) / FORGOTTEN_SECONDS))
