"""The connector on the printer's back: bytes in, reply packets out, whatever the wire."""

from collections import deque

from hardware_mocks.machine import Machine

BUSY_BUFFER = 4096
"""Bytes that the printer still takes while it holds BUSY (unverified; any small number will do)."""
_TX_LIMIT = 1000
IN, OUT = "in", "out"
HALT = b"halt"
"""A mark among the replies, known by identity: here the IN endpoint stalls until the host clears it."""


class Port:
    """Both directions between a wire and the firmware. Every method wants ``machine.cond`` held."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.received: deque[bytes | None] = deque()  # None marks a new connection
        self.replies: deque[bytes] = deque()
        self.busy = False
        self.stalled = False
        self.halted: set[str] = set()  # endpoints (IN, OUT) that stall, each until the host clears it
        self.wedged = False  # clearing does not help, only a reset does (USB mass storage)
        self.bus = False  # the wire is USB
        self.stepwise = False  # takes one transfer at a time and NAKs until it is worked on
        self.hanging_up = False  # the wire shall end the connection
        self.connected = True
        self._waiting = 0

    @property
    def alive(self) -> bool:
        """Whether the printer is on, booted and its cable in."""
        return self.machine.ready and self.machine.cable

    def room(self) -> int:
        """Return how many bytes the printer takes now; 0 means that it holds BUSY."""
        if not self.alive:
            return 0
        if self.stepwise and (self.busy or self.received):
            return 0
        if self.busy or self.machine.plan.waiting_for("payload"):
            return max(0, BUSY_BUFFER - self._waiting)
        return 1 << 30

    def offer(self, data: bytes | memoryview) -> int:
        """Hand bytes to the printer; return how many it took."""
        count = min(len(data), self.room())
        if count:
            self.received.append(bytes(data[:count]))
            self._waiting += count
            self.machine.changed()
        return count

    def take(self) -> bytes | None:
        """Give the firmware the next received piece; None is a new connection."""
        piece = self.received.popleft()
        self._waiting -= len(piece or b"")
        if self.stepwise and piece is not None:
            self.busy = True
        self.machine.changed()
        return piece

    def reply(self, data: bytes) -> None:
        """Let the printer send one packet."""
        if self.alive and self.connected and len(self.replies) < _TX_LIMIT:
            self.replies.append(data)
            self.machine.changed()

    def halt(self) -> None:
        """Let the IN endpoint stall when what is queued before was read."""
        if self.alive and self.connected:
            self.replies.append(HALT)
            self.machine.changed()

    def clear_halt(self, *endpoints: str) -> None:
        """End the stall of these endpoints."""
        self.stalled = False
        if not self.wedged:
            self.halted.difference_update(endpoints)
            if IN in endpoints and self.replies and self.replies[0] is HALT:
                self.replies.popleft()
        self.machine.changed()

    def hang_up(self) -> None:
        """End the connection from the printer's side, as a reset; what was received of it is forgotten."""
        if None in self.received:
            return  # it is over already, the next one has begun
        self.hanging_up = True
        self.drop_received()
        self.replies.clear()
        self.machine.changed()

    def connect(self) -> None:
        """Begin a new connection: an unfinished command is forgotten, old replies are gone."""
        self.connected = True
        self.hanging_up = False
        self.received.append(None)
        self.replies.clear()
        self.machine.changed()

    def disconnect(self) -> None:
        """End the connection: replies have nowhere to go. What was received is still worked on."""
        self.connected = False
        self.replies.clear()
        self.machine.changed()

    def drop_received(self) -> None:
        """Lose the bytes that were not worked on yet."""
        self.received.clear()
        self._waiting = 0

    def clear(self) -> None:
        """Lose everything, as when power fails."""
        self.drop_received()
        self.replies.clear()
        self.busy = self.stalled = self.wedged = False
        self.halted.clear()
