"""A printer behind a TCP port: ``tcp://host:port``."""

from __future__ import annotations

import contextlib
import socket

from drivers.deadline import Deadline
from drivers.errors import GoneError, NotFoundError, WriteStalledError
from drivers.transports.base import READ_LIMIT
from drivers.transports.ready import readable, writable

_HINT = "Check that the printer is on, the network cable, and host and port of its address"


class TcpTransport:
    """One TCP connection. Bytes count as accepted when this host's network stack took them."""

    settle = 0.0

    def __init__(self, host: str, port: int, deadline: Deadline) -> None:
        self._name = f"{host}:{port}"
        try:
            self._socket = socket.create_connection((host, port), timeout=max(deadline.remaining, 0.001))
        except OSError as error:  # refused, timed out, no route, name unknown
            raise NotFoundError(f"No printer answers at {self._name} ({error})", hint=_HINT) from error
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.setblocking(False)
        except OSError as error:
            self._socket.close()
            raise GoneError(f"The connection to {self._name} broke at once ({error})", hint=_HINT) from error

    def write(self, data: bytes, deadline: Deadline) -> None:
        """See :class:`drivers.transports.base.Transport`."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self._socket.send(rest) :]
            except BlockingIOError:
                if deadline.expired:
                    raise WriteStalledError(
                        f"The printer at {self._name} stopped taking data",
                        accepted=len(data) - len(rest),
                        hint="Look at the printer: it may wait for somebody",
                    ) from None
                writable(self._socket.fileno(), deadline)
            except OSError as error:
                raise self._gone(str(error)) from error

    def read(self, deadline: Deadline) -> bytes:
        """See :class:`drivers.transports.base.Transport`."""
        while True:
            try:
                data = self._socket.recv(READ_LIMIT)
            except BlockingIOError:
                if deadline.expired:
                    return b""
                readable(self._socket.fileno(), deadline)
            except OSError as error:
                raise self._gone(str(error)) from error
            else:
                if not data:
                    raise self._gone("closed by the other end")
                return data

    def close(self) -> None:
        """See :class:`drivers.transports.base.Transport`."""
        with contextlib.suppress(OSError):
            self._socket.close()

    def _gone(self, why: str) -> GoneError:
        return GoneError(f"The connection to {self._name} broke ({why})", hint=_HINT)
