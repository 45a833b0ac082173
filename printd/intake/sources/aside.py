"""What the spool set aside because it could not be sealed: it lies in clear, and so it goes after three days.

That is booked (:mod:`printd.intake.purge`). What goes is first moved into ``.ended``, into a folder that has the number
of the entry for its name: a crash leaves it there, and whoever starts next sees whether the entry was booked.
"""

from __future__ import annotations

import shutil
import stat
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from printd import durable

TOO_LARGE: Final = ".too-large"
UNREADABLE: Final = ".unreadable"
HOURS: Final = 72
"""Hours after which what was set aside is removed: time to look at it, and no archive of faces."""
_ENDED: Final = ".ended"


Booked = Callable[[int], bool]
"""Tells of the number of an entry whether that one says that deliveries are removed."""


def due(spool: Path, booked: Booked) -> list[Path]:
    """Return what was set aside long enough ago, and what was moved for an entry that was never booked."""
    aside = [one for place in (spool / TOO_LARGE, spool / UNREADABLE) for one in _in(place)]
    old = [one for one in aside if time.time() - one.lstat().st_ctime >= HOURS * 3600]
    return old + [one for place in _in(spool / _ENDED) if not _is_booked(place, booked) for one in _in(place)]


def move(spool: Path, deliveries: Sequence[Path], seq: int) -> None:
    """Put deliveries where :func:`remove` finds them when the entry is booked that says that they are removed."""
    if not deliveries:
        return
    place = spool / _ENDED / str(seq)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in deliveries:
        if one.parent != place:
            one.rename(place / uuid.uuid4().hex)
    for folder in (place, place.parent, spool):
        durable.sync_folder(folder)


def remove(spool: Path, booked: Booked) -> int:
    """Remove for good what an entry says is removed; return how many deliveries could not be."""
    stay = 0
    for place in _in(spool / _ENDED):
        if not _is_booked(place, booked):
            continue
        for one in _in(place):
            _remove(one)
            stay += one.exists()
        if not _in(place):
            place.rmdir()
            durable.sync_folder(place.parent)
    return stay


def _in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _is_booked(place: Path, booked: Booked) -> bool:
    return place.name.isdecimal() and booked(int(place.name))


def _remove(path: Path) -> None:
    """Overwrite and remove a file, or a folder with all that is in it; what cannot be overwritten is only removed."""
    about = path.lstat()
    if stat.S_ISDIR(about.st_mode):
        try:
            for one in path.iterdir():
                _remove(one)
        except OSError:
            pass
        shutil.rmtree(path, ignore_errors=True)
        return
    try:
        if stat.S_ISREG(about.st_mode) and about.st_nlink == 1:
            durable.destroy(path)
        else:
            path.unlink()
    except OSError:
        path.unlink(missing_ok=True)
