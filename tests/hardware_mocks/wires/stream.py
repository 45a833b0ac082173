"""What pseudo-terminal and TCP have in common: one thread that moves bytes between a file descriptor and the port."""

import contextlib
import os
import select
import threading
from abc import ABC, abstractmethod

from hardware_mocks.printer import SimulatedPrinter

_CHUNK = 65536


class StreamWire(ABC):
    """Moves bytes until ``close``. Subclasses say how the descriptor comes and goes with cable and power."""

    def __init__(self, printer: SimulatedPrinter) -> None:
        self.printer = printer
        self._out = b""
        self._in = b""
        self._closing = False
        self._awake, self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        with printer.machine.cond:
            self._follow()
            printer.machine.listeners.append(self._nudge)
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)
        self._thread.start()

    @abstractmethod
    def _follow(self) -> None:
        """Open or close the far end as cable and power want it."""

    @abstractmethod
    def _descriptor(self) -> int | None:
        """Return the descriptor that carries bytes now."""

    @abstractmethod
    def _other(self) -> int | None:
        """Return a descriptor whose readability calls ``_event`` (a listening socket)."""

    @abstractmethod
    def _event(self) -> None:
        """React to the other descriptor."""

    @abstractmethod
    def _hung_up(self) -> None:
        """React to the end of the byte stream."""

    def _hang_up(self) -> None:
        """End the connection because the printer wants it; a serial line has none to end."""
        self.printer.port.hanging_up = False

    @abstractmethod
    def _shut(self) -> None:
        """Close every descriptor."""

    def _nudge(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake, b"x")

    def close(self) -> None:
        """Stop and close the far end."""
        with self.printer.machine.cond:
            self._closing = True
            self.printer.machine.listeners.remove(self._nudge)
            self._nudge()
        self._thread.join(10)
        self._shut()
        os.close(self._awake)
        os.close(self._wake)

    def _run(self) -> None:
        machine, port = self.printer.machine, self.printer.port
        while True:
            with machine.cond:
                if self._closing:
                    return
                self._follow()
                if self.printer.port.hanging_up:
                    self._hang_up()
                data, other = self._descriptor(), self._other()
                # A printer that is off hears nothing; one that holds BUSY leaves bytes waiting here and in the kernel.
                self._in = self._in[port.offer(self._in) :] if port.alive else b""
                while port.replies and data is not None:
                    self._out += port.replies.popleft()
            ready = self._wait(data, other)
            if self._awake in ready:
                os.read(self._awake, _CHUNK)
            if other in ready:
                self._event()
            if data in ready and self._out:
                self._send(data)
            if data in ready and not self._in:
                self._receive(data)

    def _wait(self, data: int | None, other: int | None) -> set[int | None]:
        """Wait until something can be moved or happened; return the descriptors that are ready."""
        poll = select.poll()  # not select.select: a process may hold more descriptors than that can tell apart
        poll.register(self._awake, select.POLLIN)
        if other is not None:
            poll.register(other, select.POLLIN)
        wanted = (0 if self._in else select.POLLIN) | (select.POLLOUT if self._out else 0)
        if data is not None and wanted:
            poll.register(data, wanted)
        return {descriptor for descriptor, _ in poll.poll()}

    def _send(self, data: int | None) -> None:
        if data is not None:
            try:
                self._out = self._out[os.write(data, self._out) :]
            except BlockingIOError:
                return
            except OSError:
                self._out = b""
                with self.printer.machine.cond:
                    self._hung_up()

    def _receive(self, data: int | None) -> None:
        if data is None:
            return
        try:
            piece = os.read(data, _CHUNK)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        with self.printer.machine.cond:
            if piece:
                self._in = piece
            else:
                self._hung_up()
