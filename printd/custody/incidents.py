"""Opening an incident: that something about blanks is not as it must be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal, TypedDict

from printd.books.booking import Booking
from printd.events.incidents import IncidentOpened
from printd.store import incidents, movements
from printd.words.serials import SerialRange, pieces
from printd.words.states import DisputeState

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
