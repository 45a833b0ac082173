"""How a wire may behave: whole, in single bytes, late, with half of an answer, deaf, or cut. Of use on every wire.

Time that is waited in vain is put forward instead (:class:`Clock`).
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

import pytest

from drivers.deadline import Deadline
from drivers.errors import GoneError
from drivers.transports.base import Transport
from drivers.transports.usb import UsbTransport

_SHORT = 0.5  # seconds up to which a driver waits for the end of something, not for an answer
_PATIENCE = 0.03  # of which so much is waited, since simulated printers send their answers in one piece
_LOST_PATIENCE = 0.1


class Clock:
    """The drivers' time, which can be put forward: waiting in vain and sleeping take a fraction of it.

    :param pace: seconds that a second of sleep takes; simulated printers are faster still.
    """

    def __init__(self, pace: float = 0.1) -> None:
        self._pace = pace
        self._ahead = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)  # the date is the date

    def skip(self, seconds: float) -> None:
        """Let time pass."""
        self._ahead += seconds

    def sleep(self, seconds: float) -> None:
        """Sleep, faster."""
        time.sleep(seconds * self._pace)
        self.skip(seconds * (1 - self._pace))

    @contextlib.contextmanager
    def at_work(self) -> Iterator[Clock]:
        """Be the clock of every driver that looks at one."""
        with pytest.MonkeyPatch.context() as patch:
            for name, module in list(sys.modules.items()):
                if name.startswith("drivers.") and getattr(module, "time", None) is time:
                    patch.setattr(module, "time", self)
            yield self


class Manner:
    """A wire between driver and transport, which hands everything on as it comes.

    ``answers`` keeps what came, ``writes`` how much was sent each time. Once something was ``lost`` nobody waits for it
    long.
    """

    def __init__(self, behind: Transport, clock: Clock) -> None:
        self._behind = behind
        self.clock = clock
        self.lost = False
        self.answers: list[bytes] = []
        self.writes: list[int] = []
        if isinstance(behind, UsbTransport):  # what only USB has; families look whether it is there
            self.serial_number = behind.serial_number
            self.port_status = behind.port_status
            self.reset_storage = behind.reset_storage

    @property
    def settle(self) -> float:
        return self._behind.settle

    def write(self, data: bytes, deadline: Deadline) -> None:
        self.writes.append(len(data))
        self._behind.write(data, deadline)

    def read(self, deadline: Deadline) -> bytes:
        patience = _LOST_PATIENCE if self.lost else _PATIENCE if deadline.remaining <= _SHORT else deadline.remaining
        data = self._behind.read(deadline.sooner(patience))
        if data:
            self.answers.append(data)
        else:
            self.clock.skip(deadline.remaining)
        return data

    def close(self) -> None:
        self._behind.close()


class Hasty(Manner):
    """Waits for no answer long, from the first."""

    def __init__(self, behind: Transport, clock: Clock) -> None:
        super().__init__(behind, clock)
        self.lost = True


class Dribble(Manner):
    """One byte at a time: answers on every wire; commands where the wire is a stream; panels in odd pieces."""

    def __init__(self, behind: Transport, clock: Clock, *, packets: bool) -> None:
        super().__init__(behind, clock)
        self._packets = packets  # a mass-storage device takes its commands whole
        self._rest = b""

    def write(self, data: bytes, deadline: Deadline) -> None:
        if self._packets:
            super().write(data, deadline)
            return
        piece = 1 if len(data) <= 64 else 4093
        for start in range(0, len(data), piece):
            super().write(data[start : start + piece], deadline)

    def read(self, deadline: Deadline) -> bytes:
        if not self._rest:
            self._rest = super().read(deadline)
        one, self._rest = self._rest[:1], self._rest[1:]
        return one


class Delayed(Manner):
    """Every piece of an answer comes some time after it was given, on the drivers' clock: late, not too late."""

    SECONDS = 0.15  # less than what ends an answer that has no end of its own (0.2 s)

    def __init__(self, behind: Transport, clock: Clock) -> None:
        super().__init__(behind, clock)
        self._held = b""
        self._left = 0.0

    def read(self, deadline: Deadline) -> bytes:
        if not self._held:
            self._held, self._left = super().read(deadline), self.SECONDS
        if not self._held:
            return b""
        wait = min(self._left, deadline.remaining)
        self.clock.skip(wait)
        self._left -= wait
        if self._left > 0:
            return b""
        held, self._held = self._held, b""
        return held


class Truncated(Manner):
    """Of one answer, counted from the first, only the first half ever comes."""

    def __init__(self, behind: Transport, clock: Clock, at: int) -> None:
        super().__init__(behind, clock)
        self._at = at

    def read(self, deadline: Deadline) -> bytes:
        data = super().read(deadline)
        if not data or len(self.answers) != self._at:
            return data
        self.lost = True
        return data[: len(data) // 2] or self.read(deadline)


class Late(Manner):
    """One answer, counted from the first, comes only after whoever waits for it gave up."""

    def __init__(self, behind: Transport, clock: Clock, at: int) -> None:
        super().__init__(behind, clock)
        self._at = at
        self._held = b""

    def read(self, deadline: Deadline) -> bytes:
        if self._held:
            held, self._held = self._held, b""
            return held
        data = super().read(deadline)
        if data and len(self.answers) == self._at:
            self._held, self.lost = data, True
            self.clock.skip(deadline.remaining)
            return b""
        return data


class Deaf(Manner):
    """One write, counted from the first, never arrives."""

    def __init__(self, behind: Transport, clock: Clock, at: int) -> None:
        super().__init__(behind, clock)
        self._at = at

    def write(self, data: bytes, deadline: Deadline) -> None:
        if len(self.writes) + 1 == self._at:
            self.lost = True
            self.writes.append(0)
        else:
            super().write(data, deadline)


class Moment(StrEnum):
    """When a cable comes out: in the middle of what is sent, after it, or with the answer."""

    TORN = "torn"
    SENT = "sent"
    ANSWER = "answer"


class Cut(Manner):
    """At one write or answer, counted from the first, the cable comes out."""

    def __init__(self, behind: Transport, clock: Clock, moment: Moment, at: int, unplug: Callable[[], object]) -> None:
        super().__init__(behind, clock)
        self._moment, self._at, self._unplug = moment, at, unplug

    def write(self, data: bytes, deadline: Deadline) -> None:
        due = len(self.writes) + 1 == self._at
        torn = due and self._moment is Moment.TORN
        super().write(data[: len(data) // 2] if torn else data, deadline)
        if torn or (due and self._moment is Moment.SENT):
            self._out()

    def read(self, deadline: Deadline) -> bytes:
        data = super().read(deadline)
        if data and self._moment is Moment.ANSWER and len(self.answers) == self._at:
            self._out()
        return data

    def _out(self) -> None:
        self.lost = True
        self._unplug()
        raise GoneError("The cable came out")
