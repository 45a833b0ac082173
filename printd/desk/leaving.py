"""Acts on copies that leave the shop: a backup, an export of the log. Nothing leaves before it is booked."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TypedDict

from printd.custody.counting import under_way
from printd.desk.desk import Desk, proved
from printd.desk.owed import follow
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.leaving import BackupBegun, ExportBegun
from printd.store import log
from printd.store.rows import Connection
from printd.words.moments import midnight


class Begun(TypedDict):
    """A backup that may be made: number of its entry, and its id for the manifest."""

    entry: int
    backup: str


class ExportedEntries(TypedDict):
    """Entries that may leave: number of the entry that says so, of the first, and of the one after the last.

    ``end`` is ``None`` where they go up to the end of the log, that entry too.
    """

    entry: int
    first: int
    end: int | None


def backup(desk: Desk, by: Person) -> Begun:
    """Book that a backup is made; what is copied after it has this entry."""
    name, number = proved(desk, by), str(uuid.uuid4())
    with desk.booking() as booking:
        end = log.frontier(booking.connection)
        entry = booking.enter(BackupBegun(backup=number, size=end.size, root=end.root().hex()), [name])
    return {"entry": entry.seq, "backup": number}


def export(desk: Desk, by: Person, first: date | None = None, last: date | None = None) -> ExportedEntries:
    """Book an export of the log, and have it signed, so that the export's own checkpoint covers that it was made.

    :param first: day with which an excerpt begins, and ``last`` the one with which it ends; ``None``: with the log's.
    :raises Refused: something is counted, or there is no entry of these days.
    """
    name = proved(desk, by)
    with desk.booking() as booking:
        _check_nothing_is_counted(desk, booking.connection)
        head = log.frontier(booking.connection)
        start, end = _entries(desk, booking.connection, head.size, first, last)
        entry = booking.enter(ExportBegun(size=head.size, root=head.root().hex(), first=start, end=end), [name])
    if desk.workshop is not None:  # a command without the daemon signs at its end
        follow(
            desk.owed,
            "The checkpoint over it is not signed and kept yet.",
            "The daemon makes it up by itself.",
            desk.shop.sign,
        )
    return {"entry": entry.seq, "first": start, "end": end}


def _check_nothing_is_counted(desk: Desk, connection: Connection) -> None:
    count = under_way(connection, desk.shop.today().isoformat())
    if count is not None:
        raise Refused(
            f"{count.says}; the log is exported after it.",
            why="Every figure can be computed from it, and nobody sees them before they have counted.",
            consequence="Nothing was written.",
            remedy=count.ends,
        )


def _entries(
    desk: Desk, connection: Connection, size: int, first: date | None, last: date | None
) -> tuple[int, int | None]:
    """Return number of the first entry of these days, and of the one after the last; ``None``: it is not written yet.

    :raises Refused: there is none.
    """
    today = desk.shop.today()
    since = None if first is None else midnight(first, desk.shop.zone)
    before = None if last is None or last >= today else midnight(last + timedelta(days=1), desk.shop.zone)
    start = 0 if since is None else log.first_since(connection, since)
    end = size if before is None else log.end_before(connection, before)
    if start is None or not start < end:
        raise Refused(
            f"The log has no entry from {first or 'its beginning'} to {last or today}.",
            consequence="Nothing was written.",
            remedy="Name other days.",
        )
    return start, None if before is None else end
