"""The files of an export, written so that a cut at any moment leaves what was published, or what is published next.

Each file is durable under another name before it gets its own; what a cut left under other names lies in one folder,
by which the beginning of an export is known from a folder of somebody else's.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from printd import durable
from printd.errors import IntegrityError, Refused
from printd.ledger.tiles import bundle_path, layout, partials, tile_path

PART = ".part"
"""Folder of files that have no name yet; it is gone when an export is done."""

_FOLDER, _FILE = 0o755, 0o644  # a web server reads them that is somebody else
_AT_ONCE = 64  # files that get their names together


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep a second export out of a folder; the system lets go where a process dies.

    :raises Refused: one is being written.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise Refused(
                f"Another export is being written to {folder}.",
                consequence="Nothing was written.",
                remedy="Wait until it is done.",
            ) from busy
        yield
    finally:
        os.close(handle)


def make(folder: Path) -> None:
    """Make a folder and those above it, durably, unless they are there: anybody may read it, whatever the umask."""
    if not folder.is_dir():
        make(folder.parent)
        folder.mkdir()
        folder.chmod(_FOLDER)
        durable.sync_folder(folder.parent)


class Files:
    """Files below a folder, which nobody else writes to."""

    def __init__(self, folder: Path, *, anew: bool) -> None:
        """Take away what a cut left.

        :param anew: nothing is published there: all of it is.
        """
        self._folder = folder
        self._part = folder / PART
        self._waiting: list[tuple[Path, Path]] = []
        if anew:
            self.take_away()
        elif self._part.exists():
            shutil.rmtree(self._part)
        self._part.mkdir()

    def put(self, path: str, content: bytes) -> None:
        """Write a file that never changes, unless it is there.

        :raises IntegrityError: it is there, and is something else.
        """
        final = self._folder / path
        there = self._there(final)
        if there is not None:
            if there != content:
                raise _altered(final, "It was altered, or is damaged.")
            return
        self._waiting.append((self._beside(str(len(self._waiting)), content), final))
        if len(self._waiting) == _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Give all that was written its names."""
        for beside, final in self._waiting:
            make(final.parent)
            beside.rename(final)
        for parent in {final.parent for _, final in self._waiting}:
            durable.sync_folder(parent)
        self._waiting.clear()

    def replace(self, path: str, content: bytes) -> None:
        """Write a file anew, at once, unless it says that already.

        :raises IntegrityError: something else than a file is there.
        """
        final = self._folder / path
        if self._there(final) == content:
            return
        make(final.parent)
        self._beside("one", content).replace(final)
        durable.sync_folder(final.parent)

    def clear(self, start: int, size: int) -> None:
        """Take away what full tiles and bundles were before they were full, from an entry on, and what has no name.

        Nothing of the export asks for it, so that what cannot be taken away does no harm.
        """
        for level, (full, _) in enumerate(layout(size)):
            for index in range(start >> 8 * (level + 1), full):  # a tile is eight levels of the tree
                shutil.rmtree(self._folder / partials(tile_path(level, index)), ignore_errors=True)
                if not level:
                    shutil.rmtree(self._folder / partials(bundle_path(index)), ignore_errors=True)
        shutil.rmtree(self._part, ignore_errors=True)

    def take_away(self) -> None:
        """Take away all that is there, of which nothing is published."""
        for one in sorted(self._folder.iterdir(), key=lambda one: one.name == PART):  # by that it is known as ours
            if one.is_dir():
                shutil.rmtree(one)
            else:
                one.unlink()

    def _there(self, final: Path) -> bytes | None:
        """Return what a file says that is there; a link is never followed, for it leads where nobody wants to write.

        :raises IntegrityError: something else is there, or above it.
        """
        for above in final.relative_to(self._folder).parents:
            if (self._folder / above).is_symlink() and above.name:
                raise _altered(self._folder / above, "It is a link.")
        try:
            kind = final.lstat().st_mode
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(kind):
            raise _altered(final, "It is no file.")
        return final.read_bytes()

    def _beside(self, name: str, content: bytes) -> Path:
        """Write a file that has no name yet."""
        path = self._part / name
        with path.open("wb") as out:
            out.write(content)
            out.flush()
            os.fchmod(out.fileno(), _FILE)
            os.fsync(out.fileno())
        return path


def _altered(path: Path, why: str) -> IntegrityError:
    return IntegrityError(
        f"{path} is not what the log says.",
        why=why,
        consequence="The export there stays as it was; nothing was published.",
        remedy="Keep it as evidence, export to a new folder, and compare the two.",
    )
