"""Acts on copies that leave the shop: a backup, the exported log. Nothing leaves before it is booked."""

from __future__ import annotations

import uuid
from typing import Annotated, TypedDict

from pydantic import StringConstraints

from printd.books.retrace import root_at
from printd.desk.desk import Desk, proved
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.leaving import BackupBegun, LogExported
from printd.store import log

Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Begun(TypedDict):
    """A backup that may be made: number of its entry, and its id for the manifest."""

    entry: int
    backup: str


class Left(TypedDict):
    """Number of the entry that says what left the shop."""

    entry: int


def backup(desk: Desk, by: Person) -> Begun:
    """Book that a backup is made; what is copied after it has this entry."""
    name, number = proved(desk, by), str(uuid.uuid4())
    with desk.booking() as booking:
        end = log.frontier(booking.connection)
        entry = booking.enter(BackupBegun(backup=number, size=end.size, root=end.root().hex()), [name])
    return {"entry": entry.seq, "backup": number}


def export(desk: Desk, size: int, root: Hex, file: Hex, by: Person) -> Left:
    """Book an export of the log, before its file gets its name.

    :param size: entries in it, and ``root`` over them.
    :param file: SHA-256 of the file.
    :raises Refused: it is no copy of this log.
    """
    name = proved(desk, by)
    with desk.shop.store.reading() as connection:
        end = log.frontier(connection).size
        if not 0 < size <= end or root_at(connection, size).hex() != root:
            raise Refused(
                f"That is no copy of this log, which has another root at {size} entries.",
                consequence="Nothing was booked.",
            )
    return {"entry": desk.enter(LogExported(size=size, root=root, file=file), [name]).seq}
