"""Acts on what leaves the shop: a backup, an export of the log, a proof. Nothing sealed leaves before it is booked."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Literal, TypedDict

from printd.custody.counting import under_way
from printd.desk.desk import Desk, proved
from printd.desk.jobs import find_job, only
from printd.desk.owed import follow
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.leaving import BackupBegun, ExportBegun
from printd.events.registers import RegisterRead
from printd.events.sealing import of_record
from printd.shop.opening import opening_of
from printd.store import blanks, log, records
from printd.store.deliveries import find_delivery
from printd.store.rows import Connection
from printd.store.seals import find_seal
from printd.words.moments import midnight
from printd.words.serials import SerialRange, parse_serial


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


class Provable(TypedDict):
    """What a proof can be about: a blank by its serial, or a job by its id."""

    noun: Literal["blank", "job"]
    name: str


class OpenedForProof(TypedDict):
    """What opens a record's commitment, in hex, and the entry that says so.

    Of a record that is erased there is none: ``erased`` is the entry that says it.
    """

    record: str
    opening: str
    erased: int | None
    entry: int | None


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
    _sign(desk)
    return {"entry": entry.seq, "first": start, "end": end}


def provable(desk: Desk, name: str) -> Provable:
    """Return what somebody named of which a proof may leave: a blank by its serial, or a job by its id.

    :raises Refused: something is counted, the blank's delivery is not received yet, or there is neither.
    """
    with desk.shop.store.reading() as connection:
        _check_nothing_is_counted(desk, connection, "proofs are written")
        serial = _serial(name)
        touched = blanks.touching(connection, serial) if serial is not None else []
        if not touched:
            return {"noun": "job", "name": _job(connection, name)}
        delivery = find_delivery(connection, touched[0].delivery_id)
    if delivery is None or delivery["received_at"] is None:
        raise Refused(
            f"The delivery of {name} is not received yet.",
            why="Who counts it must not see what was announced.",
            consequence="Nothing was written.",
            remedy="Prove it once it is received.",
        )
    return {"noun": "blank", "name": name}


def open_record(desk: Desk, record: str, by: Person) -> OpenedForProof:
    """Return what lets whoever has a record's files tell that they are those that were taken in; the look is booked.

    It reveals nothing of the record by itself.

    :raises Refused: something is counted, there is no such record, or another act erases it now.
    :raises AlteredError: what is sealed of it is not what was taken in.
    """
    name = proved(desk, by)
    with desk.shop.store.reading() as connection:
        _check_nothing_is_counted(desk, connection, "proofs are written")
        number = only("record", record, lambda text: records.records_beginning(connection, text))
        seal = find_seal(connection, of_record(number))
        if seal is not None and seal["erased_seq"] is not None:
            return {"record": number, "opening": "", "erased": seal["erased_seq"], "entry": None}
        opening = opening_of(desk.shop, connection, number)
    with desk.booking() as booking:
        entry = booking.enter(RegisterRead(what=f"opening:{number}", rows=1), [name])
    _sign(desk)
    return {"record": number, "opening": opening.hex(), "erased": None, "entry": entry.seq}


def _sign(desk: Desk) -> None:
    """Have what was booked signed, so that the checkpoint of what leaves covers it."""
    if desk.workshop is not None:  # a command without the daemon signs at its end
        follow(
            desk.owed,
            "The checkpoint over it is not signed and kept yet.",
            "The daemon makes it up by itself.",
            desk.shop.sign,
        )


def _serial(name: str) -> SerialRange | None:
    try:
        return parse_serial(name)
    except Refused:
        return None


def _job(connection: Connection, name: str) -> str:
    try:
        return find_job(connection, name)["id"]
    except Refused as unknown:
        raise Refused(
            f"{name[:40]!r} is no blank of this shop, and no job.",
            consequence="Nothing was written.",
            remedy="Give the serial as it stands on the blank, or at least four characters of the job's id.",
        ) from unknown


def _check_nothing_is_counted(desk: Desk, connection: Connection, waits: str = "the log is exported") -> None:
    count = under_way(connection, desk.shop.today().isoformat())
    if count is not None:
        raise Refused(
            f"{count.says}; {waits} after it.",
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
