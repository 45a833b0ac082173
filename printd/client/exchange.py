"""One request to the daemon and its answer: as much of HTTP (RFC 9112) as our own server speaks on its socket.

The standard library's client loads a mail parser and TLS, which takes as long as everything else that a command does.
"""

from __future__ import annotations

import re
import socket
from pathlib import Path

_PART = 65_536
_STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3}) ")
_LENGTH = re.compile(rb"\r\ncontent-length: ([0-9]{1,12})\r\n", re.IGNORECASE)


class BrokenOffError(Exception):
    """The other side was reached, and no whole answer came: what it did is unknown."""


def post(path: Path, target: str, content: bytes, seconds: float) -> tuple[int, bytes]:
    """Send a JSON document to a socket; return status and body of the answer.

    :param target: path of the request, ``/acts/jobs.list``.
    :param seconds: how long each step may take.
    :raises OSError: nobody listens; nothing was sent.
    :raises BrokenOffError: something was sent, and no whole answer came.
    """
    head = (
        f"POST {target} HTTP/1.1\r\nHost: printd\r\nConnection: close\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.settimeout(seconds)
        door.connect(str(path))
        try:
            door.sendall(head.encode("ascii") + content)
            answer = b"".join(iter(lambda: door.recv(_PART), b""))
        except OSError as broken:
            raise BrokenOffError(f"{type(broken).__name__}: {broken}") from broken
    told, ended, body = answer.partition(b"\r\n\r\n")
    status, length = _STATUS.match(told), _LENGTH.search(told + b"\r\n")
    if not (ended and status and length and len(body) == int(length[1])):
        raise BrokenOffError(f"the answer ended after {len(answer)} bytes")
    return int(status[1]), body
