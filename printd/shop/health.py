"""What is wrong with the running shop itself: for people, for machines and for the workers; logged when it changes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Literal, TypedDict

from printd.books import closings
from printd.books.cosigned import SILENT
from printd.custody import incidents
from printd.errors import StorageError
from printd.ledger.entry import Entry, EntryError
from printd.log import logger
from printd.remedies import plain
from printd.shop.shop import Shop
from printd.store import cosignatures, log
from printd.store.engine import Store
from printd.words.moments import moment, parse, stamp

Stops = Literal["nothing", "printer", "shop"]

_TOLERANCE = timedelta(seconds=5)
_CLOSES_WITHIN = timedelta(minutes=5)
_NAMED = 5
_MIB = 1024 * 1024


class ProblemTold(TypedDict):
    """A :class:`Problem` as plain data."""

    part: str
    code: str
    message: str
    stops: Stops
    since: str


@dataclass(frozen=True)
class Problem:
    """Something that is not as it should be.

    :param part: what has it: ``disk``, ``clock``, ``checkpoints``, ``spool``, ``printer:NAME``.
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

    def to_json(self) -> ProblemTold:
        """Return the fields, for machines."""
        return {
            "part": self.part,
            "code": self.code,
            "message": self.message,
            "stops": self.stops,
            "since": self.since,
        }


def halted_by(problems: Iterable[Problem]) -> str:
    """Return why no card may be begun in a shop with these problems, or an empty string."""
    return next((one.message for one in problems if one.stops == "shop"), "")


class Health:
    """The problems of a running shop, at most one a part. Any thread may report and ask.

    :param clock: returns the present moment as the log writes time.
    :param changed: called, outside of any lock, when a problem began or ended.
    :param loud: whether that is logged.
    """

    def __init__(
        self, clock: Callable[[], str], changed: Callable[[], None] = lambda: None, *, loud: bool = True
    ) -> None:
        self._clock = clock
        self._changed = changed
        self._loud = loud
        self._lock = threading.Lock()
        self._problems: dict[str, Problem] = {}
        self._log = logger()

    def report(self, part: str, code: str, message: str, stops: Stops) -> None:
        """Report a part's problem; the same again only renews the sentence."""
        with self._lock:
            before = self._problems.get(part)
            same = before is not None and (before.code, before.stops) == (code, stops)
            since = before.since if before is not None and same else self._clock()
            self._problems[part] = Problem(part, code, message, stops, since)
        if not same and self._loud:
            self._log.error("health.problem", part=part, code=code, stops=stops, message=message)
        if not same:
            self._changed()

    def clear(self, part: str) -> None:
        """Say that a part has no problem, or none any more."""
        with self._lock:
            ended = self._problems.pop(part, None)
        if ended is not None:
            self._log.warning("health.cleared", part=part, code=ended.code, since=ended.since)
            self._changed()

    def problems(self) -> list[Problem]:
        """Return the problems, those first that stop most."""
        with self._lock:
            found = list(self._problems.values())
        return sorted(found, key=lambda one: (("shop", "printer", "nothing").index(one.stops), one.part))

    def of(self, part: str) -> Problem | None:
        """Return the problem of a part."""
        with self._lock:
            return self._problems.get(part)

    def halted(self) -> str:
        """Return why no card may be begun in this shop now, or an empty string."""
        return halted_by(self.problems())


