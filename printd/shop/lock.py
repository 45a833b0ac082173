"""Holding a shop alone: a lock on its folder, which nobody can delete while it is held, and who holds it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from printd.errors import ConfigError, ShopBusyError
from printd.shop.config import CONFIG_NAME, load

_LOCKS = Path("/proc/locks")
_TURN_SECONDS = 0.05


@dataclass(frozen=True)
class Holder:
    """A process that holds a shop.

    :param pid: its number; ``None``: the kernel does not tell it (another container, another machine).
    :param command: its command's name, or an empty string.
    """

    pid: int | None
    command: str

    def __str__(self) -> str:
        if self.pid is None:
            return "another process, which this machine's list does not show"
        return f"process {self.pid} ({self.command})" if self.command else f"process {self.pid}"


@contextmanager
def locked(folder: Path, patience: float = 0.0, waiting: Callable[[Holder], None] = lambda _: None) -> Iterator[None]:
    """Hold the shop alone: the daemon while it runs, or one command without it.

    :param patience: seconds to wait for somebody else to let go.
    :param waiting: told once who holds it, where it has to be waited for.
    :raises ShopBusyError: somebody else holds it.
    :raises ConfigError: the folder is no shop, or may not be used by this user.
    """
    if not (folder / CONFIG_NAME).exists():
        load(folder / CONFIG_NAME)  # says what is wrong
    handle = _open(folder)
    try:
        deadline, told = time.monotonic() + patience, False
        while not _take(handle):
            who = _holder(handle)
            if time.monotonic() >= deadline:
                raise ShopBusyError(
                    f"Another process works on the shop {folder}.",
                    why=f"It is held by {who}.",
                    consequence="Nothing was done.",
                    remedy="A daemon that starts, or waits for its disk or database, says so in its own lines; a "
                    "command is soon done. Then try again.",
                )
            if not told:
                waiting(who)
                told = True
            time.sleep(_TURN_SECONDS)
        yield
    finally:
        os.close(handle)


def holder(folder: Path) -> Holder | None:
    """Return who holds a shop now, or ``None``: nobody does.

    :raises ConfigError: the folder may not be used by this user.
    """
    handle = _open(folder)
    try:
        return None if _take(handle) else _holder(handle)
    finally:
        os.close(handle)


def _open(folder: Path) -> int:
    try:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as refused:
        raise ConfigError(
            f"The shop {folder} cannot be locked.", why=f"{refused.strerror}.", remedy="Run this as the shop's user."
        ) from refused


def _take(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(handle: int) -> Holder:
    """Ask the kernel who holds the lock (proc(5), /proc/locks: type, mode, access, process, device:inode)."""
    about = os.fstat(handle)
    inode = f"{os.major(about.st_dev):02x}:{os.minor(about.st_dev):02x}:{about.st_ino}"
    try:
        held = [line.split() for line in _LOCKS.read_text(encoding="ascii").splitlines()]
        pid = next(int(one[4]) for one in held if one[1] == "FLOCK" and one[5] == inode and int(one[4]) > 0)
    except (OSError, StopIteration):
        return Holder(None, "")
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return Holder(pid, "")
    return Holder(pid, " ".join(Path(os.fsdecode(word)).name for word in words[:2] if word)[:60])
