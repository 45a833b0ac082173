"""Opening an incident: that something about blanks is not as it must be; and who has heard of it, and who has not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, TypedDict, get_args

from printd.books.booking import Booking
from printd.events.incidents import IncidentOpened, ReportedTo
from printd.store import incidents, movements
from printd.store.rows import Connection
from printd.store.tables.incidents import IncidentNoteRow, IncidentRow
from printd.words.moments import stamp
from printd.words.serials import SerialRange, pieces
from printd.words.states import DisputeState

TOLD_TO: tuple[ReportedTo, ...] = get_args(ReportedTo)
"""Who must hear of an incident, in order."""

Kind = Literal["missing", "extra", "seal_broken", "unknown_uid", "uid_elsewhere", "other"]


class LastEvent(TypedDict, total=False):
    """The last movement of a blank, as an incident keeps it; it has no field where the blank never moved."""

    seq: int
    at: str
    source: str
    target: str
    why: str


def open_incident(booking: Booking, kind: Kind, serials: Sequence[SerialRange], note: str, by: Sequence[str]) -> str:
    """Enter an incident in somebody's transaction; return its id.

    What the books last knew of the first serial is kept with it.
    """
    name = f"incident-{booking.next_number()}"
    last = _last_event(booking, serials[0]) if serials else {}
    booking.enter(
        IncidentOpened(
            incident=name,
            kind_=kind,
            serials=tuple(serials),
            pieces=pieces(serials),
            note=note,
            last_event=json.dumps(last, sort_keys=True),
        ),
        by,
    )
    return name


def open_altered(booking: Booking, note: str) -> None:
    """Enter, by the machine, that something sealed was altered, unless an incident of the same words is open."""
    known = incidents.incidents(booking.connection, DisputeState.OPEN)
    if any((one["kind"], one["note"]) == ("altered", note) for one in known):
        return
    booking.enter(
        IncidentOpened(
            incident=f"incident-{booking.next_number()}",
            kind_="altered",
            serials=(),
            pieces=0,
            note=note,
            last_event="{}",
        )
    )


def reported(notes: Iterable[IncidentNoteRow]) -> dict[ReportedTo, str | None]:
    """Return when an incident was first reported to each who must hear of it; ``None``: no note says that it was."""
    first: dict[ReportedTo, str | None] = dict.fromkeys(TOLD_TO)
    for note in notes:
        told: list[ReportedTo] = json.loads(note["reported_to"])
        for one in told:
            first[one] = first[one] or note["at"]
    return first


def is_overdue(row: IncidentRow, told: Mapping[ReportedTo, str | None], now: str) -> bool:
    """Tell whether an open incident should have been reported to somebody by now, and was not.

    :param told: what :func:`reported` says of it.
    """
    late = row["report_by"] is not None and row["report_by"] < now
    return late and row["state"] == DisputeState.OPEN and None in told.values()


class Overdue(TypedDict):
    """An open incident that was not reported in time: to whom it still must be."""

    incident: str
    report_by: str
    to: list[ReportedTo]


def overdue(connection: Connection, now: datetime) -> list[Overdue]:
    """Return the open incidents that were not reported in time to all who must hear of them, oldest first."""
    found: list[Overdue] = []
    for row in incidents.incidents(connection, DisputeState.OPEN):
        told = reported(incidents.notes(connection, row["id"]))
        if row["report_by"] is not None and is_overdue(row, told, stamp(now)):
            left: list[ReportedTo] = [one for one in TOLD_TO if told[one] is None]
            found.append({"incident": row["id"], "report_by": row["report_by"], "to": left})
    return found


def _last_event(booking: Booking, blank: SerialRange) -> LastEvent:
    life = movements.life(booking.connection, blank)
    if not life:
        return {}
    last = life[-1]
    return {
        "seq": last["seq"],
        "at": last["at"],
        "source": last["source"],
        "target": last["target"],
        "why": last["why"],
    }
