"""Acts on records: import, list, acknowledge warnings, see and repair what was refused."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, TypedDict

from pydantic import BaseModel, ConfigDict

from printd.desk.desk import FILE, Desk, IdentityNumber, Limit, not_to_disk, proved, sent, two_people
from printd.desk.jobs import only
from printd.desk.proofs import Person
from printd.errors import ParcelRefused, Refused
from printd.events.records import RecordAcknowledged, RecordDismissed, RecordRestored
from printd.events.signatures import required
from printd.intake.findings import RecordRefused
from printd.remedies import ASKED, SAME, Do
from printd.store import jobs, operators, records
from printd.store.rows import Connection
from printd.store.tables.jobs import JobRow
from printd.store.tables.records import RecordRow
from printd.words.roles import Role

if TYPE_CHECKING:
    from printd.intake.inbox import Inbox


class SentParcel(BaseModel):
    """A parcel on its way over the socket; files are base64."""

    model_config = ConfigDict(extra="forbid")
    document: str
    photo: str | None = None
    signature: str | None = None


class Imported(TypedDict):
    """A record that was taken in, its job, and the codes of what a person must answer for."""

    record: str
    job: str
    warnings: list[str]


class RecordList(TypedDict):
    """Records, and how many there are."""

    records: list[records.ListedRecord]
    total: int


class RecordShown(RecordRow):
    """One record and its job."""

    job: JobRow | None


class Acknowledged(TypedDict):
    """Records that were answered for, and those that only a supervisor can answer for."""

    acknowledged: list[str]
    left_to_others: list[str]


class Dismissed(TypedDict):
    """A refused record that is erased."""

    dismissed: str


class Purged(TypedDict):
    """What ended by schedule: how much of what, deliveries that were set aside, and months whose keys were destroyed.

    ``left``: something is still to be taken out of files, which the next purge does.
    """

    counts: dict[str, int]
    aside: int
    months: list[str]
    left: bool


class Ends(TypedDict):
    """What a purge would end now, what later and in which month, and on which day the key of each month goes.

    ``under_way``: what is not over, so that nobody can tell its day.
    """

    now: dict[str, int]
    aside: int
    months: list[str]
    later: dict[str, dict[str, int]]
    under_way: dict[str, int]
    keys: dict[str, str]


class Erased(TypedDict):
    """What was erased of one person, how much of what, and the months whose keys were destroyed for it.

    ``aside``: deliveries of theirs in the spool that were not taken in. ``shut``: deliveries there that nobody could
    look through.
    """

    counts: dict[str, int]
    aside: int
    shut: int
    months: list[str]
    left: bool


def inbox_of(desk: Desk) -> Inbox:
    """Return the inbox of the desk's shop."""
    from printd.intake.inbox import Inbox  # noqa: PLC0415 - what looks at pictures loads slowly

    shop = desk.shop
    return Inbox(shop)


def import_(desk: Desk, parcel: Annotated[SentParcel, FILE], by: Person) -> Imported:
    """Take in one record that an operator brought.

    :raises ParcelRefused: with every reason that was found.
    """
    from printd.intake.inbox import Parcel  # noqa: PLC0415 - what looks at pictures loads slowly

    proved(desk, by)
    brought = Parcel(
        sent(parcel.document),
        None if parcel.photo is None else sent(parcel.photo),
        None if parcel.signature is None else sent(parcel.signature),
    )
    try:
        accepted = inbox_of(desk).accept(brought, "import")
    except RecordRefused as refused:
        raise ParcelRefused(
            "The record was refused.",
            why=" ".join(one.message for one in refused.findings),
            consequence="Nothing of it was taken in.",
            remedy="Have it corrected where it came from and bring it again.",
        ) from refused
    desk.wake()
    return {"record": accepted.record, "job": accepted.job, "warnings": list(accepted.warnings)}


def list_(desk: Desk, limit: Limit = 200) -> RecordList:
    """Return records without their personal data, in the order of their jobs, and how many there are."""
    with desk.shop.store.reading() as connection:
        rows = records.list_records(connection, limit)
        whole = limit is None or len(rows) < limit
        return {"records": rows, "total": len(rows) if whole else records.count_records(connection)}


def show(desk: Desk, record: str) -> RecordShown:
    """Return one record without its personal data."""
    with desk.shop.store.reading() as connection:
        number = only("record", record, lambda text: records.records_beginning(connection, text))
        row = records.find_record(connection, number)
        job = jobs.job_of_record(connection, number)
    assert row is not None
    return {**row, "job": job}


