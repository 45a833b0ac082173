"""Datagrams beside a networked printer's stream: one question, one answer, loopback only (protocol sheet 3, UDP)."""

import socket
import threading
from typing import Protocol, runtime_checkable

from hardware_mocks.printer import SimulatedPrinter

_LONGEST = 65536


@runtime_checkable
class Answers(Protocol):
    """A firmware that hears datagrams."""

    def datagram(self, data: bytes) -> bytes | None:
        """Answer one datagram, or not. Wants the machine's lock held."""


class UdpWire:
    """Listens on ``port`` (0 = any, ``near`` is tried first). A printer that is off or unplugged answers nothing."""

    def __init__(self, printer: SimulatedPrinter, host: str = "127.0.0.1", port: int = 0, near: int = 0) -> None:
        if host not in ("127.0.0.1", "localhost"):
            msg = f"{host!r}: a simulated printer listens on the loopback address only"
            raise ValueError(msg)
        firmware = printer.language
        if not isinstance(firmware, Answers):
            msg = f"a {printer.setup.family} printer hears no datagrams"
            raise ValueError(msg)
        self._printer, self._firmware = printer, firmware
        self._closing = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind(("127.0.0.1", port or near))
        except OSError:
            if port:
                self._socket.close()
                raise
            self._socket.bind(("127.0.0.1", 0))
        self.host, self.port = self._socket.getsockname()
        self._thread = threading.Thread(target=self._run, name="udp", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer no more."""
        # A datagram to oneself wakes the thread: closing a socket does not end a receive.
        self._closing = True
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", (self.host, self.port))
        self._thread.join(10)
        self._socket.close()

    def _run(self) -> None:
        machine = self._printer.machine
        while True:
            data, address = self._socket.recvfrom(_LONGEST)
            if self._closing:
                return
            with machine.cond:
                answer = self._firmware.datagram(data) if self._printer.port.alive else None
            if answer is not None:
                self._socket.sendto(answer, address)
