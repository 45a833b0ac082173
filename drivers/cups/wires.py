"""One HTTP connection to a print server, over TCP or a Unix socket, every exchange under a deadline.

HTTP clients limit how long one read may take, not how long an answer may: a server that sends a byte a second would
hold a printer's worker for ever. So the socket is ours, and h11 alone knows HTTP.
"""

from __future__ import annotations

import contextlib
import socket
from urllib.parse import unquote, urlsplit

import h11

from drivers.deadline import Deadline
from drivers.errors import (
    AccessError,
    AddressError,
    DriverError,
    GoneError,
    NoReplyError,
    NotFoundError,
    UnexpectedReplyError,
    WriteStalledError,
)
from drivers.transports.ready import readable

PORT = 631
_FORMS = "Write cups://HOST:631/QUEUE, or cups://%2Frun%2Fcups%2Fcups.sock/QUEUE for a Unix socket"
_LONGEST = 1 << 20  # bytes of an answer; all attributes of a queue are some 20,000
_CHUNK = 1 << 16
_HINT = "Check that CUPS runs: systemctl status cups"


class Server:
    """Where a print server listens.

    :param address: ``cups://HOST[:PORT]/QUEUE``; a host that begins with ``%2F`` is the path of a Unix socket.
    :raises AddressError: it is not understood.
    """

    def __init__(self, address: str) -> None:
        try:
            parts = urlsplit(address)
            self.port = parts.port or PORT
        except ValueError as wrong:
            raise AddressError(f"The printer address {address!r} is not understood ({wrong})", hint=_FORMS) from wrong
        self.queue = unquote(parts.path[1:])
        self.socket = unquote(parts.netloc) if parts.netloc.upper().startswith("%2F") else ""
        self.host = "localhost" if self.socket else (parts.hostname or "")
        odd = parts.query or parts.fragment or "@" in parts.netloc
        if parts.scheme != "cups" or not self.host or odd or not self.queue or set(self.queue) & set("/?# \t"):
            raise AddressError(f"The printer address {address!r} is not understood", hint=_FORMS)
        bracketed = f"[{self.host}]" if ":" in self.host else self.host
        self.name = self.socket or f"{bracketed}:{self.port}"
        self.connections = 0
        self._open: tuple[socket.socket, h11.Connection] | None = None

    def post(self, path: str, body: bytes, deadline: Deadline) -> bytes:
        """Send a request and return the body of its answer; nothing is sent twice.

        ``connections`` goes up whenever the connection had to be made anew: two answers under the same number came
        from one run of the server.

        :raises NotFoundError: no server is there; nothing was sent.
        :raises AccessError: the server wants a name, a password or encryption.
        :raises GoneError: the connection broke.
        :raises WriteStalledError: it stopped taking data.
        :raises NoReplyError: the answer did not come whole by the deadline.
        :raises UnexpectedReplyError: it is no HTTP, too long, or another kind of answer.
        """
        wire, http = self._connected(deadline)
        try:
            head = h11.Request(
                method="POST",
                target=path,
                headers=[
                    ("Host", self.host if self.socket else self.name),
                    ("Content-Type", "application/ipp"),
                    ("Content-Length", str(len(body))),
                ],
            )
            self._send(wire, (http.send(head) or b"") + (http.send(h11.Data(data=body)) or b""), deadline)
            http.send(h11.EndOfMessage())
            status, kind, answer = self._receive(wire, http, deadline)
            if http.their_state is h11.DONE and http.our_state is h11.DONE:
                http.start_next_cycle()
            else:
                self.close()
        except h11.RemoteProtocolError as wrong:
            self.close()
            if http.trailing_data[1]:  # it ended in the middle
                raise self._gone("closed by the other end") from wrong
            raise UnexpectedReplyError(f"What answers at {self.name} speaks no HTTP ({wrong})", hint=_HINT) from wrong
        except DriverError:
            self.close()  # what is left of this answer must not become another's
            raise
        return self._checked(status, kind, answer)

    def close(self) -> None:
        """Give the connection back; the next request makes another."""
        if self._open is not None:
            with contextlib.suppress(OSError):
                self._open[0].close()
            self._open = None

    def _connected(self, deadline: Deadline) -> tuple[socket.socket, h11.Connection]:
        if self._open is not None and readable(self._open[0].fileno(), Deadline.after(0)):
            self.close()  # closed by the server while it rested, or something that nobody asked for
        if self._open is None:
            wire = socket.socket(socket.AF_UNIX) if self.socket else None
            try:
                if wire is not None:
                    wire.settimeout(max(deadline.remaining, 0.001))
                    wire.connect(self.socket)
                else:
                    wire = socket.create_connection((self.host, self.port), max(deadline.remaining, 0.001))
            except PermissionError as denied:
                if wire is not None:
                    wire.close()
                raise AccessError(f"The print server at {self.name} lets this user not in ({denied})") from denied
            except OSError as absent:  # refused, timed out, no such file, name unknown
                if wire is not None:
                    wire.close()
                raise NotFoundError(f"No print server answers at {self.name} ({absent})", hint=_HINT) from absent
            self.connections += 1
            self._open = (wire, h11.Connection(h11.CLIENT))
        return self._open

    def _send(self, wire: socket.socket, data: bytes, deadline: Deadline) -> None:
        rest = memoryview(data)
        while rest:
            wire.settimeout(max(deadline.remaining, 0.001))
            try:
                rest = rest[wire.send(rest) :]
            except TimeoutError as stalled:
                raise WriteStalledError(
                    f"The print server at {self.name} stopped taking data", accepted=len(data) - len(rest), hint=_HINT
                ) from stalled
            except OSError as broken:
                raise self._gone(str(broken)) from broken

    def _receive(self, wire: socket.socket, http: h11.Connection, deadline: Deadline) -> tuple[int, bytes, bytes]:
        status, kind, body, taken = 0, b"", bytearray(), 0
        while True:
            event = http.next_event()
            match event:
                case h11.NEED_DATA:
                    if deadline.expired:
                        raise NoReplyError(f"The print server at {self.name} did not answer in time", hint=_HINT)
                    data = self._take(wire, deadline)
                    taken += len(data)
                    if taken > _LONGEST:
                        raise UnexpectedReplyError(
                            f"The print server at {self.name} sent more than {_LONGEST} bytes for one answer"
                        )
                    http.receive_data(data)
                case h11.Response():
                    status, kind = event.status_code, dict(event.headers).get(b"content-type", b"")
                case h11.Data():
                    body += event.data
                case h11.EndOfMessage():
                    return status, kind, bytes(body)
                case h11.InformationalResponse():
                    pass  # 100 Continue
                case _:
                    raise self._gone("closed by the other end")

    def _take(self, wire: socket.socket, deadline: Deadline) -> bytes:
        wire.settimeout(max(deadline.remaining, 0.001))
        try:
            return wire.recv(_CHUNK)
        except TimeoutError as silent:
            raise NoReplyError(f"The print server at {self.name} did not answer in time", hint=_HINT) from silent
        except OSError as broken:
            raise self._gone(str(broken)) from broken

    def _checked(self, status: int, kind: bytes, answer: bytes) -> bytes:
        if status in (401, 403, 426):
            raise AccessError(
                f"The print server at {self.name} lets this user not in (HTTP status {status})",
                hint="The queue must be usable without password and encryption from this machine; see cupsd.conf",
            )
        if status != 200 or kind.split(b";")[0].strip().lower() != b"application/ipp":
            raise UnexpectedReplyError(
                f"What answers at {self.name} is no print server: HTTP status {status}, "
                f"{kind.decode('latin-1')[:60] or 'no content type'}",
                hint=_HINT,
                reply=repr(answer[:40])[2:-1],
            )
        return answer

    def _gone(self, why: str) -> GoneError:
        return GoneError(f"The connection to the print server at {self.name} broke ({why})", hint=_HINT)
