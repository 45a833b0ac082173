"""Names of what lies in a shop's folder, and what its path must be, for parts that do not load the shop."""

from __future__ import annotations

import os
from pathlib import Path

from printd.errors import ConfigError

SOCKET_NAME = "printd.sock"
CONFIG_NAME = "printd.toml"

DEFAULT_ZONE = "Asia/Makassar"
"""Time zone of an office whose configuration names none."""

_LONGEST = 100  # bytes of a Unix socket's path; the kernel takes 107


def check_socket_path(path: Path) -> None:
    """Make sure that a daemon can listen at a path.

    :param path: of the socket, as it will be named to the daemon.
    :raises ConfigError: it is too long for a Unix socket.
    """
    length = len(os.fsencode(path))
    if length > _LONGEST:
        raise ConfigError(
            f"The path of the shop's socket is {length} bytes long, and {_LONGEST} are the most: {path}",
            why="A Unix socket, by which commands reach the daemon, takes no longer path.",
            remedy="Put the shop into a folder with a shorter path, such as /srv/printd.",
        )
