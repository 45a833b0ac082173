"""What is wrong with the running shop itself: for people, for machines and for the workers; logged when it changes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Literal

from printd.errors import StorageError
from printd.log import logger
from printd.words.moments import moment, parse, stamp

Stops = Literal["nothing", "printer", "shop"]

_TOLERANCE = timedelta(seconds=5)
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Ailment:
    """Something that is not as it should be.

    :param part: what ails: ``disk``, ``clock``, ``checkpoints``, ``spool``, ``printer:NAME``.
    :param code: a keyword for machines: ``full``, ``went-back``, ``died``, ``hangs``.
    :param message: what happened, what it means, what to do.
    :param stops: whether no new card is begun in the whole shop, or on this printer, until it is over.
    :param since: when it was noticed, as the log writes time.
    """

    part: str
    code: str
    message: str
    stops: Stops
    since: str

    def to_json(self) -> dict[str, Any]:
        """Return the fields, for machines."""
        return asdict(self)


def halted_by(ailments: Iterable[Ailment]) -> str:
    """Return why no card may be begun in a shop that ails so, or an empty string."""
    return next((one.message for one in ailments if one.stops == "shop"), "")


class Health:
    """What ails now, one ailment a part. Any thread may tell and ask.

    :param clock: returns the present moment as the log writes time.
    :param changed: called, outside of any lock, when an ailment began or ended.
    :param loud: whether that is logged.
    """

    def __init__(
        self, clock: Callable[[], str], changed: Callable[[], None] = lambda: None, *, loud: bool = True
    ) -> None:
        self._clock = clock
        self._changed = changed
        self._loud = loud
        self._lock = threading.Lock()
        self._ailments: dict[str, Ailment] = {}
        self._log = logger()

    def ail(self, part: str, code: str, message: str, stops: Stops) -> None:
        """Say that a part ails; the same again only renews the sentence."""
        with self._lock:
            before = self._ailments.get(part)
            same = before is not None and (before.code, before.stops) == (code, stops)
            since = before.since if before is not None and same else self._clock()
            self._ailments[part] = Ailment(part, code, message, stops, since)
        if not same and self._loud:
            self._log.error("health.ails", part=part, code=code, stops=stops, message=message)
        if not same:
            self._changed()

    def well(self, part: str) -> None:
        """Say that a part does not ail, or no more."""
        with self._lock:
            ended = self._ailments.pop(part, None)
        if ended is not None:
            self._log.warning("health.well", part=part, code=ended.code, since=ended.since)
            self._changed()

    def ailments(self) -> list[Ailment]:
        """Return what ails now, what stops most first."""
        with self._lock:
            found = list(self._ailments.values())
        return sorted(found, key=lambda one: (("shop", "printer", "nothing").index(one.stops), one.part))

    def of(self, part: str) -> Ailment | None:
        """Return what ails a part."""
        with self._lock:
            return self._ailments.get(part)

    def halted(self) -> str:
        """Return why no card may be begun in this shop now, or an empty string."""
        return halted_by(self.ailments())


class Surroundings:
    """Looks at the disk, the folder, the database and the clock that the shop lives on.

    :param folder: of the shop.
    :param books: begins and ends a transaction that changes nothing.
    :param free_mb: MiB that must be free there.
    :param latest: when the log's last entry was written, as the log writes time; ``None``: there is none.
    :param zone: of the office, in which people are told a time.
    """

    def __init__(
        self,
        health: Health,
        folder: Path,
        free_mb: int,
        clock: Callable[[], datetime],
        latest: str | None,
        books: Callable[[], None],
        zone: tzinfo = UTC,
    ) -> None:
        self._health = health
        self._folder = folder
        self._books = books
        self._free_mb = free_mb
        self._clock = clock
        self._zone = zone
        written = None if latest is None else parse(latest)
        self._latest = written or clock()

    def look(self) -> None:
        """Look once, and tell."""
        now = self._clock()
        self._latest = max(self._latest, now)
        self._tell("disk", "full", disk_trouble(self._folder, self._free_mb), "shop")
        self._tell("folder", "not-writable", folder_trouble(self._folder), "shop")
        self._tell("database", "not-usable", database_trouble(self._books), "shop")
        self._tell("clock", "went-back", clock_trouble(now, self._latest, self._zone), "nothing")

    def _tell(self, part: str, code: str, trouble: str, stops: Stops) -> None:
        if trouble:
            self._health.ail(part, code, trouble, stops)
        else:
            self._health.well(part)


def disk_trouble(folder: Path, free_mb: int) -> str:
    """Return what is wrong with the disk of a folder, or an empty string.

    :param free_mb: MiB that must be free for this user; 0: whatever is free is enough.
    :raises OSError: the file system does not say.
    """
    told = os.statvfs(folder)
    free = told.f_bavail * told.f_frsize // _MIB
    if free >= free_mb:
        return ""
    return (
        f"The disk of {folder} has {free} MB left, fewer than {free_mb} (health.free_mb). No new card is begun, so "
        "that what is under way can still be booked. Make room; printing goes on by itself."
    )


def folder_trouble(folder: Path) -> str:
    """Return why nothing can be written into a folder, or an empty string."""
    if os.access(folder, os.W_OK | os.X_OK):
        return ""
    return (
        f"Nothing can be written into the folder {folder} (owner, mode, chattr or a read-only mount). Checkpoints "
        "cannot be kept and papers not be written, so no new card is begun. Give the shop's user its folder back; "
        "printing goes on by itself."
    )


def database_trouble(books: Callable[[], None]) -> str:
    """Return why the books cannot be written to, or an empty string.

    :param books: begins and ends a transaction that changes nothing.
    """
    try:
        books()
    except StorageError as trouble:
        return f"{trouble.what} {trouble.why} No new card is begun and nothing is booked meanwhile. {trouble.remedy}"
    return ""


def clock_trouble(now: datetime, latest: datetime, zone: tzinfo) -> str:
    """Return what is wrong with the clock, or an empty string.

    :param latest: the latest moment that this clock has shown, or the log's last entry tells.
    """
    if now >= latest - _TOLERANCE:
        return ""
    return (
        f"The clock says {_told(now, zone)}; it has been {_told(latest, zone)} already. The log "
        "keeps the order of its entries without it, but days and limits are counted by it. Set the clock right."
    )


def _told(at: datetime, zone: tzinfo) -> str:
    return moment(stamp(at), zone)
