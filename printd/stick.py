"""A folder or stick by which checkpoints travel to a witness and answers back (log reference section 17.2).

The content of its files is that of requests and answers over HTTP. It was in other hands: names are matched, a name
decides nothing that the content does not repeat, no link is followed, and no large file is read.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from printd import durable
from printd.errors import Refused

ROOT = "tlog-witness"
"""The folder on the stick that holds all of it."""

_SIZE = "0|[1-9][0-9]{0,18}"
_REQUEST = re.compile(rf"(?P<new>{_SIZE})-from-(?P<old>{_SIZE})\.txt", re.ASCII)
_ANSWER = re.compile(rf"(?P<new>{_SIZE})\.(?P<status>[1-5][0-9][0-9])\.txt", re.ASCII)
_MOST_BYTES = 65_536
_MOST_FILES = 10_000


def request(log: str, new: int, old: int) -> PurePosixPath:
    """Return the path of one request.

    :param log: name of the log's folder (:func:`printd.ledger.submission.folder_of`).
    """
    return PurePosixPath(ROOT, "requests", log, f"{new}-from-{old}.txt")


def answer(log: str, key: bytes, new: int, status: int) -> PurePosixPath:
    """Return the path of one answer.

    :param key: ID of the witness's key.
    :param new: size that was asked for.
    """
    return PurePosixPath(ROOT, "answers", log, key.hex(), f"{new}.{status}.txt")


def checkpoint(log: str, key: bytes) -> PurePosixPath:
    """Return the path of what a witness holds of a log."""
    return PurePosixPath(ROOT, "checkpoints", log, key.hex(), "checkpoint")


def requests(stick: Path, log: str) -> list[bytes]:
    """Return the requests of a log that lie on a stick, those of the largest sizes first, by their names.

    :raises Refused: the stick cannot be read.
    """
    found = _matching(stick, request(log, 0, 0).parent, _REQUEST)
    found.sort(key=lambda one: (int(one[0]["new"]), int(one[0]["old"])), reverse=True)
    return [content for _, content in found]


def requested(stick: Path, log: str) -> list[int]:
    """Return the sizes that the requests on a stick speak of, by their names: a witness may hold any of them by now.

    :raises Refused: the stick cannot be read.
    """
    found = _matching(stick, request(log, 0, 0).parent, _REQUEST)
    return sorted({int(name[which]) for name, _ in found for which in ("new", "old")})


def keep_only(stick: Path, log: str, kept: Iterable[PurePosixPath]) -> None:
    """Delete the requests of a log that newer ones on a stick stand for.

    :param kept: paths of those.
    :raises Refused: the stick cannot be read or written.
    """
    names = {path.name for path in kept}
    place = request(log, 0, 0).parent
    for name, _ in _matching(stick, place, _REQUEST):
        if name[0] not in names:
            with suppress(OSError):  # it does no harm where it stays
                (stick / place / name[0]).unlink()


def answers(stick: Path, log: str, key: bytes) -> list[tuple[int, int, bytes]]:
    """Return (size that was asked for, status, content) of each answer of a witness that lies on a stick.

    :raises Refused: the stick cannot be read.
    """
    found = _matching(stick, answer(log, key, 0, 200).parent, _ANSWER)
    return sorted((int(name["new"]), int(name["status"]), content) for name, content in found)


def held(stick: Path, log: str, key: bytes) -> bytes | None:
    """Return what a witness holds of a log, as it lies on a stick; ``None``: nothing does.

    :raises Refused: the stick cannot be read.
    """
    path = checkpoint(log, key)
    found = _matching(stick, path.parent, re.compile(path.name))
    return found[0][1] if found else None


def write(stick: Path, path: PurePosixPath, content: bytes) -> None:
    """Write a file of the stick whole or not at all, for whoever reads it next.

    :raises Refused: it cannot be written, or its way leads elsewhere.
    """
    try:
        folder = stick
        for part in path.parent.parts:
            folder = folder / part
            if folder.is_symlink():
                raise _leads_elsewhere(folder)
            folder.mkdir(exist_ok=True)
        durable.write(folder / path.name, content, 0o644)
    except OSError as failed:
        raise Refused(
            f"{stick / path} cannot be written.",
            why=f"{failed.strerror}.",
            consequence="What was written before it stands; nothing else was changed.",
            remedy="Look whether the stick is there, may be written to and has room; then repeat the command.",
        ) from failed


def _matching(stick: Path, folder: PurePosixPath, name: re.Pattern[str]) -> list[tuple[re.Match[str], bytes]]:
    if not stick.is_dir():
        raise Refused(
            f"There is no folder {stick}.",
            consequence="Nothing was changed.",
            remedy="Name the folder where the stick is mounted.",
        )
    place = stick
    for part in folder.parts:
        place = place / part
        if place.is_symlink():
            raise _leads_elsewhere(place)
    try:
        return [one for entry in _listed(place) if (one := _read(entry, name)) is not None]
    except FileNotFoundError:
        return []
    except OSError as failed:
        raise Refused(
            f"{place} cannot be read.",
            why=f"{failed.strerror}.",
            consequence="Nothing was changed.",
            remedy="Look whether the stick is whole, and may be read by this user.",
        ) from failed


def _listed(place: Path) -> Iterator[Path]:
    with os.scandir(place) as there:
        for number, entry in enumerate(there):
            if number == _MOST_FILES:
                raise Refused(
                    f"{place} has more than {_MOST_FILES:,} files.",
                    consequence="Nothing of it was read.",
                    remedy="Take a new stick, or delete the folder tlog-witness on this one.",
                )
            yield Path(entry.path)


def _read(path: Path, name: re.Pattern[str]) -> tuple[re.Match[str], bytes] | None:
    """Return the match of a file's name and its content; ``None``: another name, no plain file, or a large one."""
    match = name.fullmatch(path.name)
    if match is None:
        return None
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None  # a link, or gone
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode) or about.st_size > _MOST_BYTES:
            return None
        return match, os.read(handle, _MOST_BYTES)
    finally:
        os.close(handle)


def _leads_elsewhere(place: Path) -> Refused:
    return Refused(
        f"{place} is a link.",
        why="What lies on a stick leads nowhere else.",
        consequence="Nothing was read or written through it.",
        remedy="Find out who made it; take a new stick.",
    )
