"""A TCP port before a print server's Unix socket: hands on in some manner, or breaks in the middle.

One exchange is what a client sends until it is answered; exchanges are counted from 1 over all connections.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from pathlib import Path

_PIECE = 1 << 16


class Relay(socketserver.ThreadingTCPServer):
    """Relays to a Unix socket.

    :param manner: ``whole``; ``bytes`` gives answers byte by byte, ``delayed`` late; at the exchange ``at``, ``torn``
        ends in the middle of a question, ``answer`` instead of an answer, ``half`` in the middle of one. After ``torn``
        and ``answer`` the cable is out until :meth:`plug`.
    """

    daemon_threads = True

    def __init__(self, behind: Path, manner: str, at: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.behind, self.manner, self.at = behind, manner, at
        self.exchanges = 0
        self.unplugged = False

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def plug(self) -> None:
        """Be there again, and hand on whatever comes."""
        self.manner, self.unplugged = "whole", False

    def verify_request(self, request: object, client_address: object) -> bool:
        """Let nobody in while the cable is out."""
        return not self.unplugged


class _Connection(socketserver.BaseRequestHandler):
    server: Relay
    request: socket.socket

    def handle(self) -> None:
        asking = False
        client, relay = self.request, self.server
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with socket.socket(socket.AF_UNIX) as server, selectors.DefaultSelector() as ready, _until_it_breaks():
            server.connect(str(relay.behind))
            for one in (client, server):
                ready.register(one, selectors.EVENT_READ)
            while True:
                for key, _ in ready.select():
                    data = key.fileobj.recv(_PIECE)  # type: ignore[union-attr]
                    if not data:
                        return
                    due = relay.exchanges == relay.at
                    if key.fileobj is client:
                        relay.exchanges += not asking
                        asking = True
                        if relay.manner == "torn" and relay.exchanges == relay.at:
                            relay.unplugged = True
                            server.sendall(data[: len(data) // 2])
                            return
                        server.sendall(data)
                    else:
                        asking = False
                        if due and relay.manner in ("answer", "half"):
                            relay.unplugged = relay.manner == "answer"
                            client.sendall(data[: len(data) // 2] if relay.manner == "half" else b"")
                            return
                        self._answer(data)

    def _answer(self, data: bytes) -> None:
        if self.server.manner == "delayed":
            time.sleep(0.05)
        step = 1 if self.server.manner == "bytes" else len(data)
        for start in range(0, len(data), step):
            self.request.sendall(data[start : start + step])


@contextlib.contextmanager
def _until_it_breaks() -> Iterator[None]:
    with contextlib.suppress(OSError):
        yield


@contextlib.contextmanager
def relay(behind: Path, manner: str, at: int = 0) -> Iterator[Relay]:
    """Run a relay until the end."""
    with Relay(behind, manner, at) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield made
        finally:
            made.shutdown()
            thread.join(20)
