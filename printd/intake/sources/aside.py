"""What lies in the spool in clear and is not taken in: what was set aside, and what nobody ever finished delivering.

It goes after three days, or when its person asks to be erased. That is booked (:mod:`printd.intake.purge`). What goes
is first moved into ``.ended``, into a folder that has number and hash of the entry for its name: a crash leaves it
there, and whoever starts next sees whether the entry was booked.
"""

from __future__ import annotations

import os
import shutil
import stat
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from printd import durable
from printd.intake.mentions import mentions

TOO_LARGE: Final = ".too-large"
UNREADABLE: Final = ".unreadable"
HOURS: Final = 72
"""Hours after which what was set aside is removed: time to look at it, and no archive of faces."""
_ENDED: Final = ".ended"
_CLAIMED: Final = ".claimed"
_BLOCK = 1 << 20


Booked = Callable[[str], bool]
"""Tells of the name of such a folder whether the entry is booked, and says that deliveries are removed."""


def due(spool: Path, booked: Booked) -> list[Path]:
    """Return what lies there long enough, and what was moved for an entry that was never booked.

    A picture without its record, or a record under a name that none has yet, is one that nobody finished delivering.
    """
    old = [one for one in (*_set_aside(spool), *_unfinished(spool)) if _lies_long(one)]
    return old + _unbooked(spool, booked)


@dataclass(frozen=True)
class OfPerson:
    """What lies in the spool of a person.

    :param aside: that is not taken in, and can go.
    :param waits: deliveries that are taken in next.
    :param shut: deliveries that nobody could look through; they go after three days.
    """

    aside: tuple[Path, ...]
    waits: int
    shut: int


def of_person(spool: Path, nik: str, booked: Booked) -> OfPerson:
    """Look through everything that lies in the spool, names of files too, for a NIK."""
    left = (*_set_aside(spool), *_unfinished(spool), *_unbooked(spool, booked))
    found = {one: _mentions(one, nik) for one in left}
    theirs = {one.stem for one, mentioned in found.items() if mentioned}  # a record's pictures go with it
    waits = [_mentions(one, nik) for one in (*_in(spool / _CLAIMED), *_waiting(spool))]
    return OfPerson(
        tuple(one for one in found if one.stem in theirs),
        sum(mentioned is True for mentioned in waits),
        [*found.values(), *waits].count(None),
    )


def _unbooked(spool: Path, booked: Booked) -> list[Path]:
    """Return what was moved for entries that were never booked."""
    return [one for place in _in(spool / _ENDED) if not booked(place.name) for one in _in(place)]


def _set_aside(spool: Path) -> list[Path]:
    return [one for place in (spool / TOO_LARGE, spool / UNREADABLE) for one in _in(place)]


def _waiting(spool: Path) -> list[Path]:
    """Return the records that wait to be taken in; their pictures have the same names."""
    return [one for one in _files(spool) if one.suffix.lower() == ".json" and one.name[0] != "."]


def _unfinished(spool: Path) -> list[Path]:
    """Return the files that belong to no record that waits. Folders are not looked into: nothing of them is taken."""
    records = {one.stem for one in _waiting(spool)}
    return [one for one in _files(spool) if one.stem not in records or one.name[0] == "."]


def _files(spool: Path) -> list[Path]:
    found = []
    for one in _in(spool):
        with suppress(FileNotFoundError):  # taken in, or taken back, just now
            if not stat.S_ISDIR(one.lstat().st_mode):
                found.append(one)
    return found


def _lies_long(path: Path) -> bool:
    try:
        return time.time() - path.lstat().st_ctime >= HOURS * 3600
    except FileNotFoundError:
        return False


def _mentions(path: Path, nik: str) -> bool | None:
    """Tell whether a NIK stands in a file or its name, or in any of a folder; ``None``: not all can be read."""
    if mentions([os.fsencode(path.name)], nik):
        return True
    try:
        about = path.lstat()
        if stat.S_ISDIR(about.st_mode):
            inside = [_mentions(one, nik) for one in _in(path)]
            return True if True in inside else None if None in inside else False
        if not stat.S_ISREG(about.st_mode):
            return None
        return mentions(_blocks(path), nik)
    except FileNotFoundError:
        return False
    except OSError:
        return None


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def move(spool: Path, deliveries: Sequence[Path], name: str) -> None:
    """Put deliveries where :func:`remove` finds them when the entry is booked that says that they are removed."""
    if not deliveries:
        return
    place = spool / _ENDED / name
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in deliveries:
        if one.parent != place:
            with suppress(FileNotFoundError):  # whoever delivered it took it back just now
                one.rename(place / uuid.uuid4().hex)
    for folder in (place, place.parent, spool):
        durable.sync_folder(folder)


def remove(spool: Path, booked: Booked) -> int:
    """Remove for good what an entry says is removed; return how many deliveries could not be."""
    stay = 0
    for place in _in(spool / _ENDED):
        if not booked(place.name):
            continue
        for one in _in(place):
            wipe(one)
            stay += one.exists()
        if not _in(place):
            place.rmdir()
            durable.sync_folder(place.parent)
    return stay


def _in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def wipe(path: Path) -> None:
    """Overwrite and remove a file, or a folder with all that is in it; what cannot be overwritten is only removed."""
    about = path.lstat()
    if stat.S_ISDIR(about.st_mode):
        try:
            for one in path.iterdir():
                wipe(one)
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
