"""A disk of its own for a shop, in a mount namespace of this process: filled for real, made read-only, made anew.

A RAM disk that can be full; a file with ext4 in it where a disk must fail under a running daemon, or knows immutable
files; a plain folder where permissions are all that is wrong, which needs no privilege.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Literal

import pytest

Kind = Literal["plain", "tmpfs", "ext4"]

_MB = 96
_CLONE_NEWNS = 0x00020000
_BALLAST = "ballast"


class NoDiskError(Exception):
    """This process may not mount."""


def run(*command: str) -> None:
    """Run a program of the system. :raises NoDiskError: it failed; with what it said."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except OSError as missing:
        raise NoDiskError(f"{command[0]}: {missing}") from missing
    if done.returncode:
        raise NoDiskError(f"{' '.join(command)}: {done.stderr.strip()}")


@cache
def apart() -> None:
    """Take this process into a mount namespace of its own: what it mounts nobody else sees, and it ends with it."""
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNS):
        raise NoDiskError(f"unshare: {os.strerror(ctypes.get_errno())}")
    run("mount", "--make-rprivate", "/")


def must_have(missing: NoDiskError) -> None:
    """Skip with the reason; in CI, where it must be there, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"No disk of its own can be mounted here: {missing}")
    pytest.skip(f"no disk of its own can be mounted here, run it as root: {missing}")


def _file() -> Path:
    return Path(tempfile.mkstemp(prefix="printd-disk-", dir="/dev/shm")[1])


class Disk:
    """One disk; ``root`` is where it is mounted."""

    def __init__(self, kind: Kind) -> None:
        if kind != "plain":
            apart()
        self.kind = kind
        # Short, for a socket's path has at most 107 bytes.
        self.root = Path(tempfile.mkdtemp(prefix="printd-disk-", dir="/dev/shm" if kind == "plain" else "/tmp"))
        self._image = _file()
        if kind == "ext4":
            os.truncate(self._image, _MB << 20)
            # Blocks as large as pages, as on every disk of some size: SQLite reserves one byte of each page it maps.
            run("mkfs.ext4", "-q", "-F", "-m", "0", "-b", "4096", str(self._image))
        if kind != "plain":
            self.mount()

    def mount(self) -> None:
        """Mount it."""
        if self.kind == "tmpfs":
            run("mount", "-t", "tmpfs", "-o", f"size={_MB}m,mode=755", "printd-test", str(self.root))
        else:
            run("mount", "-o", "loop", str(self._image), str(self.root))

    def repair(self) -> None:
        """Repair an ext4 that was cut off, as a start of the machine would, and mount it anew.

        A copy is mounted: a program of another suite that took itself apart meanwhile (a card reader's service) still
        holds the old one mounted, and the kernel gives the same failed file system again to whoever asks for it.
        """
        self.unmount()
        failed, self._image = self._image, _file()
        run("cp", "--sparse=always", str(failed), str(self._image))
        failed.unlink()
        subprocess.run(["e2fsck", "-f", "-y", str(self._image)], capture_output=True, check=False, timeout=30)
        self.mount()

    def unmount(self) -> None:
        """Take it away. :raises NoDiskError: somebody still uses it."""
        run("umount", str(self.root))

    def close(self) -> None:
        """End it."""
        if self.kind != "plain":
            run("umount", "--recursive", "--lazy", str(self.root))
        self._image.unlink(missing_ok=True)
        shutil.rmtree(self.root)

    def fill(self) -> None:
        """Write until not one byte more goes in."""
        with (self.root / _BALLAST).open("ab") as ballast:
            free = os.statvfs(self.root)
            for size in (max(0, free.f_bavail - 64) * free.f_frsize, 1 << 16, 4096, 512, 1):
                try:
                    while size:
                        if size > 1 << 16:
                            os.posix_fallocate(ballast.fileno(), 0, size)
                            ballast.seek(0, os.SEEK_END)
                            break
                        os.write(ballast.fileno(), bytes(size))
                except OSError as full:
                    if full.errno != errno.ENOSPC:
                        raise
            os.fsync(ballast.fileno())

    def make_room(self) -> None:
        """Take away what filled it."""
        (self.root / _BALLAST).unlink(missing_ok=True)

    def read_only(self, *, by_force: bool) -> None:
        """Let nobody write any more.

        :param by_force: as the kernel does after an error of the disk, though files are open; it is lifted only by
            unmounting.
        """
        if by_force:
            run("sync", "--file-system", str(self.root))  # what lies there for long is on the disk
        run("mount", "-o", "remount,abort" if by_force else "remount,ro", str(self.root))

    def writable(self) -> None:
        """Let people write again, after no force was needed."""
        run("mount", "-o", "remount,rw", str(self.root))


def no_room_in(folder: Path) -> None:
    """Mount a disk on a folder on which no file has room."""
    folder.mkdir(mode=0o700, exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=1,mode=700", "printd-test", str(folder))


def room_in(folder: Path) -> None:
    """Take that disk away, even under a process that looks at it."""
    run("umount", "--lazy", str(folder))
