"""A networked printer: raw bytes over TCP, one connection at a time, loopback only."""

import socket
import struct

from hardware_mocks.printer import SimulatedPrinter
from hardware_mocks.wires.stream import StreamWire

_RESET = struct.pack("ii", 1, 0)
"""Linger without time: the connection ends with RST, not FIN."""


class TcpWire(StreamWire):
    """Listens on ``host`` and ``port``. Without power or cable the connection is closed and nobody listens."""

    def __init__(self, printer: SimulatedPrinter, host: str = "127.0.0.1", port: int = 0) -> None:
        if host not in ("127.0.0.1", "localhost"):
            msg = f"{host!r}: a simulated printer listens on the loopback address only"
            raise ValueError(msg)
        self.host, self.port = "127.0.0.1", port
        self._listener: socket.socket | None = None
        self._connection: socket.socket | None = None
        super().__init__(printer)

    def _follow(self) -> None:
        alive = self.printer.port.alive
        if alive and self._listener is None:
            self._listener = socket.create_server((self.host, self.port), backlog=1)
            self._listener.setblocking(False)
            self.port = self._listener.getsockname()[1]
        elif not alive and self._listener is not None:
            self._shut()
            self.printer.port.disconnect()

    def _descriptor(self) -> int | None:
        return self._connection.fileno() if self._connection else None

    def _other(self) -> int | None:
        free = self._connection is None or self.printer.machine.quirks.refuse_second
        return self._listener.fileno() if self._listener and free else None

    def _event(self) -> None:
        if self._listener is None:
            return
        try:
            fresh, _ = self._listener.accept()
        except BlockingIOError:
            return
        if self._connection is not None:
            fresh.close()  # one client at a time, and this printer says so
            return
        self._connection = fresh
        self._connection.setblocking(False)
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.printer.machine.cond:
            self.printer.port.connect()

    def _hung_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._out = self._in = b""
            self.printer.port.disconnect()
        self.printer.port.hanging_up = False

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._hung_up()

    def _shut(self) -> None:
        # The listener goes first: a host that sees its connection end shall not get a new one.
        if self._listener is not None:
            self._listener.close()
        if self._connection is not None:
            self._connection.close()
        self._connection = self._listener = None
        self._out = self._in = b""
