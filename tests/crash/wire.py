"""A wire without a kernel between driver and simulated printer, on a clock that nobody waits for.

The firmware of an instant printer works at once. So when it stands still and nothing came, nothing will come, and the
clock jumps to the deadline of whoever waits. Every write and every answer is a point.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from crash.points import Points
from drivers.deadline import Deadline
from drivers.errors import BusyError, GoneError, NoReplyError, NotFoundError, WriteStalledError
from hardware_mocks.magicard.printer import Magicard
from hardware_mocks.port import HALT
from hardware_mocks.pytest_wires import SimulatedPrinter

NONSENSE = b"\x07?#\x00"
_BLOCKS = (b"\xf0", b"\xf1", b"\xf2", b"\xf3")
_TICK = 1e-5  # seconds that pass at each look at the clock, so that no loop waits for ever
_STUCK = 10.0  # real seconds after which a firmware that neither works nor waits is a defect of the simulator


class Clock:
    """Stands in for the module ``time`` in the drivers."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        self.now += _TICK
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Line:
    """What outlives a connection: the printer at the far end, its name, bytes that are still under way."""

    def __init__(self, name: str, sim: SimulatedPrinter, clock: Clock) -> None:
        self.name, self.sim, self.clock = name, sim, clock
        self.stale: deque[bytes] = deque()
        self.open: Wire | None = None
        self.trace: Callable[[str, bytes], None] = lambda way, data: None

    def connect(self, points: Points) -> Wire:
        points.reach("before connect", self.name)
        if self.open is not None:
            raise BusyError(f"{self.name} is open already")
        self.settle()
        with self.sim.machine.cond:
            if not self.sim.port.alive:
                raise NotFoundError(f"Nothing answers at {self.name}")
            self.sim.port.connect()
        self.settle()
        kind = Wire if self.sim.family.datagrams else UsbWire  # a network printer, which has no number of a device
        self.open = kind(self, points)
        return self.open

    def hang_up(self) -> None:
        """End the connection, as the kernel does for a process that died."""
        self.open = None
        with self.sim.machine.cond:
            self.sim.port.disconnect()
        self.settle()

    def settle(self) -> None:
        """Wait until the firmware stands still: it waits for bytes, for power, or for a person."""
        condition, end = self.sim.machine.cond, time.monotonic() + _STUCK
        while True:
            with condition:
                if len(condition._waiters) > 0:  # type: ignore[attr-defined]
                    return
            assert time.monotonic() < end, "the firmware neither works nor waits"
            time.sleep(0)


class Wire:
    """One open connection; satisfies :class:`drivers.transports.base.Transport`."""

    settle = 0.0

    def __init__(self, line: Line, points: Points) -> None:
        self._line, self._points = line, points
        self._sim, self._port = line.sim, line.sim.port
        self._boots = self._power_ups()
        self._coming: deque[bytes] = deque()  # at the next read
        self._held: deque[bytes] = deque()  # after the next write
        self._said = b""

    def _power_ups(self) -> int:
        return sum(1 for line in self._sim.truth.lines if line["event"] in ("power", "cable"))

    def _check(self) -> None:
        if self._line.open is not self or not self._port.alive or self._boots != self._power_ups():
            raise GoneError(f"The connection to {self._line.name} broke")

    def _reach(self, name: str) -> str:
        fault = self._points.reach(name, self._line.name)
        self._line.settle()
        self._check()
        return fault

    def write(self, data: bytes, deadline: Deadline) -> None:
        name = name_of(data)
        fault = self._reach(f"before > {name}")
        self._line.trace(">", data)
        if fault == "stalled":
            self._wait(deadline)
            raise WriteStalledError("Nothing is taken", accepted=0)
        sent = data[: len(data) // 2] if fault == "torn" else data
        if fault == "untrue":  # it says what it said last, and did nothing
            self._coming.append(self._said)
        elif fault != "swallowed":
            self._send(sent, deadline)
        self._coming += self._held
        self._held.clear()
        self._coming += self._line.stale
        self._line.stale.clear()
        if fault == "torn":
            self._wait(deadline)
            raise WriteStalledError("Half of it was taken", accepted=len(sent))
        self._reach(f"after > {name}")

    def _send(self, data: bytes, deadline: Deadline) -> None:
        done = 0
        while done < len(data):
            with self._sim.machine.cond:
                taken = self._port.offer(memoryview(data)[done:])
            done += taken
            self._line.settle()
            self._check()
            if not taken and not self._port.room():
                self._wait(deadline)
                raise WriteStalledError("The printer stopped taking data", accepted=done)

    def read(self, deadline: Deadline) -> bytes:
        while True:
            self._line.settle()
            self._check()
            data = self._next()
            if not data:
                self._wait(deadline)
                return b""
            name = name_of(data)
            fault = self._reach(f"before < {name}")
            self._said = data
            self._line.trace("<" + fault, data)
            if fault == "half" and len(data) > 1:
                data = data[: len(data) // 2]
            elif fault == "nonsense":
                data = NONSENSE
            elif fault == "twice":
                self._coming.append(data)
            elif fault in ("lost", "late", "stale"):
                {"late": self._held, "stale": self._line.stale}.get(fault, deque()).append(data)
                continue
            self._reach(f"after < {name}")
            return data

    def _next(self) -> bytes:
        if self._coming:
            return self._coming.popleft()
        with self._sim.machine.cond:
            if self._port.replies and self._port.replies[0] is HALT:
                raise NoReplyError("The endpoint stalls")
            return self._port.replies.popleft() if self._port.replies else b""

    def _wait(self, deadline: Deadline) -> None:
        self._line.clock.now += deadline.remaining

    def close(self) -> None:
        if self._line.open is self and not self._points.dead:
            self._line.hang_up()


class UsbWire(Wire):
    """One open connection with what families ask USB for."""

    def __init__(self, line: Line, points: Points) -> None:
        super().__init__(line, points)
        self._jobs_seen = sum(1 for line in self._sim.truth.lines if line["event"] == "job")
        self.serial_number = self._sim.setup.serial

    def port_status(self) -> int | None:
        self._reach("before port status")
        face, language = self._sim.family.usb, self._sim.language
        with self._sim.machine.cond:
            jobs = sum(1 for line in self._sim.truth.lines if line["event"] == "job")
            if jobs != self._jobs_seen and isinstance(language, Magicard):
                language._busy = True
            try:
                return face.port_status(self._sim.machine, language)
            finally:
                self._jobs_seen = jobs
                if isinstance(language, Magicard):
                    language._busy = False


def name_of(data: bytes) -> str:
    """Return the first bytes of what goes over a wire, without what could be of a person."""
    if data[:1] in _BLOCKS and data[1:2] == b"\0":  # binary blocks: type, and the command or panel
        return f"{data[:4].hex()} {data[16:17].hex()}".strip()
    head = data[:12].split(b"\r")[0].split(b"\0")[0]
    return head.lstrip(b"\x1b").decode("ascii", "backslashreplace")[:12]
