"""The control socket: serves the API under a name in the shop's folder, and takes that name back where it is lost."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

import uvicorn

from printd.console.api import create_app
from printd.desk.desk import Desk
from printd.errors import StorageError
from printd.shop.folder import check_socket_path
from printd.store import trouble

_ENDING_SECONDS = 3  # that requests under way have to end in


class ControlSocket:
    """Listens under a path until told to stop.

    :param path: whatever else is found there is taken away: whoever holds the shop holds the names in its folder.
    :raises ConfigError: the path is too long for a socket.
    """

    def __init__(self, desk: Desk, path: Path) -> None:
        check_socket_path(path.absolute())
        self._path = path
        self._config = uvicorn.Config(
            create_app(desk),
            log_level="warning",
            lifespan="off",
            access_log=False,
            timeout_graceful_shutdown=_ENDING_SECONDS,
        )
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._server: uvicorn.Server | None = None
        self._bound: tuple[int, int] | None = None

    def run(self) -> None:
        """Serve; returns after :meth:`stop`, or when the name in the folder is lost: begun again, it makes a new one.

        :raises StorageError: the name cannot be made.
        """
        while not self._stop.is_set():
            listener = self._listen()
            with self._lock:
                self._server = uvicorn.Server(self._config)
                self._server.should_exit = self._stop.is_set()
            try:
                self._server.run(sockets=[listener])
            finally:
                listener.close()
        self.gone()

    def look(self) -> bool:
        """Return whether the name in the folder still is this socket's; if not, a new one is made soon."""
        bound = self._bound
        if bound is None or bound == _identity(self._path):
            return True
        self._bound = None
        with self._lock:
            if self._server is not None:
                self._server.should_exit = True
        return False

    def gone(self) -> None:
        """Remove the name if it is still ours, so that whoever looks for the daemon finds none."""
        if self._bound is not None and self._bound == _identity(self._path):
            with suppress(OSError):  # one that nobody listens at does no harm where it cannot be taken away
                self._path.unlink()
        self._bound = None

    def stop(self) -> None:
        """End serving soon."""
        self._stop.set()
        with self._lock:
            if self._server is not None:
                self._server.should_exit = True

    def _listen(self) -> socket.socket:
        with ExitStack() as unless_whole:
            listener = unless_whole.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            try:
                self._path.unlink(missing_ok=True)
                listener.bind(str(self._path))
                self._path.chmod(0o600)
                self._bound = _identity(self._path) or _LOST  # before anybody can reach it, and then take it away
                listener.listen()  # at once: whoever finds it may connect, and is answered when serving begins
            except OSError as failed:
                what = f"The socket {self._path} cannot be made; commands do not reach the daemon."
                known = trouble.of_files(failed, what)
                raise known or StorageError(
                    what, why=f"{failed.strerror}.", remedy="Take away what is in its place."
                ) from failed
            unless_whole.pop_all()
        return listener


_LOST = (-1, -1)
"""The name was taken away while it was made."""


def _identity(path: Path) -> tuple[int, int] | None:
    """Return device and inode of what bears a name; ``None``: nothing does."""
    try:
        about = os.lstat(path)
    except OSError:
        return None
    return about.st_dev, about.st_ino
