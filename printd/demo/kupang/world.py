"""What is physically there: every piece by the serial on it, whatever the books say. Counts are taken here."""

from __future__ import annotations

import random
import threading
from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from printd.words import places

LOST = "lost"
NEVER_CAME = "never came"


class Clock:
    """The office's clock: it stands still until somebody's work takes time. Shared by all threads of the scenario."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """Return the time."""
        with self._lock:
            return self._now

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._now += timedelta(seconds=seconds)

    def set(self, moment: datetime) -> None:
        """Go on to a later moment; a clock that would go back stays."""
        with self._lock:
            self._now = max(self._now, moment)


class World:
    """Every piece of plastic and where it lies."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.at: dict[str, str] = {}
        self.flaws: dict[str, str] = {}  # what a checker will see on a printed card
        self._hoppers: dict[str, deque[str]] = {}
        self._lock = threading.Lock()

    def bring(self, serials: Iterable[str], place: str) -> None:
        """Put pieces that were not here before into a place."""
        with self._lock:
            for serial in serials:
                if serial in self.at:
                    raise RuntimeError(f"{serial} exists already")
                self.at[serial] = place

    def carry(self, serials: Iterable[str], place: str) -> None:
        """Carry pieces to another place."""
        with self._lock:
            for serial in serials:
                self.at[serial] = place

    def fill(self, printer: str, serials: Iterable[str]) -> None:
        """Put blanks into a printer's hopper, under those that lie there."""
        with self._lock:
            hopper = self._hoppers.setdefault(printer, deque())
            for serial in serials:
                self.at[serial] = places.hopper(printer)
                hopper.append(serial)

    def feed(self, printer: str) -> str | None:
        """Take the first blank out of a hopper, as the printer's rollers do."""
        with self._lock:
            hopper = self._hoppers.get(printer)
            return hopper.popleft() if hopper else None

    def empty(self, printer: str, place: str) -> list[str]:
        """Take everything out of a hopper."""
        with self._lock:
            hopper = self._hoppers.get(printer, deque())
            taken = list(hopper)
            hopper.clear()
            for serial in taken:
                self.at[serial] = place
            return taken

    def lose(self, serial: str) -> None:
        """Let a piece vanish from wherever it lies."""
        with self._lock:
            for hopper in self._hoppers.values():
                if serial in hopper:
                    hopper.remove(serial)
            self.at[serial] = LOST

    def pieces(self, place: str) -> list[str]:
        """Return the serials that somebody who looks there finds, lowest first."""
        with self._lock:
            return sorted(serial for serial, where in self.at.items() if where == place)

    def sums(self) -> Counter[str]:
        """Return the pieces in each place."""
        with self._lock:
            return Counter(self.at.values())