class Surroundings:
    """Looks at the disk, the folder, the database and the clock that a shop lives on.

    :param health: is told what is found.
    """

    def __init__(self, shop: Shop, health: Health) -> None:
        self._shop = shop
        self._health = health
        self._latest = _last_written(shop) or shop.books.clock()

    def look(self) -> None:
        """Look once, and tell."""
        shop, now = self._shop, self._shop.books.clock()
        self._latest = max(self._latest, now)
        self._tell("disk", "full", disk_trouble(shop.folder, shop.config.health.free_mb), "shop")
        self._tell("folder", "not-writable", folder_trouble(shop.folder), "shop")
        self._tell("database", "not-usable", database_trouble(shop.store), "shop")
        self._tell("clock", "went-back", clock_trouble(now, self._latest, shop.zone), "nothing")
        self._tell("witnesses", "silent", witness_trouble(shop, now), "nothing")
        self._tell("days", "not-closed", days_trouble(shop, now), "nothing")
        self._tell("incidents", "not-reported", incidents_trouble(shop, now), "nothing")

    def _tell(self, part: str, code: str, trouble: str, stops: Stops) -> None:
        if trouble:
            self._health.report(part, code, trouble, stops)
        else:
            self._health.clear(part)


def _last_written(shop: Shop) -> datetime | None:
    """Return when the log's last entry was written; ``None``: there is none."""
    with shop.store.reading() as connection:
        bodies = log.bodies(connection, [log.frontier(connection).size - 1]).values()
    return next((parse(Entry.from_body(body).at) for body in bodies), None)


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


def database_trouble(store: Store) -> str:
    """Return why the books cannot be written to, or an empty string."""
    try:
        store.try_to_write()
    except StorageError as trouble:
        told = plain(trouble.remedy)
        return f"{trouble.what} {trouble.why} No new card is begun and nothing is booked meanwhile. {told}"
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


def witness_trouble(shop: Shop, now: datetime) -> str:
    """Return that no witness has cosigned for a day, or an empty string; where none is configured none is missed."""
    names = [one.name for one in shop.witnesses.witnesses]
    if not names:
        return ""
    try:
        with shop.store.reading() as connection:
            last = cosignatures.last_received(connection, [one.key.label for one in shop.witnesses.witnesses])
            first = log.bodies(connection, [0] if last is None else [])
        begun = [Entry.from_body(body).at for body in first.values()]  # from then on it could have been asked for
        since = max((parse(at) for at in ([last] if last is not None else begun)), default=now)
    except (StorageError, EntryError, ValueError):
        return ""  # a database that cannot be read, or was altered, is told elsewhere
    if now - since < SILENT:
        return ""
    told = f"since {_told(since, shop.zone)}" if last is not None else "yet"
    return (
        f"No cosignature of a witness has come {told} ({', '.join(names)}). Whoever puts everything back to an earlier "
        "day would be found by nobody. Printing goes on. Look whether the witnesses can be reached, or carry requests "
        "there on a stick."
    )


def days_trouble(shop: Shop, now: datetime) -> str:
    """Return which days are over and have no closing, or an empty string; a running shop closes one within a minute."""
    try:
        with shop.store.reading() as connection:
            lacking = closings.days(connection).lacking(stamp(now - _CLOSES_WITHIN))
    except (StorageError, ValueError):
        return ""  # a database that cannot be read, or was altered, is told elsewhere
    if not lacking:
        return ""
    span = " to ".join(dict.fromkeys((lacking[0].isoformat(), lacking[-1].isoformat())))
    return (
        f"Of {len(lacking)} days ({span}) the log has no closing yet: nothing was booked since. The running shop, or "
        "the next act without it, enters one for each, with the time at which it does."
    )


def incidents_trouble(shop: Shop, now: datetime) -> str:
    """Return which incidents should have been reported by now and were not, or an empty string."""
    try:
        with shop.store.reading() as connection:
            late = incidents.overdue(connection, now)
    except (StorageError, ValueError):
        return ""  # a database that cannot be read, or was altered, is told elsewhere
    if not late:
        return ""
    named = "; ".join(
        f"{one['incident']} by {moment(one['report_by'], shop.zone)} to {', '.join(one['to'])}" for one in late[:_NAMED]
    )
    more = f"; and {len(late) - _NAMED} more" if len(late) > _NAMED else ""
    return (
        f"Incidents were not reported in time (incidents.report_hours): {named}{more}. Report each and "
        "book to whom, or close it."
    )


def _told(at: datetime, zone: tzinfo) -> str:
    return moment(stamp(at), zone)