def acknowledge(desk: Desk, by: Person, second: Person | None = None, record: str | None = None) -> Acknowledged:
    """Answer for the warnings of one record, or of all that wait; their jobs go on.

    A birth date or sex that differs from the NIK is a supervisor's to answer for (domain reference 4.1), a record that
    no registry vouches for two people's: of all, what others must answer for is left to them.
    """
    signed = (proved(desk, by),) if second is None else two_people(desk, by, second)
    done: list[str] = []
    left: list[str] = []
    with desk.booking() as booking:
        waiting = records.unacknowledged(booking.connection)
        if record is not None:
            connection = booking.connection
            number = only("record", record, lambda text: records.records_beginning(connection, text))
            waiting = [row for row in waiting if row["id"] == number]
            if not waiting:
                raise Refused(f"Record {number[:8]} has no warnings that wait.", consequence="Nothing was changed.")
        for row in waiting:
            others = _for_others(booking.connection, row, signed)
            if others is not None and record is not None:
                raise others
            if others is not None:
                left.append(row["id"])
                continue
            booking.enter(_acknowledged(row), signed)
            done.append(row["id"])
    desk.wake()
    return {"acknowledged": done, "left_to_others": left}


def _acknowledged(row: RecordRow) -> RecordAcknowledged:
    return RecordAcknowledged(record=row["id"], warnings=tuple(row["warnings"].split()))


def _for_others(connection: Connection, row: RecordRow, signed: Sequence[str]) -> Refused | None:
    """Return why these people cannot answer for a record; ``None``: they can."""
    wanted = required(_acknowledged(row))
    if len(signed) not in wanted.numbers:
        return Refused(
            f"Two people answer for record {row['id'][:8]}.",
            why="No registry vouches for it: it came from a folder or by hand.",
            consequence="It stays held.",
            remedy=("Both compare it with the registry, and the second signs too: ", Do(SAME, second=ASKED)),
        )
    rows = [operators.find_operator(connection, name) for name in signed]
    if wanted.among and not any(one is not None and one["role"] == Role.SUPERVISOR for one in rows):
        return Refused(
            f"{signed[0]} cannot answer for record {row['id'][:8]}.",
            why="Its birth date or sex differs from its NIK.",
            consequence="It stays held.",
            remedy="A supervisor compares it with the registry and acknowledges it.",
        )
    return None


def quarantined(desk: Desk) -> list[records.Refusal]:
    """Return what the spool refused, and why."""
    with desk.shop.store.reading() as connection:
        return records.quarantined(connection)


def restore(desk: Desk, quarantine: str, by: Person, to_disk: bool = False) -> dict[str, str]:
    """Return the files of a refused parcel, base64, so that they can be repaired; who read them is booked.

    :param to_disk: the door is going to write them to a disk, which in a real shop nothing of a face may be.
    """
    operator = proved(desk, by)
    not_to_disk(desk, "What was refused", to_disk=to_disk)
    number = _quarantine(desk, quarantine)
    files = inbox_of(desk).restore(number)
    desk.enter(RecordRestored(quarantine=number), [operator])
    return {name: b64encode(data).decode("ascii") for name, data in files.items()}


def dismiss(desk: Desk, quarantine: str, by: Person) -> Dismissed:
    """Erase a refused parcel for good."""
    operator = proved(desk, by)
    number = _quarantine(desk, quarantine)
    with desk.booking() as booking:
        records.drop_quarantine(booking.connection, number)
        booking.enter(RecordDismissed(quarantine=number), [operator])
    return {"dismissed": number}


def purge(desk: Desk, by: Person) -> Purged:
    """Erase now what is over for the time that the configuration sets, as the daemon does every hour."""
    from printd.intake.purge import purge as purge_  # noqa: PLC0415 - loads what looks at entries

    proved(desk, by)
    done = purge_(desk.shop)
    return {"counts": dict(sorted(done.counts.items())), "aside": done.aside, "months": done.months, "left": done.left}


def ends(desk: Desk) -> Ends:
    """Return what ends now and later, as the books and the configuration are at this moment; nothing is changed."""
    from printd.intake.ending import ending  # noqa: PLC0415 - loads what looks at entries

    found = ending(desk.shop)
    return {
        "now": dict(sorted(found.now.items())),
        "aside": found.aside,
        "months": found.months,
        "later": {month: dict(sorted(counts.items())) for month, counts in sorted(found.later.items())},
        "under_way": dict(sorted(found.under_way.items())),
        "keys": {name: day.isoformat() for name, day in found.keys.items()},
    }


def erase(desk: Desk, nik: IdentityNumber, by: Person, second: Person) -> Erased:
    """Erase everything that is kept of a person, because they ask for it, here and in every backup at once.

    The keys of the months that it was sealed in are destroyed; those of everybody else's are kept apart before.

    :raises Refused: nothing is kept of this person, or something of theirs is under way.
    """
    from printd.intake.erasure import erase as erase_  # noqa: PLC0415 - loads what looks at entries

    signed = two_people(desk, by, second)
    done = erase_(desk.shop, nik, desk.keys, signed)
    return {
        "counts": dict(sorted(done.counts.items())),
        "aside": done.aside,
        "shut": done.shut,
        "months": done.months,
        "left": done.left,
    }


def _quarantine(desk: Desk, start: str) -> str:
    names = [row["id"] for row in quarantined(desk)]
    return only("quarantined record", start, lambda text: [name for name in names if name.startswith(text)][:3])
