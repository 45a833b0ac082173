"""Files that a power cut leaves whole: the old content or the new one, never a half (log reference section 12)."""

from __future__ import annotations

import os
from pathlib import Path

_BLOCK = 1 << 20


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Replace a file by new content, durably.

    :raises OSError: it cannot be written; the old content stands.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def destroy(path: Path) -> None:
    """Overwrite a file where it lies, then remove it, durably.

    A file system that writes elsewhere (copies on write, snapshots) and a flash disk may keep the old bytes for a time.

    :raises OSError: it cannot be written or removed.
    """
    overwrite(path)
    path.unlink()
    sync_folder(path.parent)


def overwrite(path: Path) -> None:
    """Overwrite a file where it lies, durably; it stays, with nothing but zeros.

    :raises OSError: it cannot be written.
    """
    with path.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size
        while size > 0:
            size -= file.write(bytes(min(size, _BLOCK)))
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Make durable which names a folder holds."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
