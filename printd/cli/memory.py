"""Whether what is written into a folder comes to lie on a disk, or in this machine's memory alone."""

from __future__ import annotations

import os
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_SWAPS = Path("/proc/swaps")


def to_disk(path: Path) -> bool:
    """Tell whether a new file would come to lie on a disk. What is not known is a disk."""
    folder = path if path.is_dir() else path.absolute().parent
    try:
        device = os.stat(folder).st_dev  # noqa: PTH116 - the number of the file system is wanted
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
        swaps = _SWAPS.read_text(encoding="utf-8").splitlines()[1:]
    except OSError:
        return True
    number = f"{os.major(device)}:{os.minor(device)}"
    kinds = {line.partition(" - ")[2].split(" ")[0] for line in mounts if line.split(" ")[2] == number}
    if kinds == {"ramfs"}:
        return False
    return kinds != {"tmpfs"} or bool(swaps)  # what lies on tmpfs can be swapped out
